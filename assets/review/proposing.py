"""Verbs whose changes are reviewed: tried, taken back, and kept as a proposal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts.models import Account
from assets.db import OFFICE_ZONE, Placed, today
from assets.errors import NotFound, RegistryError
from assets.history import Addition
from assets.regions.models import Region
from assets.review.mirror import show_status
from assets.review.models import Proposal, ReviewDecision
from assets.review.plain import read, written
from assets.review.rules import rules_within_reach, steps_for
from assets.review.trying import (
    Mark,
    ask_all_constraints,
    differences_since,
    entities_by_table,
    mark,
    placed_of,
)
from assets.scope import viewer_of

P = ParamSpec("P")
R = TypeVar("R")
_WITHIN = "within a reviewed verb"
_REPLACES = "replaces proposal"


class SentForReview(RegistryError):
    """Not refused: the change waits as ``proposal``, to be committed by whoever asked for it."""

    message = "“{name}” is submitted for review."

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(name=proposal.title)
        self.proposal = proposal


class ChangeWaits(RegistryError):
    """One change of a record at a time."""

    message = (
        "A change of “{name}” submitted by {who} on {day} waits for review. It must be decided or withdrawn first."
    )


class OneByOne(RegistryError):
    """Where changes are reviewed, each is shown by itself."""

    message = "Changes of “{name}” are reviewed. Please enter them one by one, or leave such records out."


@dataclass(frozen=True)
class Verb:
    """A reviewed function of a service."""

    kind: str
    function: Callable[..., Any]


VERBS: dict[str, Verb] = {}


def reviewed(kind: str, *, many: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let the changes of a verb be reviewed where the rules ask for it.

    Where they do not, the verb runs as if this were not here. Where they do it raises
    :class:`SentForReview`, and what it would have changed is kept beside what is in force.

    Parameters
    ----------
    kind : str
        The kind of record the rules speak of, one of :data:`assets.review.models.KINDS`.
    many : bool
        Whether the verb changes many records at once; it is then refused with
        :class:`OneByOne` where one of them is reviewed.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__.split('.')[1]}.{function.__name__}"
        VERBS[name] = Verb(kind, function)

        @wraps(function)
        def proposed(*args: P.args, **values: P.kwargs) -> R:
            session = cast(Session, args[0])
            day = cast(dt.date, values.get("today") or today())
            plainly = viewer_of(session).unbounded or session.info.get(_WITHIN)
            if plainly or not rules_within_reach(session, kind, day):
                return function(*args, **values)
            return cast(R, _try(session, name, args[1:], values, day=day, many=many))

        return proposed

    return wrap


def replacing(session: Session, proposal_id: int) -> None:
    """Say that what is proposed next in this session takes the place of a returned proposal."""
    session.info[_REPLACES] = proposal_id


def returned_to(session: Session, proposal_id: int) -> Proposal:
    """A proposal that came back to the viewer, to be corrected.

    Raises
    ------
    NotFound
        When there is none, it is another's, or it is not returned.
    """
    found = session.scalars(
        select(Proposal).where(
            Proposal.id == proposal_id,
            Proposal.submitted_by == viewer_of(session).account_id,
            Proposal.status == "returned",
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def given_values(proposal: Proposal) -> dict[str, Any]:
    """The values a proposal was made with, by keyword."""
    return cast(dict[str, Any], read(proposal.entered["values"]))


def run_plainly(session: Session, function: Callable[..., Any], *args: Any, **values: Any) -> Any:
    """Run a reviewed verb, and those it uses, without asking for review."""
    before = session.info.get(_WITHIN)
    session.info[_WITHIN] = True
    try:
        return function(session, *args, **values)
    finally:
        session.info[_WITHIN] = before


def _try(
    session: Session, name: str, args: tuple[Any, ...], values: Mapping[str, Any], *, day: dt.date, many: bool
) -> Any:
    verb = VERBS[name]
    since = mark(session)
    trial = session.begin_nested()
    try:
        made = run_plainly(session, verb.function, *args, **values)
        if many:
            _require_unreviewed(session, verb.kind, since, day)
        proposal = None if many else _proposal(session, name, args, values, made, since, day)
        if proposal is not None:
            ask_all_constraints(session)
    except BaseException:
        trial.rollback()
        raise
    if proposal is None:
        trial.commit()
        return made
    trial.rollback()
    raise SentForReview(_submit(session, proposal))


def _proposal(
    session: Session,
    name: str,
    args: tuple[Any, ...],
    values: Mapping[str, Any],
    made: Any,
    since: Mark,
    day: dt.date,
) -> Proposal | None:
    """What would be submitted; None where nothing would change, or nobody has to look at it."""
    differences = differences_since(session, since)
    record = made[0] if isinstance(made, list) else made
    placed = placed_of(session, record)
    if not differences or placed is None:
        return None
    table = placed.__tablename__
    own = next((row for row in differences if (row["table"], row["id"]) == (table, placed.id)), None)
    new = not _was_there(since, session, table, placed.id)
    region_id, path = placed.region_id, placed.region_path
    kind = VERBS[name].kind
    steps = steps_for(session, kind, path, getattr(placed, "sector", None), day=day)
    if own is not None and "region_id" in own["changes"]:
        # Where it lay is asked as well: a record cannot be moved away from those who review it.
        was = _path_of(session, own["changes"]["region_id"][0])
        before = steps_for(session, kind, was, getattr(placed, "sector", None), day=day)
        if before:
            steps, region_id = before, own["changes"]["region_id"][0]
    if not steps:
        return None
    revision = values.get("revision")
    return Proposal(
        kind=kind,
        verb=name,
        title=_title(placed, own),
        region_id=region_id,
        sector=getattr(placed, "sector", None),
        table_name=table,
        record_id=None if new else placed.id,
        entered={
            "args": written(args),
            "values": written({key: value for key, value in values.items() if key != "today"}),
            "row": None if revision is None else [record.__tablename__, record.id],
        },
        base_revision=revision,
        differences=differences,
        steps=list(steps),
        step=steps[0],
        status="pending",
        reason=values.get("reason") or None,
        submitted_by=viewer_of(session).account_id,
    )


def _title(placed: Any, own: Mapping[str, Any] | None) -> str:
    """What the record is called in force; a new one, what it is to be called."""
    before = own["changes"].get("name") if own is not None and own["done"] == "changed" else None
    return str(before[0] if before else getattr(placed, "name", None) or placed.id)


def _submit(session: Session, proposal: Proposal) -> Proposal:
    replaced = session.info.pop(_REPLACES, None)
    if proposal.record_id is not None:
        _require_none_waits(session, proposal)
    if replaced is not None:
        old = returned_to(session, replaced)
        old.status, old.updated_by = "replaced", proposal.submitted_by
        proposal.replaces_id = old.id
        session.add(ReviewDecision(proposal_id=old.id, step=None, verdict="replace", account_id=proposal.submitted_by))
        audit.record(session, "review.replace", old)
    proposal.created_by = proposal.updated_by = proposal.submitted_by
    session.add(proposal)
    audit.record(session, "review.submit", proposal, reason=proposal.reason)
    show_status(session, proposal.table_name, proposal.record_id)
    return proposal


def _require_none_waits(session: Session, proposal: Proposal) -> None:
    waiting = session.execute(
        select(Proposal.title, Proposal.submitted_at, Account.display_name)
        .join(Account, Account.id == Proposal.submitted_by)
        .where(
            Proposal.table_name == proposal.table_name,
            Proposal.record_id == proposal.record_id,
            Proposal.kind == proposal.kind,
            Proposal.status == "pending",
        )
    ).first()
    if waiting is not None:
        day = waiting.submitted_at.astimezone(OFFICE_ZONE).date()
        raise ChangeWaits(name=waiting.title, who=waiting.display_name, day=day)


def _require_unreviewed(session: Session, kind: str, since: Mark, day: dt.date) -> None:
    """Refuse a change of many where one of them is reviewed."""
    rows, entities = differences_since(session, since), entities_by_table()
    for table in sorted({row["table"] for row in rows}):
        entity: Any = entities[table]
        numbers = {row["id"] for row in rows if row["table"] == table and row["id"] is not None}
        if hasattr(entity, "asset_id"):
            of = set(session.scalars(select(entity.asset_id).where(entity.id.in_(numbers))))
            of |= {row["changes"]["asset_id"][1] for row in rows if row["table"] == table and row["id"] is None}
            entity, numbers = entities["asset"], of
        if not issubclass(entity, Placed):
            continue
        sector: Any = getattr(entity, "sector", literal(None))
        places = select(entity.region_path, sector, func.min(entity.name)).where(entity.id.in_(numbers))
        for path, of_sector, name in session.execute(places.group_by(entity.region_path, sector)):
            if steps_for(session, kind, path, of_sector, day=day):
                raise OneByOne(name=name)


def _was_there(since: Mark, session: Session, table: str, number: int) -> bool:
    added = select(Addition.id).where(
        Addition.transaction == since.transaction,
        Addition.id > since.addition,
        Addition.table_name == table,
        Addition.record_ids.contains([number]),
    )
    return not session.scalar(select(added.exists()))


def _path_of(session: Session, region_id: int) -> str:
    return session.scalar(select(Region.region_path).where(Region.id == region_id)) or "/"
