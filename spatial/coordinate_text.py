"""Coordinates as people write them: decimals or degrees and minutes, with or without names."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import numpy as np

from spatial.crs import FloatArray
from spatial.errors import GeometryError

_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_SIZE: Final = (
    rf"(?P<degrees>{_NUMBER})"
    r"(?:\s*°\s*(?:(?P<minutes>\d+\.?\d*)\s*')?(?:\s*(?P<seconds>\d+\.?\d*)\s*\")?)?"
)
# Where the letter stands first, the next number's letter must not be taken for this one's.
_LETTER_FIRST: Final = re.compile(rf"(?P<axis>[NSEW])?\s*[:=]?\s*{_SIZE}")
_LETTER_LAST: Final = re.compile(rf"{_SIZE}\s*(?P<axis>[NSEW])?")
_LEFT_OVER: Final = re.compile(r"[\s,;()\[\]]*")
# Longer words first: 东经 must not leave its second character behind.
_NAMES: Final = (
    ("longitude", "E"),
    ("latitude", "N"),
    ("东经", "E"),
    ("西经", "W"),
    ("北纬", "N"),
    ("南纬", "S"),
    ("经度", "E"),
    ("纬度", "N"),
    ("lon", "E"),
    ("lng", "E"),
    ("lat", "N"),
    ("度", "°"),
    ("分", "'"),
    ("秒", '"'),
    ("′", "'"),
    ("ˊ", "'"),
    ("`", "'"),
    ("‘", "'"),
    ("’", "'"),
    ("″", '"'),
    ("”", '"'),
    ("“", '"'),
    ("''", '"'),
    ("、", ","),
    ("。", "."),
)


# Signs that look like a degree; the normal form of characters would make letters and digits of them.
_DEGREE_SIGNS: Final = str.maketrans(dict.fromkeys("º˚゜⁰∘○", "°"))
_PLANE_NAMES: Final = re.compile(r"\b[XYxy]\s*[:=]\s*")
_ANGLE: Final = re.compile(rf"(?P<before>[NSEW])?\s*[:=]?\s*{_SIZE}\s*(?P<after>[NSEW])?")
_PARTS: Final = re.compile(
    r"(?P<before>[NSEW])?\s*(?P<sign>[+-])?(?P<degrees>\d{1,3})(?:\s+|\s*[-:]\s*)(?P<minutes>\d{1,2}(?:\.\d+)?)"
    r"(?:(?:\s+|\s*[-:]\s*)(?P<seconds>\d{1,2}(?:\.\d+)?))?\s*(?P<after>[NSEW])?"
)
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_DECIMAL_COMMA: Final = re.compile(r"([+-]?\d+),(\d+)")
_TWO_DECIMAL_COMMAS: Final = re.compile(r"([+-]?\d{1,3},\d+)(?:\s*;\s*|\s+|,\s+)([+-]?\d{1,3},\d+)")
_HALVES: Final = re.compile(r"\s*[,;/]\s*")
_WITH_HEIGHT: Final = re.compile(r"(\d+\.\d+)[,;\s]\s*(\d+\.\d+)[,;\s]\s*-?\d{1,4}(?:\.\d*)?")
_MOST_DEGREES: Final = 180.0


def read_angle(text: str) -> tuple[float, str]:
    """Read one coordinate, as it stands in a column of longitudes or latitudes.

    Understood are decimals (a comma may stand for the point), thousands marks, degrees with
    minutes and seconds under any of their signs (``107°06'12"``, ``107度6.2分``, ``107-06-12``,
    ``107 06 12``) and a name or letter of the axis.

    Parameters
    ----------
    text
        What stands in the cell.

    Returns
    -------
    tuple[float, str]
        The number as written, and its axis: ``E`` or ``N`` where the text names it, else
        nothing. West and south are negative.

    Raises
    ------
    GeometryError
        ``no_coordinates`` if the text is no single coordinate.
    """
    plain = _PLANE_NAMES.sub("", _plain(text)).upper()
    if _THOUSANDS.fullmatch(plain) or _DECIMAL_COMMA.fullmatch(plain):
        return _with_commas(plain), ""
    found = _ANGLE.fullmatch(plain) or _PARTS.fullmatch(plain)
    if found is None or (found["before"] and found["after"]):
        raise GeometryError("no_coordinates", found=text[:20])
    axis = found["before"] or found["after"] or ""
    return _signed(found, axis), {"S": "N", "W": "E"}.get(axis, axis)


def read_pair(text: str) -> tuple[float, float, bool]:
    """Read the two coordinates of one point from one cell.

    Parameters
    ----------
    text
        What stands in the cell: what :func:`read_coordinates` understands, two coordinates
        that :func:`read_angle` understands with a comma or semicolon between them, two
        numbers with decimal commas, or two decimals with a height behind them.

    Returns
    -------
    tuple[float, float, bool]
        First and second coordinate, and whether their axes were named; named ones come
        east before north.

    Raises
    ------
    GeometryError
        If the text is no pair.
    """
    plain = _PLANE_NAMES.sub("", _plain(text)).upper()
    if found := _TWO_DECIMAL_COMMAS.fullmatch(plain):
        sizes = (_with_commas(found[1]), _with_commas(found[2]))
        if min(sizes) <= _MOST_DEGREES / 2:
            return *sizes, False
    if found := _WITH_HEIGHT.fullmatch(plain):
        return float(found[1]), float(found[2]), False
    halves = [half for half in _HALVES.split(plain) if half]
    if len(halves) == 2:
        try:
            (one, axis), (two, other) = read_angle(halves[0]), read_angle(halves[1])
        except GeometryError:
            pass
        else:
            if axis and axis == other:
                raise GeometryError("same_axis", pair=1)
            north_first = axis == "N" or other == "E"
            return (two, one, True) if north_first else (one, two, bool(axis or other))
    pairs = read_coordinates(plain)
    if len(pairs) != 1:
        raise GeometryError("no_coordinates", found=text[:20])
    return float(pairs[0, 0]), float(pairs[0, 1]), bool(re.search("[NSEW]", plain))


def read_coordinates(text: str) -> FloatArray:
    """Read pairs of coordinates from text.

    Understood are decimals (``106.86, 34.89``; one pair a line or separated by semicolons),
    degrees, minutes and seconds (``34°53'36"N 106°51'40"E``), the Chinese names of both and
    full-width characters. A named latitude may stand first; unnamed numbers are taken in
    the order they stand.

    Parameters
    ----------
    text
        What was typed or pasted.

    Returns
    -------
    FloatArray
        Shape (n, 2): east and north as written.

    Raises
    ------
    GeometryError
        ``no_coordinates`` if something else stands in the text, ``odd_numbers`` or
        ``same_axis`` if the numbers make no pairs.
    """
    plain = _plain(text)
    values: list[float] = []
    axes: list[str] = []
    end = 0
    angle = _LETTER_FIRST if plain[:1] in "NSEW" else _LETTER_LAST
    for found in angle.finditer(plain):
        if not _LEFT_OVER.fullmatch(plain[end : found.start()]):
            break
        end = found.end()
        axis = found["axis"] or ""
        values.append(_signed(found, axis))
        axes.append(axis)
    rest = _LEFT_OVER.sub("", plain[end:], count=1)
    if rest or not values:
        raise GeometryError("no_coordinates", found=rest[:20].strip() or text[:20])
    if len(values) % 2:
        raise GeometryError("odd_numbers", size=len(values))
    pairs = np.array(values, dtype=float).reshape(-1, 2)
    for at in range(len(pairs)):
        first, second = axes[2 * at], axes[2 * at + 1]
        if first and second and (first in "EW") == (second in "EW"):
            raise GeometryError("same_axis", pair=at + 1)
        if (first and first in "NS") or (second and second in "EW"):
            pairs[at] = pairs[at, ::-1]
    return pairs


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_DEGREE_SIGNS)).strip()
    for name, symbol in _NAMES:
        plain = re.sub(re.escape(name), symbol, plain, flags=re.IGNORECASE)
    return plain


def _with_commas(text: str) -> float:
    # 106,861 has a decimal comma: no easting is that short. 500,123 has a thousands mark.
    as_decimal = float(text.replace(",", ".")) if _DECIMAL_COMMA.fullmatch(text) else np.inf
    return as_decimal if abs(as_decimal) <= _MOST_DEGREES else float(text.replace(",", ""))


def _signed(found: re.Match[str], axis: str) -> float:
    degrees = float(found["degrees"])
    minutes, seconds = (float(found[part] or 0.0) for part in ("minutes", "seconds"))
    if minutes >= 60.0 or seconds >= 60.0:
        raise GeometryError("no_coordinates", found=found[0].strip())
    size = abs(degrees) + minutes / 60.0 + seconds / 3600.0
    signed = found["degrees"].startswith("-") or found.groupdict().get("sign") == "-"
    negative = signed or (axis and axis in "SW")
    return -size if negative else size
