"""Columns of degrees, minutes and seconds: the usual spellings by the thousand, as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spatial.crs import FloatArray

_SECONDS_SIGN: Final = "(?:[\"″”＂秒]|''|′′)"
_SIZE: Final = (
    r"(?P<degrees{0}>[0-9]{{1,3}}(?:\.[0-9]+)?)\s*[°º˚度]\s*"
    r"(?:(?P<minutes{0}>[0-9]{{1,2}}(?:\.[0-9]+)?)\s*['′’＇分]\s*)?"
    rf"(?:(?P<seconds{{0}}>[0-9]{{{{1,2}}}}(?:\.[0-9]+)?)\s*{_SECONDS_SIGN}\s*)?"
)
_BEFORE: Final = r"(?P<axis{0}>[NSEW]|东经|西经|北纬|南纬)\s*[:：]?\s*" + _SIZE
_AFTER: Final = _SIZE + r"(?P<axis{0}>[NSEW])?"
_BETWEEN: Final = r"\s*[,;，；、]?\s*"
_AXES: Final = pa.array(["E", "W", "N", "S", "东经", "西经", "北纬", "南纬"])
_AXIS_OF: Final = np.array(["E", "E", "N", "N", "E", "E", "N", "N", ""])
_SIGN_OF: Final = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0])


class Angles(NamedTuple):
    """Degrees, negative in the west and south, and their axis: ``E``, ``N`` or nothing."""

    degrees: FloatArray
    axis: NDArray[np.str_]


def angles_of(
    column: pa.Array, chosen: NDArray[np.bool_], count: int
) -> Iterator[tuple[NDArray[np.intp], tuple[Angles, ...]]]:
    """Read those texts that are angles with their signs, such as ``107°06′12″`` or ``N34°54.2′``.

    Parameters
    ----------
    column
        Texts.
    chosen
        Which of them to look at, shape (n,).
    count
        How many angles stand in a text, 1 or 2.

    Yields
    ------
    tuple
        Rows, and the angles they hold. What is written in any other way, or names one axis
        twice, is left to :mod:`spatial.coordinate_text`.
    """
    rest = chosen.copy()
    # Where letters stand first, the second one must not be taken for the first angle's.
    for spelling in (_BEFORE, _AFTER):
        if not rest.any():
            return
        pattern = _BETWEEN.join(spelling.format(number) for number in range(count))
        parts = pc.extract_regex(column.filter(pa.array(rest)), f"^{pattern}$")
        matched = np.array(parts.is_valid(), dtype=bool)
        rows, parts = np.flatnonzero(rest)[matched], parts.filter(pa.array(matched))
        read = [_angle(parts, number) for number in range(count)]
        sound = np.logical_and.reduce([fine for _, fine in read])
        if count == 2:
            sound &= (read[0][0].axis != read[1][0].axis) | (read[0][0].axis == "")
        rest[rows] = False
        yield rows[sound], tuple(Angles(one.degrees[sound], one.axis[sound]) for one, _ in read)


def floats_of(texts: pa.Array) -> FloatArray:
    """Decimals as numbers.

    Parameters
    ----------
    texts
        Each a decimal, with or without a sign.

    Returns
    -------
    FloatArray
        As many numbers.
    """
    # A sign is no part of a number to the caster.
    return np.asarray(pc.cast(pc.replace_substring_regex(texts, r"^\+", ""), pa.float64()))


def _angle(parts: pa.Array, number: int) -> tuple[Angles, NDArray[np.bool_]]:
    degrees, minutes, seconds = (
        floats_of(pc.if_else(pc.equal(part, ""), "0", part))
        for part in (parts.field(f"{name}{number}") for name in ("degrees", "minutes", "seconds"))
    )
    axis = pc.fill_null(pc.index_in(parts.field(f"axis{number}"), value_set=_AXES), len(_AXES)).to_numpy()
    size = (degrees + minutes / 60.0 + seconds / 3600.0) * _SIGN_OF[axis]
    return Angles(size, _AXIS_OF[axis]), (minutes < 60.0) & (seconds < 60.0)
