"""The records of an .xls: whether it asks for a password, and which cells are merged in it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from assets.imports.reading import ole

_FILEPASS: Final = 0x002F
_BOF: Final = 0x0809
_EOF: Final = 0x000A
_SHEET: Final = 0x0085
_MERGED: Final = 0x00E5
_WORKSHEET: Final = 0
_BLOCK: Final = struct.Struct("<4H")

Block = tuple[int, int, int, int]


def is_protected(book: bytes) -> bool:
    """Whether the cells of a workbook can be read only with a password."""
    return any(record == _FILEPASS for record, _ in _records(book, 0))


def book_of(path: Path) -> bytes:
    """The stream of records in the container of an .xls; empty where there is none."""
    return ole.stream(path, "Workbook")


def merged_blocks(book: bytes) -> list[tuple[Block, ...]]:
    """The merged cells of each sheet, in their order: first row, first column, last row, last column.

    Rows are counted from 1, columns from 0, as :class:`assets.imports.sheets.Sheet` has them.
    """
    return [
        tuple(block for record, data in _records(book, start) if record == _MERGED for block in _blocks(data))
        for start in _starts(book)
    ]


def _starts(book: bytes) -> Iterator[int]:
    for record, data in _records(book, 0):
        if record == _SHEET and len(data) >= 6:
            start, _state, kind = struct.unpack_from("<IBB", data)
            if kind == _WORKSHEET:
                yield start


def _blocks(data: bytes) -> Iterator[Block]:
    for at in range(2, len(data) - _BLOCK.size + 1, _BLOCK.size):
        top, bottom, left, right = _BLOCK.unpack_from(data, at)
        yield top + 1, left, bottom + 1, right


def _records(book: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of a workbook, up to its end; charts within it are parts of their own."""
    at, depth = start, 0
    while at + 4 <= len(book):
        record, length = struct.unpack_from("<HH", book, at)
        if record == _BOF:
            depth += 1
        elif record == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth <= 1:
            yield record, book[at + 4 : at + 4 + length]
        at += 4 + length
