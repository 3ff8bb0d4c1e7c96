"""Where assets lie: roads and mains along the village's roads, everything else near its houses."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from demo.kinds import KINDS
from demo.land import Land
from demo.relief import STRETCH
from demo.roads import Roads

_ALONG_ROADS: Final = ("village_road", "industry_road", "pipeline", "canal")
_NEAR_HOUSES: Final = {
    "office",
    "clinic",
    "square",
    "toilet",
    "lamps",
    "waste_point",
    "drain",
    "kindergarten",
    "school",
    "elderly_care",
    "workshop",
    "shopfront",
    "hh_housing",
    "hh_toilet",
    "market",
}
_IN_HAMLETS: Final = {
    "lamps",
    "toilet",
    "waste_point",
    "water_tank",
    "water_supply",
    "drain",
    "square",
    "greenhouse",
    "orchard",
    "tobacco_barn",
    "goat_base",
    "cattle_base",
}


class Tracks:
    """Pieces of road inside each village, and paths along them."""

    def __init__(self, roads: Roads) -> None:
        self._paths = [_paths(lines) for lines in roads.lines]
        self._km = [np.array([_km(p) for p in paths]) for paths in self._paths]
        self.longest_km = np.array([km.max() for km in self._km])

        self._hamlets = _hamlets(roads)

    def geometries(self, rng: np.random.Generator, land: Land, table: pd.DataFrame) -> NDArray[np.object_]:
        """One geometry per asset: a line for roads and mains, a point otherwise, None for households."""
        found = np.empty(len(table), dtype=object)
        kinds = table["kind"].to_numpy(dtype=object)
        village = table["village"].to_numpy()
        linear = np.flatnonzero(np.isin(kinds, np.array(_ALONG_ROADS, dtype=object)))
        length = np.where(kinds == "pipeline", table["quantity"].to_numpy() * 0.6, table["quantity"].to_numpy())
        draw = rng.random((len(table), 2))
        for k in linear.tolist():
            found[k] = self._stretch(int(village[k]), float(length[k]), draw[k])
        rest = np.setdiff1d(np.arange(len(table)), linear)
        close = np.isin(kinds[rest], np.array(sorted(_NEAR_HOUSES), dtype=object))
        away = np.where(close, rng.gamma(2.0, 0.16, len(rest)), 0.25 + rng.gamma(2.0, 0.5, len(rest)))
        home = land.villages[["x", "y"]].to_numpy(dtype=float)[village[rest]]
        spread = np.isin(kinds[rest], np.array(sorted(_IN_HAMLETS), dtype=object)) & (rng.random(len(rest)) < 0.55)
        turn = rng.random(len(rest))
        for k in np.flatnonzero(spread).tolist():
            hamlets = self._hamlets.get(int(village[rest[k]]))
            if hamlets is not None:
                home[k] = hamlets[int(turn[k] * len(hamlets))]
        found[rest] = _points(rng, land, village[rest], home, away)
        # A batch given to households lies nowhere in particular: the village stands for it.
        batch = np.array([KINDS[k].asset_class == "household" for k in kinds])
        found[batch] = shapely.points(land.villages[["x", "y"]].to_numpy(dtype=float)[village[batch]])
        return found

    def _stretch(self, village: int, km: float, draw: NDArray[np.float64]) -> Any:
        paths, lengths = self._paths[village], self._km[village]
        enough = np.flatnonzero(lengths >= km)
        at = int(enough[int(draw[0] * len(enough))]) if enough.size else int(lengths.argmax())
        part = min(1.0, km / lengths[at])
        start = draw[1] * (1.0 - part)
        piece = substring(paths[at], start, start + part, normalized=True)
        return shapely.transform(piece, lambda xy: xy.round(6))


def _paths(lines: list[Any]) -> list[Any]:
    """The lines themselves, and every two of them that meet end to end as one."""
    paths = list(lines)
    for i, first in enumerate(lines):
        for second in lines[i + 1 :]:
            if first.touches(second):
                merged = shapely.line_merge(shapely.union(first, second))
                if merged.geom_type == "LineString":
                    paths.append(merged)
    return paths


def _hamlets(roads: Roads) -> dict[int, NDArray[np.float64]]:
    """Where each village's tracks end."""
    lines = roads.table["geom"].to_numpy(dtype=object)
    found: dict[int, list[Any]] = {}
    for k in np.flatnonzero(roads.ends[:, 1] == -1).tolist():
        found.setdefault(int(roads.ends[k, 0]), []).append(shapely.get_coordinates(lines[k])[-1])
    return {village: np.array(ends) for village, ends in found.items()}


def _points(
    rng: np.random.Generator,
    land: Land,
    village: NDArray[np.int64],
    home: NDArray[np.float64],
    away: NDArray[np.float64],
) -> Any:
    cells = land.villages["cell"].to_numpy(dtype=object)[village]
    height = land.relief.height_m(home)
    angle = rng.uniform(0.0, 2 * np.pi, (len(home), 4))
    step = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * away[:, None, None] / STRETCH
    xy = home[:, None] + step
    inside = shapely.contains_xy(cells[:, None], xy[..., 0], xy[..., 1])
    climb = land.relief.height_m(xy.reshape(-1, 2)).reshape(inside.shape) - height[:, None]
    best = np.where(inside, climb, np.inf).argmin(axis=1)
    row = np.arange(len(home))
    chosen = np.where(inside[row, best][:, None], xy[row, best], home + (xy[row, 0] - home) * 0.08)
    return shapely.points(chosen.round(6))


def _km(line: Any) -> float:
    return float(np.hypot(*(np.diff(shapely.get_coordinates(line), axis=0) * STRETCH).T).sum())
