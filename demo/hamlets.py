"""The natural villages 自然村 in which the people of an administrative village live."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from demo.land import Land
from demo.names import GROUPS
from demo.places import beside, parts
from demo.relief import FloatArray

# One county counts 1,045 natural villages in 139 administrative ones; here are 104 of these.
_COUNT: Final = round(1045 / 139 * 104)
_WASTE_COLLECTED: Final = 0.946
_SANITARY_TOILETS: Final = 0.841


def make_natural_villages(rng: np.random.Generator, land: Land, villages: pd.DataFrame) -> pd.DataFrame:
    """Natural villages whose households and residents add up to their village's."""
    rural = np.flatnonzero((villages["kind"] == "village").to_numpy())
    spread = np.sqrt(land.villages["area_km2"].to_numpy()[rural]) + villages["households"].to_numpy()[rural] / 60.0
    most = np.minimum(villages["households"].to_numpy()[rural] // 12, len(GROUPS))
    many = np.clip(parts(_COUNT, spread), 1, most)
    for k in np.argsort(-(most - many))[: _COUNT - int(many.sum())]:
        many[k] += 1
    where = np.repeat(rural, many)
    size = len(where)
    # The village's own seat is the largest; people live where the households are, more or less.
    weights = [np.concatenate([[2.2], rng.uniform(0.5, 1.5, n - 1)]) for n in many]
    near = [w * rng.uniform(0.88, 1.12, len(w)) for w in weights]
    households = _divided(villages["households"].to_numpy()[rural], weights)
    residents = _divided(villages["pop_resident"].to_numpy()[rural], near)
    names = np.concatenate([rng.permutation(np.array(GROUPS, dtype=object))[:n] for n in many])
    toilets = np.minimum(np.rint(households * np.clip(rng.normal(_SANITARY_TOILETS, 0.09, size), 0.3, 1.0)), households)
    wanted = round(_SANITARY_TOILETS * int(households.sum()))
    for k in rng.permutation(size):
        toilets[k] += np.clip(wanted - toilets.sum(), -toilets[k], households[k] - toilets[k])
    collected = np.zeros(size, dtype=bool)
    collected[rng.permutation(size)[: round(_WASTE_COLLECTED * size)]] = True
    first = np.concatenate([np.arange(n) == 0 for n in many])
    points = beside(rng, land, where, 0.3, 2.6)
    points[first] = land.villages[["x", "y"]].to_numpy(dtype=float)[rural]
    return pd.DataFrame(
        {
            "region_id": villages["region_id"].to_numpy()[where],
            "name": names,
            "households": households,
            "pop_resident": residents,
            "waste_collected": collected,
            "sanitary_toilets": toilets.astype(int),
            "tap_water": rng.random(size) < 0.99,
            "paved_road": rng.random(size) < 0.965,
            "geom": shapely.points(points),
            "source": "演示数据",
        }
    )


def _divided(totals: Any, weights: list[FloatArray]) -> NDArray[np.int64]:
    """Each village's number in whole parts."""
    return np.concatenate([parts(int(total), w) for total, w in zip(totals, weights, strict=True)])
