"""Where nothing is said of a position: the village's own point stands in, and says so."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import func, select

from assets.imports.position_claims import Claims, one_of
from assets.imports.staging import Staging
from assets.places.models import Village
from assets.regions.models import Region

VILLAGE_POINT: Final = "village_point"


def village_points(staging: Staging, claims: Claims, rows: NDArray[np.bool_]) -> NDArray[Any]:
    """Give the representative point of the village of each of these rows.

    Parameters
    ----------
    staging
        The ledger.
    claims
        The regions of its rows.
    rows
        Which rows need one.

    Returns
    -------
    NDArray[Any]
        By row, the village's recorded point, or else one on the ground its border encloses;
        None for a row that is not filed under a village or where nothing is known of it.
    """
    found = np.full(len(claims.number), None, dtype=object)
    wanted = np.unique(claims.region_id[rows & (claims.region_id > 0)])
    if not wanted.size:
        return found
    centre = func.coalesce(Village.geom, Region.centre, func.ST_PointOnSurface(Region.shape))
    points = staging.session.execute(
        select(Region.id, func.ST_AsBinary(centre))
        .outerjoin(Village, (Village.region_id == Region.id) & Village.retired_on.is_(None))
        .where(one_of(Region.id, wanted.tolist()), Region.level == "village")
    ).all()
    by_region = np.full(len(wanted) + 1, None, dtype=object)
    lying = [(region_id, bytes(point)) for region_id, point in points if point is not None]
    if lying:
        at = np.searchsorted(wanted, [region_id for region_id, _ in lying])
        by_region[at] = shapely.from_wkb([point for _, point in lying])
    at = np.searchsorted(wanted, claims.region_id)
    known = rows & (claims.region_id > 0)
    found[known] = by_region[at[known]]
    return found
