"""Real village points of another county, shifted as phone maps shift them. The file is not part of the project."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod
from sqlalchemy.orm import Session

from assets.regions.borders import attach_borders
from spatial.datums import to_storage_datum
from tests import factories
from tests.imports.place_desk import Desk

GEOD = Geod(ellps="GRS80")
FILE = Path(os.environ.get("XIANGTU_LOCAL_DATA", "")) / "local-only" / "yongshun-village-points.csv"

pytestmark = pytest.mark.skipif(
    not os.environ.get("XIANGTU_LOCAL_DATA") or not FILE.is_file(), reason="local data are not at hand"
)


def test_points_of_a_phone_map_land_within_a_metre(session: Session) -> None:
    with FILE.open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    written = np.array([[float(row["lng_gcj02"]), float(row["lat_gcj02"])] for row in rows])
    truth = np.column_stack(to_storage_datum(written[:, 0], written[:, 1], "gcj02"))
    places, first = np.unique(truth, axis=0, return_index=True)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(places), ordered=True)
    tree = factories.tree(session)
    regions = {
        at: factories.region(session, f"村{at}", f"610327101{300 + at}", "village", tree.north)
        for at in range(len(first))
    }
    borders = {regions[at].code: cell for at, cell in enumerate(shapely.get_parts(cells))}
    attach_borders(session, borders, level="village", day=factories.DAY, source="test", schematic=False)
    index = {tuple(place): at for at, place in enumerate(places)}
    tree = factories.Tree(**{**vars(tree), "north_villages": tuple(regions.values()), "south_villages": ()})
    desk = Desk(session, tree)
    found = desk.locate(
        [
            {
                "region": index[tuple(place)],
                "name": row["name"],
                "longitude": row["lng_gcj02"],
                "latitude": row["lat_gcj02"],
            }
            for row, place in zip(rows, truth, strict=True)
        ]
    )
    (group,) = found.evidence["datums"]
    assert group["datum"] == "gcj02"
    assert group["by"] in ("borders", "open")
    assert np.max(GEOD.inv(*truth.T, *found.lonlat.T)[2]) < 1
