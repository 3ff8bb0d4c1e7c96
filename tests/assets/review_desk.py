"""Who proposes and who decides, over one rolled-back session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.accounts.models import Account
from assets.accounts.queries import reaches_of
from assets.audit import AuditEntry
from assets.registry import service
from assets.registry.models import Asset
from assets.review import deciding
from assets.review.models import Proposal, ReviewRule
from assets.review.proposing import SentForReview
from assets.scope import Viewer, bind_viewer
from assets.terms.defaults import load_defaults
from tests import factories

DAY = factories.DAY


@dataclass
class ReviewDesk:
    """Accounts of every role over ``tree``; the clerk of the north sits here at first."""

    session: Session
    tree: factories.Tree = field(init=False)
    people: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        session = bind_viewer(self.session, Viewer.system())
        load_defaults(session)
        self.tree = tree = factories.tree(session)
        made = {
            "clerk": ("clerk", tree.north, None),
            "other_clerk": ("clerk", tree.north, None),
            "south_clerk": ("clerk", tree.south, None),
            "town": ("approver", tree.north, None),
            "other_town": ("approver", tree.north, None),
            "south_town": ("approver", tree.south, None),
            "village": ("approver", tree.north_villages[0], None),
            "water": ("department", tree.county, "water"),
            "transport": ("department", tree.county, "transport"),
            "county": ("approver", tree.county, None),
            "administrator": ("administrator", tree.county, None),
        }
        self.people = {
            name: factories.account(session, name, role, where, sector=sector).id
            for name, (role, where, sector) in made.items()
        }
        self.seat("clerk")

    def seat(self, name: str) -> int:
        """Let somebody sit down, with the grants they have."""
        account = self.people[name]
        reaches = tuple(reaches_of(bind_viewer(self.session, Viewer.system()), account, DAY))
        bind_viewer(self.session, Viewer(account, name, "127.0.0.1", reaches))
        self.session.info.pop("review rules", None)
        return account

    def made(self, factory: Callable[..., Any], *args: Any, **values: Any) -> Any:
        """Something made by a factory, whoever sits here."""
        viewer = self.session.info["viewer"]
        bind_viewer(self.session, Viewer.system())
        try:
            return factory(self.session, *args, **values)
        finally:
            bind_viewer(self.session, viewer)

    def rule(self, *steps: str, kind: str = "asset", where: Any = None, **values: Any) -> ReviewRule:
        """A rule since 2024."""
        values = {"valid_from": DAY.replace(year=2024, month=1, day=1)} | values
        made = ReviewRule(region_id=(where or self.tree.north).id, kind=kind, steps=list(steps), **values)
        self.session.add(made)
        self.session.flush()
        self.session.info.pop("review rules", None)
        return made

    def proposed(self, act: Callable[..., Any], *args: Any, **values: Any) -> Proposal:
        """What an action became: a proposal."""
        with pytest.raises(SentForReview) as sent:
            act(self.session, *args, **values)
        self.session.flush()
        return sent.value.proposal

    def approve(self, proposal: Proposal, *names: str, **values: Any) -> Proposal:
        """Let these people approve it one after the other."""
        for name in names:
            self.seat(name)
            assert proposal.step is not None
            deciding.approve(self.session, proposal.id, step=proposal.step, today=DAY, **values)
            self.session.flush()
        return proposal

    def entries(self, since: int = 0) -> list[AuditEntry]:
        """The audit's entries after the one with the id ``since``."""
        self.session.flush()
        return list(self.session.scalars(select(AuditEntry).where(AuditEntry.id > since).order_by(AuditEntry.id)))

    def last_entry(self) -> int:
        """The id of the latest entry."""
        entries = self.entries()
        return entries[-1].id if entries else 0

    def close(self, name: str) -> None:
        """Close an account."""
        self.made(lambda session: session.get(Account, self.people[name])).active = False
        self.session.flush()


def facts(desk: ReviewDesk, **more: Any) -> dict[str, Any]:
    start = {
        "name": "大力村蓄水池",
        "asset_class": "public",
        "sector": "water",
        "built_on": dt.date(2024, 5, 1),
        "region_id": desk.tree.north_villages[0].id,
        "original_value_yuan": 190_000,
        "fund_source": "county",
    }
    return start | more


def register(desk: ReviewDesk, **more: Any) -> Proposal:
    return desk.proposed(service.register_asset, today=DAY, **facts(desk, **more))


def rename(desk: ReviewDesk, asset: Asset, name: str = "大力村新冷库", **more: Any) -> Proposal:
    return desk.proposed(
        service.correct_asset, asset.id, revision=asset.revision, name=name, reason="更名", today=DAY, **more
    )


def count(desk: ReviewDesk, entity: Any) -> int:
    return desk.made(lambda session: session.scalar(select(func.count()).select_from(entity))) or 0
