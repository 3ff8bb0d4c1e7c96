"""Villages' cells that tile the county, and the points where the villages stand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from demo.relief import SEATS, SKELETONS, STRETCH, FloatArray, Relief
from spatial.borders import roughen
from spatial.tessellation import union_by, voronoi_partition

_OUTLINE: Final = Path(__file__).parent / "data" / "county-outline.geojson"
_ATTEMPTS: Final = 60

# Where a village lies from its town's seat, kilometres east and north, where its name says so.
_SIDES: Final[dict[str, tuple[float, float]]] = {
    "西城区社区": (-1.2, 0.2),
    "东城区社区": (1.0, -0.4),
    "北城社区": (0.0, 1.0),
    "新城社区": (0.9, 0.6),
    "东关村": (2.6, -0.6),
    "西关村": (-2.6, 0.3),
    "北关村": (-0.6, 2.6),
    "东风街社区": (0.0, 0.0),
    "固关街村": (0.0, 0.0),
    "新集川村": (0.0, 0.0),
    "曹家湾村": (0.0, 0.0),
    "咸宜关村": (-17.0, -3.0),
    "段家峡村": (-4.0, 2.0),
    "关山村": (-20.0, -11.0),
    "八龙潭村": (-12.0, -6.0),
    "西坡村": (-8.0, -6.0),
    "大力村": (-5.0, -2.5),
    "上凉泉村": (-1.0, -7.0),
    "下凉泉村": (1.0, -5.5),
    "梨林川村": (1.0, 6.0),
    "东坡村": (6.0, 3.0),
    "西凉湾村": (-3.0, 5.0),
    "铁马河村": (6.0, 2.5),
    "峡口村": (0.0, 6.5),
    "上川村": (-1.0, 4.5),
    "温河村": (1.0, 0.0),
    "东兴村": (2.0, -3.0),
    "北大山村": (-5.0, 4.0),
    "水滩村": (-6.0, 1.0),
    "上岔村": (-10.0, 1.5),
    "梁甫村": (2.0, 0.5),
    "马曲村": (-3.0, -1.0),
}


@dataclass(frozen=True)
class Land:
    """The county's ground: one row of ``villages`` per village, in the order of the codes.

    ``villages`` has region_id, town, cell, x, y, height_m, river_km, area_km2 and seat;
    ``towns`` the cells' unions by town.
    """

    outline: Any
    villages: pd.DataFrame
    towns: gpd.GeoSeries
    relief: Relief


def read_outline() -> Any:
    """The county's schematic outline."""
    feature = json.loads(_OUTLINE.read_text(encoding="utf-8"))["features"][0]
    outline = shapely.from_geojson(json.dumps(feature["geometry"]))
    parts = shapely.get_parts(outline)
    return parts[0] if len(parts) == 1 else outline


def make_land(rng: np.random.Generator, tree: pd.DataFrame) -> Land:
    """Place the villages of ``tree`` and divide the county among them."""
    outline, relief = read_outline(), Relief()
    town_name = tree.set_index("id")["name"]
    leaf = tree[tree["level"] == "village"]
    towns = town_name.loc[leaf["parent_id"].astype(int)].to_numpy(dtype=object)
    names = leaf["short_name"].to_numpy(dtype=object)
    for _ in range(_ATTEMPTS):
        centres = _centres(rng, outline, relief, towns)
        cells = voronoi_partition(centres, outline)
        united = union_by(cells, towns)
        if (united.geom_type == "Polygon").all():
            break
    else:
        raise RuntimeError("no arrangement with towns in one piece was found; try another seed")
    order = _by_name(rng, centres, towns, names)
    cells = gpd.GeoSeries(np.asarray(cells.array, dtype=object)[order], crs=cells.crs)
    cells = roughen(cells, rng=rng, amplitude=0.15, min_step_m=160.0)
    xy = _village_points(rng, cells, relief, towns, names)
    villages = pd.DataFrame(
        {
            "region_id": leaf["id"].to_numpy(),
            "code": leaf["code"].to_numpy(),
            "name": names,
            "town": towns,
            "town_id": leaf["parent_id"].to_numpy(dtype=np.int64),
            "region_path": leaf["region_path"].to_numpy(),
            "kind": leaf["kind"].to_numpy(),
            "cell": np.asarray(cells.array, dtype=object),
            "x": xy[:, 0],
            "y": xy[:, 1],
            "height_m": np.rint(relief.height_m(xy)).astype(int),
            "river_km": relief.river_km(xy),
            "area_km2": shapely.area(np.asarray(cells.array)) * STRETCH[0] * STRETCH[1],
        }
    )
    villages["seat"] = _seats(villages)
    return Land(outline, villages, union_by(cells, towns), relief)


def _centres(rng: np.random.Generator, outline: Any, relief: Relief, towns: NDArray[np.object_]) -> FloatArray:
    """Weighted k-means within each town's zone: small cells in valleys, huge ones on the heights."""
    west, south, east, north = outline.bounds
    step = 0.0035
    grid = np.stack(np.meshgrid(np.arange(west, east, step), np.arange(south, north, step)), -1).reshape(-1, 2)
    grid = grid + rng.uniform(-0.4, 0.4, grid.shape) * step
    grid = grid[shapely.contains_xy(shapely.buffer(outline, -0.003), grid[:, 0], grid[:, 1])]
    weight = np.exp(-(relief.height_m(grid) - 800.0) / 210.0) + 0.004
    town_names = list(SKELETONS)
    bones = [_along(np.array(SKELETONS[name])) for name in town_names]
    label = np.repeat(np.arange(len(bones)), [len(b) for b in bones])
    zone = label[cKDTree(np.concatenate(bones) * STRETCH).query(grid * STRETCH)[1]]
    centres = np.empty((len(towns), 2))
    for number, name in enumerate(town_names):
        mine = zone == number
        heavy = weight[mine]
        if name == "城关镇":
            heavy = heavy + 3.0 * np.exp(-np.hypot(*((grid[mine] - SEATS[name]) * STRETCH).T) / 1.4)
        centres[towns == name] = _k_means(rng, grid[mine], heavy, int((towns == name).sum()))
    return centres


def _k_means(rng: np.random.Generator, xy: FloatArray, weight: FloatArray, k: int) -> FloatArray:
    centre = xy[rng.choice(len(xy), k, replace=False, p=weight / weight.sum())]
    for _ in range(30):
        near = cKDTree(centre * STRETCH).query(xy * STRETCH)[1]
        total = np.bincount(near, weight, k)
        kept = total > 0
        for axis in (0, 1):
            moved = np.bincount(near, weight * xy[:, axis], k)
            centre[kept, axis] = moved[kept] / total[kept]
    return np.asarray(centre)


def _by_name(
    rng: np.random.Generator, centres: FloatArray, towns: NDArray[np.object_], names: NDArray[np.object_]
) -> NDArray[np.intp]:
    """Which cell each village gets, so that 西关 lies west and 关山 far in the mountains."""
    order = np.empty(len(names), dtype=np.intp)
    for town in SEATS:
        at = np.flatnonzero(towns == town)
        offset = (centres[at] - SEATS[town]) * STRETCH
        wanted = np.array([_SIDES.get(name, (np.nan, np.nan)) for name in names[at]])
        told = ~np.isnan(wanted[:, :1])
        apart = np.hypot(*(offset[None, :, :] - np.nan_to_num(wanted)[:, None, :]).transpose(2, 0, 1))
        cost = np.where(told, apart * 10.0, rng.uniform(0.0, 1.0, apart.shape))
        order[at] = at[linear_sum_assignment(cost)[1]]
    return order


def _village_points(
    rng: np.random.Generator,
    cells: gpd.GeoSeries,
    relief: Relief,
    towns: NDArray[np.object_],
    names: NDArray[np.object_],
) -> FloatArray:
    """A low place towards the middle of each cell; a town's named seat near the town's own place."""
    shapes = np.asarray(cells.array, dtype=object)
    inner = shapely.buffer(shapes, -0.0035)
    inner = np.where(shapely.is_empty(inner), shapely.buffer(shapes, -0.001), inner)
    inner = np.where(shapely.is_empty(inner), shapes, inner)
    box = shapely.bounds(inner)
    tries = 160
    xy = rng.uniform(box[:, None, :2], box[:, None, 2:], (len(shapes), tries, 2))
    inside = shapely.contains_xy(inner[:, None], xy[..., 0], xy[..., 1])
    xy[:, -1] = shapely.get_coordinates(shapely.point_on_surface(inner))
    inside[:, -1] = True
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    height = relief.height_m(xy.reshape(-1, 2)).reshape(inside.shape)
    cost = height / 60.0 + np.hypot(*((xy - middle[:, None]) * STRETCH).transpose(2, 0, 1))
    seat = np.array([SEATS[t] for t in towns])
    here = np.array([_SIDES.get(n) == (0.0, 0.0) for n in names])
    cost[here] = np.hypot(*((xy - seat[:, None]) * STRETCH).transpose(2, 0, 1))[here]
    best = np.where(inside, cost, np.inf).argmin(axis=1)
    return np.asarray(xy[np.arange(len(xy)), best]).round(6)


def _seats(villages: pd.DataFrame) -> NDArray[np.bool_]:
    seat = np.array([SEATS[t] for t in villages["town"]])
    away = np.hypot(*((villages[["x", "y"]].to_numpy() - seat) * STRETCH).T)
    first = pd.Series(away).groupby(villages["town"].to_numpy()).idxmin()
    return np.isin(np.arange(len(villages)), first.to_numpy())


def _along(course: FloatArray) -> FloatArray:
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*(np.diff(course, axis=0) * STRETCH).T))])
    at = np.linspace(0.0, length[-1], max(2, int(length[-1] / 0.3)))
    return np.column_stack([np.interp(at, length, course[:, i]) for i in (0, 1)])
