"""Reading a workbook back, from its own XML."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(content: bytes) -> list[list[str]]:
    """The texts of the first sheet, row by row; empty cells are left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        rows = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{MAIN}row")
        shared: list[str] = []
        if "xl/sharedStrings.xml" in book.namelist():
            shared = ["".join(item.itertext()) for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
    return [[text for cell in row if (text := _text(cell, shared)) is not None] for row in rows]


def formulas(content: bytes) -> int:
    """How many cells of the first sheet are formulas."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return sum(1 for _ in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{MAIN}f"))


def _text(cell: ElementTree.Element, shared: list[str]) -> str | None:
    inline = cell.find(f"{MAIN}is")
    if inline is not None:
        return "".join(inline.itertext())
    value = cell.findtext(f"{MAIN}v")
    return shared[int(value)] if value is not None and cell.get("t") == "s" else value
