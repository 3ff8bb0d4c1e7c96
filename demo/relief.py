"""The idea of a landscape: valleys, heights, and where each town lies.

All of it is invented, drawn after the county's general lie of the land: the 千河 runs from
north-west to south-east, 关山 rises in the west and south-west.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

FloatArray = NDArray[np.float64]

LOWEST_M: Final = 800.0
HIGHEST_M: Final = 2466.0
KM_PER_DEGREE: Final = 111.32
STRETCH: Final = np.array([np.cos(np.radians(34.87)), 1.0]) * KM_PER_DEGREE
"""Degrees to kilometres, near enough within one county."""

MAIN_RIVER: Final = "千河"

_Course = tuple[tuple[float, float, float], ...]
VALLEYS: Final[dict[str, _Course]] = {
    MAIN_RIVER: (
        (106.492, 34.985, 1690),
        (106.55, 34.982, 1480),
        (106.61, 34.972, 1310),
        (106.655, 34.951, 1230),
        (106.70, 34.941, 1130),
        (106.752, 34.924, 1060),
        (106.80, 34.912, 985),
        (106.845, 34.894, 925),
        (106.885, 34.868, 890),
        (106.93, 34.842, 860),
        (106.968, 34.815, 835),
        (107.021, 34.791, 800),
    ),
    "温水河": (
        (106.805, 35.082, 1450),
        (106.822, 35.045, 1270),
        (106.812, 35.008, 1140),
        (106.835, 34.965, 1030),
        (106.842, 34.925, 950),
        (106.848, 34.897, 925),
    ),
    "咸宜河": (
        (106.515, 34.888, 1820),
        (106.57, 34.884, 1600),
        (106.62, 34.897, 1400),
        (106.675, 34.908, 1240),
        (106.72, 34.922, 1110),
        (106.752, 34.924, 1060),
    ),
    "蒲峪河": (
        (106.50, 34.742, 1950),
        (106.56, 34.775, 1680),
        (106.615, 34.802, 1460),
        (106.675, 34.832, 1270),
        (106.74, 34.862, 1090),
        (106.80, 34.889, 985),
        (106.83, 34.901, 940),
    ),
    "八渡河": (
        (106.60, 34.650, 1720),
        (106.665, 34.668, 1480),
        (106.725, 34.69, 1290),
        (106.78, 34.716, 1140),
        (106.835, 34.752, 1030),
        (106.882, 34.782, 950),
        (106.925, 34.815, 880),
        (106.945, 34.833, 852),
    ),
    "梨林河": (
        (107.085, 35.005, 1420),
        (107.03, 34.985, 1270),
        (106.985, 34.958, 1130),
        (106.965, 34.915, 1010),
        (106.95, 34.875, 910),
        (106.945, 34.836, 852),
    ),
    "铁马河": (
        (106.545, 35.055, 1660),
        (106.60, 35.036, 1480),
        (106.66, 35.05, 1330),
        (106.705, 35.068, 1250),
        (106.735, 35.09, 1190),
    ),
}

SKELETONS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "新集川镇": ((106.545, 35.06), (106.61, 35.04), (106.67, 35.05), (106.735, 35.075)),
    "固关镇": ((106.515, 34.975), (106.57, 34.97), (106.625, 34.965), (106.665, 34.96)),
    "曹家湾镇": ((106.57, 34.885), (106.64, 34.90), (106.70, 34.925), (106.755, 34.93)),
    "天成镇": ((106.50, 34.73), (106.56, 34.77), (106.63, 34.81), (106.70, 34.84), (106.755, 34.865)),
    "城关镇": ((106.80, 34.91), (106.845, 34.898), (106.885, 34.893)),
    "温水镇": ((106.79, 35.055), (106.81, 35.01), (106.83, 34.965), (106.85, 34.955)),
    "河北镇": ((106.915, 35.05), (106.93, 34.99), (106.985, 34.975), (107.05, 34.985)),
    "东风镇": ((106.98, 34.90), (106.965, 34.85), (106.96, 34.80), (107.0, 34.815), (106.955, 34.765)),
    "东南镇": ((106.80, 34.85), (106.855, 34.855), (106.905, 34.855), (106.90, 34.81)),
    "八渡镇": ((106.56, 34.65), (106.66, 34.67), (106.74, 34.68), (106.80, 34.715), (106.865, 34.755)),
}

SEATS: Final[dict[str, tuple[float, float]]] = {
    "新集川镇": (106.665, 35.052),
    "固关镇": (106.632, 34.962),
    "曹家湾镇": (106.752, 34.926),
    "天成镇": (106.735, 34.86),
    "城关镇": (106.848, 34.897),
    "温水镇": (106.818, 35.0),
    "河北镇": (106.958, 34.965),
    "东风镇": (106.955, 34.83),
    "东南镇": (106.882, 34.862),
    "八渡镇": (106.838, 34.752),
}

_VALLEY_WIDTH_KM: Final = 0.6


def main_river() -> shapely.LineString:
    """The course of the 千河 in degrees."""
    return shapely.LineString([(x, y) for x, y, _ in VALLEYS[MAIN_RIVER]])


class Relief:
    """Heights and distances to valleys, for any points of the county."""

    def __init__(self) -> None:
        courses = [_densified(np.array(course, dtype=float)) for course in VALLEYS.values()]
        self._floor = np.concatenate(courses)
        self._tree = cKDTree(self._floor[:, :2] * STRETCH)
        self._river = cKDTree(courses[0][:, :2] * STRETCH)

    def height_m(self, xy: FloatArray) -> FloatArray:
        """Metres above sea of points, shape (n, 2), degrees."""
        away, nearest = self._tree.query(xy * STRETCH)
        west = np.clip((106.86 - xy[:, 0]) / 0.38, 0.0, 1.0)
        south_west = west * np.clip((34.90 - xy[:, 1]) / 0.25, 0.0, 1.0)
        slope = 48.0 + 70.0 * west + 75.0 * south_west
        rise = slope * np.maximum(away - _VALLEY_WIDTH_KM, 0.0)
        return np.asarray(np.clip(self._floor[nearest, 2] + rise, LOWEST_M, HIGHEST_M))

    def river_km(self, xy: FloatArray) -> FloatArray:
        """Kilometres to the 千河."""
        return np.asarray(self._river.query(xy * STRETCH)[0])


def _densified(course: FloatArray) -> FloatArray:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*(np.diff(course[:, :2], axis=0) * STRETCH).T))])
    at = np.arange(0.0, along[-1], 0.15)
    return np.column_stack([np.interp(at, along, course[:, i]) for i in range(3)])
