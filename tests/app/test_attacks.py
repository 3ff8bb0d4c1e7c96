"""Addresses, forms and names meant to harm: each is refused or shown as the plain text it is."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import text

from assets.accounts.models import Grant
from tests import factories
from tests.people import Office

SIGNS = "<img src=x onerror=alert(1)></script><b>'\"&{{7*7}}[:]*?/\\"
ELSEWHERE = (
    "//evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "///evil.example",
    "http:evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\r\nSet-Cookie: a=b",
    "//[",
    "http://[",
)


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("page", ["/login", "/language/en"])
def test_no_address_leads_to_another_host(office: Office, page: str, target: str) -> None:
    answer = office.browser("clerk").get(f"{page}?next={quote(target, safe='')}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_a_link_cannot_sign_anybody_out(office: Office) -> None:
    browser = office.browser("clerk")
    assert browser.get("/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 302
    assert browser.get("/maintenance/").status_code == 200
    assert browser.post("/logout").status_code == 302
    assert browser.get("/maintenance/", headers={"Accept": "text/html"}).status_code == 302


def test_every_form_without_its_token_is_refused_and_says_what_to_do(office: Office) -> None:
    caretaker, clerk = office.browser("caretaker"), office.browser("clerk")
    forms = [rule for rule in office.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(forms) >= 4
    for rule in forms:
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        # Who may bring no file is sent away before any of it is read, its token included.
        browser = clerk if address == "/imports/upload" else caretaker
        answer = browser.client.post(address, data={"asset_id": "1", "username": "clerk"})
        assert answer.status_code == 400, address
        assert "请重新打开页面" in answer.text, address


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/registry/?sector=%00", 400),
        ("/registry/?sector=water%00", 400),
        ("/tiles/assets/9/407/202.mvt?sector=%00", 400),
        ("/registry/?year=02026", 400),
        ("/registry/?year=0202600000000000000000000", 400),
        ("/registry/?q=%00%00", 200),
        ("/registry/?sort=%00", 200),
        ("/map/list?bbox=nan,nan,nan,nan", 400),
        ("/map/list?bbox=-inf,-90,inf,90", 400),
        ("/?recorded=" + "9" * 40, 200),
        ("/registry/?on=0000-00-00", 400),
        ("/registry/?on=9999-12-31", 400),
        ("/registry/?area=%EF%BC%96%EF%BC%91", 404),
        ("/registry/?q=" + quote("长" * 10_000), 400),
        ("/search/?q=" + quote("😀" * 10_000), 200),
    ],
)
def test_nonsense_in_an_address_is_answered_in_the_readers_language(office: Office, address: str, status: int) -> None:
    answer = office.browser("clerk").get(address)
    assert answer.status_code == status
    if not address.startswith("/tiles/"):
        assert 'lang="zh-CN"' in answer.text


def test_signs_in_names_are_text_on_every_page(office: Office) -> None:
    tree = office.tree
    with office.session() as session:
        village, town = tree.north_villages[0], tree.north
        asset = factories.asset(session, village, name=SIGNS)
        factories.duty(session, asset)
        factories.inspection(session, asset, note=SIGNS, result="problem")
        project = factories.project(session, village, name=SIGNS)
        numbers = asset.id, project.id
        for region in (village, town):
            session.execute(
                text("UPDATE region SET name = :name, short_name = :name WHERE id = :id"),
                {"name": SIGNS, "id": region.id},
            )
    pages = ["/", "/circular", "/maintenance/", "/map/", "/map/areas", "/registry/", "/projects/", "/places/"]
    pages += [f"/registry/{numbers[0]}", f"/projects/{numbers[1]}", f"/map/feature/assets/{numbers[0]}"]
    pages += [f"/map/feature/projects/{numbers[1]}", "/map/list", "/map/list?layer=villages", "/search/suggest?q=img"]
    pages += [f"/{room}/?q={quote(SIGNS)}" for room in ("search", "registry", "map", "maintenance")]
    pages += ["/map/handover.html?layers=regions,villages,assets,projects", f"/registry/?status={quote(SIGNS)}"]
    told = 0
    for persona in ("clerk", "leader", "auditor"):
        browser = office.browser(persona)
        for page in pages:
            shown = browser.get(page).text
            assert "<img src=x" not in shown, (persona, page)
            assert "</script><b>" not in shown, (persona, page)
            told += "onerror=alert(1)" in unescape(shown)
    assert told > len(pages)


@pytest.mark.parametrize("file", ["/registry/export.xlsx", "/projects/export.xlsx", "/maintenance/status.xlsx"])
def test_a_workbook_holds_no_formula_whatever_names_say(office: Office, file: str) -> None:
    with office.session() as session:
        village = office.tree.north_villages[0]
        factories.asset(session, village, name='=HYPERLINK("http://evil.example")')
        factories.project(session, village, name="@SUM(1+1)")
        session.execute(text("UPDATE region SET short_name = :name WHERE id = :id"), {"name": SIGNS, "id": village.id})
        session.execute(
            text("UPDATE region SET short_name = :name WHERE id = :id"), {"name": SIGNS, "id": office.tree.north.id}
        )
    with office.browser("clerk").get(file) as answer:
        assert answer.status_code == 200
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            parts = {name for name in book.namelist() if "externalLink" in name}
    assert "<f>" not in sheet
    assert ">=HYPERLINK" not in sheet
    assert ">@SUM" not in sheet
    assert not parts


@pytest.mark.parametrize("grant", ["ended", "yet to come"])
def test_a_grant_out_of_its_time_opens_nothing_and_says_whom_to_ask(office: Office, grant: str) -> None:
    browser = office.browser("clerk")
    with office.session() as session:
        held = session.query(Grant).filter_by(account_id=office.account("clerk")).one()
        if grant == "ended":
            held.valid_to = factories.DAY
        else:
            held.valid_from = factories.DAY + dt.timedelta(days=1)
        factories.asset(session, office.tree.north_villages[0], name="八渡塘坝")
    for page in ("/", "/map/", "/registry/", "/maintenance/", "/registry/export.xlsx", "/map/handover.html"):
        answer = browser.get(page)
        assert answer.status_code == 404, page
        assert "尚未授权任何区域" in answer.text, page
        assert "八渡塘坝" not in answer.text, page


SQL = (
    "' OR '1'='1",
    "1; DROP TABLE asset; --",
    "\\'; SELECT pg_sleep(5); --",
    "%' UNION SELECT password_hash FROM account --",
)


@pytest.mark.parametrize("words", SQL)
def test_sql_in_a_question_is_looked_for_as_text(office: Office, words: str) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], name="八渡塘坝")
    browser = office.browser("clerk")
    for page in (
        "/registry/",
        "/projects/",
        "/search/",
        "/search/suggest",
        "/parties/",
        "/records/choices/parties.json",
    ):
        answer = browser.get(page, query_string={"q": words})
        assert answer.status_code in (200, 400), page
        assert "argon2" not in answer.text and "八渡塘坝" not in answer.text, page
    for key in ("area", "sort", "sector", "status", "on", "page", "ids", "bbox"):
        assert browser.get("/registry/", query_string={key: words}).status_code in (200, 400, 404), key
    assert "八渡塘坝" in browser.text("/registry/")


@pytest.mark.parametrize(
    "name", ['八渡"; filename="x.exe', "八渡\r\nSet-Cookie: a=b", "../../etc/passwd", "<b>八渡</b>"]
)
def test_no_name_splits_a_header(office: Office, name: str) -> None:
    with office.session() as session:
        session.execute(
            text("UPDATE region SET short_name = :name WHERE id = :id"), {"name": name, "id": office.tree.north.id}
        )
    browser = office.browser("clerk")
    for file in ("/registry/export.xlsx", "/maintenance/status.xlsx", "/projects/export.xlsx", "/map/handover.html"):
        with browser.get(file) as answer:
            said = answer.headers["Content-Disposition"]
            assert answer.status_code == 200, file
            assert re.fullmatch(r"attachment; filename=\"?[\w.-]+\"?; filename\*=UTF-8''[\w.%~-]+", said), said
            assert "a=b" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize(
    "path", ["../../../../etc/passwd", "%2e%2e/%2e%2e/app/config.py", "..%5c..%5cpyproject.toml", "//etc/passwd"]
)
def test_no_path_leads_out_of_the_served_folder(office: Office, path: str) -> None:
    build = office.app.jinja_env.globals["static_url"]("")  # type: ignore[operator]
    for start in (build, f"{build}css/", "/static/"):
        answer = office.browser("clerk").get(start + path)
        assert answer.status_code in (302, 308, 404), start
        assert "root:" not in answer.text and "xiangtu" not in answer.text[:200]


def test_nothing_is_left_in_a_shared_browser(office: Office) -> None:
    browser = office.browser("clerk")
    for page in ("/maintenance/", "/registry/", "/registry/export.xlsx", "/search/suggest?q=村"):
        kept = browser.get(page).headers["Cache-Control"]
        assert "private" in kept or "no-store" in kept, page
        assert "public" not in kept, page


def test_no_secret_reaches_the_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    browser = office.browser("clerk")
    office.browser().post("/login", {"username": "clerk", "password": "geheim-93-象图"}, token_from="/login")
    office.browser().post("/login", {"username": "clerk", "password": factories.PASSWORD}, token_from="/login")
    browser.get("/tiles/assets.json", headers={"Authorization": "Bearer xt_secretsecretsecret"})
    browser.get("/registry/999999999999999999999")
    with browser.client.session_transaction() as cookie:
        token = str(cookie["token"])
    for secret in ("geheim-93", factories.PASSWORD, "xt_secretsecret", token, office.app.config["SECRET_KEY"]):
        assert secret not in caplog.text


def test_a_region_moved_under_another_parent_takes_its_records_out_of_an_open_page(office: Office) -> None:
    browser = office.browser("clerk")
    with office.session() as session:
        asset = factories.asset(session, office.tree.north_villages[0])
        number = asset.id
    assert browser.get(f"/registry/{number}/correct").status_code == 200
    with office.session() as session:
        session.execute(
            text("UPDATE region SET parent_id = :south WHERE id = :id"),
            {"south": office.tree.south.id, "id": office.tree.north_villages[0].id},
        )
    assert browser.get(f"/registry/{number}").status_code == 404
    assert browser.post(f"/registry/{number}/correct", {"name": "改名"}).status_code == 404
    assert office.browser("neighbour_clerk").get(f"/registry/{number}").status_code == 200
