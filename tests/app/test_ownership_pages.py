"""Rights, holders, duties and posts as people see and enter them."""

from __future__ import annotations

import datetime as dt
import threading
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from assets.maintenance.models import Duty
from assets.ownership.models import Right
from assets.parties.models import Party, Post
from assets.parties.service import find_or_create_party
from assets.registry.models import Asset
from assets.scope import ScopedSession, Viewer, bind_viewer
from assets.terms.models import Term
from tests import factories
from tests.people import Browser, Office

SINCE = dt.date(2024, 2, 1)


@pytest.fixture
def ids(office: Office) -> dict[str, int]:
    """An earning asset of 大力村, three holders and a filled post."""
    with office.session() as session:
        village = office.tree.north_villages[0]
        known = {"kind": "fund_source", "code": "county", "name_zh": "县级", "name_en": "County"}
        session.add(Term(**known, valid_from=dt.date(2000, 1, 1)))
        asset = factories.asset(session, village, name="大力村冷库", asset_class="earning")
        parties = [factories.party(session, f"{name}村集体", region_id=village.id) for name in "甲乙丙"]
        post = factories.post(session, village, "大力村管水员")
        factories.holding(session, post)
        return {"asset": asset.id, "post": post.id} | {name: p.id for name, p in zip("abc", parties, strict=True)}


@pytest.fixture
def clerk(office: Office, ids: dict[str, int]) -> Browser:
    return office.browser("clerk")


def send(browser: Browser, address: str, **values: Any) -> Any:
    return browser.post(address, {"request_key": f"key-{len(address)}-{hash(str(values))}", "reason": "登记"} | values)


def saved(browser: Browser, address: str, **values: Any) -> str:
    answer = send(browser, address, **values)
    assert answer.status_code == 303, unescape(answer.text).partition("form-summary")[2][:1500]
    return str(answer.headers["Location"])


def refused(browser: Browser, address: str, **values: Any) -> str:
    answer = send(browser, address, **values)
    assert answer.status_code == 400
    return unescape(answer.text)


def right(ids: dict[str, int], **values: Any) -> dict[str, Any]:
    return {"kind": "ownership", "party_id": ids["a"], "valid_from": "2024-02-01", "document": "陇确字1号"} | values


def test_a_clerk_grants_a_right_and_sees_it_on_the_page(clerk: Browser, ids: dict[str, int]) -> None:
    address = f"/registry/{ids['asset']}/rights/"
    page = clerk.text(saved(clerk, f"{address}new", **right(ids, share="1/3")))
    assert "已登记“甲村集体”的权利" in page
    assert "1/3" in page
    assert "2/3" in page  # what is not certain
    assert "这一天尚无已登记的权利人" in clerk.text(f"{address}?on=2024-01-31")


def test_a_wrong_right_is_told_beside_its_fields_and_nothing_is_lost(clerk: Browser, ids: dict[str, int]) -> None:
    page = refused(clerk, f"/registry/{ids['asset']}/rights/new", **right(ids, share="3/2", valid_from="2023-12-31"))
    assert "该资产自 2024-01-15 起才存在" in page or "3/2" in page
    assert "陇确字1号" in page


def test_a_new_holder_is_entered_with_the_right(office: Office, clerk: Browser, ids: dict[str, int]) -> None:
    values = {"party_id": "", "party_id-words": "陇县绿源农业有限公司", "party_id-type": "company"}
    saved(clerk, f"/registry/{ids['asset']}/rights/new", **right(ids, kind="operation", **values))
    with office.session() as session:
        made = session.scalars(select(Party).where(Party.type == "company")).one()
        assert session.scalars(select(Right.party_id)).all() == [made.id]


def shares(ids: dict[str, int], *given: tuple[str, str], **values: Any) -> dict[str, Any]:
    rows = {f"party_{n}": ids[name] for n, (name, _) in enumerate(given, 1)}
    rows |= {f"share_{n}": text for n, (_, text) in enumerate(given, 1)}
    return {"valid_from": "2024-02-01", "document": "陇确字2号"} | rows | values


def test_shares_left_empty_are_divided_equally(office: Office, clerk: Browser, ids: dict[str, int]) -> None:
    address = f"/registry/{ids['asset']}/rights/shares"
    saved(clerk, address, **shares(ids, ("a", ""), ("b", ""), ("c", "")))
    with office.session() as session:
        assert {(r.share_numerator, r.share_denominator) for r in session.scalars(select(Right))} == {(1, 3)}
    assert clerk.text(address).count('value="1/3"') == 3


def test_rounded_shares_are_refused_with_what_was_meant(clerk: Browser, ids: dict[str, int]) -> None:
    page = refused(
        clerk,
        f"/registry/{ids['asset']}/rights/shares",
        **shares(ids, ("a", "3333/10000"), ("b", "3333/10000"), ("c", "3333/10000")),
    )
    assert "份额合计 9999/10000 (99.99 %)，差 1/10000 (0.01 %)。可能应为：1/3、1/3、1/3。" in page


def test_a_right_is_corrected_and_ended(office: Office, clerk: Browser, ids: dict[str, int]) -> None:
    address = f"/registry/{ids['asset']}/rights/"
    saved(clerk, f"{address}new", **right(ids, kind="use"))
    with office.session() as session:
        held = session.scalars(select(Right)).one()
    values = {"party_id": ids["b"], "valid_from": "2024-02-01", "document": "甲", "revision": held.revision}
    saved(clerk, f"{address}{held.id}/correct", **values)
    saved(clerk, f"{address}{held.id}/end", on="2026-11-01", revision=held.revision + 1)
    with office.session() as session:
        assert session.scalars(select(Right.valid_to)).one() == dt.date(2026, 11, 1)


def test_a_right_of_another_asset_is_not_found(office: Office, clerk: Browser, ids: dict[str, int]) -> None:
    saved(clerk, f"/registry/{ids['asset']}/rights/new", **right(ids, kind="use"))
    with office.session() as session:
        other = factories.asset(session, office.tree.north_villages[0])
        held = session.scalars(select(Right)).one()
    assert clerk.get(f"/registry/{other.id}/rights/{held.id}/correct").status_code == 404


def test_certification_needs_owners_and_then_holds(office: Office, clerk: Browser, ids: dict[str, int]) -> None:
    address = f"/registry/{ids['asset']}/certify"
    given = {"certified_on": "2026-11-01", "certificate": "陇确字〔2026〕1号"}
    assert "请先登记所有权" in refused(clerk, address, **given)
    for kind in ("ownership", "income"):
        saved(clerk, f"/registry/{ids['asset']}/rights/shares?kind={kind}", **shares(ids, ("a", "1")))
    page = clerk.text(saved(clerk, address, **given))
    assert "已于 2026-11-01 确权：陇确字〔2026〕1号" in page
    with office.session() as session:
        assert session.get_one(Asset, ids["asset"]).certified_on == dt.date(2026, 11, 1)


@pytest.mark.parametrize("persona", ["leader", "viewer", "auditor", "caretaker"])
def test_readers_see_rights_and_posts_and_change_nothing(
    office: Office, clerk: Browser, ids: dict[str, int], persona: str
) -> None:
    saved(clerk, f"/registry/{ids['asset']}/rights/new", **right(ids, share="1"))
    reader = office.browser(persona)
    pages = (
        f"/registry/{ids['asset']}/rights/",
        f"/parties/{ids['a']}",
        "/parties/",
        "/posts/",
        f"/posts/{ids['post']}",
    )
    for page in pages:
        assert "/new" not in reader.text(page)
    forms = ("rights/new", "rights/shares", "certify", "duties/new")
    for form in (*(f"/registry/{ids['asset']}/{form}" for form in forms), "/parties/new", "/posts/new"):
        assert reader.get(form).status_code == 403, form


def test_the_clerk_of_the_next_town_finds_none_of_it(office: Office, ids: dict[str, int]) -> None:
    neighbour = office.browser("neighbour_clerk")
    for page in (
        f"/registry/{ids['asset']}/rights/",
        f"/registry/{ids['asset']}/rights/new",
        f"/registry/{ids['asset']}/duties/new",
        f"/parties/{ids['a']}",
        f"/posts/{ids['post']}",
    ):
        assert neighbour.get(page).status_code == 404, page
    for page in ("/parties/", "/posts/"):
        text = neighbour.text(page)
        assert "甲村集体" not in text
        assert "大力村管水员" not in text


def test_holders_are_listed_filtered_and_shown_with_their_rights(clerk: Browser, ids: dict[str, int]) -> None:
    saved(clerk, f"/registry/{ids['asset']}/rights/new", **right(ids, share="1/4"))
    assert "甲村集体" in clerk.text("/parties/?party_type=village_collective&q=jiacun")
    assert "甲村集体" not in clerk.text("/parties/?party_type=company")
    page = clerk.text(f"/parties/{ids['a']}")
    assert "大力村冷库" in page
    assert "25.00 %" in page
    assert clerk.get("/parties/export.xlsx").status_code == 200
    assert clerk.get("/posts/export.xlsx").status_code == 200


def test_a_holder_is_registered_corrected_merged_and_told(office: Office, clerk: Browser, ids: dict[str, int]) -> None:
    given = {"name": "大力村绿源农场", "type": "company", "region_id": office.tree.north.id}
    assert "校验位不符" in refused(clerk, "/parties/new", **given, code="91610327MA6X000010")
    address = saved(clerk, "/parties/new", **given, contact_phone="13812345678")
    page = clerk.text(address)
    assert "138****5678" in page
    assert "13812345678" not in page
    saved(clerk, f"{address}/correct", **given | {"name": "绿源农场"}, revision=1)
    saved(clerk, f"/parties/{ids['b']}/merge", keep_id=ids["a"], on="2026-11-01", revision=1)
    assert "甲村集体" in clerk.text(f"/parties/{ids['b']}")
    assert "乙村集体" in clerk.text(f"/parties/{ids['a']}")
    with office.session() as session:
        assert session.get_one(Party, ids["b"]).successor_id == ids["a"]


def duty(ids: dict[str, int], **values: Any) -> dict[str, Any]:
    return {
        "body_party_id": ids["a"],
        "post_id": ids["post"],
        "fund_source": "county",
        "interval_days": "90",
        "valid_from": "2024-02-01",
    } | values


def test_upkeep_is_assigned_corrected_and_ended(office: Office, clerk: Browser, ids: dict[str, int]) -> None:
    address = f"/registry/{ids['asset']}/duties/"
    assert "天" in refused(clerk, f"{address}new", **duty(ids, interval_days="0"))
    saved(clerk, f"{address}new", **duty(ids))
    with office.session() as session:
        given = session.scalars(select(Duty)).one()
    saved(clerk, f"{address}{given.id}/correct", **duty(ids, interval_days="30"), revision=given.revision)
    saved(clerk, f"{address}{given.id}/end", on="2026-11-01", revision=given.revision + 1)
    with office.session() as session:
        held = session.scalars(select(Duty)).one()
        assert (held.interval_days, held.valid_to) == (30, dt.date(2026, 11, 1))


def test_a_post_is_found_by_its_title(clerk: Browser, ids: dict[str, int]) -> None:
    saved(clerk, f"/registry/{ids['asset']}/duties/new", **duty(ids, post_id="", **{"post_id-words": "大力村管水员"}))
    page = refused(clerk, f"/registry/{ids['asset']}/duties/new", **duty(ids, post_id="", **{"post_id-words": "没有"}))
    assert "您的辖区内没有岗位“没有”" in page


def test_all_selected_assets_are_given_into_one_upkeep(office: Office, clerk: Browser, ids: dict[str, int]) -> None:
    with office.session() as session:
        others = [factories.asset(session, office.tree.north_villages[1]).id for _ in range(4)]
    chosen = ".".join(map(str, (ids["asset"], *others)))
    address = f"/registry/duties/assign?ids={chosen}&count=5"
    assert "5" in clerk.text(address)
    saved(clerk, address, **duty(ids, replacing="y"))
    with office.session() as session:
        assert set(session.scalars(select(Duty.asset_id))) == {ids["asset"], *others}


def test_a_post_is_registered_filled_replaced_and_left_vacant(
    office: Office, clerk: Browser, ids: dict[str, int]
) -> None:
    address = saved(clerk, "/posts/new", title="八渡镇护路员", region_id=office.tree.north.id)
    assert "目前无人在岗" in clerk.text(address)
    saved(clerk, f"{address}/fill", person_name="李四", phone="13812345678", valid_from="2026-10-01")
    saved(clerk, f"{address}/fill", person_name="王五", valid_from="2026-11-01")
    page = clerk.text(address)
    assert "王**" in page
    assert "李**" in page
    assert "李四" not in page
    saved(clerk, f"{address}/vacate", on="2026-11-10")
    assert "目前无人在岗" in clerk.text(address)
    saved(clerk, f"{address}/correct", title="护路员", region_id=office.tree.north.id, revision=1)
    saved(clerk, f"{address}/retire", on="2026-11-20", revision=2)
    with office.session() as session:
        assert session.scalars(select(Post.retired_on).where(Post.title == "护路员")).one() == factories.DAY


def test_the_pages_speak_english(office: Office, clerk: Browser, ids: dict[str, int]) -> None:
    saved(clerk, f"/registry/{ids['asset']}/rights/new", **right(ids, share="1/3"))
    reader = office.browser("clerk", language="en")
    assert "Who holds what" in reader.text(f"/registry/{ids['asset']}/rights/")
    assert "Its rights over time" in reader.text(f"/parties/{ids['a']}")
    assert "Who fills it" in reader.text(f"/posts/{ids['post']}")


def test_two_who_enter_one_holder_at_the_same_time_make_one(office: Office) -> None:
    barrier, ids = threading.Barrier(2), []

    def enter(name: str) -> None:
        with ScopedSession(office.engine, expire_on_commit=False) as session:
            bind_viewer(session, Viewer.system())
            barrier.wait()
            made = find_or_create_party(session, name=name, type="company", today=factories.DAY)
            session.commit()
            ids.append(made.id)

    for round_ in range(5):
        ids.clear()
        spellings = (f"陇县绿源{round_}号农业有限公司", f"陇县绿源{round_}号（农业）有限公司")
        both = [threading.Thread(target=enter, args=(name,)) for name in spellings]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert len(ids) == 2
        assert ids[0] == ids[1]
