"""Which villages are joined by road, and the course each road takes through the valleys."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from demo.land import Land
from demo.relief import STRETCH, FloatArray, Relief

IntArray = NDArray[np.int64]

GATES: Final = ((106.488, 34.985), (107.023, 34.789), (106.80, 35.085), (106.902, 35.094), (106.79, 34.615))
"""Where trunk roads leave the county: west, east, north, north-east, south."""

_LONGEST_DETOUR: Final = 2.3
_WAVES: Final = 9
_RIPPLE: Final = np.array([0.0, 0.016, 0.018, 0.016, 0.014, 0.011, 0.009, 0.007, 0.005])


@dataclass(frozen=True)
class Network:
    """Joined places: nodes are the villages in their order, then the gates.

    ``xy`` (n, 2) degrees; ``edges`` (m, 2) node numbers, first below second; ``cost`` (m,).
    """

    xy: FloatArray
    edges: IntArray
    cost: FloatArray

    def graph(self) -> Any:
        """The symmetric cost matrix of the edges."""
        return _symmetric(self.edges, self.cost, len(self.xy))

    def only(self, chosen: NDArray[np.bool_]) -> Network:
        """The same places, joined by the chosen edges alone."""
        return Network(self.xy, self.edges[chosen], self.cost[chosen])

    def route(self, *stops: int) -> IntArray:
        """Numbers of the edges along the cheapest way through ``stops``."""
        number = {(int(a), int(b)): k for k, (a, b) in enumerate(self.edges)}
        found: list[int] = []
        graph = self.graph()
        for start, end in itertools.pairwise(stops):
            before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)[1]
            at = end
            while at != start:
                previous = int(before[at])
                found.append(number[min(at, previous), max(at, previous)])
                at = previous
        return np.unique(np.array(found, dtype=np.int64))


def possible_network(land: Land) -> Network:
    """Every sensible direct join between neighbouring villages, with what it would cost."""
    villages = land.villages[["x", "y"]].to_numpy(dtype=float)
    corners = Delaunay(villages * STRETCH).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0).astype(np.int64)
    border = land.outline.boundary
    gates = np.array([border.interpolate(border.project(shapely.Point(g))).coords[0] for g in GATES]).round(6)
    near = cKDTree(villages * STRETCH).query(gates * STRETCH)[1]
    xy = np.concatenate([villages, gates])
    pairs = pairs[np.isfinite(_valley_sway(xy[pairs[:, 0]], xy[pairs[:, 1]], land)[1])]
    joins = np.column_stack([near, np.arange(len(villages), len(xy))])
    pairs = np.concatenate([pairs, joins.astype(np.int64)])
    return Network(xy, pairs, _cost(xy, pairs, land.relief))


def chosen_edges(network: Network, routes: list[IntArray]) -> NDArray[np.bool_]:
    """The cheapest tree over all places, all ``routes``, and loops where the way round is long."""
    size = len(network.xy)
    tree = minimum_spanning_tree(network.graph()).tocoo()
    kept = {(min(a, b), max(a, b)) for a, b in zip(tree.row.tolist(), tree.col.tolist(), strict=True)}
    chosen = np.array([(int(a), int(b)) in kept for a, b in network.edges])
    for route in routes:
        chosen[route] = True
    for k in np.argsort(network.cost, kind="stable"):
        if chosen[k]:
            continue
        a, b = network.edges[k]
        graph = _symmetric(network.edges[chosen], network.cost[chosen], size)
        limit = _LONGEST_DETOUR * float(network.cost[k])
        if dijkstra(graph, directed=False, indices=int(a), limit=limit)[b] > limit:
            chosen[k] = True
    return chosen


def courses(rng: np.random.Generator, land: Land, xy: FloatArray, edges: IntArray) -> Any:
    """Lines along ``edges`` that keep to the valleys, bend a little, and meet only at their ends."""
    start, end = xy[edges[:, 0]], xy[edges[:, 1]]
    sway, _ = _valley_sway(start, end, land)
    waves = rng.normal(0.0, 1.0, (len(edges), _WAVES)) * _RIPPLE
    inside = shapely.buffer(land.outline, 1e-6)
    factor = np.ones(len(edges))
    direct = shapely.covered_by(_waving(start, end, np.zeros_like(sway)), inside)
    for _ in range(12):
        lines = _waving(start, end, sway + waves * factor[:, None])
        left, right = shapely.STRtree(lines).query(lines, predicate="intersects")
        once = left < right
        left, right = left[once], right[once]
        bad = ~shapely.relate_pattern(lines[left], lines[right], "FF*F*****")
        wrong = np.unique(np.concatenate([left[bad], right[bad]]))
        wrong = np.union1d(wrong, np.flatnonzero(~shapely.covered_by(lines, inside)))
        if not wrong.size:
            break
        factor[wrong] *= 0.45
        sway[wrong[direct[wrong] & (factor[wrong] < 0.1)]] *= 0.45
    return lines


def _valley_sway(start: FloatArray, end: FloatArray, land: Land) -> tuple[FloatArray, FloatArray]:
    """For each edge the gentle bend inside the county that climbs least, and its effort."""
    inside = shapely.buffer(land.outline, 1e-6)
    shapely.prepare(inside)
    first, second = np.meshgrid(np.linspace(-0.24, 0.24, 9), np.linspace(-0.1, 0.1, 5), indexing="ij")
    bends = np.zeros((first.size, _WAVES))
    bends[:, 0], bends[:, 1] = first.ravel(), second.ravel()
    best, least = np.zeros((len(start), _WAVES)), np.full(len(start), np.inf)
    for bend in bends:
        xy = _waved_xy(start, end, np.broadcast_to(bend, best.shape), 14)
        height = land.relief.height_m(xy.reshape(-1, 2)).reshape(len(start), -1)
        effort = height.mean(axis=1) + 900.0 * (bend[0] ** 2 + 2 * bend[1] ** 2)
        effort = np.where(shapely.covers(inside, shapely.linestrings(xy)), effort, np.inf)
        better = effort < least
        best[better], least[better] = bend, effort[better]
    return best, least


def _waved_xy(start: FloatArray, end: FloatArray, waves: FloatArray, points: int) -> FloatArray:
    t = np.linspace(0.0, 1.0, points)
    along = (end - start) * STRETCH
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / STRETCH
    push = waves @ np.sin(np.pi * np.arange(1, _WAVES + 1)[:, None] * t)
    xy = start[:, None] + (end - start)[:, None] * t[None, :, None] + normal[:, None] * push[..., None]
    xy[:, 0], xy[:, -1] = start, end
    return np.asarray(xy)


def _waving(start: FloatArray, end: FloatArray, waves: FloatArray) -> Any:
    return shapely.linestrings(_waved_xy(start, end, waves, 37).round(6))


def _cost(xy: FloatArray, pairs: IntArray, relief: Relief) -> FloatArray:
    start, end = xy[pairs[:, 0]], xy[pairs[:, 1]]
    km = np.hypot(*((end - start) * STRETCH).T)
    between = _waved_xy(start, end, np.zeros((len(pairs), _WAVES)), 9)
    height = relief.height_m(between.reshape(-1, 2)).reshape(len(pairs), -1)
    climb = np.abs(height[:, -1] - height[:, 0])
    ridge = height.max(axis=1) - np.maximum(height[:, 0], height[:, -1])
    return np.asarray(km * (1.0 + climb / 500.0 + ridge / 220.0))


def _symmetric(edges: IntArray, cost: FloatArray, size: int) -> Any:
    row = np.concatenate([edges[:, 0], edges[:, 1]])
    col = np.concatenate([edges[:, 1], edges[:, 0]])
    return coo_array((np.concatenate([cost, cost]), (row, col)), shape=(size, size)).tocsr()
