"""Words, yes and no, shares, codes and numbers of people as ledgers write them."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from assets.imports.cells import words
from assets.imports.fields import CellType
from tests.imports.cell_desk import LABELS, code_of, parse, read

SHARES = st.builds(lambda n, d: Fraction(min(n, d), max(n, d)), st.integers(1, 999), st.integers(1, 999))
NAMES = st.lists(
    st.sampled_from("甲乙丙丁戊己庚辛").map(lambda sign: f"{sign}村股份经济合作社"), min_size=1, max_size=6, unique=True
)


@pytest.mark.parametrize(
    "written",
    ["公益性", " 公 益 性 ", "Public-benefit", "public-BENEFIT", "PUBLIC", "public", "Public benefit", "（公益性）"],
)
def test_a_word_is_known_by_any_label_and_by_its_code(written: str) -> None:
    cell = read("word", written, words="class")
    assert (cell.value, cell.finding) == ("public", None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("公益类", "公益性"), ("经营性质", "经营性"), ("Publik-benefit", "Public-benefit"), ("航天飞机", None)],
)
def test_an_unknown_word_comes_with_the_closest_and_with_all_that_are_possible(written: str, meant: str | None) -> None:
    cell = read("word", written, words="class")
    assert (cell.value, code_of(cell)) == (None, "word_unknown")
    assert cell.finding is not None
    assert cell.finding.suggestion == meant
    assert cell.finding.data["possible"] == "经营性、公益性、到户类"
    assert cell.finding.data["possible_en"] == "Earning, Public-benefit, Household"


@given(st.sampled_from(sorted(LABELS["class"])), st.booleans())
def test_every_label_reads_back_as_its_code(label: str, term: bool) -> None:
    assert read("term" if term else "word", label, words="class").value == LABELS["class"][label]


@pytest.mark.parametrize(
    "written", ["是", "√", "✓", "有", "Y", "yes", "TRUE", "1", "1.0", "已", "已确权", "已登记入账", "Ｙ"]
)
def test_yes_is_said_in_many_ways(written: str) -> None:
    assert read("yes", written).value is True


@pytest.mark.parametrize(
    "written", ["否", "×", "✗", "无", "N", "no", "FALSE", "0", "未", "未确权", "尚未登记", "没有", "不是"]
)
def test_no_is_said_in_many_ways(written: str) -> None:
    assert read("yes", written).value is False


@pytest.mark.parametrize("written", ["部分", "不确定", "不清楚", "2", "也许", "是否"])
def test_what_is_neither_is_refused(written: str) -> None:
    assert code_of(read("yes", written)) == "yes_unreadable"


@pytest.mark.parametrize("written", ["", "—", "-", "/"])
def test_a_stroke_says_neither_yes_nor_no(written: str) -> None:
    assert read("yes", written) == (None, None, None)


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("1/3", "1/3"),
        ("50%", "1/2"),
        ("50", "1/2"),
        ("0.5", "1/2"),
        ("12.5％", "1/8"),
        ("三分之一", "1/3"),
        ("100", "1/1"),
        ("1", "1/1"),
    ],
)
def test_a_share_is_read_however_it_is_written(written: str, share: str) -> None:
    cell = read("share", written)
    assert (cell.value, cell.finding) == (share, None)


@pytest.mark.parametrize("written", ["0", "0%", "101%", "3/2", "-1/2", "半", "1/0", "NaN", "1/1000001"])
def test_what_is_no_share_is_refused(written: str) -> None:
    assert read("share", written).value is None
    assert (code_of(read("share", written)) or "").startswith("share_")


def test_a_rounded_third_is_asked_about() -> None:
    cell = read("share", "33.33%")
    assert cell.finding is not None
    assert (cell.finding.code, cell.finding.severity, cell.finding.suggestion) == ("share_rounded", "doubt", "1/3")


@pytest.mark.parametrize(
    ("written", "holders"),
    [
        ("甲村集体50%、乙村集体50%", "甲村集体 1/2、乙村集体 1/2"),
        ("甲村集体（1/3），乙村集体（2/3）", "甲村集体 1/3、乙村集体 2/3"),
        ("甲村集体:30%;乙村集体:20%", "甲村集体 3/10、乙村集体 1/5"),
        ("甲村集体 1/2\n乙村集体 1/2", "甲村集体 1/2、乙村集体 1/2"),
        ("甲村集体 50，乙村集体 50", "甲村集体 1/2、乙村集体 1/2"),
        ("甲村集体占60%、乙村集体占40%", "甲村集体 3/5、乙村集体 2/5"),
        ("大力村股份经济合作社", "大力村股份经济合作社 1/1"),
        ("大力村第3组", "大力村第3组 1/1"),
        ("光伏电站2", "光伏电站2 1/1"),
        ("Dali village collective 1/2, Qian river company 1/2", "Dali village collective 1/2、Qian river company 1/2"),
    ],
)
def test_holders_are_taken_apart_from_their_shares(written: str, holders: str) -> None:
    cell = read("shares", written)
    assert (cell.value, cell.finding) == (holders, None)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("甲村60%、乙村60%", "shares_beyond"),
        ("甲村60%、乙村", "shares_some"),
        ("甲村50%、甲村50%", "shares_twice"),
        ("50%、50%", "shares_no_name"),
        ("甲村0/3、乙村1/3", "share_not_within"),
        ("甲村1/0", "share_unreadable"),
    ],
)
def test_holders_that_cannot_be_so_are_refused(written: str, why: str) -> None:
    cell = read("shares", written)
    assert (cell.value, code_of(cell)) == (None, why)


def test_three_rounded_thirds_are_asked_about() -> None:
    cell = read("shares", "甲村33.33%、乙村33.33%、丙村33.33%")
    assert cell.finding is not None
    assert (cell.finding.code, cell.finding.severity) == ("shares_rounded", "doubt")
    assert cell.finding.suggestion == "甲村 1/3、乙村 1/3、丙村 1/3"
    assert code_of(read("shares", cell.finding.suggestion)) is None


def test_holders_without_shares_are_asked_whether_they_hold_equal_parts() -> None:
    cell = read("shares", "甲村、乙村、丙村、丁村")
    assert (cell.value, code_of(cell)) == ("甲村 1/4、乙村 1/4、丙村 1/4、丁村 1/4", "shares_equal")


@given(NAMES, st.data())
def test_holders_survive_every_spelling(names: list[str], data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.integers(1, 50), min_size=len(names), max_size=len(names)))
    shares = [Fraction(part, sum(parts)) for part in parts]
    canonical = "、".join(f"{name} {s.numerator}/{s.denominator}" for name, s in zip(names, shares, strict=True))
    for between in "、，；;\n":
        for form in ("{} {}", "{}（{}）", "{}:{}", "{}{}"):
            written = between.join(form.format(name, s) for name, s in zip(names, shares, strict=True) if s != 1)
            if written:
                assert read("shares", written).value == canonical, written
    assert read("shares", canonical) == (canonical, None, None)


@given(SHARES)
def test_a_share_survives_every_spelling(share: Fraction) -> None:
    canonical = f"{share.numerator}/{share.denominator}"
    assert read("share", canonical).value == canonical
    assert read("share", f"{share.numerator} / {share.denominator}").value == canonical
    if (share * 10_000).denominator == 1:
        assert read("share", f"{float(share * 100):.2f}%").value == canonical


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("610327102205", "610327102205"),
        ("610327102205.0", "610327102205"),
        ("6.10327102205E+11", "610327102205"),
        ("GJ2024-00001", "GJ2024-00001"),
        ("'00123", "00123"),
        ("ＧＪ２０２４ 001", "GJ2024001"),
        ("3E12", "3E12"),
        ("GJ202400000000000000001", "GJ202400000000000000001"),
        ("610327199001011234", "610327199001011234"),
    ],
)
def test_a_code_is_read_as_it_was_before_a_number_format_came(written: str, code: str) -> None:
    cell = read("code", written)
    assert (cell.value, cell.finding) == (code, None)
    assert parse({"code": [written]}).columns.column("code").to_pylist() == [code]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("6.10327E+11", "610327…"),
        ("6.10327199001011E+17", "610327199001011…"),
        ("610327199001011000", "610327199001011…"),
        ("610327199001011000.0", "610327199001011…"),
    ],
)
def test_a_code_the_spreadsheet_has_rounded_is_refused_with_what_is_certain(written: str, known: str) -> None:
    cell = read("code", written)
    assert (cell.value, code_of(cell)) == (None, "code_rounded")
    assert cell.finding is not None
    assert cell.finding.data["known"] == known


@pytest.mark.parametrize(
    "written",
    [
        "13909171234",
        "139 0917 1234",
        "+86 139-0917-1234",
        "13909171234.0",
        "1.3909171234E+10",
        "0917-4601234",
        "１３９０９１７１２３４",
    ],
)
def test_a_telephone_number_is_read_however_it_is_written(written: str) -> None:
    assert code_of(read("phone", written)) is None
    assert read("phone", written).value in ("13909171234", "0917-4601234")


@pytest.mark.parametrize(
    ("type", "written", "why"),
    [
        ("phone", "1390917", "phone_unreadable"),
        ("phone", "23909171234567", "phone_unreadable"),
        ("phone", "1.39E+10", "person_code_rounded"),
        ("phone", "13909171234、13909171235", "phone_several"),
        ("phone", "9174601234", "phone_zero_lost"),
        ("phone", "村委会", "phone_unreadable"),
        ("id_number", "610327199001011000", "person_code_rounded"),
        ("id_number", "6.10327E+17", "person_code_rounded"),
        ("id_number", "61032719900101", "identity_unreadable"),
        ("id_number", "610327199001011230", "identity_last_digit"),
    ],
)
def test_numbers_of_people_are_checked_and_never_repeated(type: CellType, written: str, why: str) -> None:
    cell = read(type, written, personal=True)
    assert (cell.value, code_of(cell)) == (None, why)
    assert cell.finding is not None
    assert written not in str(cell.finding)


@pytest.mark.parametrize(
    ("type", "written"),
    [("phone", "139****1234"), ("phone", "****34"), ("id_number", "610327********1234"), ("name", "张**")],
)
def test_a_masked_value_says_nothing(type: CellType, written: str) -> None:
    assert read(type, written, personal=True) == (None, None, None)


@pytest.mark.parametrize("written", ["张**", "张** 1/2、李** 1/2", "已删除"])
def test_a_masked_holder_says_nothing(written: str) -> None:
    assert read("shares", written) == (None, None, None)
    assert read("name", written).value is None or "、" in written


@given(st.dates(), st.integers(0, 999))
def test_an_identity_number_survives(born: object, serial: int) -> None:
    body = f"610327{str(born).replace('-', '')}{serial:03d}"
    number = body + ric.calc_check_digit(body + "0")
    cell = read("id_number", f" {number.lower()} ")
    assert cell.value == number or code_of(cell) == "person_code_rounded"


@given(
    st.text(), st.sampled_from(["word", "term", "yes", "share", "shares", "code", "phone", "id_number", "name", "text"])
)
def test_no_text_breaks_any_reader(text: str, type: CellType) -> None:
    for personal in (False, True):
        cell = read(type, text, words="class", personal=personal, most=30)
        assert cell.value is None or cell.value != ""


@given(
    st.from_regex(r"[甲乙村 （(]{0,6}[:：占]?\d{0,4}[/.]?\d{0,4}%?[)）]?[、，\n]?[丙 ]{0,3}\d{0,3}%?", fullmatch=True)
)
def test_no_near_list_of_holders_breaks_the_reader(text: str) -> None:
    cell = read("shares", text)
    assert cell.value is None or read("shares", cell.value).value == cell.value


def test_of_many_words_few_are_told_with_the_one_that_was_meant_in_front() -> None:
    labels = {f"村级设施{number}号": f"c{number}" for number in range(60)} | {
        f"Facility {n}": f"c{n}" for n in range(60)
    }
    labels |= {"卫生室": "clinic", "Clinic": "clinic"}
    told = words.possible(labels, "clinic")
    assert told["possible"].startswith("卫生室、村级设施0号") and told["possible"].endswith(" …")
    assert told["possible"].count("、") == 7
    assert told["possible_en"].startswith("Clinic, Facility 0,")
    assert len(json.dumps(told, ensure_ascii=False)) < 300
