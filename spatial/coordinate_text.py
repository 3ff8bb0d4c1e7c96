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
    ("º", "°"),
    ("′", "'"),
    ("’", "'"),
    ("″", '"'),
    ("”", '"'),
    ("''", '"'),
    ("、", ","),
    ("。", "."),
)


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
    plain = unicodedata.normalize("NFKC", text).strip()
    for name, symbol in _NAMES:
        plain = re.sub(re.escape(name), symbol, plain, flags=re.IGNORECASE)
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


def _signed(found: re.Match[str], axis: str) -> float:
    degrees = float(found["degrees"])
    minutes, seconds = (float(found[part] or 0.0) for part in ("minutes", "seconds"))
    if minutes >= 60.0 or seconds >= 60.0:
        raise GeometryError("no_coordinates", found=found[0].strip())
    size = abs(degrees) + minutes / 60.0 + seconds / 3600.0
    negative = found["degrees"].startswith("-") or (axis and axis in "SW")
    return -size if negative else size
