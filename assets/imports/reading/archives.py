"""Archives, unpacked member by member within bounds: what they declare is checked, and so is what comes out."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from assets.imports.problems import Unreadable, declare
from assets.imports.reading.limits import LIMITS

declare(
    {
        "archive_too_many": "{file} holds {number} files; at most {most} are taken in. Please pack only the ledger.",
        "archive_bomb": "{file} unpacks to far more than a ledger needs ({member}), so nothing of it was read. Please"
        " unpack it and bring the ledger by itself.",
        "archive_path": "{file} names a file outside itself ({member}), so nothing of it was read. Please pack it"
        " anew.",
        "archive_twice": "{file} holds {member} twice, so it cannot be told which one counts. Please pack it anew.",
        "archive_nested": "{file} holds another archive or workbook ({member}). Please unpack it and bring what it"
        " holds by itself.",
    }
)

_PIECE: Final = 1 << 20
_LOCAL_HEADER: Final = struct.Struct("<4s5H3L2H")
_UNIX: Final = 3
_LINK: Final = 0o120000
_KIND_BITS: Final = 0o170000
_ARCHIVES: Final = (
    ".zip",
    ".rar",
    ".7z",
    ".gz",
    ".tar",
    ".tgz",
    ".bz2",
    ".xz",
    ".xlsx",
    ".xls",
    ".xlsm",
    ".kmz",
    ".docx",
)


class Archive:
    """A zip file whose members may be unpacked; all that it declares was checked when it is made.

    Parameters
    ----------
    path : Path
        Where it lies.
    name : str
        What its owner calls it, for the messages.

    Raises
    ------
    Unreadable
        When it is damaged, protected, a bomb by its own words, or names a file twice or outside itself.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        # How much came out of each member so far; reading one again counts once.
        self._unpacked: dict[str, int] = {}
        try:
            with zipfile.ZipFile(path) as archive:
                infos = archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, struct.error) as error:
            raise Unreadable("file_damaged", file=name) from error
        if len(infos) > LIMITS.members:
            raise Unreadable("archive_too_many", file=name, number=len(infos), most=LIMITS.members)
        self.members: dict[str, zipfile.ZipInfo] = {}
        self._keys: set[str] = set()
        for info in infos:
            self._take(info)
        if sum(info.file_size for info in self.members.values()) > LIMITS.unpacked_bytes:
            raise Unreadable("archive_bomb", file=name, member=_largest(self.members))

    def _take(self, info: zipfile.ZipInfo) -> None:
        member = _spelled(info)
        parts = PurePosixPath(member.replace("\\", "/")).parts
        linked = info.create_system == _UNIX and (info.external_attr >> 16) & _KIND_BITS == _LINK
        if linked or ".." in parts or member.startswith(("/", "\\")) or ":" in member[:3] or "\0" in member:
            raise Unreadable("archive_path", file=self.name, member=member[:200])
        if info.is_dir():
            return
        if info.flag_bits & 1:
            raise Unreadable("file_locked", file=self.name)
        if info.file_size > LIMITS.small_bytes and info.file_size > LIMITS.ratio * max(info.compress_size, 1):
            raise Unreadable("archive_bomb", file=self.name, member=member[:200])
        key = member.replace("\\", "/").lower()
        if key in self._keys:
            raise Unreadable("archive_twice", file=self.name, member=member[:200])
        self._keys.add(key)
        self.members[member] = info

    def pieces(self, member: str) -> Iterator[bytes]:
        """What a member really unpacks to, piece by piece, whatever it declares.

        Raises
        ------
        Unreadable
            When it unpacks to something else than it declares.
        """
        info = self.members[member]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("file_damaged", file=self.name)
        length, check = 0, 0
        for piece in self._inflated(info):
            length += len(piece)
            self._unpacked[member] = max(length, self._unpacked.get(member, 0))
            if length > info.file_size or sum(self._unpacked.values()) > LIMITS.unpacked_bytes:
                raise Unreadable("archive_bomb", file=self.name, member=member[:200])
            check = zlib.crc32(piece, check)
            yield piece
        if length != info.file_size or check != info.CRC:
            raise Unreadable("file_damaged", file=self.name)

    def _inflated(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(info.header_offset)
            header = file.read(_LOCAL_HEADER.size)
            if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\3\4":
                raise Unreadable("file_damaged", file=self.name)
            *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
            file.seek(name_length + extra_length, io.SEEK_CUR)
            left = info.compress_size
            inflater = zlib.decompressobj(-15)
            stored = info.compress_type == zipfile.ZIP_STORED
            while left > 0:
                packed = file.read(min(_PIECE, left))
                if not packed:
                    raise Unreadable("file_damaged", file=self.name)
                left -= len(packed)
                while packed:
                    if stored:
                        yield packed
                        break
                    try:
                        yield inflater.decompress(packed, _PIECE)
                    except zlib.error as error:
                        raise Unreadable("file_damaged", file=self.name) from error
                    packed = inflater.unconsumed_tail

    def read(self, member: str) -> bytes:
        """The whole of a member that is known to be small."""
        return b"".join(self.pieces(member))

    def unpack(self, member: str, to: Path) -> None:
        """Write a member to a file whose name the caller chooses."""
        with to.open("wb") as file:
            for piece in self.pieces(member):
                file.write(piece)

    def refuse_nested(self) -> None:
        """Refuse an archive that holds archives or workbooks."""
        for member in self.members:
            if member.lower().endswith(_ARCHIVES):
                raise Unreadable("archive_nested", file=self.name, member=member[:200])


def _spelled(info: zipfile.ZipInfo) -> str:
    """Its name as whoever packed it wrote it: Chinese systems write GBK and do not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _largest(members: dict[str, zipfile.ZipInfo]) -> str:
    return max(members, key=lambda member: members[member].file_size)[:200]
