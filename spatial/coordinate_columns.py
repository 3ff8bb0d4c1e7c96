"""Whole columns of coordinates read at once: plain numbers as arrays, each odd text once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from spatial.angle_columns import angles_of, floats_of
from spatial.coordinate_text import read_angle, read_pair
from spatial.crs import FloatArray
from spatial.drawable import pairs_in, vertices_of_broken_wkb
from spatial.errors import GeometryError, SpatialError
from spatial.geometry import MAX_CHARACTERS, parse_geometry
from spatial.validity import ANY_TYPE
from spatial.written import Written, combined

_DECIMAL: Final = r"^[+-]?(?:[0-9]{1,12}\.?[0-9]*|\.[0-9]+)$"
_NUMBER: Final = r"[+-]?[0-9]{1,12}(?:\.[0-9]*)?"
_DECIMAL_PAIR: Final = rf"^\(?\[?\s*(?P<first>{_NUMBER})\s*[,;，；、 \t]\s*(?P<second>{_NUMBER})\s*\]?\)?$"
_POINT: Final = (
    r"^(?:(?i:srid)\s*=\s*(?P<srid>[0-9]{4,6})\s*;\s*)?(?i:point)\s*\(\s*"
    r"(?P<first>[+-]?[0-9]+(?:\.[0-9]*)?)\s+(?P<second>[+-]?[0-9]+(?:\.[0-9]*)?)\s*\)$"
)
_GEOMETRY: Final = re.compile(r"\s*(?:\{|SRID\s*=|(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLL)", re.IGNORECASE)
_MULTI_POINT: Final = 4
# What people write where there is nothing.
NOTHING: Final = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "没有", "待补", "不详", "n/a", "na", "null", "none"}
)
Read = TypeVar("Read")


def read_two_columns(longitudes: pa.Array, latitudes: pa.Array) -> Written:
    """Read a column of longitudes (or eastings) and one of latitudes.

    Parameters
    ----------
    longitudes, latitudes
        Texts, null or a sign such as “—” where there is nothing; of equal length.

    Returns
    -------
    Written
        Where both texts name their axes the other way round, they are put right; a whole
        position in the column of longitudes counts alone.
    """
    first, first_axis, first_faults = _read_axis(longitudes)
    second, second_axis, second_faults = _read_axis(latitudes)
    found = Written.nothing(len(first))
    crossed = (first_axis == "N") & (second_axis == "E")
    found.first[:] = np.where(crossed, second, first)
    found.second[:] = np.where(crossed, first, second)
    found.named[:] = crossed | (first_axis == "E") | (second_axis == "N")
    faults = second_faults | first_faults
    for at in np.flatnonzero((first_axis != "") & (first_axis == second_axis)):
        faults.setdefault(int(at), GeometryError("same_axis", pair=1))
    wholes = _whole_positions(longitudes, first_faults)
    missing = _is_nothing(first) != _is_nothing(second)
    half = np.array([at for at in np.flatnonzero(missing) if int(at) not in faults], dtype=np.intp)
    for at in (*faults, *half):
        found.first[at] = found.second[at] = np.nan
    own = Written(found.first, found.second, found.named, found.srid, found.geometry, faults, half)
    return own if wholes is None else combined([wholes, own])


def read_one_column(texts: pa.Array, *, max_characters: int = MAX_CHARACTERS) -> Written:
    """Read a column of positions: pairs of coordinates, WKT, EWKT or GeoJSON.

    Parameters
    ----------
    texts
        Texts, null where there is nothing.
    max_characters
        Longest text that is read.

    Returns
    -------
    Written
        Points as their two numbers; whatever is more under ``geometry``.
    """
    column = _plain_texts(texts)
    found = Written.nothing(len(column))
    rest = np.array(column.is_valid())
    for pattern in (_DECIMAL_PAIR, _POINT):
        parts = pc.extract_regex(column, pattern)
        matched = np.array(parts.is_valid()) & rest
        if matched.any():
            chosen = parts.filter(pa.array(matched))
            found.first[matched] = floats_of(chosen.field("first"))
            found.second[matched] = floats_of(chosen.field("second"))
            if pattern is _POINT:
                named = pc.if_else(pc.equal(chosen.field("srid"), ""), "0", chosen.field("srid"))
                found.srid[matched] = pc.fill_null(pc.cast(named, pa.int32()), 0).to_numpy()
                found.named[matched] = found.srid[matched] > 0
            rest &= ~matched

    for at, (one, two) in angles_of(column, rest, 2):
        north_first = (one.axis == "N") | (two.axis == "E")
        found.first[at] = np.where(north_first, two.degrees, one.degrees)
        found.second[at] = np.where(north_first, one.degrees, two.degrees)
        found.named[at] = (one.axis != "") | (two.axis != "")
        rest[at] = False

    def read(text: str) -> tuple[float, float, bool, int, BaseGeometry | None]:
        if not _GEOMETRY.match(text):
            return *read_pair(text), 0, None
        geometry, srid = parse_geometry(text, ANY_TYPE, max_characters=max_characters)
        if geometry.geom_type == "Point" and not geometry.is_empty:
            x, y = shapely.get_coordinates(geometry)[0]
            return float(x), float(y), text.lstrip()[:1] == "{" or bool(srid), srid or 0, None
        return np.nan, np.nan, False, srid or 0, geometry

    for places, what in _each_distinct(column, rest, read):
        if isinstance(what, SpatialError):
            found.faults.update(dict.fromkeys(places.tolist(), what))
            text = str(column[int(places[0])])
            if _GEOMETRY.match(text):
                found.sketches.update(dict.fromkeys(places.tolist(), pairs_in(text)))
            continue
        found.first[places], found.second[places], found.named[places], found.srid[places] = what[:4]
        if what[4] is not None:
            found.geometry[places] = what[4]
    return found


def read_binary(column: pa.Array) -> Written:
    """Read a column of well-known binary, as layers of geometries give it.

    Parameters
    ----------
    column
        Binary, null where there is nothing; the extended form may name a system.

    Returns
    -------
    Written
        Points as their two numbers; whatever is more under ``geometry``. A row that holds no
        geometry is a fault.
    """
    values = np.array(_combined(column).to_pylist(), dtype=object)
    found = Written.nothing(len(values))
    with np.errstate(invalid="ignore"):
        geometries = shapely.from_wkb(values, on_invalid="ignore")
    there = np.array([bool(value) for value in values], dtype=bool)
    lost = there & shapely.is_missing(geometries)
    for at in np.flatnonzero(lost):
        found.sketches[int(at)], found.faults[int(at)] = vertices_of_broken_wkb(values[at])
    found.srid[:] = np.maximum(shapely.get_srid(geometries), 0)
    # Many programs write every point as a group of one.
    lone = (shapely.get_type_id(geometries) == _MULTI_POINT) & (shapely.get_num_geometries(geometries) == 1)
    geometries[lone] = shapely.get_geometry(geometries[lone], 0)
    points = (shapely.get_type_id(geometries) == 0) & ~shapely.is_empty(geometries)
    found.first[points], found.second[points] = shapely.get_x(geometries[points]), shapely.get_y(geometries[points])
    # A point that is not a number is no point to the checks of numbers: they must see it.
    more = ~shapely.is_missing(geometries) & ~(points & np.isfinite(found.first) & np.isfinite(found.second))
    found.geometry[more] = geometries[more]
    return found


def _read_axis(texts: pa.Array) -> tuple[FloatArray, NDArray[Any], dict[int, SpatialError]]:
    column = _plain_texts(texts)
    values = np.full(len(column), np.nan)
    axes = np.full(len(column), "", dtype="<U1")
    faults: dict[int, SpatialError] = {}
    plain = np.array(pc.fill_null(pc.match_substring_regex(column, _DECIMAL), False))
    values[plain] = floats_of(column.filter(pa.array(plain)))
    rest = np.array(column.is_valid()) & ~plain
    for at, (angle,) in angles_of(column, rest, 1):
        values[at], axes[at] = angle.degrees, angle.axis
        rest[at] = False
    for places, what in _each_distinct(column, rest, read_angle):
        if isinstance(what, SpatialError):
            faults.update(dict.fromkeys(places.tolist(), what))
        else:
            values[places], axes[places] = what
    return values, axes, faults


def _whole_positions(texts: pa.Array, faults: dict[int, SpatialError]) -> Written | None:
    """What those texts say that are no single coordinate but both."""
    if not faults:
        return None
    chosen = np.zeros(len(texts), dtype=bool)
    chosen[list(faults)] = True
    found = read_one_column(pc.if_else(pa.array(chosen), _combined(texts), pa.scalar(None, pa.string())))
    return Written(found.first, found.second, found.named, found.srid, found.geometry)


def _each_distinct(
    column: pa.Array, chosen: NDArray[np.bool_], read: Callable[[str], Read]
) -> list[tuple[NDArray[np.intp], Read | SpatialError]]:
    """Each distinct text among the chosen once, with the rows that hold it."""
    rows = np.flatnonzero(chosen)
    if not rows.size:
        return []
    encoded = column.filter(pa.array(chosen)).dictionary_encode()
    codes = np.asarray(encoded.indices)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(encoded.dictionary)))
    found: list[tuple[NDArray[np.intp], Read | SpatialError]] = []
    for code, text in enumerate(encoded.dictionary.to_pylist()):
        places = rows[order[(ends[code - 1] if code else 0) : ends[code]]]
        try:
            found.append((places, read(text)))
        except SpatialError as error:
            found.append((places, error))
    return found


def _plain_texts(texts: pa.Array) -> pa.Array:
    """Trimmed texts; null where there is nothing."""
    column = _combined(texts)
    if not pa.types.is_string(column.type):
        column = pc.cast(column, pa.string())
    column = pc.utf8_trim_whitespace(column)
    nothing = pc.is_in(pc.utf8_lower(column), value_set=pa.array(sorted(NOTHING)))
    return pc.if_else(nothing, pa.scalar(None, pa.string()), column)


def _combined(column: Any) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    return whole.dictionary_decode() if pa.types.is_dictionary(whole.type) else whole


def _is_nothing(values: FloatArray) -> NDArray[np.bool_]:
    return np.asarray(np.isnan(values))
