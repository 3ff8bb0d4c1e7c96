"""What a preview says of rows, and what people answer to it."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from assets.errors import InvalidValue, NotAllowed, NotFound
from assets.imports.answering import (
    change_settings,
    choose_headings,
    confirm,
    correct_all,
    correct_cell,
    drop,
    leave_out,
    same_as,
)
from assets.imports.holding import NotNow
from assets.imports.models import HeadingChoice, ImportBatch, ImportFile
from assets.imports.receiving import LARGEST_FILE, receive_batch, sent_before, spooled, tidy_name
from assets.imports.settings import Reading
from assets.places.models import Facility
from tests import factories
from tests.imports.bringing import Desk, facility_row

CLINIC = facility_row("大力村卫生室")


def test_two_rows_of_one_record_name_each_other(desk: Desk) -> None:
    batch = desk.bring([CLINIC, facility_row("八渡村卫生室", 村="八渡村"), CLINIC])
    assert desk.verdicts(batch) == ["rejected", "new", "rejected"]
    first, _other, last = desk.rows(batch)
    assert [one["data"]["others"] for one in first.problems if one["code"] == "key_twice"] == ["4"]
    assert [one["data"]["others"] for one in last.problems if one["code"] == "key_twice"] == ["2"]


def test_rows_said_to_be_apart_are_entered_apart(desk: Desk) -> None:
    batch = desk.bring([CLINIC, CLINIC])
    session = desk.acts(desk.account())
    for number in (1, 2):
        same_as(session, batch.id, number=number, record_id=None)
    assert {one for row in desk.problems(desk.check(batch)) for one, _field in row} & {"key_twice"} == set()


def test_an_empty_cell_keeps_what_is_recorded_and_a_change_is_shown_beside_it(desk: Desk) -> None:
    desk.commit(desk.bring([CLINIC]))
    batch = desk.bring([facility_row("大力村卫生室", 建筑面积="", 人员="3")])
    (row,) = desk.rows(batch)
    assert (row.verdict, row.differences) == ("changed", {"staff": [2, 3]})


def test_where_asked_for_an_empty_cell_empties(desk: Desk) -> None:
    desk.commit(desk.bring([CLINIC]))
    batch = desk.bring([facility_row("大力村卫生室", 建筑面积="", 人员="3")], blank="clear")
    (row,) = desk.rows(batch)
    assert row.differences == {"area_m2": [90.0, None], "staff": [2, 3]}


def test_a_number_only_the_registry_gives_is_refused_where_there_is_none(desk: Desk) -> None:
    batch = desk.bring([facility_row("大力村卫生室", 系统编号="999999")])
    assert ("record_unknown", "record_number") in desk.problems(batch)[0]


def test_a_withdrawn_record_is_not_changed(desk: Desk) -> None:
    desk.commit(desk.bring([CLINIC]))
    one = desk.system().scalars(select(Facility)).one()
    one.retired_on, one.retired_reason = factories.DAY, "重复登记"
    desk.session.flush()
    batch = desk.bring([facility_row("大力村卫生室", 系统编号=str(one.id))])
    assert desk.verdicts(batch) == ["rejected"]


def test_a_cell_is_read_otherwise_in_one_row_or_in_all(desk: Desk) -> None:
    batch = desk.bring([facility_row(name, 设施类型="卫生所儿") for name in ("甲卫生室", "乙卫生室", "丙卫生室")])
    assert desk.verdicts(batch) == ["rejected"] * 3
    session = desk.acts(desk.account())
    correct_cell(session, batch.id, number=1, field="type", answer="村卫生室")
    assert desk.verdicts(desk.check(batch)) == ["new", "rejected", "rejected"]
    correct_all(session, batch.id, field="type", found="卫生所儿", answer="村卫生室")
    assert desk.verdicts(desk.check(batch)) == ["new"] * 3
    correct_all(session, batch.id, field="type", found="卫生所儿", answer=None)
    assert desk.verdicts(desk.check(batch)) == ["new", "rejected", "rejected"]


def test_a_row_is_left_out_and_taken_in_again(desk: Desk) -> None:
    batch = desk.bring([CLINIC, facility_row("八渡村卫生室", 村="八渡村")])
    session = desk.acts(desk.account())
    leave_out(session, batch.id, number=2, out=True)
    assert desk.verdicts(desk.check(batch)) == ["new", "left_out"]
    leave_out(session, batch.id, number=2, out=False)
    assert desk.verdicts(desk.check(batch)) == ["new", "new"]


def test_a_doubt_is_confirmed_for_one_row_or_for_all(desk: Desk) -> None:
    batch = desk.bring([facility_row(f"{name}卫生室", 建筑面积="90000") for name in "甲乙"])
    assert desk.verdicts(batch) == ["rejected", "rejected"]
    code = desk.problems(batch)[0][0][0]
    session = desk.acts(desk.account())
    confirm(session, batch.id, code=code, number=1)
    assert desk.verdicts(desk.check(batch)) == ["new", "rejected"]
    confirm(session, batch.id, code=code)
    assert desk.verdicts(desk.check(batch)) == ["new", "new"]
    with pytest.raises(InvalidValue):
        confirm(session, batch.id, code="record_twice")


def test_what_columns_mean_is_kept_for_the_next_ledger_of_the_source(desk: Desk) -> None:
    rows = [{**facility_row("大力村卫生室"), "奇怪的列": "7"}]
    rows[0].pop("人员")
    batch = desk.bring(rows)
    place = str(list(rows[0]).index("奇怪的列"))
    choose_headings(desk.acts(desk.account()), batch.id, columns={place: "staff"}, units={})
    assert desk.rows(desk.check(batch))[0].read["staff"] == 7
    assert desk.session.scalars(select(HeadingChoice)).one().choices["columns"] == {place: "staff"}
    assert desk.rows(desk.bring(rows))[0].read["staff"] == 7
    with pytest.raises(InvalidValue):
        choose_headings(desk.session, batch.id, columns={"0": "staff", "1": "staff"}, units={})
    with pytest.raises(InvalidValue):
        choose_headings(desk.session, batch.id, columns={"0": "nothing"}, units={})


def test_settings_are_words_of_the_list(desk: Desk) -> None:
    batch = desk.bring([CLINIC])
    for wrong in (Reading(blank="?"), Reading(rejected="?"), Reading(identity="?"), Reading(datum="?")):
        with pytest.raises(InvalidValue):
            change_settings(desk.acts(desk.account()), batch.id, reading=wrong)


def test_answers_are_of_rows_and_fields_that_are_there_and_by_who_brought_it(desk: Desk) -> None:
    batch = desk.bring([CLINIC])
    session = desk.acts(desk.account())
    with pytest.raises(NotFound):
        correct_cell(session, batch.id, number=9, field="type", answer="x")
    with pytest.raises(InvalidValue):
        correct_cell(session, batch.id, number=1, field="password", answer="x")
    with pytest.raises(NotFound):
        leave_out(desk.acts(desk.account("colleague", "clerk", desk.tree.north)), batch.id, number=1, out=True)
    with pytest.raises(NotAllowed):
        leave_out(desk.acts(desk.account("keeper", "administrator", desk.tree.county)), batch.id, number=1, out=True)


def test_nothing_is_answered_once_it_is_entered(desk: Desk) -> None:
    batch = desk.commit(desk.bring([CLINIC]))
    with pytest.raises(NotNow):
        leave_out(desk.acts(desk.account()), batch.id, number=1, out=True)


def test_given_up_nothing_of_it_is_kept(desk: Desk) -> None:
    batch = desk.bring([CLINIC])
    drop(desk.acts(desk.account()), batch.id)
    assert batch.status == "dropped"
    assert desk.rows(batch) == []
    assert desk.session.scalars(select(ImportFile.number)).all() == []


def test_a_file_is_kept_in_pieces_as_it_came(desk: Desk) -> None:
    content = bytes(range(256)) * 8192 + b"end"
    batch = bring_bytes(desk, content)
    assert len(desk.session.scalars(select(ImportFile.number)).all()) == 3
    with spooled(desk.session, batch) as path:
        assert path.read_bytes() == content


def test_the_same_file_is_told_and_taken(desk: Desk) -> None:
    first, second = bring_bytes(desk, b"a"), bring_bytes(desk, b"a")
    assert [one.id for one in sent_before(desk.session, second)] == [first.id]


def test_an_empty_or_endless_file_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidValue):
        bring_bytes(desk, b"")

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"\0" * size

    with pytest.raises(InvalidValue) as refusal:
        bring_bytes(desk, Endless())
    assert refusal.value.data["limit"] == LARGEST_FILE // 2**20


@pytest.mark.parametrize(
    ("given", "kept"),
    [("C:\\Users\\a\\台账.xlsx", "台账.xlsx"), ("../../etc/passwd", "passwd"), ("a\x00\nb.csv", "ab.csv"), ("", "—")],
)
def test_the_name_of_a_file_is_only_a_name(given: str, kept: str) -> None:
    assert tidy_name(given) == kept


def bring_bytes(desk: Desk, content: bytes | io.RawIOBase) -> ImportBatch:
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    return receive_batch(
        desk.acts(desk.account()),
        kind="facility",
        region_id=desk.tree.north.id,
        file_name="台账.csv",
        stream=stream,  # type: ignore[arg-type]
        today=factories.DAY,
    )
