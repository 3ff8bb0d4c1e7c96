"""Texts with a row a line are read in the encoding and with the separator they really have."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.imports.problems import Unreadable
from assets.imports.reading import read_source
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet, Source

ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16")
LEDGER = "资产名称,原值\n大力村产业路,12.5\n八渡镇水塔,3\n"


def read(path: Path, content: bytes, **reading: Any) -> Source:
    path = path / "台账.csv"
    path.write_bytes(content)
    return read_source(path, path.name, Reading(**reading))


def texts(sheet: Sheet) -> list[list[str | None]]:
    return [list(row.values()) for row in sheet.cells.to_pylist()]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_each_encoding_and_each_separator_is_found(encoding: str, sign: str, tmp_path: Path) -> None:
    sheet = read(tmp_path, LEDGER.replace(",", sign).encode(encoding)).sheets[0]
    assert texts(sheet) == [["资产名称", "原值"], ["大力村产业路", "12.5"], ["八渡镇水塔", "3"]]
    assert sheet.notes["delimiter"] == sign


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    sheet = read(tmp_path, '名称,备注\r\n桥,"一行\n两行"\r\n\r\n,\r\n路,"a,b ""c"""\r\n'.encode()).sheets[0]
    assert list(sheet.rows) == [1, 2, 5]
    assert texts(sheet)[1:] == [["桥", "一行\n两行"], ["路", 'a,b "c"']]


def test_rows_of_unequal_length_are_all_read(tmp_path: Path) -> None:
    sheet = read(tmp_path, "2024年台账\n名称,原值,备注\n桥,1\n路,2,好,多余\n".encode("gbk")).sheets[0]
    assert texts(sheet)[2:] == [["桥", "1", None, None], ["路", "2", "好", "多余"]]
    assert list(sheet.rows) == [1, 2, 3, 4]


def test_signs_that_stand_for_nothing_are_left_out_and_said_so(tmp_path: Path) -> None:
    source = read(tmp_path, LEDGER.replace("水塔", "水\0塔").encode())
    assert texts(source.sheets[0])[2] == ["八渡镇水塔", "3"]
    assert ("text_nuls", {}) in source.notes


def test_a_few_damaged_characters_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    content = ("名称,备注\n" + "大力村产业路,好\n" * 40).encode() + b"\xe5\xa4,x\n"
    source = read(tmp_path, content)
    assert source.notes[0][0] == "text_damaged"
    assert texts(source.sheets[0])[1] == ["大力村产业路", "好"]


def test_another_encoding_can_be_asked_for_and_is_refused_where_it_does_not_fit(tmp_path: Path) -> None:
    content = LEDGER.encode("big5", "ignore")
    assert read(tmp_path, content, encoding="big5").sheets[0].notes["encoding"] == "big5"
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path, LEDGER.encode("gbk"), encoding="utf-8")
    assert refusal.value.code == "text_encoding"


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path, ("名称,备注\n桥,好\n" + '路,"开\n' + "塔,好\n" * 10_000).encode())
    assert (refusal.value.code, refusal.value.data["row"]) == ("text_quote_open", 3)


def test_more_columns_than_are_taken_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path, ("名称,备注\n" + ",".join("x" * 500) + "\n").encode())
    assert refusal.value.code == "text_too_wide"


def test_blank_lines_only_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path, b"\n , \n\n")
    assert refusal.value.code == "file_without_rows"


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=12)
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(st.one_of(TEXT, st.just("一行\n两行")), min_size=width, max_size=width), min_size=1)
)


@given(rows=TABLES, encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), ragged=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_comes_back_cell_by_cell(rows: list[list[str]], encoding: str, ragged: bool, tmp_path: Path) -> None:
    rows = [["资产名称", *"乙丙丁戊"[: len(rows[0]) - 1]], *rows]
    written = io.StringIO()
    csv.writer(written).writerows([[*row, "多"] if ragged and at == 0 else row for at, row in enumerate(rows)])
    sheet = read(tmp_path, written.getvalue().encode(encoding)).sheets[0]
    wanted = {
        number: [text if text.strip() else None for text in row]
        for number, row in enumerate(rows, start=1)
        if any(text.strip() for text in row)
    }
    width = len(rows[0])
    found = {number: row[:width] for number, row in zip(sheet.rows, texts(sheet), strict=True)}
    assert found == wanted
