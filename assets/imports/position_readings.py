"""How the coordinates of a ledger are to be understood: system, order, zone and datum, with the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from assets.imports.position_claims import SAME_DEG, Claims, IntArray, Stored, TextArray
from assets.imports.position_statements import Stated
from assets.imports.position_zones import find_zones
from assets.imports.settings import Reading
from spatial.crs import (
    PLAIN_ZONES,
    PREFIXED_ZONES,
    STORAGE_SRID,
    WEB_MERCATOR_SRID,
    WGS84_SRID,
    FloatArray,
)
from spatial.datums import Datum, to_storage_datum
from spatial.systems import GEOGRAPHIC, System, convert, degrees_of, tell_systems
from spatial.written import Written

_KNOWN_SRIDS: Final = frozenset({STORAGE_SRID, WGS84_SRID, WEB_MERCATOR_SRID, *PREFIXED_ZONES, *PLAIN_ZONES})


@dataclass(frozen=True)
class Question:
    """Something about the coordinates of many rows that people had better look at.

    ``severity`` is that of each of the rows, ``of_ledger`` that of the ledger: a doubt about the
    ledger as a whole goes only when it is said how it is to be read. ``readings`` are the evidence.
    ``row_code`` is what the rows are told, where it is not the same.
    """

    code: str
    rows: IntArray
    data: Mapping[str, Any]
    severity: str = "doubt"
    of_ledger: str = "doubt"
    readings: Mapping[str, Any] | None = None
    row_code: str = ""

    def told(self) -> dict[str, Any]:
        """As a problem of the ledger."""
        data = dict(self.data) | {"rows": len(self.rows)}
        if self.readings is not None:
            data["readings"] = dict(self.readings)
        return {"code": self.code, "severity": self.of_ledger, "data": data}


@dataclass
class Positions:
    """Where every row lies, as far as it can be told.

    ``lon`` and ``lat`` are NaN where nothing was said or nothing could be understood; of a line
    or an area they are its middle. ``raw`` are degrees with the datum not undone yet. ``datum``
    is what each row was recorded in, ``recorded`` what it is said to have been.
    """

    written: Written
    system: NDArray[np.int8]
    swapped: NDArray[np.bool_]
    odd_order: NDArray[np.bool_]
    srid: IntArray
    raw: tuple[FloatArray, FloatArray]
    lon: FloatArray
    lat: FloatArray
    datum: TextArray
    recorded: TextArray
    unchanged: NDArray[np.bool_]
    least_outside: FloatArray | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    def degrees(self, row: int, xy: FloatArray) -> FloatArray:
        """Convert vertices of one row as its middle was understood."""
        x, y = (xy[:, 1], xy[:, 0]) if self.swapped[row] else (xy[:, 0], xy[:, 1])
        lon, lat = _degrees(np.full(x.shape, self.system[row]), x, y, np.full(x.shape, self.srid[row]))
        if self.system[row] in GEOGRAPHIC:
            lon, lat = to_storage_datum(lon, lat, str(self.datum[row]))
        return np.column_stack([lon, lat])


def read_systems(written: Written, claims: Claims, stored: Stored, stated: Stated, reading: Reading) -> Positions:
    """Decide in which system and order coordinates were written; datums are undone apart.

    Parameters
    ----------
    written
        What each row says, aligned with ``claims``.
    claims
        What the rows claim beside it.
    stored
        What the register holds of their records.
    stated
        What is said of them.
    reading
        Whether people have said in which order the numbers stand.

    Returns
    -------
    Positions
        With the evidence, and the questions that only people can answer.
    """
    first, second = _middles(written)
    system, swapped = tell_systems(first, second)
    other = (stated.srid > 0) & ~np.isin(stated.srid, list(_KNOWN_SRIDS)) & np.isfinite(first)
    other &= system != System.DEGREES
    odd = _odd_order(system, swapped, written.named, reading, other)
    east, north = np.where(swapped, second, first), np.where(swapped, first, second)
    srid = np.where(other, stated.srid, 0)
    evidence: dict[str, Any] = {
        "systems": {name.name.lower(): int((system[~other] == name).sum()) for name in System if (system == name).any()}
    }
    system = np.where(other, System.UNKNOWN, system).astype(np.int8)
    nothing = ~np.isfinite(first)
    evidence["systems"].pop("unknown", None)
    zone, zone_doubt = find_zones(system, east, north, claims, stated)
    srid = np.where(system == System.PLAIN, zone, srid)
    if other.any():
        swapped, east, north = _order_of_other(other, srid, first, second, swapped, east, north)
    raw = _degrees(system, east, north, srid)
    unchanged = _unchanged(written, system, swapped, raw, stored)
    found = Positions(
        written,
        system,
        swapped,
        odd,
        srid,
        raw,
        raw[0].copy(),
        raw[1].copy(),
        np.where(nothing, "", Datum.CGCS2000.value).astype(object),
        stated.recorded,
        unchanged,
        evidence=evidence,
    )
    evidence |= _told_order(system, swapped, odd, ~nothing)
    if zone_doubt is not None:
        evidence["zone"] = zone_doubt
        if zone_doubt["by"] == "open":
            rows = np.flatnonzero((system == System.PLAIN) & (zone == 0))
            found.questions.append(Question("places_zone_open", rows, {"easting": round(float(east[rows[0]]))}))
    _tell_misstated(found, stated, nothing)
    return found


def _middles(written: Written) -> tuple[FloatArray, FloatArray]:
    first, second = written.first.copy(), written.second.copy()
    rows = np.flatnonzero(written.has_geometry)
    if rows.size:
        xy, index = shapely.get_coordinates(written.geometry[rows], return_index=True)
        finite = np.isfinite(xy).all(axis=1)
        xy, index = xy[finite], index[finite]
        count = np.bincount(index, minlength=rows.size)
        with np.errstate(invalid="ignore"):
            first[rows] = np.bincount(index, xy[:, 0], minlength=rows.size) / count
            second[rows] = np.bincount(index, xy[:, 1], minlength=rows.size) / count
    return first, second


def _odd_order(
    system: NDArray[np.int8],
    swapped: NDArray[np.bool_],
    named: NDArray[np.bool_],
    reading: Reading,
    other: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Rows whose two numbers stand in another order than those of the file as a whole."""
    odd = np.zeros(system.shape, dtype=bool)
    geographic = np.isin(system, GEOGRAPHIC)
    known = (system != System.UNKNOWN) & ~other
    for group in (known & geographic, known & ~geographic):
        plain = group & ~named
        usual = bool(plain.any() and swapped[plain].mean() > 0.5)
        if reading.swapped is not None:
            usual = reading.swapped
        odd |= plain & (swapped != usual)
        odd |= group & named & swapped
    return odd


def _told_order(
    system: NDArray[np.int8], swapped: NDArray[np.bool_], odd: NDArray[np.bool_], there: NDArray[np.bool_]
) -> dict[str, dict[str, int]]:
    known = there & (system != System.UNKNOWN)
    told = {"odd_order": {"rows": int(odd.sum())}} if odd.any() else {}
    usual = int((swapped & known & ~odd).sum())
    return told | ({"swapped": {"rows": usual, "of": int(known.sum())}} if usual else {})


def _degrees(system: Any, east: FloatArray, north: FloatArray, srid: IntArray) -> tuple[FloatArray, FloatArray]:
    lon, lat = degrees_of(system, east, north)
    for one in np.unique(srid[srid > 0]):
        chosen = srid == one
        lon[chosen], lat[chosen] = convert(east[chosen], north[chosen], int(one))
    return lon, lat


def _order_of_other(
    other: NDArray[np.bool_],
    srid: IntArray,
    first: FloatArray,
    second: FloatArray,
    swapped: NDArray[np.bool_],
    east: FloatArray,
    north: FloatArray,
) -> tuple[NDArray[np.bool_], FloatArray, FloatArray]:
    """A system that size does not tell: the order in which a pair lies in China."""
    straight = _degrees(np.zeros(first.shape), first, second, np.where(other, srid, 0))
    turned = _degrees(np.zeros(first.shape), second, first, np.where(other, srid, 0))
    swaps = other & (tell_systems(*straight)[0] != System.DEGREES) & (tell_systems(*turned)[0] == System.DEGREES)
    swapped = np.where(other, swaps, swapped)
    return (
        swapped,
        np.where(other, np.where(swaps, second, first), east),
        np.where(other, np.where(swaps, first, second), north),
    )


def _unchanged(
    written: Written,
    system: NDArray[np.int8],
    swapped: NDArray[np.bool_],
    raw: tuple[FloatArray, FloatArray],
    stored: Stored,
) -> NDArray[np.bool_]:
    """Rows that repeat what the register holds, as an exported ledger does: no datum need be known for them."""
    same = np.zeros(system.shape, dtype=bool)
    points = np.flatnonzero(stored.are_points & ~written.has_geometry)
    same[points] = stored.same_as(points, raw[0][points], raw[1][points])
    shapes = np.flatnonzero(stored.there & (system == System.DEGREES) & ~swapped & written.has_geometry)
    same[shapes] = shapely.equals_exact(
        shapely.normalize(shapely.force_2d(written.geometry[shapes])),
        shapely.normalize(stored.geometry[shapes]),
        tolerance=SAME_DEG,
    )
    return same


def _tell_misstated(found: Positions, stated: Stated, nothing: NDArray[np.bool_]) -> None:
    """Rows whose numbers cannot be in the system that is stated for them."""
    system = found.system
    geographic = np.isin(stated.srid, (STORAGE_SRID, WGS84_SRID))
    zones = np.isin(stated.srid, (*PREFIXED_ZONES, *PLAIN_ZONES))
    wrong = ~nothing & (system != System.UNKNOWN)
    wrong &= (geographic & (system != System.DEGREES)) | (zones & ~np.isin(system, (System.PREFIXED, System.PLAIN)))
    wrong |= ~nothing & (stated.srid == WEB_MERCATOR_SRID) & ~np.isin(system, (System.MERCATOR, System.UNKNOWN))
    # An exported column tells what the coordinates were before they became degrees.
    wrong &= ~found.unchanged & ~(stated.zone_in_column & (system == System.DEGREES))
    for srid in np.unique(stated.srid[wrong]):
        rows = np.flatnonzero(wrong & (stated.srid == srid))
        told = {"srid": int(srid), "rows": int(rows.size)}
        found.questions.append(
            Question("places_system_misfit", rows, told, of_ledger="note", row_code="position_misstated")
        )
