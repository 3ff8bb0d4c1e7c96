"""Layers of geometries: GeoPackage, GeoJSON, and archives with Shapefiles or one file of data.

``Sheet.srid`` is what a file itself states. A GeoJSON without a stated system has none, although
the format has a default: too many hold shifted or projected coordinates.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyogrio.raw

from assets.imports.problems import Unreadable, declare
from assets.imports.reading import markup, shapefiles, signatures, systems, texts
from assets.imports.reading.archives import Archive
from assets.imports.reading.attributes import texts_of
from assets.imports.reading.limits import LIMITS
from assets.imports.reading.naming import under_name
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet, Source

declare(
    {
        "archive_without_layers": "{file} holds no Shapefile (.shp). Please pack .shp, .shx, .dbf, .prj and .cpg.",
        "archive_ambiguous": "{file} holds several ledgers ({members}). Please bring them one by one.",
        "layer_too_wide": "Layer {sheet} has {number} columns; at most {most} are taken in. Please delete those that"
        " are not needed.",
        "layers_too_many": "{file} has {number} layers; at most {most} are taken in. Please keep only those of the"
        " ledger.",
        "layers_derived": "Layers that are worked out by the file itself were passed over: {sheets}.",
        "shape_index_rebuilt": "The index of the Shapefile (.shx) was missing and was worked out anew.",
        "shape_attributes_missing": "The table of the Shapefile (.dbf) is missing: its shapes have no values.",
        "shape_system_missing": "The Shapefile does not say which system its coordinates are in (no .prj).",
    }
)

_DATA: Final = (".geojson", ".json", ".csv", ".txt", ".gpkg", ".kml")
_BESIDE: Final = ("__macosx/", ".ds_store", "thumbs.db")
# Tables that programs keep beside the layers, for their own use.
_OF_PROGRAMS: Final = frozenset({"layer_styles", "qgis_projects", "gpkg_ogr_contents", "data_licenses"})
_GEOJSON: Final = re.compile(
    rb'"type"\s*:\s*"(Feature|FeatureCollection|(Multi)?(Point|LineString|Polygon)|GeometryCollection)"'
)
_NO_GEOMETRY: Final = re.compile(rb'"geometry"\s*:\s*null')


def read_database(path: Path, name: str, reading: Reading) -> Source:
    """Read the layers of a GeoPackage; views are passed over, since they are programs."""
    tables, derived = _tables(path, name)
    notes = [("layers_derived", {"sheets": "、".join(derived)})] if derived else []
    with under_name(path, "layers.gpkg") as link:
        sheets = [_sheet(link, one) for one in tables if not reading.sheets or one in reading.sheets]
    return Source("gpkg", tuple(one for one in sheets if one.cells.num_rows), tuple(notes))


def _tables(path: Path, name: str) -> tuple[list[str], list[str]]:
    """The layers that are plain tables, and those that are not."""
    with closing(sqlite3.connect(f"file:{path.resolve().as_posix()}?mode=ro&immutable=1", uri=True)) as database:
        try:
            plain = {
                table
                for table, made in database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
                if not re.match(r"\s*CREATE\s+VIRTUAL", made or "", re.IGNORECASE)
            }
            if "gpkg_contents" not in plain:
                raise Unreadable("file_foreign", file=name, what="SQLite")
            layers = [
                layer
                for (layer,) in database.execute(
                    "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes')"
                )
                if isinstance(layer, str) and layer not in _OF_PROGRAMS
            ]
        except sqlite3.Error as error:
            raise Unreadable("file_damaged", file=name) from error
    if len(layers) > LIMITS.sheets:
        raise Unreadable("layers_too_many", file=name, number=len(layers), most=LIMITS.sheets)
    return [one for one in layers if one in plain], [one for one in layers if one not in plain]


def read_json(path: Path, name: str, _reading: Reading) -> Source:
    """Read GeoJSON, and by this driver only: others would run what a file asks for."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
        file.seek(max(path.stat().st_size - (1 << 16), 0))
        stated = b'"crs"' in head or b'"crs"' in file.read()
    try:
        sheet = _sheet(f"GeoJSON:{path}", None)
    except pyogrio.errors.DataSourceError as error:
        if not _GEOJSON.search(head):
            raise Unreadable("file_foreign", file=name, what="JSON") from error
        raise
    sheet = replace(sheet, name=Path(name).stem, srid=sheet.srid if stated else None)
    if sheet.geometry is not None and sheet.geometry.null_count:
        sheet = replace(sheet, geometry=_broken_marked(path, sheet.geometry))
    return Source("geojson", (sheet,) if sheet.cells.num_rows else ())


def _broken_marked(path: Path, geometry: Any) -> Any:
    """Tell what stands there and could not be read from what is not there.

    Where a file says as often that there is no geometry as none was read, nothing was lost.
    """
    content = path.read_bytes()
    if geometry.null_count <= len(_NO_GEOMETRY.findall(content)):
        return geometry
    shapes = geometry.to_pylist()
    features = json.loads(content).get("features")
    if isinstance(features, list) and len(features) == len(shapes):
        for place, feature in enumerate(features):
            if shapes[place] is None and isinstance(feature, dict) and feature.get("geometry") is not None:
                shapes[place] = markup.BROKEN
    return pa.array(shapes, pa.binary())


def read_markup(path: Path, name: str, reading: Reading) -> Source:
    """Read KML."""
    return markup.read(path, name, reading.sheets)


def read_archive(path: Path, name: str, reading: Reading) -> Source:
    """Read the Shapefiles of an archive, or the one file of data in it."""
    archive = Archive(path, name)
    archive.members = {
        member: info for member, info in archive.members.items() if not member.lower().startswith(_BESIDE)
    }
    archive.refuse_nested()
    shapes = shapefiles.parts_of(archive)
    if not shapes:
        return _read_data(archive, name, reading)
    if len(shapes) > LIMITS.sheets:
        raise Unreadable("layers_too_many", file=name, number=len(shapes), most=LIMITS.sheets)
    sheets: list[Sheet] = []
    notes: dict[str, Mapping[str, Any]] = {}
    for stem, parts in shapes.items():
        layer = stem.rpartition("/")[2]
        if reading.sheets and layer not in reading.sheets:
            continue
        for ending, code in (
            ("shx", "shape_index_rebuilt"),
            ("dbf", "shape_attributes_missing"),
            ("prj", "shape_system_missing"),
        ):
            if ending not in parts:
                notes[code] = {}
        with TemporaryDirectory() as folder:
            shape, stated = shapefiles.bring_together(archive, parts, Path(folder))
            sheets.append(_sheet(str(shape), None, shown=layer, stated=reading.encoding or stated))
    return Source("shapefile", tuple(one for one in sheets if one.cells.num_rows), tuple(notes.items()))


def _read_data(archive: Archive, name: str, reading: Reading) -> Source:
    data = [member for member in archive.members if member.lower().endswith(_DATA)]
    if any(member.lower().endswith(".kml") for member in data):
        data = [member for member in data if member.lower().endswith(".kml")]
    if not data:
        raise Unreadable("archive_without_layers", file=name)
    if len(data) > 1:
        raise Unreadable("archive_ambiguous", file=name, members="、".join(data[:10]))
    readers: dict[str, Callable[[Path, str, Reading], Source]] = {
        "csv": texts.read,
        "gpkg": read_database,
        "geojson": read_json,
        "kml": read_markup,
    }
    with TemporaryDirectory() as folder:
        unpacked = Path(folder) / "data"
        archive.unpack(data[0], unpacked)
        inner = data[0].rpartition("/")[2]
        form = signatures.format_of(unpacked, inner)
        if form not in readers:
            raise Unreadable("archive_nested", file=name, member=inner)
        return readers[form](unpacked, inner, reading)


def _sheet(path: str, layer: str | None, *, shown: str = "", stated: str | None = None) -> Sheet:
    """One layer as a sheet; ``stated`` is the encoding of a Shapefile, None for other formats."""
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
    try:
        meta, table = pyogrio.raw.read_arrow(path, layer=layer)
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})
    name = meta["geometry_name"] or "wkb_geometry"
    geometry = None
    if name in table.column_names and meta["geometry_type"] is not None:
        geometry = pc.cast(_whole(table[name]), pa.binary())
        table = table.drop_columns([name])
    notes: dict[str, Any] = {}
    if stated is not None:
        table, notes["encoding"] = shapefiles.reread(table, stated)
    if table.num_columns > LIMITS.columns:
        raise Unreadable("layer_too_wide", sheet=shown or layer, number=table.num_columns, most=LIMITS.columns)
    columns = [texts_of(column) for column in table.columns]
    if not columns and geometry is not None:
        columns = [pa.nulls(len(geometry), pa.string())]
    cells = pa.table(columns, names=[str(number) for number in range(len(columns))])
    return Sheet(
        shown or layer or "",
        cells,
        range(1, cells.num_rows + 1),
        names=tuple(table.column_names) or ("",),
        geometry=geometry,
        srid=systems.srid_of(meta["crs"]) if geometry is not None else None,
        notes=notes,
    )


def _whole(column: Any) -> Any:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
