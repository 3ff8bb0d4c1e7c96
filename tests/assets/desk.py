"""Somebody who keeps records, on the registry's own floor: roles to take, and what was refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.audit import Deed
from assets.errors import Problem, Unacceptable
from assets.registry.models import Asset
from assets.registry.service import register_asset
from assets.scope import Reach, ScopedSession, Viewer, bind_viewer
from assets.terms.defaults import load_defaults
from tests import factories

DAY = factories.DAY


@dataclass
class Desk:
    """A session over the regions of ``tree``, with the dated terms; at first the clerk of the north sits here."""

    session: Session
    tree: factories.Tree = field(init=False)

    def __post_init__(self) -> None:
        load_defaults(self.session)
        self.tree = factories.tree(self.session)
        self.seat("clerk")

    def seat(self, role: str | None, where: Any = None, *, sectors: frozenset[str] | None = None) -> None:
        """Let somebody else sit down; None is the program itself."""
        where = where or self.tree.north
        reach = Reach(role or "", where.id, where.region_path, sectors)
        bind_viewer(self.session, Viewer(7, role, "127.0.0.1", (reach,)) if role else Viewer.system())

    def made(self, factory: Callable[..., Any], *args: Any, **values: Any) -> Any:
        """Something made by a factory, whoever sits here."""
        viewer = self.session.info["viewer"]
        bind_viewer(self.session, Viewer.system())
        try:
            return factory(self.session, *args, **values)
        finally:
            bind_viewer(self.session, viewer)

    def register(self, **values: Any) -> Asset:
        """A public tank of 大力村, built on 2024-05-01 for 190,000 yuan of the county."""
        facts: dict[str, Any] = {
            "name": "大力村蓄水池",
            "asset_class": "public",
            "sector": "water",
            "built_on": DAY.replace(year=2024, month=5, day=1),
            "region_id": self.tree.north_villages[0].id,
            "original_value_yuan": 190_000,
            "fund_source": "county",
        }
        return register_asset(self.session, today=DAY, **(facts | values))

    def entries(self, since: int = 0) -> list[tuple[str, str | None]]:
        """Action and table of the audit's entries after the one with the id ``since``."""
        self.session.flush()
        rows = self.session.scalars(select(Deed).where(Deed.id > since).order_by(Deed.id))
        return [(row.action, row.table_name) for row in rows]

    def last_entry(self) -> int:
        """The id of the latest entry."""
        self.session.flush()
        return self.session.scalar(select(Deed.id).order_by(Deed.id.desc()).limit(1)) or 0


def refused(act: Callable[..., Any], *args: Any, **values: Any) -> dict[str, Problem]:
    """What was wrong with an action, by field; it must have been refused."""
    with pytest.raises(Unacceptable) as refusal:
        act(*args, **values)
    return {problem.field: problem for problem in refusal.value.problems}


def seen_by(session: Session, role: str, where: str, *, sectors: frozenset[str] | None = None) -> ScopedSession:
    """The same transaction, looked at by somebody else with one role below the path ``where``."""
    other = ScopedSession(session.connection(), join_transaction_mode="create_savepoint")
    bind_viewer(other, Viewer(account_id=1, reaches=(Reach(role, 0, where, sectors),)))
    return other


def as_clerk(session: Session, tree: factories.Tree, role: str = "clerk") -> Session:
    """The session itself, from now on that of the northern town's clerk, or of another role there."""
    return bind_viewer(session, Viewer(1, reaches=(Reach(role, tree.north.id, tree.north.region_path),)))
