"""What surrounds every page: rail, breadcrumb, errors, icons, the demonstration's age."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from app.static_files import ICONS, STATIC
from assets.terms.models import Installation
from tests.factories import DAY
from tests.people import Office


def demonstration(office: Office, days_ago: int) -> None:
    """Say that the office holds a demonstration county of some age."""
    with office.session() as session:
        session.merge(Installation(id=1, demonstration_on=DAY - dt.timedelta(days=days_ago), seed=1))


def shown(page: str) -> str:
    """A page without its scripts, which bring along words for things that are not shown."""
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_real_data_bear_no_demonstration_tag(office: Office) -> None:
    with office.session() as session:
        session.merge(Installation(id=1, demonstration_on=None, seed=None))
    assert "演示数据" not in shown(office.browser("planner").text("/map/"))


def test_an_aged_demonstration_offers_to_be_renewed(office: Office) -> None:
    demonstration(office, 60)
    planner = office.browser("planner")
    fresh = shown(planner.text("/map/"))
    assert "演示数据" in fresh
    assert "--fresh-demo" not in fresh
    demonstration(office, 61)
    assert "bin/run --fresh-demo" in planner.text("/map/")


def test_the_breadcrumb_starts_at_the_viewers_own_area(office: Office) -> None:
    def crumbs(persona: str, address: str) -> list[str]:
        bar = office.browser(persona).text(address).split('<nav class="crumbs"')[1].split("</ol>")[0]
        return re.findall(r"data-area=\"\d+\"[^>]*>([^<]+)<", bar)

    assert crumbs("planner", "/map/") == ["陇县"]
    assert crumbs("planner", "/map/?area=610327101201") == ["陇县", "八渡镇", "大力村"]
    assert crumbs("clerk", "/map/") == ["八渡镇"]


def test_the_rail_keeps_area_and_filters(office: Office) -> None:
    page = office.browser("planner").text("/map/?area=610327101&status=overdue")
    assert 'href="/map/?area=610327101&status=overdue"' in page


@pytest.mark.parametrize(("language", "words"), [("zh", "抱歉，未能完成"), ("en", "Sorry, this did not work")])
def test_an_error_is_a_page_in_the_readers_language_with_a_way_on(office: Office, language: str, words: str) -> None:
    response = office.browser("planner", language).get("/nowhere?area=nonsense", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert words in response.text
    assert 'href="/"' in response.text
    assert "nonsense" not in response.text


def test_an_error_inside_a_page_is_a_fragment(office: Office) -> None:
    response = office.browser("planner").get("/map/list?layer=x", headers={"HX-Request": "true", "Accept": "text/html"})
    assert response.status_code == 400
    assert "<html" not in response.text
    assert "notice-bad" in response.text


def test_a_wrong_password_is_told_beside_a_form_that_keeps_the_name(office: Office) -> None:
    browser = office.browser()
    response = browser.post("/login", {"username": "planner", "password": "wrong"}, token_from="/login")
    assert response.status_code == 401
    assert "账号或密码不正确" in response.text
    assert 'value="planner"' in response.text


def test_an_empty_sign_in_names_both_fields_on_top_and_beside_each(office: Office) -> None:
    response = office.browser().post("/login", {"username": "", "password": ""}, token_from="/login")
    for message in ("请填写账号", "请填写密码"):
        assert response.text.count(message) == 2
    assert 'aria-invalid="true"' in response.text


def test_every_script_of_the_page_bears_the_nonce_of_the_policy(office: Office) -> None:
    response = office.browser("planner").get("/map/")
    nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
    assert nonce
    scripts = re.findall(r"<script([^>]*)>", response.text)
    assert scripts
    assert all(f'nonce="{nonce.group(1)}"' in attributes for attributes in scripts)
    assert not re.search(r"\son\w+=|javascript:", response.text)


def test_every_icon_named_in_templates_and_scripts_is_in_the_sprite() -> None:
    used: set[str] = set()
    for path in [*STATIC.parent.glob("app/templates/**/*.html"), *STATIC.glob("js/**/*.js")]:
        used |= set(re.findall(r"\bicon\(\"([a-z-]+)\"", path.read_text(encoding="utf-8")))
    assert used - set(ICONS) == set()
