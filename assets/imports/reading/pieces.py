"""Sheets too large to be parsed at once: cut into workbooks of some rows each, parsed one after the other."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyarrow as pa

from assets.imports.reading.archives import Archive
from assets.imports.reading.limits import LIMITS, MEGABYTE
from assets.imports.reading.sheet_xml import Extent, Part, Tags
from assets.imports.sheets import Sheet

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET: Final = "xl/worksheets/sheet1.xml"
# What the cells of a sheet refer to: texts by number, and formats, which tell days from numbers.
_BESIDE: Final = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}

# Reads the sheet of a small workbook, from its first row or from the first that says anything.
Parse = Callable[[Path, bool], Sheet]


def read_sheet(archive: Archive, part: Part, extent: Extent, *, from_1904: bool, parse: Parse) -> Sheet:
    """Read a large sheet with no more than a piece of it in memory beside its texts.

    Parameters
    ----------
    archive : Archive
        The workbook.
    part : Part
        Which sheet of it.
    extent : Extent
        How far it reaches.
    from_1904 : bool
        Whether its days are counted from 1904.
    parse : callable
        Reads the only sheet of a workbook, from its first row (True) or from the first that says anything.
    """
    most = max(LIMITS.cells_per_piece // max(extent.columns, 1), 1)
    pieces: list[list[pa.Array]] = []
    rows: list[int] = []
    errors: dict[tuple[int, int], str] = {}
    with TemporaryDirectory() as folder:
        for book, first in _books(archive, part, Path(folder), most, from_1904=from_1904):
            found = parse(book, first == 1)
            # All but the first piece begin with a mark in the row above, so that their rows are known.
            shift = first - 2 if first > 1 else 0
            marked = first > 1
            cells = found.cells.slice(1) if marked else found.cells
            pieces.append([column.combine_chunks() for column in cells.columns])
            rows += [number + shift for number in found.rows[1 if marked else 0 :]]
            errors |= {(row + shift, column): what for (row, column), what in found.errors.items()}
    return Sheet(part.name, _together(pieces), rows, merged=tuple(extent.merged), errors=errors)


def _together(pieces: list[list[pa.Array]]) -> pa.Table:
    """The columns of all pieces; each is let go of as soon as it is copied."""
    width = max((len(piece) for piece in pieces), default=0)
    lengths = [len(piece[0]) if piece else 0 for piece in pieces]
    columns: list[pa.Array] = []
    for at in range(width):
        parts = [
            piece[at] if at < len(piece) else pa.nulls(length, pa.string())
            for piece, length in zip(pieces, lengths, strict=True)
        ]
        for piece in pieces:
            if at < len(piece):
                piece[at] = None
        columns.append(pa.concat_arrays(parts))
    return pa.table(columns, names=[str(at) for at in range(width)])


def _books(archive: Archive, part: Part, folder: Path, most: int, *, from_1904: bool) -> Iterator[tuple[Path, int]]:
    """Workbooks of about ``most`` rows each, and the number of the first row of each."""
    base, book = folder / "base.xlsx", folder / "piece.xlsx"
    _write_base(archive, base, from_1904=from_1904)
    blocks = _blocks(archive, part)
    block = next(blocks, None)
    while block is not None:
        head, tags, content = block
        first = _first_row(content, tags)
        shutil.copyfile(base, book)
        with zipfile.ZipFile(book, "a") as target, target.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(head)
            if first > 1:
                sheet.write(_mark(tags, first - 1))
            count = 0
            while block is not None and count < most:
                content = block[2]
                sheet.write(content)
                count += content.count(tags.row_end)
                block = next(blocks, None)
            sheet.write(b"</" + tags.prefix + b"sheetData></" + tags.prefix + b"worksheet>")
        yield book, first


def _blocks(archive: Archive, part: Part) -> Iterator[tuple[bytes, Tags, bytes]]:
    """What stands before the rows of a sheet, its tags, and some whole rows."""
    rest, head, tags, end = b"", b"", None, b""
    for piece in archive.pieces(part.member):
        rest += piece
        if tags is None:
            opened = rest.find(b"sheetData>")
            if opened < 0:
                continue
            opened += len(b"sheetData>")
            head, rest = rest[:opened], rest[opened:]
            tags = Tags.of(head)
            end = b"</" + tags.prefix + b"sheetData"
        closed = rest.find(end)
        if closed >= 0:
            if rest[:closed].strip():
                yield head, tags, rest[:closed]
            # To the end, since only that tells whether it is whole.
            rest, end = b"", b"\0"
        elif len(rest) >= MEGABYTE:
            cut = rest.rfind(tags.row_end)
            if cut >= 0:
                cut += len(tags.row_end)
                yield head, tags, rest[:cut]
                rest = rest[cut:]


def _first_row(content: bytes, tags: Tags) -> int:
    found = tags.row.search(content)
    return int(found.group(1)) if found else 1


def _mark(tags: Tags, row: int) -> bytes:
    place, prefix = str(row).encode(), tags.prefix
    cell = b'<%bc r="A%b" t="inlineStr"><%bis><%bt>x</%bt></%bis></%bc>' % (
        *(prefix, place),
        *(prefix,) * 5,
    )
    return b'<%brow r="%b">%b</%brow>' % (prefix, place, cell, prefix)


def _write_base(archive: Archive, base: Path, *, from_1904: bool) -> None:
    """A workbook with everything but its sheet."""
    links = {"rId1": ("worksheet", "worksheets/sheet1.xml")}
    with zipfile.ZipFile(base, "w", zipfile.ZIP_STORED) as target:
        for number, (kind, member) in enumerate(_BESIDE.items(), start=2):
            if member in archive.members:
                links[f"rId{number}"] = (kind, member.removeprefix("xl/"))
                with target.open(member, "w", force_zip64=True) as copy:
                    for piece in archive.pieces(member):
                        copy.write(piece)
        date = ' date1904="1"' if from_1904 else ""
        target.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr{date}/>'
            '<sheets><sheet name="sheet" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        target.writestr("xl/_rels/workbook.xml.rels", _links(links))
        target.writestr("_rels/.rels", _links({"rId1": ("officeDocument", "xl/workbook.xml")}))
        target.writestr("[Content_Types].xml", "<Types/>")


def _links(links: Mapping[str, tuple[str, str]]) -> str:
    told = (f'<Relationship Id="{link}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for link, (kind, to) in links.items())
    return f'<Relationships xmlns="{_PACKAGE}">{"".join(told)}</Relationships>'
