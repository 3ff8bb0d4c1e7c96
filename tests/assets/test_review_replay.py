"""Whatever people submit, approve, return and withdraw: what is in force equals a plain replay of what was approved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from assets.errors import RegistryError
from assets.registry.models import Asset
from assets.registry.service import correct_asset
from assets.review import deciding
from assets.review.models import Proposal
from assets.review.proposing import ChangeWaits, SentForReview
from assets.scope import Viewer, bind_viewer
from tests import factories
from tests.assets.review_desk import DAY, ReviewDesk

STEPS = ("town", "county")
FIELDS = ("specification", "source")
WORDS = ("甲", "乙", "丙")
CLERKS = ("clerk", "other_clerk")
DECIDERS = {"town": ("town",), "other_town": ("town",), "county": STEPS, "water": ()}


@dataclass
class Paper:
    """One change on a sheet of paper."""

    who: str
    asset: int
    name: str
    base: str | None
    word: str
    step: str | None = "town"


@dataclass
class Replay:
    """What is in force, and what waits, without any database."""

    held: list[dict[str, str | None]] = field(default_factory=lambda: [dict.fromkeys(FIELDS) for _ in range(2)])
    papers: list[Paper] = field(default_factory=list)

    def waits(self, asset: int) -> bool:
        return any(paper.asset == asset and paper.step for paper in self.papers)

    def submit(self, who: str, asset: int, name: str, word: str) -> str:
        if self.held[asset][name] == word:
            return "same"
        if self.waits(asset):
            return "waits"
        self.papers.append(Paper(who, asset, name, self.held[asset][name], word))
        return "sent"

    def approve(self, who: str, paper: Paper) -> bool:
        if paper.step not in DECIDERS[who]:
            return False
        if paper.step == "town":
            paper.step = "county"
            return True
        # What others have changed meanwhile is a clash, unless they changed it to the same.
        if self.held[paper.asset][paper.name] not in (paper.base, paper.word):
            return False
        self.held[paper.asset][paper.name] = paper.word
        paper.step = None
        return True

    def end(self, who: str, paper: Paper, *, own: bool) -> bool:
        if paper.step is None or not (paper.who == who if own else paper.step in DECIDERS[who]):
            return False
        paper.step = None
        return True


_changes = st.tuples(
    st.just("submit"), st.sampled_from(CLERKS), st.integers(0, 1), st.sampled_from(FIELDS), st.sampled_from(WORDS)
)
_direct = st.tuples(st.just("direct"), st.integers(0, 1), st.sampled_from(FIELDS), st.sampled_from(WORDS))
_decisions = st.tuples(st.sampled_from(("approve", "return")), st.sampled_from(sorted(DECIDERS)), st.integers(0, 5))
_withdrawals = st.tuples(st.just("withdraw"), st.sampled_from(CLERKS), st.integers(0, 5))


@pytest.fixture
def ground(session: Session) -> tuple[ReviewDesk, list[Asset]]:
    desk = ReviewDesk(session)
    desk.rule(*STEPS)
    return desk, [desk.made(factories.asset, desk.tree.north_villages[0]) for _ in range(2)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(_changes, _decisions, _decisions, _withdrawals, _direct), max_size=18))
def test_what_is_in_force_is_what_was_approved(ground: tuple[ReviewDesk, list[Asset]], steps: list[Any]) -> None:
    desk, assets = ground
    session = desk.session
    before = session.begin_nested()
    try:
        _play(desk, assets, steps)
    finally:
        before.rollback()
        session.expire_all()


def _play(desk: ReviewDesk, assets: list[Asset], steps: list[Any]) -> None:
    session = desk.session
    replay, proposals = Replay(), []
    for step in steps:
        _take(desk, assets, replay, proposals, step)
    bind_viewer(session, Viewer.system())
    session.flush()
    for number, asset in enumerate(assets):
        session.refresh(asset)
        assert {name: getattr(asset, name) for name in FIELDS} == replay.held[number]
        assert (asset.review_status == "pending") == replay.waits(number)
    for paper, proposal in zip(replay.papers, proposals, strict=True):
        assert proposal.step == paper.step


def _take(desk: ReviewDesk, assets: list[Asset], replay: Replay, proposals: list[Proposal], step: Any) -> None:
    session, verb = desk.session, step[0]
    if verb == "direct":
        _verb, number, name, word = step
        _correct(session, assets[number], name, word, desk=desk)
        replay.held[number][name] = word
        return
    desk.seat(step[1])
    if verb == "submit":
        _verb, who, number, name, word = step
        expected = replay.submit(who, number, name, word)
        assert _submitted(session, assets[number], name, word, proposals) == expected
        return
    if step[2] >= len(proposals):
        return
    paper, proposal = replay.papers[step[2]], proposals[step[2]]
    if verb == "approve":
        expected_done = replay.approve(step[1], paper)
    else:
        expected_done = replay.end(step[1], paper, own=verb == "withdraw")
    assert _decided(desk, verb, proposal, assets[replay.papers[step[2]].asset]) == expected_done


def _correct(session: Session, asset: Asset, name: str, word: str, *, desk: ReviewDesk | None = None) -> None:
    session.refresh(asset)
    values: dict[str, Any] = {name: word}
    if desk is not None:
        desk.made(correct_asset, asset.id, revision=asset.revision, reason="核对", today=DAY, **values)
    else:
        correct_asset(session, asset.id, revision=asset.revision, reason="核对", today=DAY, **values)


def _submitted(session: Session, asset: Asset, name: str, word: str, proposals: list[Proposal]) -> str:
    try:
        _correct(session, asset, name, word)
    except SentForReview as sent:
        session.flush()
        proposals.append(sent.proposal)
        return "sent"
    except ChangeWaits:
        return "waits"
    return "same"


def _decided(desk: ReviewDesk, verb: str, proposal: Proposal, asset: Asset) -> bool:
    session = desk.session
    session.refresh(asset)
    step = proposal.step or "county"
    try:
        # As a request would: what is refused is rolled back.
        with session.begin_nested():
            if verb == "approve":
                deciding.approve(session, proposal.id, step=step, today=DAY, seen_revision=asset.revision)
            elif verb == "return":
                deciding.return_proposal(session, proposal.id, step=step, reason="请核对", today=DAY)
            else:
                deciding.withdraw(session, proposal.id)
    except RegistryError:
        session.refresh(proposal)
        return False
    session.flush()
    return True
