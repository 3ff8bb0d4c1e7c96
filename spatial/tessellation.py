"""Coverages: cells that tile an outline without gaps or overlaps.

Coordinates are degrees on a grid of 1e-7 (about a centimetre). Neighbours share every
vertex of their common border, so a border changed once is changed for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree
from shapely import MultiPolygon, Polygon

from spatial.borders import roughen
from spatial.crs import GRID_DEG, STORAGE_SRID, FloatArray
from spatial.errors import TessellationError

__all__ = [
    "CoverageFault",
    "Outline",
    "coverage_faults",
    "on_grid",
    "roughen",
    "union_by",
    "voronoi_partition",
]

Outline: TypeAlias = Polygon | MultiPolygon
_Geometries: TypeAlias = NDArray[np.object_]


@dataclass(frozen=True)
class CoverageFault:
    """One thing that keeps cells from being a coverage.

    Parameters
    ----------
    kind
        ``invalid``, ``empty``, ``edge`` (a border the neighbour does not share),
        ``gap``, ``overlap`` or ``outside``.
    cell
        Position of the faulty cell; -1 for what concerns all of them.
    area_deg2
        Size of a gap, overlap or overhang in square degrees.
    """

    kind: str
    cell: int
    area_deg2: float = 0.0


def on_grid(geometry: Any) -> Any:
    """Round geometries to the coordinate grid, keeping polygons valid.

    Parameters
    ----------
    geometry
        One geometry or an array of them, degrees.

    Returns
    -------
    Any
        The same on the grid.
    """
    return shapely.transform(shapely.set_precision(geometry, GRID_DEG), _round)


def voronoi_partition(points: Any, outline: Outline) -> gpd.GeoSeries:
    """Divide an outline into the places nearest to each point (Thiessen cells).

    Distances are measured with the meridians converging as at the outline's middle, so
    that cells are nearest on the ground. A piece cut off from its own point by the outline
    goes to the neighbour with the longest common border: every cell is one piece wherever
    the outline is.

    Parameters
    ----------
    points
        n points in degrees: a GeoSeries, shapely points, or an array of shape (n, 2).
    outline
        Polygon to be tiled, degrees; it is rounded to the coordinate grid first.

    Returns
    -------
    gpd.GeoSeries
        n cells in the order of the points (with their index, if they have one), EPSG:4490.

    Raises
    ------
    TessellationError
        If the outline is no valid polygon, or a point lies outside, coincides with
        another, or has no room for a cell on the grid.
    """
    index = points.index if isinstance(points, gpd.GeoSeries) else None
    seeds = _seeds(points)
    frame = _checked_outline(outline)
    _check_seeds(seeds, frame)
    if len(seeds) == 1:
        return gpd.GeoSeries([frame], index=index, crs=STORAGE_SRID)
    stretch = np.array([np.cos(np.radians(frame.centroid.y)), 1.0])
    edges = shapely.voronoi_polygons(
        shapely.multipoints(seeds * stretch),
        extend_to=shapely.transform(frame, lambda xy: xy * stretch),
        only_edges=True,
    )
    edges = shapely.intersection(shapely.transform(edges, lambda xy: xy / stretch), frame)
    lines = shapely.union_all([*shapely.get_parts(edges), frame.boundary], grid_size=GRID_DEG)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.transform(lines, _round))))
    inner = shapely.point_on_surface(faces)
    faces, inner = (part[shapely.intersects(frame, inner)] for part in (faces, inner))
    nearest = cKDTree(seeds * stretch).query(shapely.get_coordinates(inner) * stretch)[1]
    owner = _join_stray_faces(faces, np.asarray(nearest, dtype=np.intp), seeds)
    missing = np.setdiff1d(np.arange(len(seeds)), owner)
    if missing.size:
        raise TessellationError("swallowed", index=int(missing[0]))
    cells = _union_groups(faces, owner, len(seeds))
    return gpd.GeoSeries(cells, index=index, crs=STORAGE_SRID)


def union_by(cells: gpd.GeoSeries, labels: ArrayLike) -> gpd.GeoSeries:
    """Unite cells that carry the same label; the result is a coverage again.

    Parameters
    ----------
    cells
        n cells of a coverage.
    labels
        Shape (n,): what each cell belongs to.

    Returns
    -------
    gpd.GeoSeries
        One polygon or multipolygon per distinct label, indexed by label in sorted order.

    Raises
    ------
    TessellationError
        If there are not as many labels as cells.
    """
    names, group = np.unique(np.asarray(labels), return_inverse=True)
    if len(group) != len(cells):
        raise TessellationError("unmatched", cells=len(cells), labels=len(group))
    united = _union_groups(np.asarray(cells.array, dtype=object), group, len(names))
    return gpd.GeoSeries(united, index=names, crs=cells.crs)


def coverage_faults(cells: gpd.GeoSeries, outline: Outline) -> list[CoverageFault]:
    """Say what keeps cells from tiling an outline exactly.

    Parameters
    ----------
    cells
        n polygons in degrees.
    outline
        What they should tile; compared after rounding to the coordinate grid.

    Returns
    -------
    list[CoverageFault]
        Empty if the cells are a coverage of the outline.
    """
    shapes: _Geometries = np.asarray(cells.array, dtype=object)
    empty = shapely.is_empty(shapes) | shapely.is_missing(shapes)
    faults = [CoverageFault("empty", int(i)) for i in np.flatnonzero(empty)]
    invalid = ~shapely.is_valid(shapes) & ~empty
    faults += [CoverageFault("invalid", int(i)) for i in np.flatnonzero(invalid)]
    if faults:
        return faults
    wrong = shapely.coverage_invalid_edges(shapes)
    faults += [CoverageFault("edge", int(i)) for i in np.flatnonzero(~shapely.is_empty(wrong))]
    frame = on_grid(outline)
    whole = shapely.union_all(shapes)
    # Half a grid step along the whole border is rounding, not a gap.
    tolerance = float(frame.length) * GRID_DEG
    amounts = {
        "gap": shapely.area(shapely.difference(frame, whole)),
        "outside": shapely.area(shapely.difference(whole, frame)),
        "overlap": float(np.sum(shapely.area(shapes))) - shapely.area(whole),
    }
    faults += [CoverageFault(kind, -1, float(a)) for kind, a in amounts.items() if a > tolerance]
    return faults


def _seeds(points: Any) -> FloatArray:
    if isinstance(points, gpd.GeoSeries):
        points = points.array
    given = np.asarray(points)
    if given.dtype == object:
        given = shapely.get_coordinates(given)
    if given.size == 0:
        raise TessellationError("no_points")
    return _round(np.asarray(given, dtype=float).reshape(-1, 2))


def _checked_outline(outline: Outline) -> Outline:
    usable = isinstance(outline, Polygon | MultiPolygon) and shapely.is_valid(outline)
    frame = on_grid(outline) if usable else None
    if not isinstance(frame, Polygon | MultiPolygon) or frame.is_empty:
        raise TessellationError("bad_outline")
    return frame


def _check_seeds(seeds: FloatArray, frame: Outline) -> None:
    shapely.prepare(frame)
    outside = np.flatnonzero(~shapely.contains_xy(frame, seeds[:, 0], seeds[:, 1]))
    if outside.size:
        at = int(outside[0])
        raise TessellationError("outside", index=at, lon=seeds[at, 0], lat=seeds[at, 1])
    _, first, inverse = np.unique(seeds, axis=0, return_index=True, return_inverse=True)
    again = np.flatnonzero(first[inverse.ravel()] != np.arange(len(seeds)))
    if again.size:
        at = int(again[0])
        raise TessellationError("duplicate", first=int(first[inverse.ravel()[at]]), second=at)


def _join_stray_faces(faces: _Geometries, owner: NDArray[np.intp], seeds: FloatArray) -> NDArray[np.intp]:
    """Give faces without their seed to the neighbour with the longest common border."""
    hit = shapely.STRtree(faces).query(shapely.points(seeds), predicate="intersects")
    settled = np.zeros(len(faces), dtype=bool)
    settled[hit[1][owner[hit[1]] == hit[0]]] = True
    if settled.all():
        return owner
    owner = owner.copy()
    left, right = shapely.STRtree(faces).query(faces, predicate="touches")
    shared = shapely.length(shapely.intersection(faces[left], faces[right]))
    while not settled.all():
        usable = ~settled[left] & settled[right] & (shared > 0)
        if not usable.any():
            break
        best = np.flatnonzero(usable)[np.argmax(shared[usable])]
        owner[left[best]] = owner[right[best]]
        settled[left[best]] = True
    return owner


def _union_groups(cells: _Geometries, group: NDArray[np.intp], size: int) -> Sequence[Polygon | MultiPolygon]:
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(size + 1))
    # Not set-based: the library unites one group at a time.
    return [_unwrapped(shapely.coverage_union_all(cells[order[starts[k] : starts[k + 1]]])) for k in range(size)]


def _unwrapped(geometry: Any) -> Any:
    parts = shapely.get_parts(geometry)
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _round(xy: FloatArray) -> FloatArray:
    return np.asarray(np.rint(xy / GRID_DEG) * GRID_DEG).round(7)
