"""What a record shows of the changes that wait beside it."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from assets.db import Reviewed
from assets.review.models import Proposal
from assets.review.trying import entities_by_table


def show_status(session: Session, table: str, record_id: int | None) -> None:
    """Let ``review_status`` of a record say whether a change waits, was returned, or neither.

    It is no change of the record: neither version nor history notes it.
    """
    entity = entities_by_table()[table]
    if record_id is None or not issubclass(entity, Reviewed):
        return
    session.flush()
    open_ones = set(
        session.scalars(
            select(Proposal.status)
            .where(
                Proposal.table_name == table,
                Proposal.record_id == record_id,
                Proposal.status.in_(("pending", "returned")),
            )
            .group_by(Proposal.status)
        )
    )
    status = next((one for one in ("pending", "returned") if one in open_ones), "approved")
    row: type = entity
    session.execute(
        update(row)
        .where(row.id == record_id, func.coalesce(row.review_status, "") != status)  # type: ignore[attr-defined]
        .values(review_status=status)
        .execution_options(synchronize_session=False)
    )
