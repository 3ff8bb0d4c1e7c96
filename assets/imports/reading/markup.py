"""KML, read as it stands: GDAL keeps of Chinese names of extended data nothing but underscores."""

from __future__ import annotations

import io
import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pyarrow as pa

from assets.imports.problems import Unreadable, declare
from assets.imports.reading.limits import LIMITS
from assets.imports.sheets import Sheet, Source

declare(
    {
        "kml_linked": "{file} only links to places elsewhere, which are never fetched. Please save the places"
        " themselves as KML.",
    }
)

# What stands there in place of a geometry that cannot be read, so that its row tells it.
BROKEN: Final = b"\x00"
WGS84: Final = 4326
_POINT, _LINE, _POLYGON, _MANY = 1, 2, 3, 7
_MULTI: Final = {1: 4, 2: 5, 3: 6}
_BOM: Final = b"\xef\xbb\xbf"
_DECLARED: Final = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"'][^>]*\?>")
_GEOMETRIES: Final = frozenset({"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry"})
_DEEPEST: Final = 60


@dataclass
class _Layer:
    rows: list[dict[str, str]] = field(default_factory=list)
    shapes: list[bytes | None] = field(default_factory=list)


def read(path: Path, name: str, wanted: tuple[str, ...] = ()) -> Source:
    """Read the places of a KML; each folder is a layer.

    Parameters
    ----------
    path : Path
        Where it lies.
    name : str
        What its owner calls it.
    wanted : sequence of str
        The folders to read; all where none is named.
    """
    content = _plain(path.read_bytes(), name)
    layers: dict[str, _Layer] = {}
    linked = False
    for folder, mark in _placemarks(content, name):
        if mark is None:
            linked = True
            continue
        layer = layers.setdefault(folder or Path(name).stem, _Layer())
        layer.rows.append(_said(mark))
        layer.shapes.append(_shape(mark))
    if linked and not layers:
        raise Unreadable("kml_linked", file=name)
    sheets = [_sheet(one, layer) for one, layer in layers.items() if not wanted or one in wanted]
    return Source("kml", tuple(sheets))


def _plain(content: bytes, name: str) -> bytes:
    """The document in UTF-8, after a look that it declares no entities."""
    declared = _DECLARED.match(content[:200])
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = _without_declaration(content.decode("utf-16", "replace").encode("utf-8", "replace"))
    elif content.startswith(_BOM):
        content = _without_declaration(content.removeprefix(_BOM))
    elif declared:
        encoding = declared.group(1).decode("ascii").lower()
        encoding = "gb18030" if encoding.startswith("gb") else encoding
        try:
            text = content[declared.end() :].decode(encoding)
        except (UnicodeDecodeError, LookupError):
            text = content[declared.end() :].decode("gb18030", "replace")
        content = text.encode("utf-8", "replace")
    # A description may quote a web page with a declaration of its own; only what stands first counts.
    start = re.search(rb"<[A-Za-z]", content)
    if re.search(rb"<!(DOCTYPE|ENTITY)", content[: start.start() if start else len(content)], re.IGNORECASE):
        raise Unreadable("xml_entities", file=name)
    return content


def _without_declaration(content: bytes) -> bytes:
    """What is left when the document is in UTF-8 and no longer in what it declares."""
    declared = _DECLARED.match(content[:200])
    return content[declared.end() :] if declared else content


def _placemarks(content: bytes, name: str) -> Iterator[tuple[str, ElementTree.Element | None]]:
    """Each place with the folder it lies in; None for a link to elsewhere."""
    path: list[ElementTree.Element] = []
    folders: list[str] = []
    try:
        for event, element in _events(content):
            local = _local(element)
            if event == "start":
                path.append(element)
                if len(path) > _DEEPEST:
                    raise Unreadable("file_damaged", file=name)
                if local == "Folder":
                    folders.append("")
                continue
            path.pop()
            if local == "name" and path and _local(path[-1]) == "Folder" and folders:
                folders[-1] = (element.text or "").strip()
            elif local == "Folder":
                folders.pop()
            elif local == "NetworkLink":
                yield "", None
            elif local == "Placemark":
                yield next((one for one in reversed(folders) if one), ""), element
            if local in ("Placemark", "Folder", "Style", "StyleMap", "NetworkLink") and path:
                path[-1].remove(element)
    except ElementTree.ParseError as error:
        raise Unreadable("file_damaged", file=name) from error


def _events(content: bytes) -> Iterator[tuple[str, ElementTree.Element]]:
    # Entities were refused, so that there is nothing in it that grows.
    yield from ElementTree.iterparse(io.BytesIO(content), events=("start", "end"))  # noqa: S314


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _said(mark: ElementTree.Element) -> dict[str, str]:
    """What a place says of itself: its name, its description, its extended data."""
    found: dict[str, str] = {}
    for element in mark.iter():
        local = _local(element)
        if local in ("name", "description", "address", "phoneNumber") and element in list(mark):
            found.setdefault(local, element.text or "")
        elif local == "SimpleData":
            found.setdefault(element.get("name", ""), element.text or "")
        elif local == "Data":
            value = next((child.text for child in element if _local(child) == "value"), None)
            found.setdefault(element.get("name", ""), value or "")
    return {key: text.strip() for key, text in found.items() if key and text.strip()}


def _sheet(name: str, layer: _Layer) -> Sheet:
    names = list(dict.fromkeys(key for row in layer.rows for key in row))[: LIMITS.columns] or [""]
    columns = [pa.array([row.get(key) for row in layer.rows], pa.string()) for key in names]
    cells = pa.table(columns, names=[str(at) for at in range(len(names))])
    rows = range(1, len(layer.rows) + 1)
    geometry = pa.array(layer.shapes, pa.binary())
    return Sheet(name, cells, rows, names=tuple(names), geometry=geometry, srid=WGS84, notes={"srid": "format"})


def _shape(mark: ElementTree.Element) -> bytes | None:
    """The geometry of a place as well-known binary; as it was drawn, even where it is no sound one."""
    found = [element for element in mark if _local(element) in _GEOMETRIES]
    if not found:
        return None
    try:
        return _binary(found[0])
    except (ValueError, RecursionError):
        return BROKEN


def _binary(element: ElementTree.Element) -> bytes:
    local = _local(element)
    if local == "MultiGeometry":
        parts = [_binary(child) for child in element if _local(child) in _GEOMETRIES]
        kinds = {struct.unpack_from("<I", part, 1)[0] for part in parts}
        kind = _MULTI.get(kinds.pop(), _MANY) if len(kinds) == 1 else _MANY
        return struct.pack("<BII", 1, kind, len(parts)) + b"".join(parts)
    if local == "Polygon":
        rings = [ring for ring in element.iter() if _local(ring) == "LinearRing"]
        return struct.pack("<BII", 1, _POLYGON, len(rings)) + b"".join(_ring(_positions(ring)) for ring in rings)
    positions = _positions(element)
    if local == "Point":
        x, y = positions[0] if positions else (math.nan, math.nan)
        return struct.pack("<BIdd", 1, _POINT, x, y)
    return struct.pack("<BI", 1, _LINE) + _ring(positions)


def _positions(element: ElementTree.Element) -> list[tuple[float, float]]:
    text = next((child.text or "" for child in element if _local(child) == "coordinates"), "")
    # Some programs put a blank behind the commas.
    numbers = [one.split(",") for one in re.sub(r"\s*,\s*", ",", text).split()]
    # Both or an error: half a position is none.
    pairs = [(one[0], one[1] if len(one) > 1 else "") for one in numbers]
    return [(float(x), float(y)) for x, y in pairs]


def _ring(positions: list[tuple[float, float]]) -> bytes:
    return struct.pack("<I", len(positions)) + b"".join(struct.pack("<dd", x, y) for x, y in positions)
