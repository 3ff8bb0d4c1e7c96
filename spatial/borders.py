"""Borders with a natural course: what rivers and ridges do to the edges of a coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.crs import GRID_DEG, METRES_PER_DEGREE, FloatArray

_IntArray = NDArray[np.int64]
_CALMER: Final = 0.5
_LEAST: Final = 0.02
# Chains may meet at their ends and nowhere else.
_CROSSES_NOT: Final = "FF*F*****"


@dataclass(frozen=True)
class _Edges:
    """Directed edges of all rings, and the undirected edges they run along.

    Edges of one ring are consecutive. Shapes: (m,) for rings' edges, (e, 2) for the ends.
    """

    ring: _IntArray
    edge: _IntArray
    reverse: NDArray[np.bool_]
    start: FloatArray
    end: FloatArray
    shared: NDArray[np.bool_]


def roughen(
    cells: gpd.GeoSeries,
    *,
    rng: np.random.Generator,
    amplitude: float = 0.16,
    min_step_m: float = 120.0,
) -> gpd.GeoSeries:
    """Give the common borders of a coverage a natural, river-like course.

    Every common edge is bent once by midpoint displacement, for both of its cells, so the
    tiling stays exact; the outline stays as it is. Where bent edges would meet, they are
    bent less, at last not at all.

    Parameters
    ----------
    cells
        n cells of a coverage whose neighbours share all vertices, degrees.
    rng
        Source of chance; the same state gives the same course.
    amplitude
        Standard deviation of a midpoint's displacement, as a share of its edge's length.
    min_step_m
        Edges shorter than twice this are not divided further, metres.

    Returns
    -------
    gpd.GeoSeries
        The same cells with the same index, valid and again a coverage.

    Notes
    -----
    Fournier, Fussell and Carpenter (1982), Computer rendering of stochastic models.
    """
    shapes = np.asarray(cells.array, dtype=object)
    parts, part_cell = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    edges = _edges_of(rings)
    middle_lat = float(np.mean(edges.start[:, 1]))
    stretch = np.array([np.cos(np.radians(middle_lat)), 1.0])
    chain = _displaced_chains(edges, stretch, rng, amplitude=amplitude, min_step=min_step_m / METRES_PER_DEGREE)
    new_rings = _rings_along(edges, _calmed(edges, chain))
    polygons = shapely.polygons(new_rings, indices=ring_part)
    united = shapely.multipolygons(polygons, indices=part_cell)
    single = np.bincount(part_cell) == 1
    united[single] = shapely.get_geometry(united[single], 0)
    return gpd.GeoSeries(united, index=cells.index, crs=cells.crs)


@dataclass(frozen=True)
class _Chains:
    """Points inserted along each edge: its straight place, and how far it is pushed.

    Sorted by edge, then from the edge's start to its end; shapes (k,) and (k, 2).
    """

    edge: _IntArray
    base: FloatArray
    push: FloatArray


def _edges_of(rings: Any) -> _Edges:
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    steps = np.rint(xy / GRID_DEG).astype(np.int64)
    inside = ring[1:] == ring[:-1]
    tail, head = steps[:-1][inside], steps[1:][inside]
    reverse = (tail[:, 0] > head[:, 0]) | ((tail[:, 0] == head[:, 0]) & (tail[:, 1] > head[:, 1]))
    ends = np.where(reverse[:, None], np.hstack([head, tail]), np.hstack([tail, head]))
    unique, edge, count = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    return _Edges(
        ring=np.asarray(ring[:-1][inside], dtype=np.int64),
        edge=np.asarray(edge.ravel(), dtype=np.int64),
        reverse=reverse,
        start=_degrees(unique[:, :2]),
        end=_degrees(unique[:, 2:]),
        shared=count > 1,
    )


def _displaced_chains(
    edges: _Edges,
    stretch: FloatArray,
    rng: np.random.Generator,
    *,
    amplitude: float,
    min_step: float,
) -> _Chains:
    bent = np.flatnonzero(edges.shared)
    edge = np.repeat(bent, 2)
    place = np.tile([0.0, 1.0], len(bent))
    push = np.zeros((len(edge), 2))
    length = np.hypot(*((edges.end - edges.start) * stretch).T)
    while True:
        within = edge[1:] == edge[:-1]
        span = (place[1:] - place[:-1]) * length[edge[1:]]
        at = np.flatnonzero(within & (span > 2.0 * min_step))
        if not at.size:
            break
        straight = (edges.end - edges.start)[edge[at]] * stretch
        chord = straight * (place[at + 1] - place[at])[:, None] + push[at + 1] - push[at]
        normal = np.column_stack([-chord[:, 1], chord[:, 0]])
        size = np.clip(rng.normal(0.0, amplitude, at.size), -2.0 * amplitude, 2.0 * amplitude)
        middle = (push[at] + push[at + 1]) / 2.0 + normal * size[:, None]
        edge = np.insert(edge, at + 1, edge[at])
        place = np.insert(place, at + 1, (place[at] + place[at + 1]) / 2.0)
        push = np.insert(push, at + 1, middle, axis=0)
    keep = (place > 0.0) & (place < 1.0)
    edge, place, push = edge[keep], place[keep], push[keep]
    base = edges.start[edge] + (edges.end - edges.start)[edge] * place[:, None]
    return _Chains(edge, base, push / stretch)


def _calmed(edges: _Edges, chain: _Chains) -> _Chains:
    """Bend edges that meet others less and less, at last not at all."""
    factor = np.ones(len(edges.start))
    while True:
        bent = factor[chain.edge] > 0.0
        edge, push = chain.edge[bent], chain.push[bent]
        base = _on_grid(chain.base[bent] + push * factor[edge, None])
        found = _Chains(edge, base, push)
        crossing = _crossing_edges(edges, found)
        crossing = crossing[factor[crossing] > 0.0]
        if not crossing.size:
            return found
        factor[crossing] *= _CALMER
        factor[factor < _LEAST] = 0.0


def _crossing_edges(edges: _Edges, chain: _Chains) -> _IntArray:
    number = np.arange(len(edges.start))
    line = np.concatenate([number, chain.edge, number])
    rank = np.concatenate([np.zeros(len(number)), np.ones(len(chain.edge)), np.full(len(number), 2)])
    xy = np.concatenate([edges.start, chain.base, edges.end])
    order = np.lexsort((rank, line))
    lines: NDArray[np.object_] = np.asarray(shapely.linestrings(xy[order], indices=line[order]), dtype=object)
    tangled = np.asarray(~shapely.is_simple(lines))
    left, right = shapely.STRtree(lines).query(lines, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    bad = ~shapely.relate_pattern(lines[left], lines[right], _CROSSES_NOT)
    tangled[left[bad]] = True
    tangled[right[bad]] = True
    return np.flatnonzero(tangled & edges.shared)


def _rings_along(edges: _Edges, chain: _Chains) -> Any:
    """Walk every ring again, along the bent edges."""
    count = np.bincount(chain.edge, minlength=len(edges.start))
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    size = 1 + count[edges.edge]
    offset = np.concatenate([[0], np.cumsum(size)[:-1]])
    total = int(size.sum())
    owner = np.repeat(np.arange(len(size)), size)
    step = np.arange(total) - offset[owner]
    xy = np.empty((total, 2))
    corner = step == 0
    xy[corner] = np.where(edges.reverse[:, None], edges.end[edges.edge], edges.start[edges.edge])
    along = edges.edge[owner[~corner]]
    forward = first[along] + step[~corner] - 1
    backward = first[along] + count[along] - step[~corner]
    xy[~corner] = chain.base[np.where(edges.reverse[owner[~corner]], backward, forward)]
    return shapely.linearrings(xy, indices=edges.ring[owner])


def _degrees(steps: _IntArray) -> FloatArray:
    return np.asarray(steps * GRID_DEG).round(7)


def _on_grid(xy: FloatArray) -> FloatArray:
    return np.asarray(np.rint(xy / GRID_DEG) * GRID_DEG).round(7)
