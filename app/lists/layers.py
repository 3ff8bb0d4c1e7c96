"""A list as a layer of geometries that any GIS opens: GeoPackage and GeoJSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio

from app.lists.tables import Head, Portion, Table

GEOPACKAGE_TYPE = "application/geopackage+sqlite3"
GEOJSON_TYPE = "application/geo+json"
CRS = "EPSG:4490"
GEOMETRY = "geom"
_ARROW = {"text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "date": pa.date32()}
# Names that the formats keep for themselves.
_TAKEN = ("fid", "ogc_fid", "id", GEOMETRY)


def write_geopackage(table: Table, path: Path) -> None:
    """Write a GeoPackage with one layer in CGCS2000; records without a position stay, without a geometry."""
    _write(table, path, driver="GPKG", layer=_layer_name(table))


def write_geojson(table: Table, path: Path) -> None:
    """Write GeoJSON by RFC 7946: longitude and latitude in WGS 84, every digit kept."""
    options = {"RFC7946": "YES", "COORDINATE_PRECISION": 15, "WRITE_NAME": "NO"}
    _write(table, path, driver="GeoJSON", layer=_layer_name(table), layer_options=options)


def _write(table: Table, path: Path, **options: Any) -> None:
    pyogrio.write_arrow(
        reader_of(table, distinct([head.title for head in table.heads])),
        path,
        geometry_name=GEOMETRY,
        geometry_type="Point" if table.positions == "POINT" else "Unknown",
        crs=CRS,
        **options,
    )


def reader_of(table: Table, names: list[str]) -> pa.RecordBatchReader:
    """The rows of a table, as they are read, under these names; geometries in the last column."""
    schema = pa.schema(
        [(name, _ARROW[head.holds]) for name, head in zip(names, table.heads, strict=True)] + [(GEOMETRY, pa.binary())]
    )
    return pa.RecordBatchReader.from_batches(schema, _batches(table, schema))


def _batches(table: Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for portion in table.portions:
        columns = [
            pa.array(_column(portion, place, head), type=schema.types[place]) for place, head in enumerate(table.heads)
        ]
        yield pa.record_batch([*columns, pa.array(portion.shapes, type=pa.binary())], schema=schema)


def _column(portion: Portion, place: int, head: Head) -> list[Any]:
    values = [row[place] for row in portion.rows]
    if head.holds == "number":
        return [None if value is None else float(value) for value in values]
    # A layer tells an empty text from none, a list does not.
    return [None if value == "" else value for value in values]


def distinct(titles: list[str]) -> list[str]:
    """The titles, those that stand twice (or are taken by the format) with a number behind them."""
    seen, found = {*_TAKEN}, []
    for title in titles:
        name, number = title, 1
        while name.casefold() in seen:
            number += 1
            name = f"{title} {number}"
        seen.add(name.casefold())
        found.append(name)
    return found


def _layer_name(table: Table) -> str:
    return "".join(sign for sign in table.title if sign.isalnum() or sign in "-_ ")[:60] or "list"
