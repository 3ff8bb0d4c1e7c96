"""Personal values are nowhere but in the one answer to a reason."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import re
import zipfile
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from assets.accounts.models import Grant
from assets.audit import AuditEntry
from assets.ownership.models import Contract, Right
from assets.parties.models import Person, PostHolding
from assets.parties.service import correct_party, register_party
from assets.registry.households import add_household
from tests import factories
from tests.factories import DAY
from tests.people import Browser, Office

NAME, PINYIN, PHONE, NUMBER = "欧阳明月", "ouyangmingyue", "13712349876", "610327198003070019"
# What would give somebody away: a whole value, or the part of it that the mask covers.
CLEAR = (NAME, "阳明月", PINYIN, PHONE, "71234987", NUMBER, "19800307")
START = dt.date(2024, 1, 1)


@pytest.fixture
def named(office: Office) -> dict[str, int]:
    """Everybody whom a record can name, all with the same recognisable values."""
    with office.session() as session:
        village = office.tree.north_villages[0]

        def somebody() -> Person:
            person = Person(name=NAME, pinyin=PINYIN, initials="oymy", phone=PHONE, id_number=NUMBER)
            session.add(person)
            session.flush()
            return person

        post = factories.post(session, village, title="大力村管水员")
        holder = somebody()
        factories.holding(session, post, holder, valid_from=START)
        asset = factories.asset(session, village, name="大力村蓄水池")
        person = register_party(
            session, name=NAME, type="individual", region_id=village.id, contact_phone=PHONE, today=DAY
        )
        correct_party(
            session, person.id, revision=person.revision, name=NAME, type="individual",
            region_id=village.id, contact_phone=PHONE.replace("3", "5", 1), reason="改正", today=DAY,
        )  # fmt: skip
        session.get_one(Person, person.person_id).id_number = NUMBER
        body = factories.party(session, "陇县某公司", "company", region_id=village.id, contact_id=somebody().id)
        factories.duty(session, asset, post_id=post.id, body_party_id=body.id)
        factories.inspection(session, asset, inspector_id=holder.id)
        session.add_all(
            [
                Right(asset_id=asset.id, kind="ownership", party_id=person.id, valid_from=START),
                Contract(
                    asset_id=asset.id, party_id=person.id, mode="lease", annual_rent_yuan=1,
                    starts_on=START, ends_on=dt.date(2027, 1, 1),
                ),
            ]
        )  # fmt: skip
        batch = factories.asset(session, village, name="大力村种羊", asset_class="household", built_on=START)
        item = add_household(session, batch.id, name=NAME, id_number=NUMBER, phone=PHONE, quantity=Decimal(2))
        return {
            "post": post.id, "holder": holder.id, "asset": asset.id, "batch": batch.id, "item": item.person_id,
            "party": person.id, "person": person.person_id or 0, "body": body.id,
        }  # fmt: skip


def unmasking(office: Office, persona: str, language: str = "zh") -> Browser:
    """The persona with a grant that unmasks."""
    number = office.account(persona)
    with office.session() as session:
        for grant in session.scalars(select(Grant).where(Grant.account_id == number)):
            grant.may_unmask = True
    return office.browser(persona, language)


def content(answer: TestResponse) -> str:
    """Everything an answer says, files unpacked."""
    body = answer.data
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    elif body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    return body.decode("utf-8", errors="ignore") + str(answer.headers)


def addresses(rule: Rule, numbers: tuple[int, ...]) -> set[str]:
    words = {
        "section": "limits",
        "kind": "parties",
        "layer": "assets",
        "name": "assets",
        "z": "9",
        "x": "407",
        "y": "202",
    }
    found = set()
    for number in numbers:
        parts = {name: str(number) for name in re.findall(r"<int:(\w+)>", rule.rule)} | words
        found.add(re.sub(r"<(?:\w+:)?(\w+)>", lambda part, p=parts: p.get(part.group(1), "x"), rule.rule))  # type: ignore[misc]
    return found


@pytest.mark.parametrize("persona", ["administrator", "clerk", "auditor"])
def test_no_page_list_file_tile_or_suggestion_tells_a_clear_value(
    office: Office, named: dict[str, int], persona: str
) -> None:
    browser = unmasking(office, persona)
    numbers = tuple(sorted(set(named.values())))
    asked = (
        "",
        f"?q={PINYIN}&through=post-{named['post']}",
        f"?layer=assets&ids={named['asset']}&sel={named['asset']}",
    )
    seen = 0
    for rule in office.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith(("accounts.", "outside.", "static")):
            continue
        personal = int(rule.endpoint.startswith("personal."))
        for address in addresses(rule, numbers):
            for query in asked if not rule.arguments or "kind" in rule.arguments else asked[personal : personal + 1]:
                answer = browser.get(address + query)
                told = content(answer).replace(f"q={PINYIN}", "").replace(f'value="{PINYIN}"', "")
                found = [value for value in CLEAR if value in told]
                assert not [value for value in found if value != PINYIN or PINYIN not in query], (
                    address + query,
                    found,
                )
                seen += "欧**" in told
                answer.close()
    assert seen > 5, "the walk has met nobody"


def test_history_and_audit_hold_no_clear_value(office: Office, named: dict[str, int]) -> None:
    del named
    with office.session() as session:
        tables = session.scalars(
            text(
                "SELECT table_name FROM information_schema.tables "
                "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            )
        ).all()
        for table in set(tables) - {"person"}:
            told = str(session.scalar(text(f"SELECT string_agg(t::text, ' ') FROM \"{table}\" t")))
            assert not [value for value in CLEAR if value in told], table


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_clerk_sees_the_values_once_for_a_reason(office: Office, named: dict[str, int], language: str) -> None:
    clerk = unmasking(office, "clerk", language)
    address = f"/personal/{named['holder']}/unmask?through=post-{named['post']}"
    assert address in clerk.text(f"/posts/{named['post']}")
    form = clerk.text(address)
    assert NAME not in form
    key = re.search(r'name="request_key" value="(\w+)"', form)
    sent = {"reason": "核对补助发放", "request_key": key.group(1) if key else ""}
    answer = clerk.post(address, sent, token_from=address)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert all(value in answer.text for value in (NAME, PHONE, NUMBER))
    again = clerk.post(address, sent, token_from=address)
    assert again.status_code == 303
    assert NAME not in clerk.text(f"/posts/{named['post']}")
    with office.session() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "personal.read"))
        assert (entry.record_id, entry.reason, entry.result) == (named["holder"], "核对补助发放", "success")


@pytest.mark.parametrize(
    ("record", "person"),
    [("post", "holder"), ("batch", "item"), ("party", "person")],
    ids=["post", "household", "holder"],
)
def test_each_record_that_names_a_person_leads_to_the_values(
    office: Office, named: dict[str, int], record: str, person: str
) -> None:
    clerk = unmasking(office, "clerk")
    table = "asset" if record == "batch" else record
    page = {"post": "/posts/", "asset": "/registry/", "party": "/parties/"}[table]
    address = f"/personal/{named[person]}/unmask?through={table}-{named[record]}"
    assert address in clerk.text(f"{page}{named[record]}")
    assert NAME in clerk.post(address, {"reason": "核对"}, token_from=address).text


def test_without_a_reason_nothing_is_shown(office: Office, named: dict[str, int]) -> None:
    clerk = unmasking(office, "clerk")
    address = f"/personal/{named['holder']}/unmask?through=post-{named['post']}"
    answer = clerk.post(address, {"reason": " "}, token_from=address)
    assert answer.status_code == 400
    assert NAME not in answer.text


def test_whoever_has_no_such_grant_is_offered_nothing_and_refused(office: Office, named: dict[str, int]) -> None:
    clerk = office.browser("clerk")
    address = f"/personal/{named['holder']}/unmask?through=post-{named['post']}"
    assert "/unmask" not in clerk.text(f"/posts/{named['post']}")
    assert clerk.get(address).status_code == 403
    assert clerk.post(address, {"reason": "好奇"}).status_code == 403
    with office.session() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "personal.read"))
        assert (entry.result, entry.changes and entry.changes["person"]) == ("refused", named["holder"])


def test_a_foreign_person_and_a_missing_one_are_answered_alike(office: Office, named: dict[str, int]) -> None:
    neighbour = unmasking(office, "neighbour_clerk")
    foreign = f"/personal/{named['holder']}/unmask?through=post-{named['post']}"
    missing = "/personal/987654/unmask?through=post-987654"
    for address in (foreign, missing):
        assert neighbour.get(address).status_code == 404
        assert neighbour.post(address, {"reason": "核对"}).status_code == 404


def test_more_than_the_setting_allows_in_an_hour_is_refused(
    office: Office, named: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = unmasking(office, "clerk")
    monkeypatch.setattr("assets.personal.reading._count", _refuse)
    address = f"/personal/{named['holder']}/unmask?through=post-{named['post']}"
    answer = clerk.post(address, {"reason": "核对"}, token_from=address)
    assert answer.status_code == 429
    assert "60" in answer.text
    assert NAME not in answer.text


def _refuse(_session: object, _now: object, per_hour: int) -> None:
    from assets.personal.reading import TooManyReads

    raise TooManyReads(limit=per_hour)


def test_a_telephone_number_is_corrected_without_being_seen(office: Office, named: dict[str, int]) -> None:
    clerk = office.browser("clerk")
    address = f"/personal/{named['holder']}/correct?through=post-{named['post']}"
    page = clerk.text(address)
    assert 'placeholder="137****9876"' in page
    assert 'data-personal=""' in page
    assert clerk.post(address, {"phone": "13800001234", "reason": "换号"}, token_from=address).status_code == 303
    with office.session() as session:
        person = session.get_one(Person, named["holder"])
        assert (person.name, person.phone, person.id_number) == (NAME, "13800001234", NUMBER)
    assert "撤销" not in clerk.text(f"/posts/{named['post']}")


def test_an_administrator_finds_hands_over_and_erases(office: Office, named: dict[str, int]) -> None:
    admin = unmasking(office, "administrator")
    found = admin.post("/personal/", {"name": NAME, "phone": PHONE}, token_from="/personal/")
    assert f"/personal/{named['holder']}" in found.text
    assert NAME not in found.text.replace(f'value="{NAME}"', "")
    address = f"/personal/{named['holder']}"
    assert "大力村管水员" in admin.text(address)
    book = admin.post(f"{address}/file", {"reason": "本人申请"}, token_from=f"{address}/file")
    assert NAME in content(book)
    refused = admin.post(f"{address}/erase", {"reason": "本人申请"}, token_from=f"{address}/erase")
    assert refused.status_code == 409
    assert "大力村管水员" in refused.text
    with office.session() as session:
        for holding in session.scalars(select(PostHolding).where(PostHolding.person_id == named["holder"])):
            holding.valid_to = dt.date(2025, 1, 1)
    assert admin.post(f"{address}/erase", {"reason": "本人申请"}, token_from=f"{address}/erase").status_code == 303
    assert "已删除" in admin.text(f"/posts/{named['post']}")
    with office.session() as session:
        assert session.get_one(Person, named["holder"]).name is None


def test_only_such_an_administrator_opens_the_pages_about_people(office: Office, named: dict[str, int]) -> None:
    for browser in (office.browser("administrator"), unmasking(office, "clerk")):
        for address in ("/personal/", f"/personal/{named['holder']}", f"/personal/{named['holder']}/erase"):
            assert browser.get(address).status_code == 403


def test_a_holder_is_found_by_the_whole_name_and_told_apart_by_the_place(office: Office, named: dict[str, int]) -> None:
    clerk = office.browser("clerk")
    [found] = clerk.get(f"/records/choices/parties.json?q={NAME}").get_json()
    assert (found["id"], found["label"]) == (named["party"], "欧**")
    assert office.tree.north_villages[0].short_name in found["note"]
    assert clerk.get("/records/choices/parties.json?q=欧阳明").get_json() == []
