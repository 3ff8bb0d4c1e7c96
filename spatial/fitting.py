"""Which reading of coordinates fits the areas that the rows claim: the evidence, and when it decides.

A reading turns what was written into longitude and latitude. Rows that lie inside their area under
one reading and outside under another tell the two apart; all others say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from spatial.crs import METRES_PER_DEGREE, FloatArray

LEAST_TELLING: Final = 8
"""Rows that must lie inside under the chosen reading and outside under another, to rule that one out."""
LEAST_RATIO: Final = 4
"""How many such rows there must be for each row that says the opposite."""
LEAST_INSIDE: Final = 0.8
"""Share of rows that must lie inside under the chosen reading."""
NEAR_M: Final = 2.0
"""As far outside a border, a position still counts as inside: borders are drawn no better."""


@dataclass(frozen=True)
class Fit:
    """How well one reading fits.

    ``rows`` were compared, ``inside`` of them lie in their area; the others ``metres`` outside
    it, all together. ``telling`` rows would lie outside under the best other reading.
    """

    rows: int
    inside: int
    metres: float
    telling: int = 0

    @property
    def share(self) -> float:
        """Share of rows inside."""
        return self.inside / self.rows if self.rows else 0.0


def metres_outside(
    shapes: Sequence[BaseGeometry | None], which: ArrayLike, lon: ArrayLike, lat: ArrayLike
) -> FloatArray:
    """Measure how far positions lie outside the area each of them claims.

    Parameters
    ----------
    shapes
        Areas in degrees; None where one is unknown.
    which
        Index of the area that each position claims, shape (n,); -1 for none.
    lon, lat
        Degrees, shape (n,).

    Returns
    -------
    FloatArray
        Metres; 0 inside, NaN where area or position is unknown.
    """
    index, x, y = np.asarray(which), np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    found = np.full(x.shape, np.nan)
    known = np.flatnonzero((index >= 0) & np.isfinite(x) & np.isfinite(y))
    if not known.size:
        return found
    order = known[np.argsort(index[known], kind="stable")]
    claimed, starts = np.unique(index[order], return_index=True)
    for number, places in zip(claimed, np.split(order, starts[1:]), strict=True):
        shape = shapes[int(number)]
        if shape is None or shape.is_empty:
            continue
        shapely.prepare(shape)
        inside = shapely.intersects_xy(shape, x[places], y[places])
        found[places[inside]] = 0.0
        outside = places[~inside]
        if outside.size:
            found[outside] = _metres_to(shape, x[outside], y[outside])
    return found


def compare(readings: Mapping[str, FloatArray]) -> dict[str, Fit]:
    """Sum up how well each reading fits.

    Parameters
    ----------
    readings
        By name: what :func:`metres_outside` says of the same rows under each.

    Returns
    -------
    dict[str, Fit]
        By name, the best first: more rows inside, then fewer metres outside. Only rows that
        are known under every reading count.
    """
    if not readings:
        return {}
    metres = np.array(list(readings.values()))
    metres = metres[:, np.isfinite(metres).all(axis=0)]
    inside = metres <= NEAR_M
    fits = {}
    for at, name in enumerate(readings):
        others = np.delete(inside, at, axis=0)
        telling = [int((inside[at] & ~other).sum()) for other in others]
        outside = float(metres[at].sum(where=~inside[at]))
        fits[name] = Fit(metres.shape[1], int(inside[at].sum()), outside, min(telling, default=0))
    return dict(sorted(fits.items(), key=lambda item: (-item[1].inside, item[1].metres)))


def choose(readings: Mapping[str, FloatArray]) -> tuple[str | None, dict[str, Fit]]:
    """Choose the reading that clearly fits better than every other.

    Parameters
    ----------
    readings
        By name: what :func:`metres_outside` says of the same rows under each. Rows that
        share a position should be there once.

    Returns
    -------
    tuple[str or None, dict[str, Fit]]
        The chosen one, or None where two fit or none does; and how well each fits.

    Notes
    -----
    One is chosen where it has at least :data:`LEAST_INSIDE` of its rows inside and, against
    each other one, at least :data:`LEAST_TELLING` rows that lie inside under it and outside
    under the other, :data:`LEAST_RATIO` times as many as the opposite, and these lie at most
    half as many metres outside, all together.
    """
    fits = compare(readings)
    if not fits:
        return None, fits
    best = next(iter(fits))
    if fits[best].share < LEAST_INSIDE:
        return None, fits
    for other in fits:
        if other != best and not beats(readings[best], readings[other]):
            return None, fits
    return best, fits


def beats(better: FloatArray, worse: FloatArray) -> bool:
    """Tell whether one reading clearly fits better than another, by the rule of :func:`choose`.

    Parameters
    ----------
    better, worse
        Metres outside under each, of the same rows.

    Returns
    -------
    bool
        True if the rows that tell the two apart say so.
    """
    known = np.isfinite(better) & np.isfinite(worse)
    one, two = better[known], worse[known]
    won, lost = (one <= NEAR_M) & (two > NEAR_M), (two <= NEAR_M) & (one > NEAR_M)
    # Rows outside under both, such as those of a wrong village, would drown the metres of all others.
    far, farther = float(one[lost].sum()), float(two[won].sum())
    return int(won.sum()) >= max(LEAST_TELLING, LEAST_RATIO * int(lost.sum())) and far <= farther / 2


def holding_shape(shapes: Sequence[BaseGeometry], lon: ArrayLike, lat: ArrayLike) -> NDArray[np.intp]:
    """Find the area in which each position lies.

    Parameters
    ----------
    shapes
        Areas in degrees, the smaller ones first.
    lon, lat
        Degrees, shape (n,).

    Returns
    -------
    NDArray[np.intp]
        Index of the first area that holds it; -1 for none.
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    found = np.full(x.shape, len(shapes), dtype=np.intp)
    if len(shapes) and x.size:
        hits: Any = shapely.STRtree(list(shapes)).query(_points(x, y), predicate="intersects")
        np.minimum.at(found, hits[0], hits[1])
    return np.where(found < len(shapes), found, -1)


def _metres_to(shape: BaseGeometry, lon: FloatArray, lat: FloatArray) -> FloatArray:
    _, south, _, north = shape.bounds
    scale = np.array([METRES_PER_DEGREE * np.cos(np.radians((south + north) / 2)), METRES_PER_DEGREE])
    plane = shapely.transform(shape, lambda xy: xy * scale)
    return np.asarray(shapely.distance(plane, _points(lon * scale[0], lat * scale[1])))


def _points(x: FloatArray, y: FloatArray) -> Any:
    return shapely.points(np.column_stack([x, y]))
