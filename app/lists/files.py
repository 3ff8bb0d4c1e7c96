"""The forms in which a list is taken along, and how a file is made and handed over."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from flask import abort, send_file
from werkzeug.wrappers import Response

from app.i18n import lazy_gettext as _l
from app.lists import layers, losses, shapefile, texts, workbook
from app.lists.tables import Table


@dataclass(frozen=True)
class Form:
    """One form: the ending of its address, what it is called, and who it is for."""

    key: str
    title: Any
    use: Any
    content_type: str
    icon: str = "map"
    # Whether it holds geometries, and so is offered for what has a position.
    spatial: bool = True


FORMS = (
    Form("xlsx", _l("Workbook (.xlsx)"), _l("for Excel and WPS"), workbook.CONTENT_TYPE, "file-spreadsheet", False),
    Form("csv", _l("Table of texts (.csv)"), _l("for other programs"), texts.CONTENT_TYPE, "table", False),
    Form("gpkg", "GeoPackage (.gpkg)", _l("for QGIS and ArcGIS"), layers.GEOPACKAGE_TYPE),
    Form("geojson", "GeoJSON (.geojson)", _l("for maps on the web"), layers.GEOJSON_TYPE),
    Form("zip", "Shapefile (.zip)", _l("for older programs, with losses"), shapefile.CONTENT_TYPE),
)
# Where the losses of a Shapefile are told, before it is taken.
LOOK = "shp"
# What is kept in memory while it is handed over.
_SMALL = 4 * 2**20


def form_of(key: str, *, spatial: bool) -> Form:
    """The form an address asks for; an address that names none of them is no page."""
    found = next((form for form in FORMS if form.key == key), None)
    if found is None or (found.spatial and not spatial):
        abort(404)
    return found


def hand_over(table: Table, form: Form, *, name: str, encoding: str = losses.ENCODINGS[0]) -> Response:
    """Make the file and send it.

    It is whole before its first byte is sent: so its size is no matter (a large one lies on the disk), a
    slow line keeps no connection to the database, and what goes wrong is told instead of half a file.

    Parameters
    ----------
    table : Table
        Read once.
    form : Form
        Which file.
    name : str
        What it is called, without its ending.
    encoding : str
        Of the attributes of a Shapefile.
    """
    file = _written(table, form, encoding)
    size = file.seek(0, 2)
    file.seek(0)
    response = send_file(file, mimetype=form.content_type, max_age=0, etag=False)
    response.content_length = size
    name = re.sub(r"[\s/\\:*?\"<>|]+", "-", f"{name}.{form.key}")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"list.{form.key}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return response


def _written(table: Table, form: Form, encoding: str) -> IO[bytes]:
    writers: dict[str, Callable[[Table, Path], None]] = {
        "xlsx": workbook.write_workbook,
        "csv": texts.write_csv,
        "gpkg": layers.write_geopackage,
        "geojson": layers.write_geojson,
        "zip": lambda rows, path: shapefile.write_shapefiles(rows, path, encoding),
    }
    with tempfile.TemporaryDirectory(prefix="list-") as folder:
        path = Path(folder) / f"list.{form.key}"
        writers[form.key](table, path)
        # Open, a file outlives its name.
        return io.BytesIO(path.read_bytes()) if path.stat().st_size < _SMALL else path.open("rb")
