"""Two people at once: each decision counts once, each record has one change that waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets.accounts.queries import reaches_of
from assets.errors import RegistryError
from assets.registry.models import Asset
from assets.registry.service import correct_asset
from assets.review import deciding
from assets.review.models import Proposal, ReviewDecision, ReviewRule
from assets.review.proposing import SentForReview
from assets.scope import ScopedSession, Viewer, bind_viewer
from assets.terms.defaults import load_defaults
from tests import factories
from tests.app.test_review import PERSONAS
from tests.people import Office

DAY = factories.DAY
PERSONAS.setdefault("other_approver", lambda s, tree: factories.account(s, "other_approver", "approver", tree.north))


@pytest.fixture
def asset_id(office: Office) -> int:
    with office.session() as session:
        load_defaults(session)
        north = office.tree.north.id
        session.add(ReviewRule(region_id=north, kind="asset", steps=["town"], valid_from=DAY.replace(year=2024)))
        return factories.asset(session, office.tree.north_villages[0], name="大力村冷库").id


def as_(office: Office, persona: str, act: Callable[[Session], Any]) -> Any:
    account = office.account(persona)
    with ScopedSession(office.engine, expire_on_commit=False) as session:
        reaches = tuple(reaches_of(bind_viewer(session, Viewer.system()), account, DAY))
        bind_viewer(session, Viewer(account, persona, "127.0.0.1", reaches))
        try:
            act(session)
        except SentForReview:
            pass
        except RegistryError as refusal:
            session.rollback()
            return type(refusal).__name__
        session.commit()
        return "done"


def together(*acts: Callable[[], Any]) -> list[Any]:
    results: list[Any] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        gate.wait(10)
        try:
            results.append(act())
        except IntegrityError as problem:
            results.append(type(problem).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(results)


def rename(name: str, asset_id: int) -> Callable[[Session], Any]:
    def act(session: Session) -> None:
        correct_asset(session, asset_id, revision=1, name=name, reason="更名", today=DAY)

    return act


def test_two_approvers_at_once_approve_once(office: Office, asset_id: int) -> None:
    assert as_(office, "clerk", rename("新冷库", asset_id)) == "done"
    with office.session() as session:
        number = session.scalars(select(Proposal.id)).one()

    def approve(session: Session) -> None:
        deciding.approve(session, number, step="town", today=DAY)

    for persona in ("town_approver", "other_approver"):
        office.account(persona)
    results = together(lambda: as_(office, "town_approver", approve), lambda: as_(office, "other_approver", approve))
    assert results == ["DecidedMeanwhile", "done"]
    with office.session() as session:
        assert session.scalar(select(func.count()).select_from(ReviewDecision)) == 1
        assert session.get_one(Asset, asset_id).revision == 2


def test_two_clerks_at_once_leave_one_change_that_waits(office: Office, asset_id: int) -> None:
    for persona in ("clerk", "planner"):
        office.account(persona)
    results = together(
        lambda: as_(office, "clerk", rename("甲冷库", asset_id)),
        lambda: as_(office, "planner", rename("乙冷库", asset_id)),
    )
    assert results in (["ChangeWaits", "done"], ["IntegrityError", "done"])
    with office.session() as session:
        assert session.scalar(select(func.count()).select_from(Proposal)) == 1
