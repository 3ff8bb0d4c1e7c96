"""Review at the desk, by persona: submitting, deciding, returning, and what nobody may see or do."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from assets.accounts.models import Account
from assets.audit import AuditEntry
from assets.registry.models import Asset
from assets.registry.service import correct_asset
from assets.review.models import Proposal, ReviewRule
from assets.terms.defaults import load_defaults
from tests import factories
from tests.app.test_registry_forms import ENTERED, NEW
from tests.people import PERSONAS, Browser, Office

PERSONAS.update(
    town_approver=lambda s, tree: factories.account(s, "town_approver", "approver", tree.north),
    south_approver=lambda s, tree: factories.account(s, "south_approver", "approver", tree.south),
    county_approver=lambda s, tree: factories.account(s, "county_approver", "approver", tree.county),
)


@pytest.fixture
def reviewed(office: Office) -> Office:
    """An office in which changes of assets of the northern town pass the town and the county."""
    with office.session() as session:
        load_defaults(session)
        rule(session, office, "town", "county")
    return office


def rule(session: Any, office: Office, *steps: str, kind: str = "asset") -> None:
    session.add(
        ReviewRule(
            region_id=office.tree.north.id, kind=kind, steps=list(steps), valid_from=factories.DAY.replace(year=2024)
        )
    )


def registered(browser: Browser, **values: Any) -> TestResponse:
    return browser.post(NEW, ENTERED | {"request_key": "key-of-a-registration"} | values)


def submitted(browser: Browser, **values: Any) -> str:
    """The address of the proposal that a registration has become."""
    answer = registered(browser, **values)
    assert answer.status_code == 303, unescape(answer.text)[:2000]
    assert answer.location.startswith("/review/")
    return str(answer.location)


def decide(browser: Browser, address: str, step: str, verdict: str = "approve", **values: Any) -> TestResponse:
    if verdict == "approve":
        return browser.post(f"{address}/approve", {"step": step} | values)
    return browser.post(f"{address}/{verdict}", {"request_key": f"key-of-{verdict}"} | values)


def assets(office: Office) -> list[Asset]:
    with office.session() as session:
        return list(session.scalars(select(Asset).order_by(Asset.id)))


def test_a_registration_is_submitted_and_in_force_after_town_and_county(reviewed: Office) -> None:
    clerk = reviewed.browser("clerk")
    address = submitted(clerk)
    page = clerk.text(address)
    assert "已提交审核" in page
    assert "大力村蓄水池" in page
    assert "190,000.00 元" in page
    assert "撤回变更" in page
    assert "通过审核" not in page
    assert assets(reviewed) == []
    town = reviewed.browser("town_approver")
    assert "通过审核" in town.text(address)
    assert decide(town, address, "town").status_code == 303
    assert assets(reviewed) == []
    county = reviewed.browser("county_approver")
    assert decide(county, address, "county").status_code == 303
    [made] = assets(reviewed)
    assert (made.name, made.created_by) == ("大力村蓄水池", reviewed.account("clerk"))
    trail = reviewed.browser("clerk").text(f"/registry/{made.id}")
    assert "clerk" in trail


def test_the_same_form_sent_twice_is_one_proposal(reviewed: Office) -> None:
    clerk = reviewed.browser("clerk")
    assert submitted(clerk) == submitted(clerk)
    with reviewed.session() as session:
        assert session.scalar(select(func.count()).select_from(Proposal)) == 1


def test_where_no_rule_is_a_registration_is_saved_at_once(reviewed: Office) -> None:
    answer = registered(reviewed.browser("neighbour_clerk"), **{"region_id-words": "天成村"})
    assert answer.status_code == 303
    assert answer.location.startswith("/registry/")


def test_a_returned_registration_opens_filled_in_and_is_submitted_again(reviewed: Office) -> None:
    clerk, town = reviewed.browser("clerk"), reviewed.browser("town_approver")
    address = submitted(clerk)
    assert decide(town, address, "town", "return", reason="").status_code == 400
    assert decide(town, address, "town", "return", reason="请补充规格").status_code == 303
    page = clerk.text(address)
    assert "请补充规格" in page
    again = re.search(r'href="(/registry/new\?proposal=\d+)"', page)
    assert again
    form = clerk.text(again.group(1))
    assert 'value="大力村蓄水池"' in form
    assert "190" in form
    answer = clerk.post(again.group(1), ENTERED | {"request_key": "key-of-the-second", "specification": "30立方米"})
    assert answer.status_code == 303, unescape(answer.text)[:1500]
    assert answer.location != address
    assert "已修改重报" in clerk.text(address)
    assert "30立方米" in clerk.text(answer.location)
    assert reviewed.browser("neighbour_clerk").get(again.group(1)).status_code == 404
    assert town.get(again.group(1)).status_code in (403, 404)


def test_a_correction_waits_and_the_page_of_the_record_says_so(reviewed: Office) -> None:
    with reviewed.session() as session:
        number = factories.asset(session, reviewed.tree.north_villages[0], name="大力村冷库").id
    clerk = reviewed.browser("clerk")
    form = clerk.text(f"/registry/{number}/correct")
    revision = re.search(r'name="revision" value="(\d+)"', form)
    assert revision
    entered = {k: v for k, v in ENTERED.items() if k not in ("original_value_yuan", "fund_source", "operating_status")}
    entered |= {"name": "大力村果品冷库", "built_on": "2024-01-15", "reason": "更名", "revision": revision.group(1)}
    entered |= {"request_key": "key-of-a-correction", "position_quality": "surveyed"}
    answer = clerk.post(f"/registry/{number}/correct", entered)
    assert answer.status_code == 303, unescape(answer.text)
    page = clerk.text(f"/registry/{number}")
    assert "有一项变更（更正）待审核，当前环节：镇审" in page
    assert answer.location in page
    assert "大力村果品冷库" not in page
    assert "大力村冷库" in clerk.text("/registry/?flag=pending")
    second = clerk.post(f"/registry/{number}/correct", entered | {"request_key": "key-of-another", "name": "又改名"})
    assert second.status_code == 409
    assert "已有一项变更待审核" in unescape(second.text)


def test_who_may_not_decide_is_told_and_nothing_changes(reviewed: Office) -> None:
    with reviewed.session() as session:
        clerk_account = session.get_one(Account, reviewed.account("clerk"))
        factories.grant(session, clerk_account, "approver", reviewed.tree.county)
    clerk = reviewed.browser("clerk")
    address = submitted(clerk)
    own = decide(clerk, address, "town")
    assert own.status_code == 403
    assert "须由他人审核" in unescape(own.text)
    wrong = decide(reviewed.browser("department"), address, "town")
    assert wrong.status_code == 403
    assert "其他环节" in unescape(wrong.text)
    assert decide(reviewed.browser("south_approver"), address, "town").status_code == 404
    assert reviewed.browser("south_approver").get(address).status_code == 404
    assert decide(reviewed.browser("planner"), address, "town").status_code == 403
    late = decide(reviewed.browser("town_approver"), address, "county")
    assert late.status_code == 409
    assert "已由" in unescape(late.text)
    assert assets(reviewed) == []


def test_only_the_submitter_withdraws(reviewed: Office) -> None:
    address = submitted(reviewed.browser("clerk"))
    assert decide(reviewed.browser("planner"), address, "town", "withdraw").status_code == 403
    assert decide(reviewed.browser("clerk"), address, "town", "withdraw").status_code == 303
    assert "提交人撤回" in reviewed.browser("clerk").text(address)
    assert decide(reviewed.browser("town_approver"), address, "town").status_code == 409


def test_the_queue_shows_what_waits_for_oneself_and_counts_it_in_the_rail(reviewed: Office) -> None:
    submitted(reviewed.browser("clerk"))
    town, county = reviewed.browser("town_approver"), reviewed.browser("county_approver")
    assert "大力村蓄水池" in town.text("/review/")
    assert re.search(r'class="rail-count"[^>]*>1<', town.text("/"))
    assert "大力村蓄水池" in county.text("/review/")
    assert "大力村蓄水池" in county.text("/review/all/")
    south = reviewed.browser("south_approver").text("/review/all/")
    assert "大力村蓄水池" not in south
    clerk = reviewed.browser("clerk")
    assert clerk.get("/review/").location == "/review/submitted/"
    assert "大力村蓄水池" in clerk.text("/review/submitted/")
    assert "大力村蓄水池" in town.text("/review/?proposal_kind=asset&review_step=town")
    assert "大力村蓄水池" not in town.text("/review/?proposal_kind=project")
    assert town.get("/review/?proposal_kind=nothing").status_code == 400
    assert town.get("/review/export.xlsx").status_code == 200


def test_many_are_looked_at_and_approved_together(reviewed: Office) -> None:
    with reviewed.session() as session:
        session.scalars(select(ReviewRule)).one().steps = ["town"]
        number = factories.asset(session, reviewed.tree.north_villages[0], name="大力村冷库").id
    clerk, town = reviewed.browser("clerk"), reviewed.browser("town_approver")
    first = submitted(clerk)
    second = submitted(clerk, request_key="key-of-the-other", name="大力村蓄水池二号", confirmed="similar")
    ids = [address.rsplit("/", 1)[1] for address in (first, second)]
    page = town.text(f"/review/approve?ids={'.'.join(ids)}&count=2")
    assert page.count('name="chosen"') == 2
    answer = town.post("/review/approve", {"chosen": [f"{one}.town" for one in ids]})
    assert answer.status_code == 303
    assert "已审核通过的变更：2 项" in town.text("/review/")
    names = [asset.name for asset in assets(reviewed)]
    assert names == ["大力村冷库", "大力村蓄水池", "大力村蓄水池二号"]
    assert number
    with reviewed.session() as session:
        batches = session.scalars(select(AuditEntry.batch).where(AuditEntry.action == "review.approve")).all()
        assert len(batches) == 2
        assert len(set(batches)) == 1
        alone = session.scalars(select(AuditEntry).where(AuditEntry.action == "review.approve_many")).one()
        assert alone.batch == batches[0]
    assert town.post("/review/approve", {"chosen": ["x.town", f"{'9' * 30}.town"]}).status_code == 400


def test_what_changed_meanwhile_is_shown_before_it_is_approved(reviewed: Office) -> None:
    with reviewed.session() as session:
        session.scalars(select(ReviewRule)).one().steps = ["town"]
        asset = factories.asset(session, reviewed.tree.north_villages[0], name="大力村冷库")
        proposal = Proposal(
            kind="asset",
            verb="registry.correct_asset",
            title=asset.name,
            region_id=asset.region_id,
            sector="water",
            table_name="asset",
            record_id=asset.id,
            entered={
                "args": ["tuple", asset.id],
                "values": [
                    "dict",
                    ["name", "新冷库"],
                    ["reason", "更名"],
                    ["revision", 1],
                    ["confirmed", ["frozenset"]],
                ],
                "row": ["asset", asset.id],
            },
            base_revision=1,
            differences=[
                {"table": "asset", "id": asset.id, "done": "changed", "changes": {"name": ["大力村冷库", "新冷库"]}}
            ],
            steps=["town"],
            step="town",
            submitted_by=reviewed.account("clerk"),
        )
        session.add(proposal)
        session.flush()
        correct_asset(session, asset.id, revision=1, specification="300吨", reason="补充规格", today=factories.DAY)
        address = f"/review/{proposal.id}"
    town = reviewed.browser("town_approver")
    page = town.text(address)
    assert "待审核期间，记录已有变动" in page
    assert "300吨" in page
    assert decide(town, address, "town", seen="1").status_code == 409
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    assert decide(town, address, "town", seen=seen.group(1)).status_code == 303
    [made] = assets(reviewed)
    assert (made.name, made.specification) == ("新冷库", "300吨")


def test_administrators_switch_the_steps_of_their_area(office: Office) -> None:
    with office.session() as session:
        load_defaults(session)
    administrator = office.browser("administrator")
    assert "直接生效" in administrator.text("/review/rules")
    address = "/review/rules/set?area=610327101&kind=asset"
    assert "目前待审核的变更：0 项" in administrator.text(address)
    entered = {"region_id": office.tree.north.id, "kind": "asset", "town": "yes", "valid_from": "2026-11-20"}
    answer = administrator.post(address, entered | {"request_key": "key-of-a-rule", "valid_from": "2026-11-01"})
    assert answer.status_code == 400
    assert "最早从今天起" in unescape(answer.text)
    answer = administrator.post(address, entered | {"request_key": "key-of-another-rule"})
    assert answer.status_code == 303, unescape(answer.text)
    assert "镇审" in administrator.text("/review/rules?area=610327101")
    submitted(office.browser("clerk"))
    assert office.browser("clerk").post(address, entered).status_code == 403
    assert office.browser("planner").get(address).status_code == 403


def test_the_pages_speak_english_as_well(reviewed: Office) -> None:
    submitted(reviewed.browser("clerk"))
    town = reviewed.browser("town_approver", "en")
    assert "Waiting for my decision" in town.text("/review/")
    page = town.text("/review/1")
    assert "Town review" in page
    assert "Approve" in page
    assert not re.search(r"[一-鿿]{2,}(审核|通过|退回)", page)


@pytest.mark.parametrize("address", ["/review/999999", "/review/99999999999999999999", "/review/1/return", "/review/0"])
def test_what_is_not_there_is_not_found(reviewed: Office, address: str) -> None:
    assert reviewed.browser("town_approver").get(address).status_code == 404


@pytest.mark.parametrize("text", ["x", "1.5", "９", "9" * 40, "' OR 1=1 --", "\x00"])
def test_a_strange_proposal_in_the_address_of_a_form_is_not_found(reviewed: Office, text: str) -> None:
    answer = reviewed.browser("clerk").get("/registry/new", query_string={"proposal": text})
    assert answer.status_code == 404
