"""Every field of a record form: what it reads, what it refuses, what it gives back unharmed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
import shapely
from flask import url_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import access
from app.records.answering import answer_form
from app.records.fields import (
    ANY_TYPE,
    choice_field,
    date_field,
    geometry_field,
    integer_field,
    long_text_field,
    money_field,
    number_field,
    party_field,
    project_field,
    region_field,
    regions_field,
    share_field,
    term_field,
    text_field,
    year_field,
    yes_field,
)
from app.records.form import RecordForm
from assets.parties.models import Party
from assets.regions.borders import attach_borders
from assets.terms.models import Term
from assets.vocabulary import CLASSES
from tests import factories
from tests.people import Browser, Office

ADDRESS = "/every-field"


class EveryForm(RecordForm):
    """One field of each kind."""

    title = text_field("标题", least=2, most=20)
    note = long_text_field("说明", most=50)
    asset_class = choice_field("类别", kind="class", codes=CLASSES)
    sector = term_field("行业", kind="sector")
    certain = yes_field("确定")
    watered = yes_field("通水", unknown=True)
    value_yuan = money_field("原值")
    area = number_field("面积", decimals=1, most=1000)
    households = integer_field("户数")
    share = share_field("份额")
    year = year_field("年度")
    built_on = date_field("建成")
    due_on = date_field("到期", future=True)
    region_id = region_field("所在地")
    served = regions_field("服务村")
    owner_id = party_field("所有权人")
    project_id = project_field("项目")
    geom = geometry_field("位置", allowed=ANY_TYPE, source_datum="source_datum")
    sections = (
        ("甲", ("title", "note", "asset_class", "sector", "certain", "watered", "value_yuan", "area", "households")),
        ("乙", ("share", "year", "built_on", "due_on", "region_id", "served", "owner_id", "project_id", "geom")),
    )


@pytest.fixture
def taken() -> list[dict[str, Any]]:
    """What the service of the form was given."""
    return []


@pytest.fixture
def clerk(office: Office, taken: list[dict[str, Any]]) -> Browser:
    """The clerk of the northern town, whose villages have borders, at an office with that form."""

    def save(form: EveryForm) -> dict[str, Any]:
        taken.append(form.values())
        return taken[-1]

    office.app.add_url_rule(
        ADDRESS,
        "every_field",
        lambda: answer_form(EveryForm, title="全部", save=save, done=lambda _made: url_for("home.index")),
        methods=["GET", "POST"],
    )
    office.app.extensions["access"]["every_field"] = access.WRITE
    with office.session() as session:
        borders = {
            village.code: shapely.box(106.5 + place / 10, 34.7, 106.6 + place / 10, 34.8)
            for place, village in enumerate(office.tree.villages)
        }
        attach_borders(session, borders, level="village", day=factories.DAY, source="test", schematic=True)
        session.add(Term(kind="sector", code="water", name_zh="水利", name_en="Water", valid_from=dt.date(2000, 1, 1)))
    return office.browser("clerk")


def given_back(browser: Browser, **values: str) -> str:
    answer = browser.post(ADDRESS, {name.replace("__", "-"): value for name, value in values.items()})
    assert answer.status_code == 400
    return unescape(answer.text)


def saved(browser: Browser, taken: list[dict[str, Any]], **values: str) -> dict[str, Any]:
    answer = browser.post(ADDRESS, {name.replace("__", "-"): value for name, value in values.items()})
    assert answer.status_code == 303, unescape(answer.text).partition("form-summary")[2][:1500]
    return taken[-1]


def test_an_empty_form_gives_nothing(clerk: Browser, taken: list[dict[str, Any]]) -> None:
    values = saved(clerk, taken)
    assert values.pop("certain") is False
    assert values.pop("served") == ()
    assert set(values.values()) == {None}
    assert "source_datum" in values


def test_every_field_reads_its_value(office: Office, clerk: Browser, taken: list[dict[str, Any]]) -> None:
    with office.session() as session:
        project_id = factories.project(session, office.tree.north_villages[0], name="八渡产业路", code="P1").id
    values = saved(
        clerk,
        taken,
        title="  两  字 ",
        note="一\r\n二",
        asset_class="public",
        sector="water",
        certain="yes",
        watered="no",
        value_yuan="１２．５万元",
        area="12.5",
        households="１２０",
        share="三分之一",
        year="2024",
        built_on="2024年3月5日",
        due_on="2030.1.1",
        region_id__words="bdc",
        served__words="大力村、八渡村",
        project_id__words="P1",
        geom="106.65, 34.75",
    )
    dali, badu = (village.id for village in office.tree.north_villages)
    geom = values.pop("geom")
    assert (geom.geom_type, geom.x, geom.y) == ("Point", 106.65, 34.75)
    assert values == {
        "title": "两 字",
        "note": "一\n二",
        "asset_class": "public",
        "sector": "water",
        "certain": True,
        "watered": False,
        "value_yuan": Decimal(125_000),
        "area": Decimal("12.5"),
        "households": 120,
        "share": Fraction(1, 3),
        "year": 2024,
        "built_on": dt.date(2024, 3, 5),
        "due_on": dt.date(2030, 1, 1),
        "region_id": badu,
        "served": (dali, badu),
        "owner_id": None,
        "project_id": project_id,
        "source_datum": "cgcs2000",
    }


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("title", "一", "请至少填写 2 个字"),
        ("title", "长" * 21, "超出上限 20 个字"),
        ("note", "长" * 51, "超出上限 50 个字"),
        ("asset_class", "golden", "不在可选范围内"),
        ("sector", "magic", "不在可选范围内"),
        ("value_yuan", "-5", "不能为负数"),
        ("value_yuan", "12万5", "无法识别金额"),
        ("value_yuan", "9999999999999999", "超出合理范围"),
        ("area", "12.55", "最多保留 1 位小数"),
        ("area", "1000.1", "过大"),
        ("households", "1.5", "应为整数"),
        ("households", "99999999999", "过大"),
        ("share", "4/3", "份额应大于 0 且不超过 1"),
        ("share", "33.33%", "是否应为 1/3"),
        ("year", "1066", "过小"),
        ("built_on", "2023-02-29", "不是闰年"),
        ("built_on", "2011-12-31", "过早"),
        ("built_on", "2026-11-21", "尚未到来"),
        ("due_on", "soon", "无法识别日期"),
        ("region_id__words", "八龙潭村", "您的管辖范围内没有此地"),
        ("region_id__words", "村", "可能是"),
        ("served__words", "大力村、天成村", "您的管辖范围内没有此地"),
        ("owner_id__words", "无名合作社", "主体库中还没有"),
        ("project_id__words", "没有的项目", "您的管辖范围内没有项目"),
        ("geom", "somewhere", "无法识别"),
        ("geom", "34.75, 106.65", "疑似经纬度颠倒"),
        ("geom", "0, 0", "在国境之外"),
    ],
)
def test_a_wrong_entry_is_told_beside_its_field_and_given_back(
    clerk: Browser, taken: list[dict[str, Any]], field: str, typed: str, told: str
) -> None:
    page = given_back(clerk, **{field: typed})
    name = field.partition("__")[0]
    beside = page.partition(f'data-entry="{name}"')[2].partition("data-entry=")[0]
    assert told in beside
    assert typed in beside
    assert told in page.partition("form-summary")[2].partition("</ul>")[0]
    assert taken == []


def test_the_position_tells_the_region(office: Office, clerk: Browser, taken: list[dict[str, Any]]) -> None:
    values = saved(clerk, taken, geom="106.55, 34.75")
    assert values["region_id"] == office.tree.north_villages[0].id


def test_a_position_typed_in_gcj_is_moved_and_its_datum_kept(clerk: Browser, taken: list[dict[str, Any]]) -> None:
    values = saved(clerk, taken, geom="106.65, 34.75", geom__datum="gcj02")
    assert values["source_datum"] == "gcj02"
    assert 100 < 111_000 * values["geom"].distance(shapely.Point(106.65, 34.75)) < 800


def test_swapped_axes_and_crossing_borders_are_put_right_with_consent_only(
    clerk: Browser, taken: list[dict[str, Any]]
) -> None:
    for typed, kind in (
        ("34.75, 106.65", "Point"),
        ("106.5 34.7;106.6 34.8;106.6 34.7;106.5 34.8;106.5 34.7", "Multi"),
    ):
        page = given_back(clerk, geom=typed)
        consent = page.partition('name="geom-repair" value="')[2].partition('"')[0]
        assert consent
        given_back(clerk, geom=typed + " ", geom__repair="anything")
        assert saved(clerk, taken, geom=typed, geom__repair=consent)["geom"].geom_type.startswith(kind)


def test_a_new_holder_is_entered_with_the_record(office: Office, clerk: Browser, taken: list[dict[str, Any]]) -> None:
    values = saved(clerk, taken, owner_id__words="大力村股份经济合作社", owner_id__type="village_collective")
    with office.session() as session:
        [party] = session.scalars(select(Party)).all()
        assert (party.id, party.name) == (values["owner_id"], "大力村股份经济合作社")


def test_a_holder_of_elsewhere_is_not_taken_by_its_number(
    office: Office, clerk: Browser, taken: list[dict[str, Any]]
) -> None:
    with office.session() as session:
        hidden = factories.party(session, "千阳县水务局", "state_unit").id
    page = given_back(clerk, owner_id=str(hidden))
    assert "千阳县水务局" not in page
    assert taken == []


HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE asset; --",
    "\x00\x00",
    "{{7*7}}",
    "٣٤",
    "\ud7ff￿",
    "9" * 5_000,
    "-1",
    "1e308",
    "NaN",
    "[]",
    '{"type":"Point"}',
    "POINT(1)",
    "​",
    "../../etc/passwd",
)


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_entries_are_refused_or_kept_as_the_text_they_are(office: Office, clerk: Browser, typed: str) -> None:
    names = [name for _title, fields in EveryForm.sections for name in fields]
    parts = ("", "-words", "-type", "-code", "-datum", "-repair", "-region")
    for name in names:
        answer = clerk.post(ADDRESS, {f"{name}{part}": typed for part in parts} | {"confirmed": typed})
        assert answer.status_code in (303, 400), (name, typed[:20])
        assert "<script>alert" not in answer.text
    for hidden in ("request_key", "revision", "confirmed", "take-title"):
        assert clerk.post(ADDRESS, {hidden: typed}).status_code in (303, 400)


@pytest.mark.parametrize(("corners", "told"), [(20_000, None), (200_000, "最多 100000"), (300_000, "最多读取 4000000")])
def test_a_geometry_of_megabytes_is_answered_beside_its_field(clerk: Browser, corners: int, told: str | None) -> None:
    answer = clerk.post(ADDRESS, {"geom": ";".join(f"106.{number:06} 34.75" for number in range(corners))})
    assert answer.status_code == (400 if told else 303)
    assert (told or "") in answer.text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_whatever_is_typed_comes_back(clerk: Browser, text: str) -> None:
    typed = text.encode("utf-8", "ignore").decode().replace("\x00", "").replace("\r", "").strip()
    answer = clerk.post(ADDRESS, {"title": typed, "value_yuan": "x"})
    assert answer.status_code == 400
    assert f'name="title" value="{typed}"' in unescape(answer.text)


def test_choices_are_offered_while_typing(office: Office, clerk: Browser) -> None:
    with office.session() as session:
        factories.project(session, office.tree.north_villages[0], name="八渡产业路", code="P1")
        factories.project(session, office.tree.south_villages[0], name="天成产业路", code="P2")
    labels = {
        kind: [choice["label"] for choice in clerk.get(f"/records/choices/{kind}.json?q={words}").get_json()]
        for kind, words in (("regions", "dali"), ("projects", "产业"), ("parties", "<x>"))
    }
    assert labels == {"regions": ["八渡镇 › 大力村"], "projects": ["八渡产业路 P1"], "parties": []}
    assert clerk.get("/records/choices/people.json?q=a").status_code == 404
    assert clerk.get("/records/choices/regions.json?q=%00").get_json() == []
