"""Old workbooks (.xls), written byte by byte: nothing that writes them is at hand any more."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

_SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_GENERAL, _DATE = 0, 14
Cell = str | float | bool | None
Block = tuple[int, int, int, int]


def container(streams: Mapping[str, bytes]) -> bytes:
    """The container of old office files around some streams."""
    table = [_TABLE, _END]
    body = b""
    entries = [_entry("Root Entry", 5, _END, 0)]
    for name, content in streams.items():
        padded = content.ljust(max(-(-len(content) // _SECTOR) * _SECTOR, 8 * _SECTOR), b"\0")
        count = len(padded) // _SECTOR
        first = len(table)
        table += [*range(first + 1, first + count), _END]
        entries.append(_entry(name, 2, first, len(padded)))
        body += padded
    assert len(table) <= _SECTOR // 4, "one sector of the table is all that is written"
    fat = struct.pack("<128I", *table, *[_FREE] * (128 - len(table)))
    listing = b"".join(entries).ljust(_SECTOR, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    return head + struct.pack("<108I", *[_FREE] * 108) + fat + listing + body


def _entry(name: str, kind: int, first: int, size: int) -> bytes:
    spelled = name.encode("utf-16-le") + b"\0\0"
    child = 1 if kind == 5 else _FREE
    return (
        spelled.ljust(64, b"\0")
        + struct.pack("<HBB", len(spelled), kind, 1)
        + struct.pack("<III", _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )


def write(
    target: Path,
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    *,
    merged: Mapping[str, Sequence[Block]] | None = None,
    hidden: Sequence[str] = (),
    protected: bool = False,
    macros: bool = False,
) -> Path:
    """A workbook with rows of cells: texts, numbers, yes and no, and errors written as #REF!."""
    parts = [_sheet(rows, (merged or {}).get(name, ())) for name, rows in sheets.items()]
    starts = [0] * len(parts)
    for _ in range(2):
        book = _book(list(sheets), starts, hidden, protected)
        starts = [len(book) + sum(map(len, parts[:at])) for at in range(len(parts))]
    streams = {"Workbook": book + b"".join(parts)}
    if macros:
        streams["_VBA_PROJECT_CUR"] = b""
    target.write_bytes(container(streams))
    return target


def _book(names: Sequence[str], starts: Sequence[int], hidden: Sequence[str], protected: bool) -> bytes:
    book = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 6))
    if protected:
        book += _record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    book += _record(0x0042, struct.pack("<H", 1200))
    for style in (_GENERAL, _DATE):
        book += _record(0x00E0, struct.pack("<HH", 0, style) + bytes(16))
    for name, start in zip(names, starts, strict=True):
        state = 1 if name in hidden else 0
        book += _record(0x0085, struct.pack("<IBBBB", start, state, 0, len(name), 1) + name.encode("utf-16-le"))
    return book + _record(0x000A, b"")


def _sheet(rows: Sequence[Sequence[Cell]], merged: Sequence[Block]) -> bytes:
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 6))
    width = max((len(row) for row in rows), default=0)
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet += _cell(number, column, cell)
    if merged:
        blocks = b"".join(struct.pack("<4H", top - 1, bottom - 1, left, right) for top, left, bottom, right in merged)
        sheet += _record(0x00E5, struct.pack("<H", len(merged)) + blocks)
    return sheet + _record(0x000A, b"")


def _cell(row: int, column: int, cell: Cell) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if cell is None:
        return b""
    if isinstance(cell, bool):
        return _record(0x0205, place + struct.pack("<BB", cell, 0))
    if isinstance(cell, str) and cell == "#REF!":
        return _record(0x0205, place + struct.pack("<BB", 0x17, 1))
    if isinstance(cell, str):
        spelled = cell.encode("utf-16-le")
        return _record(0x0204, place + struct.pack("<HB", len(spelled) // 2, 1) + spelled)
    return _record(0x0203, place + struct.pack("<d", cell))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data
