"""What cannot be a ledger is refused with what it is and what to do, before any parser sees it."""

from __future__ import annotations

import io
import random
import stat
import struct
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.imports import problems
from assets.imports.problems import Unreadable
from assets.imports.reading import archives, read_source, source
from assets.imports.reading.limits import Limits
from assets.imports.settings import Reading
from assets.imports.sheets import Source
from tests.imports import old_workbooks
from tests.imports.layer_desk import frame, kml, mark, shapefile


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["资产名称", "原值"])
    sheet.append(["大力村产业路", 12.5])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def archive(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as made:
        for name, content in members:
            made.writestr(name, content)
    return written.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """A workbook with one part put in or exchanged."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for member in old.namelist():
            if member != name:
                made.writestr(member, old.read(member))
        made.writestr(name, content)
    return written.getvalue()


def linked() -> bytes:
    info = zipfile.ZipInfo("a.shp")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.writestr(info, "/etc/passwd")
    return written.getvalue()


def twice() -> bytes:
    return archive(("a.shp", b"1"), ("B.shp", b"2")).replace(b"B.shp", b"A.shp")


def locked() -> bytes:
    content = bytearray(archive(("a.shp", b"1")))
    for begins, at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        struct.pack_into("<H", content, content.index(begins) + at, 1)
    return bytes(content)


def understated() -> bytes:
    """A member that says it has a kilobyte and unpacks to sixteen megabytes."""
    content = bytearray(archive(("a.shp", bytes(16 << 20))))
    struct.pack_into("<I", content, content.index(b"PK\1\2") + 24, 1024)
    return bytes(content)


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>'
BINARY = random.Random(1).randbytes(3000)
REFUSED: tuple[tuple[str, str, Callable[[], bytes], str], ...] = (
    ("an empty file", "a.xlsx", lambda: b"", "file_empty"),
    ("a truncated workbook", "a.xlsx", lambda: workbook()[:-400], "file_damaged"),
    ("the beginning of a workbook", "a.xlsx", lambda: workbook()[:60], "file_damaged"),
    ("bytes of nothing", "a.csv", lambda: BINARY, "file_unknown"),
    ("a document under another name", "a.xlsx", lambda: b"%PDF-1.7\n" + BINARY, "file_foreign"),
    ("a picture under another name", "a.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + BINARY, "file_foreign"),
    ("an archive of another kind", "a.zip", lambda: b"Rar!\x1a\x07\x01\x00" + BINARY, "file_foreign"),
    ("a program", "a.xlsx", lambda: b"MZ\x90\x00" + BINARY, "file_foreign"),
    (
        "a letter",
        "a.docx",
        lambda: archive(("[Content_Types].xml", b"<T/>"), ("word/document.xml", b"")),
        "file_foreign",
    ),
    ("an old letter", "a.xls", lambda: old_workbooks.container({"WordDocument": b"x"}), "file_foreign"),
    ("a web page saved as a workbook", "a.xls", lambda: b"<html><table><tr><td>1</table>", "file_page"),
    (
        "a workbook of 2003 in XML",
        "a.xls",
        lambda: (
            b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
            b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
        ),
        "file_page",
    ),
    ("tracks of a receiver", "a.gpx", lambda: b'<?xml version="1.0"?><gpx>', "file_foreign"),
    ("plain JSON", "a.geojson", lambda: b'{"a": 1}', "file_foreign"),
    (
        "JSON that breaks off",
        "a.geojson",
        lambda: b'{"type": "FeatureCollection", "features": [{"type": "Fea',
        "file_damaged",
    ),
    ("no features", "a.geojson", lambda: b'{"type": "FeatureCollection", "features": []}', "file_without_rows"),
    (
        "a workbook with a password",
        "a.xlsx",
        lambda: old_workbooks.container({"EncryptedPackage": b"x"}),
        "file_locked",
    ),
    ("an archive with a password", "a.zip", locked, "file_locked"),
    ("macros", "a.xlsm", lambda: with_part("xl/vbaProject.bin", b"x"), "file_macros"),
    ("macros under another name", "a.xlsx", lambda: with_part("xl/VBAProject.bin", b"x"), "file_macros"),
    ("macros of 1992", "a.xlsx", lambda: with_part("xl/macrosheets/sheet1.xml", b"<xm:macrosheet/>"), "file_macros"),
    ("a binary workbook", "a.xlsb", lambda: archive(("xl/workbook.bin", b"")), "file_binary_workbook"),
    (
        "an open document",
        "a.ods",
        lambda: archive(
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), compression=zipfile.ZIP_STORED
        ),
        "file_open_document",
    ),
    ("a workbook of one sheet from 1990", "a.xls", lambda: b"\x09\x04\x06\x00\x00\x00\x10\x00", "file_old_workbook"),
    (
        "an empty workbook",
        "a.xlsx",
        lambda: with_part(
            "xl/worksheets/sheet1.xml",
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>',
        ),
        "file_without_rows",
    ),
    ("one part of a Shapefile", "a.shp", lambda: b"\x00\x00\x27\x0a" + bytes(96), "file_lone_shape"),
    ("an archive without layers", "a.zip", lambda: archive(("a.dwg", b"x")), "archive_without_layers"),
    ("several ledgers", "a.zip", lambda: archive(("a.csv", b"a,b"), ("b.csv", b"a,b")), "archive_ambiguous"),
    ("an archive in an archive", "a.zip", lambda: archive(("a.zip", archive(("a.shp", b"")))), "archive_nested"),
    ("a workbook in an archive", "a.zip", lambda: archive(("台账.xlsx", workbook())), "archive_nested"),
    (
        "a workbook in an archive under another name",
        "a.zip",
        lambda: archive(("台账.csv", workbook())),
        "archive_nested",
    ),
    ("a gigabyte in a megabyte", "a.zip", lambda: archive(("a.shp", bytes(64 << 20))), "archive_bomb"),
    (
        "a sheet of gigabytes",
        "a.xlsx",
        lambda: with_part("xl/worksheets/sheet1.xml", b"<" * (64 << 20)),
        "archive_bomb",
    ),
    ("more than is declared", "a.zip", understated, "archive_bomb"),
    ("thousands of files", "a.zip", lambda: archive(*((f"{n}.txt", b"") for n in range(5001))), "archive_too_many"),
    ("a way out", "a.zip", lambda: archive(("../a.shp", b"x")), "archive_path"),
    ("a way out of the other kind", "a.zip", lambda: archive(("..\\a.shp", b"x")), "archive_path"),
    ("an absolute way", "a.zip", lambda: archive(("/etc/a.shp", b"x")), "archive_path"),
    ("a way to a drive", "a.zip", lambda: archive(("C:\\a.shp", b"x")), "archive_path"),
    ("a link", "a.zip", linked, "archive_path"),
    ("one name twice", "a.zip", twice, "archive_twice"),
    ("entities in a KML", "a.kml", lambda: DOCTYPE + b"<kml/>", "xml_entities"),
    (
        "entities in a sheet",
        "a.xlsx",
        lambda: with_part("xl/worksheets/sheet1.xml", DOCTYPE + b"<worksheet/>"),
        "xml_entities",
    ),
    ("entities in the texts", "a.xlsx", lambda: with_part("xl/sharedStrings.xml", DOCTYPE + b"<sst/>"), "xml_entities"),
    ("entities in the book", "a.xlsx", lambda: with_part("xl/workbook.xml", DOCTYPE + b"<workbook/>"), "xml_entities"),
    (
        "entities in two bytes a sign",
        "a.xlsx",
        lambda: with_part("xl/styles.xml", DOCTYPE.decode().encode("utf-16")),
        "xml_entities",
    ),
)


@pytest.mark.parametrize(("name", "make", "code"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_what_cannot_be_a_ledger_is_refused_with_a_sentence(
    name: str, make: Callable[[], bytes], code: str, tmp_path: Path
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(make())
    with pytest.raises(Unreadable) as refusal:
        read_source(path, name, Reading())
    assert refusal.value.code == code
    sentence = problems.sentence_of(code).format(**refusal.value.data)
    assert "{" not in sentence


def test_a_file_larger_than_is_taken_is_refused_unopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LIMITS", Limits(file_bytes=1000))
    (tmp_path / "a.csv").write_bytes(b"a,b\n" * 1000)
    with pytest.raises(Unreadable) as refusal:
        read_source(tmp_path / "a.csv", "a.csv", Reading())
    assert refusal.value.code == "file_too_large"


def test_members_that_are_each_small_may_not_be_large_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LIMITS", Limits(unpacked_bytes=5 << 20))
    (tmp_path / "a.zip").write_bytes(archive(*((f"{n}.shp", bytes(1 << 20)) for n in range(6))))
    with pytest.raises(Unreadable) as refusal:
        read_source(tmp_path / "a.zip", "a.zip", Reading())
    assert refusal.value.code == "archive_bomb"


def test_a_bomb_costs_no_memory(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(understated())
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            read_source(tmp_path / "a.zip", "a.zip", Reading())
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    shapes = shapefile(tmp_path / "a.zip", frame({"名称": ["桥"]}))
    broken = tmp_path / "b.zip"
    broken.write_bytes(archive(("a.shp", b"\x00\x00\x27\x0a" + b"x" * 200), ("a.dbf", b"x")))
    assert read_source(shapes, "a.zip", Reading()).sheets
    with pytest.raises(Unreadable):
        read_source(broken, "b.zip", Reading())
    assert list(folder.iterdir()) == []


def samples(folder: Path) -> list[bytes]:
    """A sound file of every format."""
    import pyogrio

    old_workbooks.write(folder / "a.xls", {"台账": [["名称", "原值"], ["桥", 12.5]]}, merged={"台账": [(1, 0, 2, 0)]})
    shapefile(folder / "a.zip", frame({"名称": ["桥", "路"]}))
    pyogrio.write_dataframe(frame({"名称": ["桥"]}), folder / "a.gpkg")
    pyogrio.write_dataframe(frame({"名称": ["桥"]}), folder / "a.geojson")
    (folder / "a.kml").write_text(kml(mark("桥", 编码="1")))
    (folder / "a.csv").write_bytes("名称,原值\n桥,1\n".encode("gbk"))
    (folder / "a.xlsx").write_bytes(workbook())
    return [path.read_bytes() for path in sorted(folder.glob("a.*")) if path.is_file()]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    return samples(tmp_path_factory.mktemp("samples"))


def read_or_refuse(content: bytes, path: Path) -> Source | None:
    path.write_bytes(content)
    try:
        return read_source(path, "台账.xlsx", Reading())
    except Unreadable as refusal:
        assert refusal.code in problems.sentences()
        problems.sentence_of(refusal.code).format(**refusal.data)
        return None


def test_every_sample_is_sound(sound: list[bytes], tmp_path: Path) -> None:
    assert all(read_or_refuse(content, tmp_path / "upload") for content in sound)
    assert len(sound) == 7


@given(
    content=st.binary(max_size=400),
    head=st.sampled_from([b"", b"PK\3\4", b"<kml>", b"{", b"SQLite format 3\0", b"\xff\xfe"]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(content: bytes, head: bytes, tmp_path: Path) -> None:
    read_or_refuse(head + content, tmp_path / "upload")


@given(
    which=st.integers(0, 6),
    cut=st.one_of(st.none(), st.floats(0, 1)),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_files_are_read_or_refused_and_nothing_else(
    which: int, cut: float | None, changes: list[tuple[float, int]], sound: list[bytes], tmp_path: Path
) -> None:
    content = bytearray(sound[which])
    for place, value in changes:
        content[int(place * len(content))] = value
    read_or_refuse(bytes(content[: int(cut * len(content))] if cut is not None else content), tmp_path / "upload")
    assert sys.getrecursionlimit() >= 1000
