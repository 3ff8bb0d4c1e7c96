"""What stands in the XML of a workbook beside its values: names, visibility, merged cells, extent.

Looked at in one pass over the unpacked bytes, so that a sheet's size is known before a parser
reserves room for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree

from assets.imports.problems import Unreadable, declare
from assets.imports.reading.archives import Archive
from assets.imports.reading.limits import LIMITS, MEGABYTE

declare(
    {
        "xml_entities": "{file} declares entities, as attacks do and no ledger needs, so nothing of it was read. Please"
        " save it anew with a usual program.",
        "sheets_too_many": "{file} has {number} sheets; at most {most} are taken in. Please keep only those of the"
        " ledger.",
        "sheet_too_wide": "Sheet {sheet} has something in column {column}; at most {most} columns are taken in. Please"
        " delete what lies to the right of the table.",
        "sheet_too_long": "Sheet {sheet} has more than {most} rows. Please split it.",
    }
)

# Between two tags of a sheet stands at most the text of a cell; what is longer is no sheet.
_LONGEST_TEXT: Final = 4 * MEGABYTE


@dataclass
class Extent:
    """How far a sheet reaches, how many cells it has, and which are merged.

    Of a merged block: first row, first column, last row, last column.
    """

    rows: int = 0
    columns: int = 0
    filled: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def cells(self) -> int:
        """Of the rectangle that holds all of it."""
        return self.rows * self.columns


@dataclass(frozen=True)
class Part:
    """A sheet of a workbook: its name as people see it, and the member it lies in."""

    name: str
    member: str
    visible: bool


@dataclass(frozen=True)
class Outline:
    """The sheets of a workbook, and whether its days are counted from 1904."""

    parts: tuple[Part, ...]
    from_1904: bool


def outline(archive: Archive) -> Outline:
    """Read which sheets a workbook has; every part of it that is XML is searched for entities by then."""
    book = _tree(archive, "xl/workbook.xml")
    targets = {
        relation.get("Id", ""): _inside(relation.get("Target", ""))
        for relation in _tree(archive, "xl/_rels/workbook.xml.rels")
    }
    parts = []
    from_1904 = False
    for element in book.iter():
        local = element.tag.rpartition("}")[2]
        if local == "sheet":
            link = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            visible = element.get("state", "visible") == "visible"
            parts.append(Part(element.get("name", ""), targets.get(link, ""), visible))
        elif local == "workbookPr":
            from_1904 = element.get("date1904", "0") in ("1", "true")
    if len(parts) > LIMITS.sheets:
        raise Unreadable("sheets_too_many", file=archive.name, number=len(parts), most=LIMITS.sheets)
    return Outline(tuple(parts), from_1904)


def refuse_entities(archive: Archive, members: Iterable[str]) -> None:
    """Refuse a workbook with a part that declares entities; unpacks what it looks at."""
    for member in members:
        seam = b""
        for piece in archive.pieces(member):
            _refuse_entities(archive, seam + piece)
            seam = piece[-16:]


def _refuse_entities(archive: Archive, piece: bytes) -> None:
    # What is written in two bytes a character hides from the first search; no workbook is.
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece or b"<\0!\0" in piece or b"\0<\0!" in piece:
        raise Unreadable("xml_entities", file=archive.name)


def extent(archive: Archive, part: Part) -> Extent:
    """Unpack a sheet once and see how far it reaches."""
    found = Extent()
    rest = b""
    tags: Tags | None = None
    for piece in archive.pieces(part.member):
        buffer = rest + piece
        cut = buffer.rfind(b"<")
        if cut < 0 or len(buffer) - cut > _LONGEST_TEXT:
            if len(buffer) > _LONGEST_TEXT:
                raise Unreadable("file_damaged", file=archive.name)
            cut = 0
        whole, rest = buffer[:cut], buffer[cut:]
        _refuse_entities(archive, whole)
        if tags is None and whole:
            tags = Tags.of(whole)
        if tags is not None:
            _look(whole, tags, found, part)
    if tags is not None:
        _look(rest, tags, found, part)
    if found.rows > LIMITS.rows:
        raise Unreadable("sheet_too_long", sheet=part.name, most=LIMITS.rows)
    return found


@dataclass(frozen=True)
class Tags:
    """The patterns of one sheet, whose tags may bear a prefix."""

    prefix: bytes
    cell: bytes
    row_end: bytes
    merge: bytes
    row: re.Pattern[bytes]
    filled: re.Pattern[bytes]
    merged: re.Pattern[bytes]

    @classmethod
    def of(cls, beginning: bytes) -> Tags:
        """By what stands before the rows."""
        root = re.search(rb"<(?:(\w+):)?worksheet\b", beginning)
        prefix = (root.group(1) + b":") if root and root.group(1) else b""
        return cls(
            prefix,
            b"<" + prefix + b"c ",
            b"</" + prefix + b"row>",
            b"<" + prefix + b"mergeCell ",
            re.compile(b"<" + prefix + rb'row [^>]*?\br="(\d{1,9})"'),
            re.compile(b"<" + prefix + rb'c [^>]*?\br="([A-Z]{1,3})\d{1,9}"(?:[^>]*[^/>])?>'),
            re.compile(b"<" + prefix + rb'mergeCell [^>]*?\bref="([A-Z]{1,3})(\d{1,9}):([A-Z]{1,3})(\d{1,9})"'),
        )


_REFERENCE: Final = re.compile(rb'\br="([A-Z]{1,3})\d')


def _look(piece: bytes, tags: Tags, found: Extent, part: Part) -> None:
    if tags.cell in piece:
        found.filled += piece.count(tags.cell)
        numbers = tags.row.findall(piece)
        found.rows = max(found.rows, *map(int, numbers)) if numbers else found.rows
        widest = 0
        for row in piece.split(tags.row_end):
            at = row.rfind(tags.cell)
            if at < 0:
                continue
            last = _REFERENCE.search(row, at, at + 200)
            widest = max(widest, column_of(last.group(1)) + 1 if last else row.count(tags.cell))
        if widest > LIMITS.columns:
            # Formats reach to the last column in many a workbook; only what is filled counts.
            filled = {column_of(letters): letters for letters in set(tags.filled.findall(piece))}
            if filled and max(filled) >= LIMITS.columns:
                column = filled[max(filled)].decode()
                raise Unreadable("sheet_too_wide", sheet=part.name, column=column, most=LIMITS.columns)
            widest = LIMITS.columns
        found.columns = max(found.columns, widest)
    if tags.merge in piece:
        for left, top, right, bottom in tags.merged.findall(piece):
            found.merged.append((int(top), column_of(left), int(bottom), column_of(right)))


def column_of(letters: bytes) -> int:
    """The number of a column, from 0, by its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _tree(archive: Archive, member: str) -> ElementTree.Element:
    if member not in archive.members:
        raise Unreadable("file_damaged", file=archive.name)
    content = archive.read(member)
    _refuse_entities(archive, content)
    try:
        return ElementTree.fromstring(content)  # noqa: S314 (no entities: they were refused)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Unreadable("file_damaged", file=archive.name) from error


def _inside(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
