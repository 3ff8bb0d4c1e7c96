"""What many tests begin with: regions, dated terms, an asset, and who holds, keeps or pays for it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from assets.parties.models import Party, Post
from assets.projects.models import FundDocument, Project
from assets.registry.models import Asset
from assets.terms.defaults import load_defaults
from tests import factories
from tests.assets.desk import Desk
from tests.assets.fund_desk import arrange, paid, received
from tests.assets.stage_desk import planned_in


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    return factories.tree(session)


@pytest.fixture
def dated_terms(session: Session) -> None:
    load_defaults(session)


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


@pytest.fixture
def asset(session: Session, tree: factories.Tree) -> Asset:
    """Built on 2024-01-15."""
    return factories.asset(session, tree.north_villages[0], name="大力村冷库", asset_class="earning")


@pytest.fixture
def holders(session: Session) -> list[Party]:
    return [factories.party(session, f"{name}村集体") for name in "甲乙丙丁"]


@pytest.fixture
def body(session: Session) -> Party:
    return factories.party(session)


@pytest.fixture
def post(session: Session, tree: factories.Tree) -> Post:
    """Filled by 张三 since 2024."""
    made = factories.post(session, tree.north_villages[0], "大力村管水员")
    factories.holding(session, made)
    return made


@pytest.fixture
def project(session: Session, tree: factories.Tree) -> Project:
    return factories.project(session, tree.north_villages[0], name="大力村产业路")


@pytest.fixture
def planned(session: Session, tree: factories.Tree, dated_terms: None) -> Project:
    """Planned on 2026-01-05, with a goal."""
    return planned_in(session, tree)


@pytest.fixture
def document(session: Session, tree: factories.Tree, dated_terms: None) -> FundDocument:
    """A million of the centre, received on 2026-02-01."""
    return received(session, tree)


@pytest.fixture
def last_year(session: Session, tree: factories.Tree, dated_terms: None, project: Project) -> FundDocument:
    """A million of 2025, 300,000 arranged and 200,000 paid that year."""
    made = received(session, tree, received_on=dt.date(2025, 2, 1), budget_year=2025)
    line = arrange(session, made, project, 300_000, arranged_on=dt.date(2025, 3, 1))
    paid(session, line, 200_000, paid_on=dt.date(2025, 12, 31))
    return made
