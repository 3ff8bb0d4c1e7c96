"""Where rows lie: coordinates of any kind, brought to the stored system and looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from sqlalchemy import text

from assets.imports.settings import Reading
from assets.imports.staging import Staging
from spatial.coordinate_columns import Written, combined, read_binary, read_one_column, read_two_columns
from spatial.datums import to_storage_datum
from spatial.systems import degrees_of, tell_systems


def locate(staging: Staging, parsed: Any, reading: Reading) -> dict[str, Any]:
    """Fill ``geom``, ``drawn``, ``source_datum`` and ``position_quality`` of every row that says where it lies.

    Parameters
    ----------
    staging : Staging
        With loaded rows and resolved regions.
    parsed : Parsed
        Its ``places`` are numbers with the texts and geometries of positions.
    reading : Reading
        What people have said of coordinates as a whole.

    Returns
    -------
    dict
        What was found of the coordinates as a whole, with its evidence.
    """
    places = parsed.places
    if places is None or not places.num_rows:
        return {}
    written = read_places(places)
    system, swapped = tell_systems(written.first, written.second)
    east = np.where(swapped, written.second, written.first)
    north = np.where(swapped, written.first, written.second)
    lon, lat = to_storage_datum(*degrees_of(system, east, north), reading.datum or "cgcs2000")
    known = np.flatnonzero(np.isfinite(lon))
    points = shapely.set_srid(shapely.points(np.column_stack([lon[known], lat[known]])), 4490)
    _put(
        staging,
        pa.table(
            {
                "number": pa.array(np.asarray(places.column("number"))[known], pa.int32()),
                "geom": pa.array(shapely.to_wkb(points, hex=True, include_srid=True), pa.string()),
            }
        ),
    )
    return {}


def read_places(places: pa.Table) -> Written:
    """What the columns of positions say, a geometry before a text and a text before two numbers."""
    layers = []
    if "geometry" in places.column_names:
        layers.append(read_binary(places.column("geometry")))
    if "position" in places.column_names:
        layers.append(read_one_column(places.column("position")))
    if {"longitude", "latitude"} <= set(places.column_names):
        layers.append(read_two_columns(places.column("longitude"), places.column("latitude")))
    return combined(layers) if layers else Written.nothing(places.num_rows)


def _put(staging: Staging, table: pa.Table) -> None:
    session = staging.session
    session.execute(text("CREATE TEMPORARY TABLE located (number int, geom geometry) ON COMMIT DROP"))
    from geoalchemy2 import Geometry
    from sqlalchemy import Column, Integer, MetaData, Table

    located = Table("located", MetaData(), Column("number", Integer), Column("geom", Geometry("GEOMETRY", srid=4490)))
    staging.copy(located, table)
    staging.set({"geom": located.c.geom}, staging.rows.c.number == located.c.number)
    session.execute(text("DROP TABLE located"))
