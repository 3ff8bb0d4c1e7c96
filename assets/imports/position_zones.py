"""The zone of eastings without a zone number: as it is stated, or where it leads nearest to what rows claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from assets.imports.position_claims import Claims, IntArray
from assets.imports.position_statements import Stated
from spatial.crs import PLAIN_ZONES, PREFIXED_ZONES, FloatArray, central_meridian
from spatial.fitting import metres_outside
from spatial.systems import System, convert, plain_srid


def find_zones(
    system: NDArray[np.int8], east: FloatArray, north: FloatArray, claims: Claims, stated: Stated
) -> tuple[IntArray, dict[str, Any] | None]:
    """The zone of eastings without one: as stated, or where it leads nearest to the claimed area."""
    plain = system == System.PLAIN
    zone = np.zeros(system.shape, dtype=np.int64)
    if not plain.any():
        return zone, None
    as_plain = {srid: srid for srid in PLAIN_ZONES} | dict(zip(PREFIXED_ZONES, PLAIN_ZONES, strict=True))
    for srid in np.unique(stated.srid[plain]):
        if int(srid) in as_plain:
            zone[plain & (stated.srid == srid)] = as_plain[int(srid)]
    rows = np.flatnonzero(plain & (zone == 0))
    if not rows.size:
        return zone, _told_zone(zone[plain], "stated")
    area = claims.nearest_area[rows]
    known = np.unique(area[area >= 0])
    if not known.size:
        return zone, _told_zone(zone[plain], "open")
    # A survey may stay in its neighbour's zone for a whole county.
    candidates = sorted(
        {
            srid
            for at in known
            for west, _south, eastern, _north in [claims.areas[int(at)].shape.bounds]
            for step in (-3.0, 0.0, 3.0)
            if (srid := plain_srid((west + eastern) / 2 + step)) is not None
        }
    )
    shapes: Sequence[Any] = claims.shapes
    metres = np.array(
        [metres_outside(_boxes(shapes), area, *convert(east[rows], north[rows], srid)) for srid in candidates]
    )
    best = np.argmin(np.where(np.isnan(metres), np.inf, metres), axis=0)
    usual = int(np.bincount(best[area >= 0], minlength=len(candidates)).argmax())
    zone[rows] = np.array(candidates)[np.where(area >= 0, best, usual)]
    return zone, _told_zone(zone[plain], "region")


def _boxes(shapes: Sequence[Any]) -> list[Any]:
    # A zone too far is 270 km off: outlines would only take time.
    return [None if shape is None else shapely.box(*shape.bounds) for shape in shapes]


def _told_zone(zones: IntArray, by: str) -> dict[str, Any]:
    found, counts = np.unique(zones[zones > 0], return_counts=True)
    return {
        "by": by,
        "meridians": {str(central_meridian(int(srid))): int(count) for srid, count in zip(found, counts, strict=True)},
    }
