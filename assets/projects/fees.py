"""The share of a document that may go into project management."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_DOWN, Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.checking import Checks
from assets.projects.doubts import spoken
from assets.projects.models import Allocation, FundDocument, Project
from assets.terms.thresholds import find_threshold

FEE_SOURCES = ("central", "province")
_CENT = Decimal("0.01")


def highest_fee(session: Session, document: FundDocument, day: dt.date) -> Decimal | None:
    """How much of a document may become management fee, in yuan; None where no limit is set."""
    if document.source not in FEE_SOURCES:
        return None
    share = find_threshold(session, f"management_fee_share_{document.source}", document.region_path, day)
    return None if share is None else (share * document.received_yuan).quantize(_CENT, ROUND_DOWN)


def check_fee(
    session: Session, checks: Checks, document: FundDocument, project: Project, amount: Decimal, day: dt.date
) -> None:
    """Doubt, with the key ``fee``, an arrangement that takes more management fee than allowed."""
    if project.category != "management_fee" or (most := highest_fee(session, document, day)) is None:
        return
    fee = session.scalar(
        select(func.sum(Allocation.arranged_yuan))
        .join(Project, Project.id == Allocation.project_id)
        .where(Allocation.fund_document_id == document.id, Project.category == "management_fee")
    ) or Decimal(0)
    if fee + amount > most:
        checks.doubt(
            "fee",
            "arranged_yuan",
            "At most {most} yuan of this document may become management fee: {excess} yuan too much.",
            most=spoken(most),
            excess=spoken(fee + amount - most),
        )
