"""Layers of geometries: GeoPackage, GeoJSON, KML and zipped Shapefiles."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyogrio.raw

from assets.imports.problems import Unreadable, declare
from assets.imports.reading.archives import Archive
from assets.imports.reading.limits import LIMITS
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet, Source

declare({"archive_without_layers": "{file} holds no Shapefile (.shp). Please pack .shp, .shx, .dbf, .prj and .cpg."})


def read_database(path: Path, name: str, reading: Reading) -> Source:
    """Read the layers of a GeoPackage."""
    return _read("gpkg", path, reading)


def read_json(path: Path, name: str, reading: Reading) -> Source:
    """Read GeoJSON."""
    return _read("geojson", path, reading)


def read_markup(path: Path, name: str, reading: Reading) -> Source:
    """Read KML."""
    return _read("kml", path, reading)


def read_archive(path: Path, name: str, reading: Reading) -> Source:
    """Read the Shapefiles of an archive."""
    archive = Archive(path, name)
    archive.refuse_nested()
    shapes = [member for member in archive.members if member.lower().endswith(".shp")]
    if not shapes:
        raise Unreadable("archive_without_layers", file=name)
    sheets: list[Sheet] = []
    for shape in shapes:
        with TemporaryDirectory() as folder:
            for member in archive.members:
                if member.rpartition(".")[0] == shape.rpartition(".")[0]:
                    archive.unpack(member, Path(folder) / f"layer.{member.rpartition('.')[2].lower()}")
            sheets += _read("shapefile", Path(folder) / "layer.shp", reading).sheets
    return Source("shapefile", tuple(sheets))


def _read(form: str, path: Path, reading: Reading) -> Source:
    sheets = []
    for layer, _ in pyogrio.list_layers(path):
        if reading.sheets and layer not in reading.sheets:
            continue
        meta, table = pyogrio.raw.read_arrow(path, layer=layer)
        geometry_name = meta["geometry_name"] or "wkb_geometry"
        geometry = table[geometry_name] if geometry_name in table.column_names else None
        names = [one for one in table.column_names if one != geometry_name][: LIMITS.columns]
        cells = pa.table({str(number): _texts(table[one]) for number, one in enumerate(names)})
        sheets.append(
            Sheet(
                layer,
                cells,
                range(1, table.num_rows + 1),
                names=tuple(names),
                geometry=None if geometry is None else pc.cast(geometry, pa.binary()),
                srid=_srid(meta["crs"]),
            )
        )
    return Source(form, tuple(sheet for sheet in sheets if sheet.cells.num_rows))


def _texts(column: Any) -> Any:
    return pc.cast(column, pa.string())


def _srid(crs: str | None) -> int | None:
    return int(crs[5:]) if crs and crs.startswith("EPSG:") else None
