"""Shapefiles: their parts brought together, and their texts read in the encoding that they really have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from assets.imports.reading.archives import Archive

PARTS: Final = ("shp", "shx", "dbf", "prj", "cpg")
# Every byte is a character in it, so that what GDAL hands on can be read anew.
_BYTES: Final = "ISO-8859-1"
_LONGEST_TAIL: Final = 3
_NAMES: Final = {"utf8": "utf-8", "65001": "utf-8", "936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}


def parts_of(archive: Archive) -> dict[str, dict[str, str]]:
    """The Shapefiles of an archive: name → ending → member."""
    found: dict[str, dict[str, str]] = {}
    for member in archive.members:
        stem, _, ending = member.rpartition(".")
        if ending.lower() in PARTS:
            found.setdefault(stem, {}).setdefault(ending.lower(), member)
    lower: dict[str, dict[str, str]] = {}
    for stem, parts in found.items():
        lower.setdefault(stem.lower(), {"": stem}).update(parts)
    return {parts.pop(""): parts for parts in lower.values() if "shp" in parts}


def bring_together(archive: Archive, parts: Mapping[str, str], folder: Path) -> tuple[Path, str]:
    """Unpack the parts of one Shapefile under one name.

    Returns
    -------
    Path
        The .shp.
    str
        The encoding that its .cpg states; empty where it states none that is known.
    """
    stated = ""
    for ending, member in parts.items():
        if ending == "cpg":
            stated = _known(archive.read(member)[:64].decode("ascii", "ignore"))
        else:
            archive.unpack(member, folder / f"layer.{ending}")
    (folder / "layer.cpg").write_text(_BYTES, encoding="ascii")
    return folder / "layer.shp", stated


def _known(stated: str) -> str:
    name = stated.strip().lower().replace("-", "").replace("_", "").replace(" ", "").removeprefix("cp")
    name = _NAMES.get(name.removeprefix("windows"), stated.strip())
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return ""
    return name


def reread(table: pa.Table, stated: str) -> tuple[pa.Table, str]:
    """Read names and texts anew in the encoding they are in.

    Parameters
    ----------
    table : pa.Table
        Whose texts hold a character for every byte.
    stated : str
        The encoding the file states; believed where nothing speaks against it.
    """
    raw = [name.encode("latin-1", "replace") for name in table.column_names]
    encoded: dict[str, tuple[Any, list[bytes | None]]] = {}
    for name in table.column_names:
        if pa.types.is_string(table.schema.field(name).type):
            column = table[name].combine_chunks().dictionary_encode()
            texts = [None if one is None else one.encode("latin-1", "replace") for one in column.dictionary.to_pylist()]
            encoded[name] = column, texts
    encoding = encoding_of([*raw, *(one for _, texts in encoded.values() for one in texts if one)], stated)
    columns = []
    for name in table.column_names:
        if name in encoded:
            column, texts = encoded[name]
            values = pa.array([None if one is None else _decoded(one, encoding) for one in texts], pa.string())
            columns.append(values.take(column.indices))
        else:
            columns.append(table[name])
    return pa.table(columns, names=_apart([_decoded(name, encoding) for name in raw])), encoding


def encoding_of(texts: Iterable[bytes], stated: str) -> str:
    """UTF-8 where all texts are, whatever is stated: hardly anything else looks like it by accident."""
    speaking = [text for text in texts if not text.isascii()]
    if not speaking:
        return stated or "utf-8"
    for encoding in ("utf-8", *([stated] if stated else []), "gb18030"):
        if all(_fits(text, encoding) for text in speaking):
            return encoding
    return min(("utf-8", "gb18030"), key=lambda one: sum(not _fits(text, one) for text in speaking))


def _fits(text: bytes, encoding: str) -> bool:
    """Whether a text is in an encoding; fields are cut by bytes, so its last character may be half."""
    for cut in range(min(_LONGEST_TAIL, len(text) - 1) + 1):
        try:
            text[: len(text) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return cut == 0 or text[len(text) - cut] >= 0x80
    return False


def _decoded(text: bytes, encoding: str) -> str:
    for cut in range(min(_LONGEST_TAIL, len(text) - 1) + 1):
        try:
            return text[: len(text) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
    return text.decode(encoding, "replace")


def _apart(names: list[str]) -> list[str]:
    """Names that cutting has made alike, told apart."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found
