"""From money to assets and back: which assets a document's projects left, which documents paid for an asset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.projects.models import Allocation, FundDocument, Project
from assets.registry.models import Asset, ValueEvent


def assets_of_document(session: Session, document_id: int, *, limit: int = 200) -> Sequence[Any]:
    """The assets of the projects that a document gave money to, with what those put into each."""
    paid_for = select(Allocation.project_id).where(Allocation.fund_document_id == document_id)
    value = func.sum(ValueEvent.amount_yuan)
    return session.execute(
        select(Asset.id, Asset.code, Asset.name, Asset.asset_class, value.label("amount_yuan"))
        .join(ValueEvent, ValueEvent.asset_id == Asset.id)
        .where(ValueEvent.project_id.in_(paid_for))
        .group_by(Asset.id)
        .order_by(value.desc(), Asset.id)
        .limit(limit)
    ).all()


def documents_of_asset(session: Session, asset_id: int) -> Sequence[Any]:
    """The documents whose money went into an asset's projects, as far as the viewer sees them."""
    projects = select(ValueEvent.project_id).where(ValueEvent.asset_id == asset_id, ValueEvent.project_id.is_not(None))
    arranged = func.sum(Allocation.arranged_yuan)
    return session.execute(
        select(
            FundDocument.id,
            FundDocument.number,
            FundDocument.source,
            FundDocument.budget_year,
            Project.id.label("project_id"),
            Project.name.label("project"),
            arranged.label("arranged_yuan"),
        )
        .join(Allocation, Allocation.fund_document_id == FundDocument.id)
        .join(Project, Project.id == Allocation.project_id)
        .where(Project.id.in_(projects))
        .group_by(FundDocument.id, Project.id)
        .order_by(FundDocument.budget_year, FundDocument.number)
        .limit(100)
    ).all()
