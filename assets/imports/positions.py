"""Where rows lie: coordinates of any kind, brought to the stored system and looked at."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from geoalchemy2 import Geometry
from numpy.typing import NDArray
from sqlalchemy import Column, Integer, Text

from assets.imports.beside import beside
from assets.imports.position_answers import accepted_repairs, read_answers, typed_positions
from assets.imports.position_checks import (
    tell_datum_names,
    tell_moved_borders,
    tell_order,
    tell_outside,
    tell_unreadable,
    tell_wrong_points,
)
from assets.imports.position_claims import Claims, IntArray, Stored, TextArray, read_claims, read_stored
from assets.imports.position_datums import undo_datums
from assets.imports.position_problems import PositionProblems
from assets.imports.position_readings import Positions, read_systems
from assets.imports.position_shapes import keep_shapes
from assets.imports.position_statements import Stated
from assets.imports.settings import Reading
from assets.imports.shared_positions import tell_shared
from assets.imports.staging import Staging
from assets.imports.village_points import VILLAGE_POINT, village_points
from spatial.coordinate_columns import read_binary, read_one_column, read_two_columns
from spatial.crs import STORAGE_SRID
from spatial.datums import Datum
from spatial.drawable import drawable
from spatial.systems import GEOGRAPHIC, degrees_of, tell_systems
from spatial.written import Written, combined

_FIELDS: Final = frozenset({"longitude", "latitude", "position"})
# Web maps and telephones give degrees on a shifted datum or on that of the satellites; surveys do not.
_QUALITY_BY_DATUM: Final = {Datum.GCJ02: "phone", Datum.BD09: "phone", Datum.WGS84: "phone"}
_SURVEYED: Final = "surveyed"
_PIECE: Final = 50_000


def locate(staging: Staging, parsed: Any, reading: Reading) -> dict[str, Any]:
    """Fill ``geom``, ``drawn``, ``source_datum`` and ``position_quality``, and tell what is wrong with positions.

    Parameters
    ----------
    staging : Staging
        With loaded rows, resolved regions and, as far as they are known, their records.
    parsed : Parsed
        Its ``places`` are numbers with the texts and geometries of positions.
    reading : Reading
        What people have said of coordinates as a whole.

    Returns
    -------
    dict
        What was found of the coordinates as a whole, with its evidence; under ``questions`` what
        only people can say, each a problem of the ledger.
    """
    kind = staging.kind
    keeps = _FIELDS & {one.key for one in kind.fields}
    places = parsed.places
    if not keeps and (places is None or "geometry" not in places.column_names):
        return {}
    claims = read_claims(staging)
    if not len(claims.number):
        return {}
    stored = read_stored(staging, claims)
    columns = _aligned(claims, places)
    field, value = _told_at(columns, len(claims.number))
    answers = read_answers(staging)
    written = _written(columns, typed_positions(answers, claims, value), len(claims.number))
    problems = PositionProblems(claims.number, field, value)
    stated = Stated.of(written, claims, reading, _layer_srid(columns, parsed, len(claims.number)))
    found = read_systems(written, claims, stored, stated, reading)
    undo_datums(found, claims, stored, stated)
    kept, drawn = keep_shapes(found, stored, kind.geometry, accepted_repairs(answers, claims, value), problems)
    points = ~written.has_geometry & np.isfinite(found.lon)
    points &= ~tell_unreadable(found, problems)
    points &= ~tell_wrong_points(found, kind.geometry, problems)
    same = points & found.unchanged
    kept[points] = shapely.points(np.column_stack([found.lon[points], found.lat[points]]))
    kept[same] = stored.geometry[same]
    _sketch(written, drawn)
    there = ~shapely.is_missing(kept)
    for one in found.questions:
        problems.tell(one.row_code or one.code, one.rows[there[one.rows]], severity=one.severity, data=one.data)
    tell_order(found, there, problems)
    tell_datum_names(claims, found, there, problems)
    tell_outside(staging, claims, found, kept, problems)
    lone = np.where(points, found.lon, np.nan)
    tell_shared(staging, claims, lone, found.lat, points & ~found.unchanged, problems)
    quality, datum = _described(found, claims, stored, there)
    _stand_in(staging, claims, stored, kept, drawn, quality, datum, problems)
    problems.settle(staging)
    _put(staging, claims, kept, drawn, datum, quality)
    found.evidence["questions"] = [one.told() for one in found.questions]
    return found.evidence


def recheck(staging: Staging) -> None:
    """Tell rows whose kept position lies outside their region now: its border is another one than at the preview.

    Parameters
    ----------
    staging : Staging
        With the rows of a preview loaded again and their regions resolved; nothing is located anew.
    """
    tell_moved_borders(staging)


def _aligned(claims: Claims, places: pa.Table | None) -> dict[str, pa.Array]:
    """The columns of places in the order of the rows; null for a row that is not among them."""
    if places is None or not places.num_rows:
        return {}
    numbers = places.column("number").to_numpy()
    if np.array_equal(numbers, claims.number):
        at = None
    else:
        index = np.full(len(claims.number), -1, dtype=np.int64)
        index[claims.rows_of(numbers)] = np.arange(len(numbers))
        at = pa.array(index, mask=index < 0)
    found = {}
    for name in ("longitude", "latitude", "position", "geometry", "srid"):
        if name in places.column_names and places.column(name).null_count < places.num_rows:
            column = places.column(name).combine_chunks()
            found[name] = column if at is None else column.take(at)
    return found


def _told_at(columns: dict[str, pa.Array], size: int) -> tuple[TextArray, TextArray]:
    """The field at which each row's position stands, and what stands there."""
    field = np.full(size, "position", dtype=object)
    value = np.full(size, "", dtype=object)
    for name in ("latitude", "longitude"):
        if name in columns:
            column = pc.fill_null(columns[name].cast(pa.string()), "")
            said = pc.not_equal(column, "").to_numpy(zero_copy_only=False)
            field[said], value[said] = name, column.to_numpy(zero_copy_only=False)[said]
    if "position" in columns:
        text = pc.utf8_slice_codeunits(pc.fill_null(columns["position"].cast(pa.string()), ""), 0, 200)
        said = pc.not_equal(text, "").to_numpy(zero_copy_only=False)
        field[said], value[said] = "position", text.to_numpy(zero_copy_only=False)[said]
    return field, value


def _written(columns: dict[str, pa.Array], typed: pa.Array | None, size: int) -> Written:
    """What rows say: first what people typed, then a geometry, a text, two numbers."""
    layers = [] if typed is None else [read_one_column(typed)]
    if "geometry" in columns:
        layers.append(read_binary(columns["geometry"]))
    if "position" in columns:
        layers.append(read_one_column(columns["position"]))
    if columns.keys() & {"longitude", "latitude"}:
        nothing = pa.nulls(size, pa.string())
        layers.append(read_two_columns(columns.get("longitude", nothing), columns.get("latitude", nothing)))
    return combined(layers) if layers else Written.nothing(size)


def _layer_srid(columns: dict[str, pa.Array], parsed: Any, size: int) -> IntArray:
    if "srid" in columns:
        return np.asarray(pc.fill_null(columns["srid"].cast(pa.int64()), 0))
    return np.full(size, getattr(parsed, "srid", None) or 0, dtype=np.int64)


def _sketch(written: Written, drawn: NDArray[Any]) -> None:
    """Draw the vertices of what could not be read, where their numbers say where they lie."""
    for row, xy in written.sketches.items():
        system, swapped = tell_systems(xy[:, 0], xy[:, 1])
        turned = np.where(swapped[:, np.newaxis], xy[:, ::-1], xy)
        drawn[row] = drawable(np.column_stack(degrees_of(system, turned[:, 0], turned[:, 1])))


def _described(
    found: Positions, claims: Claims, stored: Stored, there: NDArray[np.bool_]
) -> tuple[TextArray, TextArray]:
    """By row how its position was taken and in which datum: as it says, as the register has it, or as it looks."""
    geographic = np.isin(found.system, GEOGRAPHIC)
    by_datum = np.array([_QUALITY_BY_DATUM.get(one, _SURVEYED) for one in found.datum], dtype=object)
    quality = np.where(geographic, by_datum, _SURVEYED).astype(object)
    datum = np.where(found.recorded != "", found.recorded, found.datum)
    datum = np.where(geographic | found.written.has_geometry, datum, Datum.CGCS2000.value).astype(object)
    same = found.unchanged
    quality = np.where(same & (stored.position_quality != ""), stored.position_quality, quality)
    datum = np.where(same & (stored.source_datum != ""), stored.source_datum, datum)
    quality = np.where(claims.position_quality != "", claims.position_quality, quality)
    return np.where(there, quality, ""), np.where(there, datum, "")


def _stand_in(
    staging: Staging,
    claims: Claims,
    stored: Stored,
    kept: NDArray[Any],
    drawn: NDArray[Any],
    quality: TextArray,
    datum: TextArray,
    problems: PositionProblems,
) -> None:
    """Rows that say nothing: what their record has, or for a new one the village's point, where the kind keeps such."""
    silent = shapely.is_missing(kept) & shapely.is_missing(drawn) & ~problems.told
    held = silent & stored.there
    kept[held], quality[held], datum[held] = (
        stored.geometry[held],
        stored.position_quality[held],
        stored.source_datum[held],
    )
    silent &= claims.record_id == 0
    if staging.kind.position_needed:
        problems.tell("position_missing", np.flatnonzero(silent))
        return
    if staging.kind.field("position_quality") is None or "Point" not in staging.kind.geometry:
        return
    points = village_points(staging, claims, silent)
    known = silent & ~shapely.is_missing(points)
    kept[known], quality[known], datum[known] = points[known], VILLAGE_POINT, Datum.CGCS2000.value
    problems.tell("position_of_village", np.flatnonzero(known), severity="note")
    problems.tell("position_nowhere", np.flatnonzero(silent & ~known & (claims.region_id > 0)), severity="note")


def _put(
    staging: Staging,
    claims: Claims,
    kept: NDArray[Any],
    drawn: NDArray[Any],
    datum: TextArray,
    quality: TextArray,
) -> None:
    rows = staging.rows
    located = beside(
        staging,
        "located",
        Column("number", Integer),
        Column("geom", Geometry("GEOMETRY", srid=STORAGE_SRID, spatial_index=False)),
        Column("drawn", Geometry("GEOMETRY", srid=STORAGE_SRID, spatial_index=False)),
        Column("source_datum", Text),
        Column("position_quality", Text),
    )
    said = {"source_datum": datum, "position_quality": quality}
    # A piece at a time: a million positions as texts are more than one process may hold.
    for at in range(0, len(claims.number), _PIECE):
        piece = slice(at, at + _PIECE)
        columns: dict[str, pa.Array] = {
            "number": pa.array(claims.number[piece], pa.int32()),
            "geom": _hex(kept[piece]),
            "drawn": _hex(drawn[piece]),
        }
        columns |= {
            name: pa.array([str(one) or None for one in what[piece]], pa.string()) for name, what in said.items()
        }
        staging.copy(located, pa.table(columns))
    names = [name for name in ("geom", "drawn", "source_datum", "position_quality") if name in rows.c]
    staging.set({name: located.c[name] for name in names}, rows.c.number == located.c.number)


def _hex(shapes: NDArray[Any]) -> pa.Array:
    return pa.array(shapely.to_wkb(shapely.set_srid(shapes, STORAGE_SRID), hex=True, include_srid=True), pa.string())
