"""The queue of proposals: what waits for oneself, what one has submitted, and all of the area."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from sqlalchemy import Select, case, func, select

from app import db
from app.i18n import lazy_gettext as _l
from app.lists.columns import BulkAction, Choice, Column, Listing, place_columns
from assets.accounts.models import Account
from assets.db import OFFICE_ZONE
from assets.filters import Filter
from assets.review import queries
from assets.review.authority import DECIDERS, Authority, authority_of
from assets.review.deciding import MOST_AT_ONCE
from assets.review.models import KINDS, STATUSES, STEPS, Proposal

_submitted_on = func.date(func.timezone(str(OFFICE_ZONE), Proposal.submitted_at))
_submitter = (
    select(Account.display_name).where(Account.id == Proposal.submitted_by).correlate(Proposal).scalar_subquery()
)


def own_authority() -> Authority:
    """What the viewer of this request may decide."""
    if "authority" not in g:
        g.authority = authority_of(db.session, g.viewer, day=db.current_day())
    return g.authority  # type: ignore[no-any-return]


def _matching(tab: str) -> Callable[..., Select[Any]]:
    def matching(asked: Filter, *columns: Any) -> Select[Any]:
        return queries.matching(asked, *columns, authority=own_authority(), tab=tab)

    return matching


COLUMNS = (
    Column("title", _l("Record"), lambda _asked: Proposal.title, show="name"),
    Column("kind", _l("Kind of record"), lambda _asked: Proposal.kind, show="word", words="proposal_kind"),
    Column(
        "verb",
        _l("What is to change"),
        lambda _asked: func.split_part(Proposal.verb, ".", 2),
        show="word",
        words="verb",
    ),
    *place_columns(),
    Column("step", _l("Review step"), lambda _asked: Proposal.step, show="word", words="review_step"),
    Column("status", _l("Outcome"), lambda _asked: Proposal.status, show="badge", words="proposal_status"),
    Column(
        "submitter",
        _l("Submitted by"),
        lambda _asked: (
            select(Account.display_name)
            .where(Account.id == Proposal.submitted_by)
            .correlate(Proposal)
            .scalar_subquery()
        ),
    ),
    Column("submitted_on", _l("Submitted on"), lambda _asked: _submitted_on, show="date"),
    Column(
        "waits",
        _l("Waiting"),
        lambda asked: case((Proposal.status == "pending", func.greatest(asked.day - _submitted_on, 0))),
        show="number",
        unit=_l("days"),
    ),
    Column("reason", _l("Reason"), lambda _asked: Proposal.reason, usual=False),
    Column("sector", _l("Sector"), lambda _asked: Proposal.sector, show="term", words="sector", usual=False),
)


def _listing(tab: str, title: Any, *, actions: tuple[BulkAction, ...] = ()) -> Listing:
    name = {"mine": "index", "submitted": "submitted", "all": "every"}[tab]
    return Listing(
        name=f"review_{tab}",
        title=title,
        endpoint=f"review.{name}",
        export=f"review.export_{tab}",
        record="review.show",
        record_key="proposal_id",
        layer="",
        matching=_matching(tab),
        id=Proposal.id,
        region_id=Proposal.region_id,
        columns=COLUMNS,
        usual_sort="submitted_on" if tab == "mine" else "-submitted_on",
        choices=(
            Choice("proposal_kind", "proposal_kind", KINDS),
            Choice("review_step", "review_step", STEPS),
            Choice("waiting", "waiting", tuple(queries.LONG_WAITS)),
            *(() if tab == "mine" else (Choice("proposal_status", "proposal_status", STATUSES),)),
        ),
        actions=actions,
    )


MINE = _listing(
    "mine",
    _l("Waiting for my decision"),
    actions=(BulkAction("approve", _l("Approve"), DECIDERS, "review.approve_many", most=MOST_AT_ONCE),),
)
SUBMITTED = _listing("submitted", _l("Submitted by me"))
EVERY = _listing("all", _l("All changes under review"))
TABS = (
    ("review.index", _l("Waiting for my decision")),
    ("review.submitted", _l("Submitted by me")),
    ("review.every", _l("All changes under review")),
    ("review.rules", _l("Review steps")),
)
