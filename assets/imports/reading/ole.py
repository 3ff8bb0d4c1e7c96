"""The container of old office files: the streams it holds."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER: Final = 512
_ENTRY: Final = 128
_LAST: Final = 0xFFFFFFFA  # sector numbers from here on are marks
# Entries of a directory that are read: a ledger's container has a dozen.
_MOST_ENTRIES: Final = 4096


def streams(path: Path) -> dict[str, tuple[int, int]]:
    """The streams and storages of a container: name → first sector and size; nothing of a damaged one."""
    with path.open("rb") as file:
        content = _Sectors(file.read())
    found: dict[str, tuple[int, int]] = {}
    listing = content.chain(content.directory, _MOST_ENTRIES * _ENTRY)
    for at in range(0, len(listing) - _ENTRY + 1, _ENTRY):
        entry = listing[at : at + _ENTRY]
        (length,) = struct.unpack_from("<H", entry, 64)
        if entry[66] and 2 <= length <= 64:
            name = entry[: length - 2].decode("utf-16-le", "replace")
            first, size = struct.unpack_from("<II", entry, 116)
            found.setdefault(name, (first, size))
    return found


def stream(path: Path, name: str) -> bytes:
    """The content of one stream; empty where there is none. Small ones, which lie elsewhere, are not looked for."""
    first, size = streams(path).get(name, (0, 0))
    if not size:
        return b""
    with path.open("rb") as file:
        return _Sectors(file.read()).chain(first, size)


class _Sectors:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.size = 512
        self.directory = _LAST
        self.table: list[int] = []
        if len(content) < _HEADER:
            return
        (shift,) = struct.unpack_from("<H", content, 30)
        if shift not in (9, 12):
            return
        self.size = 1 << shift
        (self.directory,) = struct.unpack_from("<I", content, 48)
        (more, count) = struct.unpack_from("<II", content, 68)
        tables = list(struct.unpack_from("<109I", content, 76))
        seen: set[int] = set()
        while more < _LAST and more not in seen and len(seen) < min(count, 4096):
            seen.add(more)
            numbers = self._numbers(more)
            tables += numbers[:-1]
            more = numbers[-1] if numbers else _LAST
        for sector in tables:
            if sector < _LAST:
                self.table += self._numbers(sector)

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self.size
        return self.content[at : at + self.size]

    def _numbers(self, sector: int) -> list[int]:
        piece = self._sector(sector)
        return list(struct.unpack(f"<{len(piece) // 4}I", piece[: len(piece) // 4 * 4]))

    def chain(self, first: int, most: int) -> bytes:
        """The bytes of a chain of sectors, up to ``most``; a chain that bites its tail ends there."""
        found = bytearray()
        seen: set[int] = set()
        while first < _LAST and first not in seen and len(found) < most:
            seen.add(first)
            found += self._sector(first)
            first = self.table[first] if first < len(self.table) else _LAST
        return bytes(found[:most])
