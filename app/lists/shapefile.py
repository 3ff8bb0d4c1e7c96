"""A list as Shapefiles in a zip: one for each kind of geometry, with the full names and what was lost."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyogrio
from pyarrow import compute, ipc

from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.lists.layers import CRS, GEOMETRY, reader_of
from app.lists.losses import BARE, MIXED, Losses, short_names
from app.lists.tables import Table

CONTENT_TYPE = "application/zip"
_KIND = "_kind"
_WRITTEN_AS = {"point": "Point", "points": "MultiPoint", "line": "MultiLineString", "polygon": "MultiPolygon"}
_CALLED: dict[str, Any] = {
    "point": _l("points"),
    "points": _l("groups of points"),
    "line": _l("lines"),
    "polygon": _l("areas"),
    BARE: _l("without position"),
}


def write_shapefiles(table: Table, path: Path, encoding: str) -> None:
    """Write the zip.

    Parameters
    ----------
    table : Table
        With positions.
    path : Path
        Where it goes.
    encoding : {"GBK", "UTF-8"}
        Of the attributes; the .cpg names it.
    """
    losses, names = Losses(encoding), short_names(table.heads, encoding)
    with TemporaryDirectory(prefix="shapefile-") as name:
        folder = Path(name)
        kept, written = folder / "rows.arrow", folder / "written"
        written.mkdir()
        _keep(table, names, losses, kept)
        stem = "".join(sign for sign in table.title if sign.isalnum() or sign in "-_")[:40] or "list"
        several = len(losses.drawn) > 1
        for kind in losses.drawn:
            called = f"{stem}-{_CALLED[kind]}" if several else stem
            _write_kind(kept, written / f"{called}.shp", (kind,), encoding)
        if losses.bare or not losses.drawn:
            _write_kind(kept, written / f"{stem}-{_CALLED[BARE]}.dbf", (BARE, MIXED), encoding)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            for piece in sorted(written.iterdir()):
                book.write(piece, piece.name)
            book.writestr(f"{_('Table of fields')}.csv", _fields(table, names))
            book.writestr(f"{_('Read me')}.txt", _read_me(table, losses))


def _keep(table: Table, names: list[str], losses: Losses, path: Path) -> None:
    """The rows on the disk, read once, so that each kind of geometry can be taken from them."""
    reader = reader_of(table, names)
    schema = reader.schema.append(pa.field(_KIND, pa.string()))
    with path.open("wb") as file, ipc.new_stream(file, schema) as stream:
        for batch in reader:
            shapes = batch.column(GEOMETRY)
            columns = [
                pa.array(losses.fit(head, batch.column(place).to_pylist()), type=schema.types[place])
                for place, head in enumerate(table.heads)
            ]
            kinds = pa.array(losses.place(shapes.to_pylist()), type=pa.string())
            stream.write_batch(pa.record_batch([*columns, shapes, kinds], schema=schema))


def _write_kind(kept: Path, path: Path, kinds: Sequence[str], encoding: str) -> None:
    bare = BARE in kinds
    with pa.memory_map(str(kept)) as file:
        stream = ipc.open_stream(file)
        places = [place for place, name in enumerate(stream.schema.names) if name not in (_KIND, bare and GEOMETRY)]
        schema = pa.schema([stream.schema.field(place) for place in places])
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(schema, _only(stream, kinds, places)),
            path,
            driver="ESRI Shapefile",
            encoding=encoding,
            geometry_name=None if bare else GEOMETRY,
            geometry_type=None if bare else _WRITTEN_AS[kinds[0]],
            crs=None if bare else CRS,
        )


def _only(stream: Any, kinds: Sequence[str], places: list[int]) -> Iterator[pa.RecordBatch]:
    for batch in stream:
        yield batch.filter(compute.is_in(batch.column(_KIND), pa.array(kinds))).select(places)


def _fields(table: Table, names: list[str]) -> bytes:
    texts = io.StringIO(newline="")
    writer = csv.writer(texts)
    writer.writerow([_("Field name"), _("Full title")])
    writer.writerows(zip(names, (head.title for head in table.heads), strict=True))
    return texts.getvalue().encode("utf-8-sig")


def _read_me(table: Table, losses: Losses) -> bytes:
    said = list(losses.told(table.heads)) or [_("Nothing is lost.")]
    lines = [table.title, *table.notes, "", _("What this Shapefile cannot hold:"), *said]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
