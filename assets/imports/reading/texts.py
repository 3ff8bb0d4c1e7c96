"""Texts with a row a line: .csv and what spreadsheet programs save beside it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow import csv as arrow_csv

from assets.imports.problems import Unreadable, declare
from assets.imports.reading import grids
from assets.imports.reading.limits import LIMITS
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet, Source

declare(
    {
        "text_damaged": "{number} characters of {file} could not be read as {encoding}. Please save it as UTF-8 or"
        " .xlsx, or choose another encoding.",
        "text_encoding": "{file} is not written in {encoding}. Please choose another encoding.",
        "text_quote_open": "In {file} a quotation mark in row {row} is never closed. Please close it, or save the"
        " ledger as .xlsx.",
        "text_too_wide": "Row {row} of {file} has {number} columns; at most {most} are taken in. Please delete those"
        " that are not needed.",
        "text_nuls": "Characters that stand for nothing (NUL) were left out.",
    }
)

ENCODINGS: Final = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5")
DELIMITERS: Final = (",", "\t", ";", "|")
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SAMPLE: Final = 1 << 16


def read(path: Path, name: str, reading: Reading) -> Source:
    """Read a text; its encoding and what separates its columns are found."""
    content = path.read_bytes()
    text, encoding, notes = _decoded(content, name, reading.encoding)
    del content
    if b"\0" in text:
        text = text.replace(b"\0", b"")
        notes.append(("text_nuls", {}))
    delimiter = delimiter_of(text[:_SAMPLE].decode("utf-8", "ignore"))
    if text.count(b'"') % 2:
        _refuse_open_quote(text, delimiter, name)
    columns = _at_once(text, delimiter) or _row_by_row(text, delimiter, name)
    numbers = range(1, len(columns[0]) + 1) if columns else range(0)
    cells, rows = grids.compact([grids.blank_as_null(column) for column in columns], numbers)
    sheet = Sheet(Path(name).stem, cells, rows, notes={"encoding": encoding, "delimiter": delimiter})
    return Source("csv", (sheet,) if cells.num_rows else (), tuple(notes))


def _decoded(content: bytes, name: str, asked: str) -> tuple[bytes, str, list[tuple[str, dict[str, object]]]]:
    """The text in UTF-8, the encoding it came in, and what is to be told of it."""
    for bom, encoding in _BOMS:
        if content.startswith(bom) and asked in ("", encoding):
            return _recoded(content[len(bom) :], encoding, name)
    if asked:
        try:
            return content.decode(asked).encode(), asked, []
        except (UnicodeDecodeError, LookupError) as error:
            raise Unreadable("text_encoding", file=name, encoding=asked) from error
    for encoding in _likely(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return (content if encoding == "utf-8" else text.encode()), encoding, []
    return _recoded(content, "utf-8" if _mostly_utf8(content) else "gb18030", name)


def _likely(content: bytes) -> tuple[str, ...]:
    head = content[:4096]
    if head.count(0) > len(head) // 8:
        return ("utf-16-le",) if head[1::2].count(0) >= head[0::2].count(0) else ("utf-16-be",)
    return ("utf-8", "gb18030")


def _mostly_utf8(content: bytes) -> bool:
    sample = content[: 1 << 20]
    return sample.decode("utf-8", "replace").count("�") <= sample.decode("gb18030", "replace").count("�")


def _recoded(content: bytes, encoding: str, name: str) -> tuple[bytes, str, list[tuple[str, dict[str, object]]]]:
    try:
        return content.decode(encoding).encode(), encoding, []
    except UnicodeDecodeError:
        text = content.decode(encoding, "replace")
    wrong = text.count("�")
    if wrong > max(len(text) // 100, 3):
        raise Unreadable("file_unknown", file=name)
    return (
        text.encode("utf-8", "replace"),
        encoding,
        [("text_damaged", {"number": wrong, "file": name, "encoding": encoding})],
    )


def delimiter_of(sample: str) -> str:
    """What separates the columns: the sign that divides most lines into equally many."""
    lines = [line for line in re.sub(r'"[^"]*"', "", sample).splitlines()[:50] if line.strip()]
    best, sign = 0.0, ","
    for delimiter in DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=lambda count: (counts.count(count) * (count > 0), count), default=0)
        score = usual and counts.count(usual) / len(counts) * (1 + min(usual, 50) / 100)
        if score > best:
            best, sign = score, delimiter
    return sign


def _at_once(text: bytes, delimiter: str) -> list[pa.Array] | None:
    """All rows in one go where each has as many columns as the first; None where one has not."""
    try:
        first = next(csv.reader(io.StringIO(text[:_SAMPLE].decode("utf-8", "ignore")), delimiter=delimiter), [])
        names = [str(number) for number in range(len(first))]
        if not 0 < len(names) <= LIMITS.columns:
            return None
        table = arrow_csv.read_csv(
            pa.py_buffer(text),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=1 << 24),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, null_values=[""], strings_can_be_null=True
            ),
        )
    except (pa.ArrowInvalid, csv.Error):
        return None
    return [column.combine_chunks() for column in table.columns]


def _refuse_open_quote(text: bytes, delimiter: str, name: str) -> None:
    """Refuse a text whose last cell is quoted and never ends: all rows below would be part of it."""
    count = 0
    try:
        for _ in _reader(text, delimiter, strict=True):
            count += 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise Unreadable("text_quote_open", file=name, row=count + 1) from error


def _reader(text: bytes, delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    csv.field_size_limit(LIMITS.file_bytes)
    return csv.reader(io.TextIOWrapper(io.BytesIO(text), "utf-8", newline=""), delimiter=delimiter, strict=strict)


def _row_by_row(text: bytes, delimiter: str, name: str) -> list[pa.Array]:
    """Rows of unequal length."""
    columns: list[list[str | None]] = []
    for count, row in enumerate(_reader(text, delimiter)):
        if len(row) > LIMITS.columns:
            raise Unreadable("text_too_wide", file=name, row=count + 1, number=len(row), most=LIMITS.columns)
        columns += [[None] * count for _ in range(len(row) - len(columns))]
        for at, column in enumerate(columns):
            column.append(row[at] if at < len(row) else None)
    return [pa.array(column, pa.string()) for column in columns]
