"""The road network: trunks along the valleys, county and town roads, tracks to hamlets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from demo.land import Land
from demo.names import GROUPS
from demo.network import IntArray, chosen_edges, courses, possible_network
from demo.relief import STRETCH, FloatArray

_CLASSES: Final = ("national", "provincial", "county", "town", "village")
_WIDTH_M: Final = {"national": 12.0, "provincial": 8.5, "county": 6.5, "town": 5.0, "village": 3.5}
_SURFACE: Final = {
    "national": "asphalt",
    "provincial": "asphalt",
    "county": "asphalt",
    "town": "concrete",
    "village": "concrete",
}
_SOURCE: Final = "演示数据:道路为虚构"


@dataclass(frozen=True)
class Roads:
    """``table`` for the registry; ``ends`` (m, 2) node numbers, villages first, -1 for a hamlet.

    ``lines`` lists per village (its position) the pieces of road inside its border.
    """

    table: pd.DataFrame
    ends: IntArray
    lines: list[list[Any]]


def make_roads(rng: np.random.Generator, land: Land, county_id: int) -> Roads:
    """Join every village; trunk roads first, then towns, villages and hamlets."""
    villages = land.villages
    network = possible_network(land)
    seat = {t: int(np.flatnonzero(villages["seat"] & (villages["town"] == t))[0]) for t in villages["town"].unique()}
    west, east, north, north_east, south = range(len(villages), len(network.xy))
    by_name = {name: k for k, name in enumerate(villages["name"])}
    route: dict[str, tuple[str, str, str, IntArray]] = {
        "G344": (
            "national",
            "G344",
            "东灵线",
            network.route(west, seat["固关镇"], seat["曹家湾镇"], seat["城关镇"], seat["东南镇"], seat["东风镇"], east),
        ),
        "S212": (
            "provincial",
            "S212",
            "华陇线",
            network.route(north, seat["温水镇"], seat["城关镇"], seat["东南镇"], seat["八渡镇"], south),
        ),
        "S313": ("provincial", "S313", "崇东线", network.route(north_east, seat["河北镇"], seat["东风镇"])),
        "X201": (
            "county",
            "X201",
            "关山旅游公路",
            network.route(seat["城关镇"], seat["天成镇"], by_name["八龙潭村"], by_name["关山村"]),
        ),
        "X202": ("county", "X202", "曹新路", network.route(seat["固关镇"], seat["新集川镇"], seat["温水镇"])),
    }
    for k, town in enumerate(sorted(seat), start=203):
        if town != "城关镇":
            way = network.route(seat["城关镇"], seat[town])
            route[f"X{k}"] = ("county", f"X{k}", f"陇{town[0]}路", way)
    ways = [r[3] for r in route.values()]
    chosen = chosen_edges(network, ways)
    built = network.only(chosen)
    local = [
        built.route(seat[town], int(v))
        for town in sorted(seat)
        for v in np.flatnonzero((villages["town"] == town) & ~villages["seat"])
    ]
    label: dict[int, tuple[str, str | None, str | None]] = {}
    for road_class, code, name, way in route.values():
        for k in way.tolist():
            label.setdefault(k, (road_class, code, name))
    number = np.flatnonzero(chosen)
    busy = set(number[np.flatnonzero(np.bincount(np.concatenate(local), minlength=len(number)) > 1)].tolist())
    edges = network.edges[number]
    rows = []
    names = villages["name"].to_numpy(dtype=object)
    serial = {"town": 0, "village": 0}
    for k, (a, b) in zip(number.tolist(), edges.tolist(), strict=True):
        if k in label:
            road_class, code, name = label[k]
            rows.append((road_class, code, name, county_id))
            continue
        road_class = "town" if k in busy else "village"
        serial[road_class] += 1
        code = f"Y{100 + serial['town']}" if road_class == "town" else f"C{200 + serial['village']}"
        name = f"{_short(names[a])}—{_short(names[b])}公路"
        owner = villages["town_id"].iloc[a] if road_class == "town" else villages["region_id"].iloc[a]
        rows.append((road_class, code, name, int(owner)))
    lines = courses(rng, land, network.xy, edges)
    spur_rows, spur_lines, spur_ends = _spurs(rng, land, network.xy, edges, lines)
    table = pd.DataFrame(rows + spur_rows, columns=["class", "code", "name", "region_id"])
    table["geom"] = np.concatenate([np.asarray(lines, dtype=object), spur_lines])
    table["surface"] = table["class"].map(_SURFACE)
    gravel = (table["class"] == "village") & (rng.random(len(table)) < 0.12)
    table.loc[gravel, "surface"] = "gravel"
    table["width_m"] = table["class"].map(_WIDTH_M)
    wider = (table["class"] == "village") & (rng.random(len(table)) < 0.3)
    table.loc[wider, "width_m"] = 4.5
    table["source"] = _SOURCE
    table.insert(0, "id", np.arange(1, len(table) + 1))
    return Roads(table, np.concatenate([edges, spur_ends]), _lines_by_village(land, table))


def _spurs(
    rng: np.random.Generator, land: Land, xy: FloatArray, edges: IntArray, lines: Any
) -> tuple[list[tuple[str, str, str, int]], NDArray[np.object_], IntArray]:
    """Tracks from each village to its hamlets, away from the roads that already leave it."""
    rows, found, ends = [], [], []
    tree = shapely.STRtree(lines)
    for v, village in enumerate(land.villages.itertuples()):
        here = xy[v]
        room = shapely.buffer(village.cell, -0.0008)
        if room.is_empty:
            continue
        mine: list[Any] = []
        taken = [_bearing(xy[b if a == v else a] - here) for a, b in edges[(edges == v).any(axis=1)]]
        wanted = int(np.clip(round(1.2 + village.area_km2**0.5 / 1.8), 2, 7))
        groups = rng.choice(np.array(GROUPS, dtype=object), wanted, replace=False)
        box = np.array(room.bounds)
        targets = rng.uniform(box[:2], box[2:], (90, 2))
        away = np.hypot(*((targets - here) * STRETCH).T)
        good = shapely.contains_xy(room, targets[:, 0], targets[:, 1]) & (away > 0.35) & (away < 4.2)
        for target in targets[good]:
            if wanted == 0:
                break
            bearing = _bearing(target - here)
            apart = [abs((bearing - t + np.pi) % (2 * np.pi) - np.pi) for t in taken]
            if apart and min(apart) < 0.42:
                continue
            line = _winding(rng, here, target)
            near = tree.query(line, predicate="intersects")
            if not room.covers(line) or any(not lines[k].touches(line) for k in near):
                continue
            if any(not other.touches(line) for other in mine):
                continue
            wanted -= 1
            mine.append(line)
            taken.append(bearing)
            rows.append(
                (
                    "village",
                    f"C{600 + len(rows)}",
                    f"{_short(village.name)}通组路({groups[wanted]}组)",
                    int(village.region_id),
                )
            )
            found.append(line)
            ends.append((v, -1))
    lines_found = np.empty(len(found), dtype=object)
    lines_found[:] = found
    return rows, lines_found, np.array(ends, dtype=np.int64).reshape(-1, 2)


def _winding(rng: np.random.Generator, start: FloatArray, end: FloatArray) -> Any:
    t = np.linspace(0.0, 1.0, 15)
    along = (end - start) * STRETCH
    normal = np.array([-along[1], along[0]]) / STRETCH
    waves = rng.normal(0.0, 1.0, 4) * np.array([0.10, 0.06, 0.04, 0.02])
    push = waves @ np.sin(np.pi * np.arange(1, 5)[:, None] * t)
    xy = (start + (end - start) * t[:, None] + normal * push[:, None]).round(6)
    xy[0] = start
    return shapely.LineString(xy)


def _lines_by_village(land: Land, table: pd.DataFrame) -> list[list[Any]]:
    cells = land.villages["cell"].to_numpy(dtype=object)
    minor = table[table["class"].isin(["town", "village", "county"])]
    lines = minor["geom"].to_numpy(dtype=object)
    cell, line = shapely.STRtree(lines).query(cells, predicate="intersects")
    pieces = shapely.intersection(lines[line], cells[cell])
    parts, origin = shapely.get_parts(pieces, return_index=True)
    kept = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 0.002)
    found: list[list[Any]] = [[] for _ in range(len(cells))]
    for part, where in zip(parts[kept], cell[origin[kept]], strict=True):
        found[int(where)].append(part)
    return found


def _bearing(step: FloatArray) -> float:
    east, north = step * STRETCH
    return float(np.arctan2(north, east))


def _short(name: str) -> str:
    return name.removesuffix("村").removesuffix("社区")
