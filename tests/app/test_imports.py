"""Bringing ledgers at the desk, by persona: what is taken in, what is refused, what nobody else sees."""

from __future__ import annotations

import io
import zipfile
from html import unescape

import pytest
from sqlalchemy import func, select

from app.imports import uploading
from assets.imports.models import ImportAnswer, ImportBatch
from assets.registry.models import Asset
from assets.terms.defaults import load_defaults
from tests import factories
from tests.app.imports_desk import Clerk, batch_of, ledger, row, rows_of, work
from tests.people import PERSONAS, Office

PERSONAS.update(
    town_approver=lambda s, tree: factories.account(s, "town_approver", "approver", tree.north),
    south_approver=lambda s, tree: factories.account(s, "south_approver", "approver", tree.south),
)
UNKNOWN = "大利屯"


@pytest.fixture
def clerk(office: Office) -> Clerk:
    """The clerk of the northern town, with the words of every installation."""
    with office.session() as session:
        load_defaults(session)
    return Clerk(office, office.browser("clerk"))


def count(office: Office, entity: type[ImportBatch] | type[Asset]) -> int:
    with office.session() as session:
        return session.scalar(select(func.count()).select_from(entity)) or 0


def test_a_clerk_sees_what_to_do_before_anything_was_brought(clerk: Clerk) -> None:
    page = clerk.browser.text("/imports/")
    assert "还没有导入过台账" in page
    assert "200 MB" in page and "1,048,576 行" in page
    assert "/imports/templates/asset.xlsx" in page


def test_a_ledger_is_read_by_a_job_and_its_preview_shows_what_would_happen(clerk: Clerk) -> None:
    answer = clerk.upload(ledger([row("大力村蓄水池"), row("大力村水塔", 村=UNKNOWN)]))
    assert answer.status_code == 303
    page = clerk.browser.text(answer.location)
    assert "正在读取和检查文件" in page and "可以离开本页" in page
    batch = int(answer.location.rpartition("/")[2])
    work(clerk.office, "check", batch)
    page = clerk.browser.text(answer.location)
    assert "大力村蓄水池" in page and UNKNOWN in page
    assert "还有 1 行有问题" in page
    assert 'data-field="village"' in page
    assert count(clerk.office, Asset) == 0


def test_a_ledger_is_mended_entered_and_taken_back(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池"), row("大力村水塔", 村=UNKNOWN), row("大力村机井", 村=UNKNOWN))
    assert [one.verdict for one in rows_of(clerk.office, batch)] == ["new", "rejected", "rejected"]
    said = clerk.say(
        batch, "cells", field="village", found=UNKNOWN, answer="大力村", back="problem=region_unknown&field=village"
    )
    assert said.status_code == 303 and "problem=region_unknown" in said.location
    assert [one.verdict for one in rows_of(clerk.office, batch)] == ["new"] * 3
    page = clerk.browser.text(f"/imports/{batch}")
    assert "将新增 3 项" in page
    assert clerk.say(batch, "commit").status_code == 303
    assert "等待入库" in clerk.browser.text(f"/imports/{batch}") or "正在入库" in clerk.browser.text(
        f"/imports/{batch}"
    )
    work(clerk.office, "commit", batch)
    page = clerk.browser.text(f"/imports/{batch}")
    assert "已新增 3 项" in page and "大力村水塔" in page and "将移除新增的 3 项" in page
    assert count(clerk.office, Asset) == 3
    assert clerk.say(batch, "undo").status_code == 303
    work(clerk.office, "undo", batch)
    page = clerk.browser.text(f"/imports/{batch}")
    assert "该导入已撤销" in page
    assert count(clerk.office, Asset) == 0


def test_one_cell_is_corrected_without_leaving_the_page(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池", 资产原值="很多"), row("大力村水塔"))
    token = clerk.token()
    values = {"csrf_token": token, "number": "1", "field": "original_value_yuan", "answer": "12万"}
    answer = clerk.browser.client.post(f"/imports/{batch}/cells", data=values, headers={"Accept": "application/json"})
    assert answer.status_code == 200 and answer.json and answer.json["state"].startswith("checked.")
    first, second = rows_of(clerk.office, batch)
    assert (first.verdict, first.read["original_value_yuan"]) == ("new", 120000)
    assert second.read["original_value_yuan"] == 450000
    refused = clerk.browser.client.post(
        f"/imports/{batch}/cells", data=values | {"field": "nonsense"}, headers={"Accept": "application/json"}
    )
    assert refused.status_code == 400 and refused.json and "请" in refused.json["error"]


def test_rows_with_problems_keep_a_ledger_out_until_they_are_left_out(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池"), row("大力村水塔", 资产原值="很多"))
    refused = clerk.say(batch, "commit")
    assert refused.status_code == 409
    assert "1" in refused.text and batch_of(clerk.office, batch).status == "checked"
    assert clerk.say(batch, "settings", rejected="leave_out").status_code == 303
    assert "将新增 1 项；1 行不导入。" in clerk.browser.text(f"/imports/{batch}")
    assert clerk.say(batch, "commit").status_code == 303


def test_a_row_is_left_out_and_taken_in_again(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池"), row("大力村水塔"))
    clerk.say(batch, "leave-out", number="2", out="1")
    assert [one.verdict for one in rows_of(clerk.office, batch)] == ["new", "left_out"]
    clerk.say(batch, "leave-out", number="2", out="")
    assert [one.verdict for one in rows_of(clerk.office, batch)] == ["new", "new"]


def test_what_has_changed_since_it_was_looked_at_is_not_entered(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池"))
    answer = clerk.say(batch, "commit", seen="checked.0")
    assert answer.status_code == 409
    assert batch_of(clerk.office, batch).status == "checked"


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(clerk: Clerk) -> None:
    answer = clerk.upload(b"PK\x03\x04 and then nothing", name="台账.xlsx")
    batch = int(answer.location.rpartition("/")[2])
    work(clerk.office, "check", batch)
    page = clerk.browser.text(f"/imports/{batch}")
    assert "无法读取该文件" in page and "导入其他文件" in page
    assert "没有写入任何内容" in page
    assert clerk.browser.get(f"/imports/{batch}/returned.xlsx").status_code == 409


@pytest.mark.parametrize(
    ("content", "values", "said"),
    [
        (None, {}, "请选择文件"),
        (b"a,b\n1,2\n", {"kind": "nonsense"}, "请选择台账类别"),
        (b"", {}, "台账.csv"),
    ],
)
def test_an_incomplete_form_says_what_is_missing(
    clerk: Clerk, content: bytes | None, values: dict[str, str], said: str
) -> None:
    answer = clerk.upload(content, **values)
    assert answer.status_code == 400
    assert said in answer.text
    assert count(clerk.office, ImportBatch) == 0


def test_a_file_beyond_the_limit_is_refused_in_words(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "LARGEST_FILE", 1000)
    answer = clerk.upload(b"x" * 100_000)
    assert answer.status_code == 413
    assert count(clerk.office, ImportBatch) == 0


def test_a_form_without_its_token_is_refused_and_a_stranger_before_anything_is_read(office: Office) -> None:
    sent = {"kind": "asset", "file": (io.BytesIO(b"a,b\n1,2\n"), "a.csv")}
    assert office.browser("clerk").client.post("/imports/upload", data=sent).status_code == 400
    sent = {"kind": "asset", "file": (io.BytesIO(b"a,b\n1,2\n"), "a.csv")}
    assert office.browser().client.post("/imports/upload", data=sent).status_code in (302, 401)
    sent = {"kind": "asset", "file": (io.BytesIO(b"a,b\n1,2\n"), "a.csv")}
    assert office.browser("caretaker").client.post("/imports/upload", data=sent).status_code == 403
    assert count(office, ImportBatch) == 0


def test_a_form_sent_twice_brings_one_ledger(clerk: Clerk) -> None:
    content = ledger([row("大力村蓄水池")])
    first = clerk.upload(content, request_key="a" * 32)
    second = clerk.upload(content, request_key="a" * 32)
    assert first.location == second.location
    assert count(clerk.office, ImportBatch) == 1


def test_uploads_are_limited_by_the_hour(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import rates

    monkeypatch.setattr(rates, "MOST_UPLOADS", 2)
    statuses = [clerk.upload(ledger([row("大力村蓄水池")])).status_code for _ in range(3)]
    assert statuses == [303, 303, 429]


@pytest.mark.parametrize("number", ["-1", "x", "1.5", "9" * 19, "0" * 20 + "9" * 40])
def test_an_answer_about_one_row_is_never_taken_for_one_about_all(clerk: Clerk, number: str) -> None:
    batch = clerk.bring(row("大力村蓄水池"), row("大力村水塔"))
    for what, said in (
        ("cells", {"field": "specification", "answer": "一座"}),
        ("confirm", {"code": "holder_similar"}),
        ("leave-out", {"out": "1"}),
        ("same", {"record": "1"}),
    ):
        assert clerk.say(batch, what, number=number, **said).status_code == 404, what
    assert clerk.say(batch, "same", number="1", record=number).status_code == 404
    with clerk.office.session() as session:
        assert session.scalar(select(func.count()).select_from(ImportAnswer)) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("srid", "0"),
        ("srid", "0" * 20 + "9" * 10),
        ("srid", "x"),
        ("datum", "unknown"),
        ("encoding", "rot13"),
        ("identity", "nonsense"),
        ("blank", "nonsense"),
    ],
)
def test_a_setting_that_is_none_of_its_list_is_refused(clerk: Clerk, name: str, value: str) -> None:
    batch = clerk.bring(row("大力村蓄水池"))
    before = batch_of(clerk.office, batch).settings
    answer = clerk.say(batch, "settings", **{name: value})
    assert answer.status_code == 400 and "请从列表中选择" in answer.text
    assert batch_of(clerk.office, batch).settings == before


def test_a_neighbour_finds_nothing_of_a_ledger(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池"))
    for persona in ("neighbour_clerk", "south_approver", "caretaker"):
        other = Clerk(clerk.office, clerk.office.browser(persona))
        addresses = ("", "/progress", "/rows/1", "/rows/1.json", "/tiles/9/407/202.mvt")
        expected = 403 if persona == "caretaker" else 404
        assert {other.browser.get(f"/imports/{batch}{address}").status_code for address in addresses} == {expected}
    neighbour = Clerk(clerk.office, clerk.office.browser("neighbour_clerk"))
    for what in (
        "cells",
        "confirm",
        "same",
        "leave-out",
        "columns",
        "settings",
        "places",
        "commit",
        "undo",
        "cancel",
        "drop",
    ):
        answer = neighbour.say(batch, what, number="1", field="name", answer="别的", code="x")
        assert answer.status_code == 404, what
    assert "大力村蓄水池" not in neighbour.browser.text("/imports/?whose=all")


def test_an_approver_of_the_area_looks_but_does_not_answer(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池", 资产原值="很多"))
    approver = Clerk(clerk.office, clerk.office.browser("town_approver"))
    page = approver.browser.text(f"/imports/{batch}")
    assert "大力村蓄水池" in page and "data-field" not in page and "确认入库" not in page
    assert "台账.csv" in approver.browser.text("/imports/?whose=all")
    assert approver.say(batch, "drop").status_code == 403


def test_personal_values_are_masked_in_the_preview(clerk: Clerk) -> None:
    people = {"管护主体": "大力村股份经济合作社", "责任人": "张三丰", "联系电话": "13800138000"}
    batch = clerk.bring(row("大力村蓄水池", **people), row("大力村水塔", **people | {"联系电话": "138001380"}))
    for address in (f"/imports/{batch}", f"/imports/{batch}/rows/1", f"/imports/{batch}/rows/2"):
        page = clerk.browser.text(address)
        assert "张三丰" not in page and "13800138000" not in page and "138001380" not in page, address
    assert "张三丰" not in clerk.browser.text(f"/imports/{batch}?q=张三丰").replace('value="张三丰"', "").replace(
        "张三丰&", ""
    )


def test_rows_are_shown_a_hundred_at_a_time(clerk: Clerk) -> None:
    batch = clerk.bring(*(row(f"大力村蓄水池{number}号") for number in range(1, 251)))
    page = clerk.browser.text(f"/imports/{batch}")
    assert page.count("data-number=") == 100
    assert "after=100" in page and "before=" not in page
    middle = clerk.browser.text(f"/imports/{batch}?after=100")
    assert "大力村蓄水池101号" in middle and "after=200" in middle and "before=101" in middle
    last = clerk.browser.text(f"/imports/{batch}?after=200")
    assert last.count("data-number=") == 50
    assert clerk.browser.text(f"/imports/{batch}?before=101").count("data-number=") == 100
    assert "大力村蓄水池77号" in clerk.browser.text(f"/imports/{batch}?q=蓄水池77号")
    for strange in (
        "?after=9999999999999",
        "?verdict=nonsense",
        "?problem=%00x",
        "?q=%25_",
        "?value=x",
        "?tab=nonsense",
    ):
        assert clerk.browser.get(f"/imports/{batch}{strange}").status_code == 200, strange


def test_every_part_of_the_preview_opens_in_both_languages(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池", 经度="106.77", 纬度="34.72"), row("大力村水塔", 村=UNKNOWN))
    for language in ("zh", "en"):
        browser = clerk.office.browser("clerk", language)
        for tab in ("rows", "columns", "places", "settings"):
            browser.text(f"/imports/{batch}?tab={tab}")
        browser.text(f"/imports/{batch}?problem=region_unknown&field=village")
    assert "经度" in clerk.browser.text(f"/imports/{batch}?tab=columns")


def test_a_column_is_taken_for_something_else_and_remembered(clerk: Clerk) -> None:
    rows = [row("大力村蓄水池", 奇怪的列="一座")]
    batch = clerk.bring(*rows)
    index = batch_of(clerk.office, batch).found["sheets"][0]["texts"].index("奇怪的列")
    assert clerk.say(batch, "columns", **{f"column-0-{index}": "specification"}).status_code == 303
    (first,) = rows_of(clerk.office, batch)
    assert first.read["specification"] == "一座"
    again = clerk.bring(*[one | {"资产名称": "大力村机井"} for one in rows])
    (first,) = rows_of(clerk.office, again)
    assert first.read["specification"] == "一座"


def test_a_template_opens_with_the_places_of_the_area(clerk: Clerk) -> None:
    answer = clerk.browser.get("/imports/templates/asset.xlsx")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        texts = unescape(book.read("xl/sharedStrings.xml").decode())
    assert "资产名称" in texts or "名称" in texts
    assert "大力村" in texts and "天成村" not in texts
    assert clerk.browser.get("/imports/templates/nonsense.xlsx").status_code == 404


def test_a_ledger_is_given_up(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池"))
    assert clerk.say(batch, "drop").status_code == 303
    assert "该导入已放弃" in clerk.browser.text(f"/imports/{batch}")
    assert clerk.say(batch, "commit").status_code == 409
    assert list(rows_of(clerk.office, batch)) == []


def test_the_map_of_a_preview_holds_its_rows(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池", 经度="106.77", 纬度="34.72"))
    answer = clerk.browser.get(f"/imports/{batch}/tiles/0/0/0.mvt")
    assert answer.status_code == 200 and b"rows" in answer.data and b"verdict" in answer.data
    place = clerk.browser.get(f"/imports/{batch}/rows/1.json").json
    assert place and place["position"]["type"] == "Point"
    assert clerk.browser.get(f"/imports/{batch}/rows/99.json").status_code == 404
