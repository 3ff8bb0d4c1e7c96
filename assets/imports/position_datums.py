"""The datum of degrees: as stated, or as the register or the borders tell it, or a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from assets.imports.position_claims import Claims, IntArray, Stored
from assets.imports.position_readings import Positions, Question
from assets.imports.position_statements import Stated
from spatial.crs import GRID_DEG, METRES_PER_DEGREE, FloatArray
from spatial.datums import Datum, to_storage_datum
from spatial.fitting import Fit, beats, choose, metres_outside
from spatial.systems import GEOGRAPHIC

READINGS: Final = (Datum.CGCS2000, Datum.GCJ02, Datum.BD09)
"""What degrees without a word about their datum may be; WGS 84 cannot be told from CGCS2000."""

NAMES: Final = {Datum.CGCS2000: "CGCS2000", Datum.WGS84: "WGS 84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}
"""As sentences call them, in every language."""

MOST_COMPARED: Final = 20_000
"""Positions that are compared with borders; of more, every so-manieth."""
ALIKE_M: Final = 3.0
"""As near to what the register holds, a position is the same."""
LEAST_ALIKE: Final = 5
LEAST_ALIKE_SHARE: Final = 0.8


def undo_datums(found: Positions, claims: Claims, stored: Stored, stated: Stated) -> None:
    """Bring degrees to the stored datum: as stated, as the register or the borders tell, or as a question."""
    geographic = np.isin(found.system, GEOGRAPHIC) & np.isfinite(found.raw[0])
    _find_repeated(found, stored, stated, geographic)
    groups: list[dict[str, Any]] = []
    for name in sorted(set(stated.datum[geographic & ~found.unchanged].tolist())):
        rows = np.flatnonzero(geographic & ~found.unchanged & (stated.datum == name))
        metres = _compared(found, claims, rows)
        chosen, fits = choose(metres)
        told: dict[str, Any] = {"rows": int(rows.size), "readings": _told_fits(fits)}
        told["schematic"] = any(claims.areas[at].schematic for at in np.unique(claims.area[rows]) if at >= 0)
        if name:
            datum, by = name, str(stated.by[rows[0]])
            _tell_misfit(found, rows, datum, by, metres, chosen, fits)
        elif (known := _as_registered(found, stored, rows)) is not None:
            datum, by = known, "register"
        elif chosen is not None:
            datum, by = chosen, "borders"
        else:
            datum, by = next(iter(fits), Datum.CGCS2000.value), "open"
            _ask(found, claims, rows, datum, fits)
        groups.append(told | {"datum": datum, "by": by})
        found.datum[rows] = datum
        found.lon[rows], found.lat[rows] = to_storage_datum(found.raw[0][rows], found.raw[1][rows], datum)
    if groups:
        found.evidence["datums"] = groups


def _find_repeated(found: Positions, stored: Stored, stated: Stated, geographic: NDArray[np.bool_]) -> None:
    """Rows that say again what their record was made from: a ledger that is brought twice changes nothing."""
    for datum in (Datum.GCJ02, Datum.BD09):
        alike = geographic & stored.are_points & ~found.written.has_geometry & (stored.source_datum == datum)
        rows = np.flatnonzero(alike & ((stated.datum == "") | (stated.datum == datum)))
        lon, lat = to_storage_datum(found.raw[0][rows], found.raw[1][rows], datum)
        same = stored.same_as(rows, lon, lat)
        found.unchanged[rows[same]] = True


def _compared(found: Positions, claims: Claims, rows: IntArray) -> dict[str, FloatArray]:
    """Metres outside of the distinct positions among ``rows``, under each reading."""
    lon, lat, area = found.raw[0][rows], found.raw[1][rows], claims.area[rows]
    keys = np.column_stack([np.round(lon / GRID_DEG), np.round(lat / GRID_DEG), area])[area >= 0]
    if not keys.size:
        return {}
    _, once = np.unique(keys, axis=0, return_index=True)
    at = np.flatnonzero(area >= 0)[np.sort(once)]
    at = at[:: max(1, -(-at.size // MOST_COMPARED))]
    shapes = claims.shapes
    return {
        datum.value: metres_outside(shapes, area[at], *to_storage_datum(lon[at], lat[at], datum)) for datum in READINGS
    }


def _as_registered(found: Positions, stored: Stored, rows: IntArray) -> str | None:
    """The reading under which rows lie where the register has their records."""
    held = rows[stored.there[rows] & (stored.position_quality[rows] != "village_point")]
    points = held[shapely.get_type_id(stored.geometry[held]) == 0]
    if points.size < LEAST_ALIKE:
        return None
    x, y = shapely.get_x(stored.geometry[points]), shapely.get_y(stored.geometry[points])
    shares = {}
    for datum in READINGS:
        lon, lat = to_storage_datum(found.raw[0][points], found.raw[1][points], datum)
        metres = np.hypot((lon - x) * np.cos(np.radians(y)), lat - y) * METRES_PER_DEGREE
        shares[datum.value] = float((metres <= ALIKE_M).mean())
    best = max(shares, key=lambda name: shares[name])
    others = [share for name, share in shares.items() if name != best]
    enough = shares[best] * points.size >= LEAST_ALIKE and shares[best] >= LEAST_ALIKE_SHARE
    return best if enough and max(others) <= 1 - LEAST_ALIKE_SHARE else None


def _tell_misfit(
    found: Positions,
    rows: IntArray,
    datum: str,
    by: str,
    metres: Mapping[str, FloatArray],
    chosen: str | None,
    fits: Mapping[str, Fit],
) -> None:
    """What is stated fits clearly worse than another reading: say so, and leave it as it is stated."""
    said = Datum.CGCS2000.value if datum == Datum.WGS84 else datum
    if chosen is None or chosen == said or not beats(metres[chosen], metres[said]):
        return
    # Who was asked has seen the evidence; it is told once more and stands in nobody's way.
    severity = "note" if by == "answer" else "doubt"
    told = {
        "stated": NAMES[Datum(datum)],
        "better": NAMES[Datum(chosen)],
        "rows": fits[said].rows,
        "inside": fits[said].inside,
        "better_inside": fits[chosen].inside,
    }
    readings = _told_fits(fits)
    found.questions.append(Question("places_datum_misfit", rows, told, severity, "note", readings, "position_misfit"))


def _ask(found: Positions, claims: Claims, rows: IntArray, datum: str, fits: Mapping[str, Fit]) -> None:
    found.questions.append(
        Question("places_datum_open", rows, {"assumed": NAMES[Datum(datum)]}, readings=_told_fits(fits))
    )
    # A row is called outside only where it is so under every reading that is still possible.
    least = np.full(found.lon.shape, np.inf)
    for other in READINGS:
        lon, lat = to_storage_datum(found.raw[0][rows], found.raw[1][rows], other)
        metres = metres_outside(claims.shapes, claims.area[rows], lon, lat)
        least[rows] = np.fmin(least[rows], np.where(np.isnan(metres), np.inf, metres))
    found.least_outside = least


def _told_fits(fits: Mapping[str, Fit]) -> dict[str, dict[str, int]]:
    return {
        name: {"rows": fit.rows, "inside": fit.inside, "metres": round(fit.metres), "telling": fit.telling}
        for name, fit in fits.items()
    }
