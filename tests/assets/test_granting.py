"""Whom an administrator may grant what, and what ends with what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets.accounts.models import Account, ApiToken, Grant, SignedIn
from assets.accounts.passwords import matches
from assets.accounts.queries import find_viewer, reaches_of
from assets.accounts.sessions import start_session
from assets.audit import AuditEntry
from assets.errors import InvalidValue, NotAllowed, NotFound, RegistryError
from assets.grants import administering, granting, ways_in
from assets.grants.authority import BeyondAuthority, OwnAccount
from assets.scope import Viewer, bind_viewer
from assets.terms.defaults import load_defaults
from tests import factories
from tests.assets.refusals import refused

DAY, NOW = factories.DAY, dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
LATER = DAY + dt.timedelta(days=30)


class Staff:
    """The county's administrator and others, each of whom may act."""

    def __init__(self, session: Session) -> None:
        load_defaults(session)
        self.session = session
        self.tree = factories.tree(session)
        self.admin = factories.account(session, "admin", "administrator", self.tree.county)
        self.clerk = factories.account(session, "clerk", "clerk", self.tree.north)

    def act(self, who: Account) -> None:
        found = find_viewer(self.session, who.id, day=DAY, address="10.0.0.1")
        assert found is not None
        bind_viewer(self.session, found[1])

    def system(self) -> None:
        bind_viewer(self.session, Viewer.system())

    def grant(self, to: Account, **values: Any) -> Grant:
        given = {"role": "clerk", "region_id": self.tree.south.id, "sector": None, "valid_from": DAY, "valid_to": None}
        given |= {"may_unmask": False, "reason": "岗位调整", "today": DAY}
        return granting.add_grant(self.session, to.id, **given | values)

    def invite(self, **values: Any) -> ways_in.Invited:
        given = {"display_name": "王某", "username": "wang", "region_id": self.tree.north.id, "locale": "zh"}
        given |= {"role": "clerk", "sector": None, "valid_from": DAY, "valid_to": None, "may_unmask": False}
        return administering.invite_account(self.session, **given | {"today": DAY, "now": NOW} | values)


@pytest.fixture
def staff(session: Session) -> Staff:
    made = Staff(session)
    made.act(made.admin)
    return made


def actions(session: Session) -> list[tuple[str, str | None]]:
    rows = session.execute(select(AuditEntry.action, AuditEntry.table_name).order_by(AuditEntry.id))
    return [(action, table) for action, table in rows if action.startswith(("grants.", "accounts."))]


def test_an_invited_person_must_change_the_first_password(staff: Staff) -> None:
    invited = staff.invite()
    assert invited.account.must_change_password
    assert invited.account.password_expires_at is not None
    assert matches(invited.account.password_hash, invited.password)
    assert [reach.role for reach in reaches_of(staff.session, invited.account.id, DAY)] == ["clerk"]
    assert actions(staff.session) == [("grants.invite_account", "account"), ("grants.add_grant", "grant")]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"username": "clerk"}, ["username"]),
        ({"username": " CLERK "}, ["username"]),
        ({"username": "王"}, ["username"]),
        ({"username": "a b"}, ["username"]),
        ({"username": "(key)"}, ["username"]),
        ({"display_name": "  "}, ["display_name"]),
        ({"display_name": "王\u202e某"}, ["display_name"]),
        ({"locale": "fr"}, ["locale"]),
        ({"role": "king"}, ["role"]),
        ({"sector": "no such"}, ["sector"]),
        ({"valid_from": DAY - dt.timedelta(days=1)}, ["valid_from"]),
        ({"valid_to": DAY}, ["valid_to"]),
        ({"username": "", "display_name": "", "role": "king"}, ["display_name", "username", "role"]),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_with_everything(
    staff: Staff, values: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        staff.invite(**values)
    assert [problem.field for problem in refusal.value.problems] == fields  # type: ignore[attr-defined]


def test_nobody_grants_outside_the_own_area(staff: Staff) -> None:
    assert refused(staff.grant, staff.clerk, region_id=staff.tree.neighbour.id) == [("region_id", None)]
    assert refused(staff.grant, staff.clerk, region_id=staff.tree.city.id) == [("region_id", None)]
    assert refused(staff.invite, region_id=staff.tree.neighbour.id) == [("region_id", None)]


def test_administrators_are_appointed_from_strictly_above(staff: Staff) -> None:
    assert refused(staff.grant, staff.clerk, role="administrator", region_id=staff.tree.county.id) == [("role", None)]
    assert staff.grant(staff.clerk, role="administrator", region_id=staff.tree.north.id).id


def test_an_administrator_of_one_sector_grants_that_sector_only(staff: Staff) -> None:
    staff.system()
    water = factories.account(staff.session, "water", "administrator", staff.tree.county, sector="water")
    staff.act(water)
    newcomer = staff.invite(username="zhao", sector="water").account
    assert refused(staff.grant, newcomer, sector=None) == [("sector", None)]
    assert refused(staff.grant, newcomer, sector="transport") == [("sector", None)]
    assert staff.grant(newcomer, sector="water").sector == "water"
    with pytest.raises(BeyondAuthority):
        staff.grant(staff.clerk, sector="water")


def test_nobody_changes_own_grants(staff: Staff) -> None:
    with pytest.raises(OwnAccount):
        staff.grant(staff.admin)
    own = staff.session.scalars(select(Grant).where(Grant.account_id == staff.admin.id)).one()
    with pytest.raises(OwnAccount):
        granting.end_grant(staff.session, own.id, revision=own.revision, on=DAY, reason="不再需要", today=DAY)
    with pytest.raises(OwnAccount):
        ways_in.close_account(staff.session, staff.admin.id, reason="不再需要", today=DAY, now=NOW)


def test_an_account_of_the_neighbours_is_not_there(staff: Staff) -> None:
    staff.system()
    theirs = factories.account(staff.session, "theirs", "clerk", staff.tree.neighbour)
    staff.act(staff.admin)
    for action in (
        lambda: staff.grant(theirs),
        lambda: ways_in.invite_again(staff.session, theirs.id, reason="忘记密码", today=DAY, now=NOW),
        lambda: ways_in.close_account(staff.session, theirs.id, reason="调离本县", today=DAY, now=NOW),
    ):
        with pytest.raises(NotFound):
            action()


@pytest.mark.parametrize("role", ["planner", "auditor", "clerk"])
def test_others_than_administrators_keep_no_accounts(staff: Staff, role: str) -> None:
    staff.system()
    other = factories.account(staff.session, "other", role, staff.tree.county)
    staff.act(other)
    with pytest.raises(NotAllowed if role == "auditor" else NotFound):
        staff.grant(staff.clerk)
    with pytest.raises(InvalidValue):
        staff.invite()


def test_a_town_takes_over_nobody_who_holds_more(staff: Staff) -> None:
    """Setting the password of somebody with county rights would be a way to have them."""
    staff.system()
    mighty = factories.account(staff.session, "mighty", "clerk", staff.tree.north)
    factories.grant(staff.session, mighty, "approver", staff.tree.county)
    town = factories.account(staff.session, "town", "administrator", staff.tree.north)
    peer = factories.account(staff.session, "peer", "administrator", staff.tree.north)
    staff.act(town)
    for one in (mighty, peer):
        with pytest.raises(BeyondAuthority):
            ways_in.invite_again(staff.session, one.id, reason="忘记密码", today=DAY, now=NOW)
    assert ways_in.invite_again(staff.session, staff.clerk.id, reason="忘记密码", today=DAY, now=NOW).password


def test_the_same_grant_is_not_given_twice(staff: Staff) -> None:
    first = staff.grant(staff.clerk, valid_to=LATER)
    assert refused(staff.grant, staff.clerk, valid_from=LATER - dt.timedelta(days=1)) == [("role", None)]
    assert staff.grant(staff.clerk, valid_from=LATER).valid_from == first.valid_to


def test_the_database_refuses_two_alike_at_a_time(staff: Staff) -> None:
    staff.system()
    with pytest.raises(IntegrityError, match="ex_grant_one_at_a_time"):
        factories.grant(staff.session, staff.clerk, "clerk", staff.tree.north, valid_from=DAY)


def test_a_grant_ends_on_its_day_and_only_once(staff: Staff) -> None:
    grant = staff.grant(staff.clerk)
    granting.end_grant(staff.session, grant.id, revision=grant.revision, on=LATER, reason="到期收回", today=DAY)
    reached = [
        staff.tree.south.id in {r.region_id for r in reaches_of(staff.session, staff.clerk.id, day)}
        for day in (DAY, LATER - dt.timedelta(days=1), LATER)
    ]
    assert reached == [True, True, False]
    staff.session.refresh(grant)
    with pytest.raises(InvalidValue):
        granting.end_grant(
            staff.session, grant.id, revision=grant.revision, on=LATER + dt.timedelta(days=1), reason="改晚", today=DAY
        )
    with pytest.raises(granting.EndedAlready):
        granting.end_grant(staff.session, grant.id, revision=grant.revision, on=LATER, reason="再收回", today=LATER)


def test_a_grant_taken_back_before_it_begins_was_never_there(staff: Staff) -> None:
    grant = staff.grant(staff.clerk, valid_from=LATER)
    granting.end_grant(staff.session, grant.id, revision=grant.revision, on=DAY, reason="填写有误", today=DAY)
    assert grant.valid_to == grant.valid_from
    assert len(reaches_of(staff.session, staff.clerk.id, LATER)) == 1
    assert staff.grant(staff.clerk, valid_from=LATER).id


def test_closing_ends_everything_at_once_and_opening_brings_nothing_back(staff: Staff) -> None:
    staff.system()
    colleague = factories.account(staff.session, "colleague", "viewer", staff.tree.north)
    source = staff.session.scalars(select(Grant).where(Grant.account_id == staff.clerk.id)).one()
    factories.grant(staff.session, colleague, "clerk", staff.tree.north, valid_to=LATER, delegated_from=source.id)
    start_session(staff.session, staff.clerk.id, address=None, agent=None, now=NOW)
    key = {"name": "QGIS", "prefix": "xt_", "token_hash": "x", "scopes": ["tiles"], "expires_on": LATER}
    staff.session.add(ApiToken(account_id=staff.clerk.id, **key))
    staff.session.flush()
    assert len(reaches_of(staff.session, colleague.id, DAY)) == 2
    staff.act(staff.admin)
    ways_in.close_account(staff.session, staff.clerk.id, reason="调离本县", today=DAY, now=NOW)
    assert len(reaches_of(staff.session, colleague.id, DAY)) == 1
    assert staff.session.scalars(select(SignedIn.ended_by)).all() == ["closed"]
    assert staff.session.scalar(select(ApiToken.revoked_at)) is not None
    with pytest.raises(RegistryError):
        ways_in.close_account(staff.session, staff.clerk.id, reason="调离本县", today=DAY, now=NOW)
    with pytest.raises(RegistryError):
        staff.grant(staff.clerk)
    assert ways_in.reopen_account(staff.session, staff.clerk.id, reason="调回", today=DAY, now=NOW).password
    assert len(reaches_of(staff.session, colleague.id, DAY)) == 1
    assert staff.clerk.must_change_password
