"""Whether positions can be where they are said to be: readable, in China, in order, inside their region."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Text, and_, case, cast, func, not_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, array

from assets.imports.models import ImportRow
from assets.imports.position_claims import Claims, IntArray
from assets.imports.position_problems import PositionProblems
from assets.imports.position_readings import Positions
from assets.imports.problems import declare, sentence_of
from assets.imports.staging import Staging
from assets.regions.models import Region
from assets.regions.queries import valid_on
from assets.vocabulary import LEVELS
from spatial.datum_names import read_datum_name
from spatial.datums import Datum
from spatial.errors import MESSAGES, GeometryError
from spatial.fitting import NEAR_M, holding_shape, metres_outside
from spatial.written import Written

declare({key.replace(".", "_"): text for key, text in MESSAGES.items() if key.startswith(("geometry.", "crs."))})
declare(
    {
        "position_half": "Only one of longitude and latitude is given. Please fill in the other as well.",
        "position_zero": "0, 0 is no position. Please leave the cells empty where it is not known.",
        "position_strange": "{first}, {second} fits no coordinates used in China. Please give longitude and latitude, "
        "or the eastings and northings of the survey.",
        "position_swapped": "Longitude and latitude seem to be swapped, unlike the other rows; they were read as "
        "{lon}, {lat}. Please confirm, or correct the cells.",
        "position_outside": "The position lies {distance_m} m outside {region}, in {where}. "
        "Please correct the position or the place, or confirm.",
        "position_outside_all": "The position lies {distance_m} m outside {region}. "
        "Please correct the position or the place, or confirm.",
        "position_border_moved": "The border of {region} has changed since the preview: the position now lies outside. "
        "Please check the ledger anew.",
        "position_missing": "The position is missing. Please give longitude and latitude, or draw it.",
        "position_of_village": "No position is given: the village's own point stands in, and is marked so.",
        "position_nowhere": "No position is given, and none is known of the place: the record will not be on the map.",
        "position_shared": "{count} rows of {names} different names have this position. "
        "Please give each its own, or confirm.",
        "position_shared_with": "{count} rows of {names} different names have this position, which is that of {place}. "
        "Please give each its own, or confirm.",
        "position_registered": "{count} records of different names, such as {place}, have this position already.",
        "geometry_repaired": "The shape crosses or touches itself near {lon}, {lat}. "
        "Please confirm the repaired shape that is offered, or correct the file.",
        "geometry_repeated": "{count} vertices that repeat the one before were left out.",
        "places_datum_open": "Nothing says in which datum the coordinates were recorded, and the borders cannot tell. "
        "Please choose it; until then {assumed} is assumed.",
        "places_datum_misfit": "The coordinates are said to be {stated}, but read as {better} more of them lie inside "
        "their regions: {better_inside} instead of {inside} of {rows}. Please choose the datum, or confirm.",
        "places_zone_open": "Eastings such as {easting} carry no zone number, and no border tells the zone. "
        "Please choose the central meridian.",
        "places_system_misfit": "The numbers of {rows} rows cannot be coordinates of EPSG:{srid}, as is said of them; "
        "they were read by their size. Please confirm, or choose the coordinate system.",
    }
)

# The same of a row as of the ledger: rows are confirmed one by one, a ledger is read in another way.
declare(
    {
        "position_misfit": sentence_of("places_datum_misfit"),
        "position_misstated": sentence_of("places_system_misfit"),
    }
)

# As many positions that lie in none of the claimed areas are looked up among all others.
_MOST_LOOKED_UP: Final = 2_000
_NEAR_DEG: Final = 0.00003


def tell_unreadable(found: Positions, problems: PositionProblems) -> NDArray[np.bool_]:
    """Tell rows whose position is no position; returns which."""
    written = found.written
    for row, error in written.faults.items():
        problems.refuse(row, error)
    problems.tell("position_half", written.half)
    zero = ~written.has_geometry & (written.first == 0) & (written.second == 0)
    problems.tell("position_zero", np.flatnonzero(zero))
    there = ~written.has_geometry & np.isfinite(written.first)
    strange = there & ~zero & ~(np.isfinite(found.lon) & np.isfinite(found.lat))
    open_zone = [one.rows for one in found.questions if one.code == "places_zone_open"]
    for rows in open_zone:
        problems.tell("places_zone_open", rows, data=[{"easting": round(float(one))} for one in _eastings(found, rows)])
        strange[rows] = False
    rows = np.flatnonzero(strange)
    told = [{"first": f"{one:.10g}", "second": f"{two:.10g}"} for one, two in _as_written(written, rows)]
    problems.tell("position_strange", rows, data=told)
    wrong = zero | strange
    for rows in open_zone:
        wrong[rows] = True
    return np.asarray(wrong)


def tell_datum_names(claims: Claims, found: Positions, there: NDArray[np.bool_], problems: PositionProblems) -> None:
    """Tell rows with a position whose datum is called what nobody knows."""
    there = there & ~found.unchanged
    for text in sorted(set(claims.source_datum[there].tolist())):
        if text and read_datum_name(text) is None:
            rows = np.flatnonzero(there & (claims.source_datum == text))
            told = {"datum": text, "known": ", ".join(Datum)}
            problems.tell("crs_unknown_datum", rows, severity="doubt", data=told, field="source_datum")


def tell_wrong_points(found: Positions, allowed: Collection[str], problems: PositionProblems) -> NDArray[np.bool_]:
    """Tell rows with a point where a line or an area is needed; returns which."""
    points = ~found.written.has_geometry & np.isfinite(found.lon)
    wrong = points & ("Point" not in allowed) & ("MultiPoint" not in allowed)
    if wrong.any():
        error = GeometryError("wrong_type", found="Point", allowed=", ".join(sorted(allowed)))
        for row in np.flatnonzero(wrong):
            problems.refuse(int(row), error)
    return np.asarray(wrong)


def tell_order(found: Positions, there: NDArray[np.bool_], problems: PositionProblems) -> None:
    """Tell rows whose numbers stand in another order than in the rest of the ledger."""
    rows = np.flatnonzero(found.odd_order & there & ~found.unchanged)
    east = np.where(found.swapped, found.written.second, found.written.first)[rows]
    north = np.where(found.swapped, found.written.first, found.written.second)[rows]
    told = [{"lon": _plain(x), "lat": _plain(y)} for x, y in zip(east, north, strict=True)]
    problems.tell(
        "position_swapped",
        rows,
        severity="doubt",
        suggestions=[f"{one['lon']}, {one['lat']}" for one in told],
        data=told,
    )


def tell_outside(
    staging: Staging, claims: Claims, found: Positions, kept: NDArray[Any], problems: PositionProblems
) -> None:
    """Tell rows that lie outside the region they claim, how far, and where they lie instead."""
    there = ~shapely.is_missing(kept) & (claims.area >= 0) & ~found.unchanged
    points = there & ~found.written.has_geometry
    metres = metres_outside(claims.shapes, np.where(points, claims.area, -1), found.lon, found.lat)
    if found.least_outside is not None:
        open_rows = np.isfinite(found.least_outside)
        metres = np.where(open_rows, np.fmin(metres, found.least_outside), metres)
    shapes = np.flatnonzero(there & found.written.has_geometry)
    borders = np.array([*claims.shapes, None], dtype=object)[claims.area[shapes]]
    apart = shapes[~shapely.intersects(borders, kept[shapes])]
    if apart.size:
        metres[apart] = np.fmax(
            metres_outside(claims.shapes, claims.area[apart], found.lon[apart], found.lat[apart]), NEAR_M + 1
        )
    rows = np.flatnonzero(metres > NEAR_M)
    if not rows.size:
        return
    where = _where(staging, claims, found, rows)
    for code, known in (("position_outside", True), ("position_outside_all", False)):
        chosen = [at for at in range(rows.size) if (where[at] is not None) == known]
        problems.tell(
            code,
            rows[chosen],
            severity="doubt",
            data=[
                {
                    "distance_m": round(float(metres[rows[at]])),
                    "region": claims.areas[claims.area[rows[at]]].name,
                    **(where[at] or {}),
                }
                for at in chosen
            ],
        )


def tell_moved_borders(staging: Staging) -> None:
    """Tell rows that lay inside their region at the preview and lie outside it by its present border."""
    rows, kept = staging.rows, ImportRow
    of = rows.join(Region, Region.id == rows.c.region_id).join(
        kept, and_(kept.batch_id == staging.batch.id, kept.number == rows.c.number)
    )
    staging.tell(
        "position_border_moved",
        "position",
        rows.c.geom.is_not(None),
        rows.c.position_quality.is_distinct_from("village_point"),
        Region.shape.is_not(None),
        # Most borders are as they were: only the others are worth a look.
        Region.updated_at > staging.batch.checked_at,
        not_(kept.codes.overlap(cast(array(["position_outside", "position_outside_all"]), ARRAY(Text)))),
        ~func.ST_DWithin(Region.shape, rows.c.geom, _NEAR_DEG),
        staging.seen(ImportRow),
        of=of,
        severity="doubt",
        region=Region.short_name,
    )


def _where(staging: Staging, claims: Claims, found: Positions, rows: IntArray) -> list[dict[str, Any] | None]:
    """The region in which each of these rows lies: among those the ledger claims, or else any."""
    order = sorted(range(len(claims.areas)), key=lambda at: -LEVELS.index(claims.areas[at].level))
    lon, lat = found.lon[rows], found.lat[rows]
    hit = holding_shape([claims.areas[at].shape for at in order], lon, lat)
    answer: list[dict[str, Any] | None] = [None] * len(rows)
    for at, place in enumerate(hit):
        area = claims.areas[order[place]] if place >= 0 else None
        # The county around a village says less than the village the register knows there.
        if area is not None and area.level == "village":
            answer[at] = {"where": area.name, "where_id": area.region_id}
    rest = [at for at in range(len(rows)) if answer[at] is None][:_MOST_LOOKED_UP]
    if not rest:
        return answer
    inside_out = case({level: place for place, level in enumerate(reversed(LEVELS))}, value=Region.level)
    points = (
        func.unnest(lon[rest].tolist(), lat[rest].tolist())
        .table_valued("lon", "lat", with_ordinality="place", name="asked")
        .render_derived()
    )
    there = (
        select(Region.id, Region.short_name)
        .where(
            Region.shape.is_not(None),
            valid_on(staging.context.today),
            func.ST_Intersects(Region.shape, func.ST_SetSRID(func.ST_MakePoint(points.c.lon, points.c.lat), 4490)),
            Region.level.in_(("county", "town", "village")),
        )
        .order_by(inside_out)
        .limit(1)
        .lateral("there")
    )
    for place, region_id, name in staging.session.execute(
        select(points.c.place, there.c.id, there.c.short_name).select_from(points.join(there, true()))
    ):
        answer[rest[place - 1]] = {"where": name, "where_id": region_id}
    return answer


def _as_written(written: Written, rows: IntArray) -> list[tuple[float, float]]:
    return list(zip(written.first[rows].tolist(), written.second[rows].tolist(), strict=True))


def _eastings(found: Positions, rows: IntArray) -> NDArray[np.float64]:
    return np.where(found.swapped, found.written.second, found.written.first)[rows]


def _plain(number: float) -> str:
    return f"{number:.8f}".rstrip("0").rstrip(".")
