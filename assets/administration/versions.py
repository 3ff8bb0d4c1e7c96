"""Versions of dated rows: a new one from a day, a correction, an end. They never overlap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, Final, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets import audit
from assets.administration.effects import outcome, uses
from assets.administration.reach import require_administrator
from assets.administration.rules import FIXED, check_row
from assets.checking import Checks
from assets.db import Base
from assets.editing import assign, check_reason, hold
from assets.regions.models import Region
from assets.scope import viewer_of
from assets.terms.models import ChecklistItem, FacilityStandard, StageStep, Term, Threshold

Row = TypeVar("Row", bound=Base)
IDENTITY: Final[dict[type[Base], tuple[str, ...]]] = {
    Term: ("kind", "code"),
    Threshold: ("code", "region_id"),
    FacilityStandard: ("type", "level", "region_id"),
    StageStep: ("kind", "milestone"),
    ChecklistItem: ("asset_type", "position"),
}
"""What tells the versions of one thing from those of another."""
FIRST_DAY: Final = dt.date(2000, 1, 1)
YEARS_AHEAD: Final = 3
_PERIOD: Final = ("valid_from", "valid_to")


def add_version(
    session: Session,
    entity: type[Row],
    *,
    valid_from: dt.date,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
    **values: Any,
) -> Row:
    """Let something hold from a day on: the version before it ends that day, a later one stays.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    entity : type
        One of the tables in :data:`IDENTITY`.
    valid_from : date
        The first day of the new version.
    today : date
        The office's day.
    confirmed : collection of str
        Keys of doubts the person has confirmed: ``past`` (it changes what earlier days show),
        ``gap`` (days on which nothing would hold), ``effect`` (what a limit would decide
        otherwise), ``no_basis``.
    **values : Any
        The columns of the row.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotAllowed
        When the viewer does not administer whatever the row holds for.
    """
    require_administrator(session, values.get("region_id"), today=today)
    values = _tidy(values)
    checks = Checks(confirmed)
    known = versions_of(session, entity, values, lock=True)
    before = next((row for row in reversed(known) if row.valid_from < valid_from), None)
    after = next((row for row in known if row.valid_from > valid_from), None)
    replaced = before if before is not None and (before.valid_to is None or before.valid_to > valid_from) else None
    _check_day(checks, valid_from, today)
    if any(row.valid_from == valid_from for row in known):
        checks.refuse("valid_from", "A version from this day on is entered already. Correct that one instead.")
    elif replaced is not None and not _differences(replaced, values):
        checks.refuse("", "This says the same as the version in force on that day.")
    elif before is not None and before.valid_to is not None and before.valid_to < valid_from:
        checks.doubt(
            "gap", "valid_from", "From {start} to {end} nothing would hold.", start=before.valid_to, end=valid_from
        )
    if FIRST_DAY <= valid_from < today and known:
        checks.doubt("past", "valid_from", "This also changes what the days since {day} show.", day=valid_from)
    check_row(checks, session, entity, values | {"valid_from": valid_from}, but=replaced.id if replaced else 0)
    if entity is Threshold and replaced is not None and not checks.problems:
        _tell_effect(checks, session, replaced, values, today)
    checks.settle()
    me = viewer_of(session).account_id
    until = replaced.valid_to if replaced is not None else after.valid_from if after is not None else None
    if replaced is not None:
        assign(replaced, {"valid_to": valid_from, "updated_by": me})
        audit.record(session, "administration.end_version", replaced)
    made = entity(**values, valid_from=valid_from, valid_to=until, created_by=me)
    session.add(made)
    audit.record(session, "administration.add_version", made)
    return made


def correct_version(
    session: Session,
    entity: type[Row],
    row_id: int,
    *,
    revision: int | None,
    reason: str,
    valid_from: dt.date,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
    **values: Any,
) -> Row:
    """Set right what one version says, on all its days; its neighbour moves along with its first day.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    entity, row_id : type, int
        Which row.
    revision : int or None
        The version of the record the editor started from.
    reason : str
        Why; kept in the history.
    valid_from, today, confirmed, **values
        As for :func:`add_version`; a code that records use cannot change.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    reason = check_reason(reason)
    row: Any = hold(session, entity, row_id, revision=revision)
    require_administrator(session, getattr(row, "region_id", None), today=today)
    values = {name: getattr(row, name) for name in columns_of(entity)} | _tidy(values)
    checks = Checks(confirmed)
    moved = [name for name in IDENTITY[entity] if values[name] != getattr(row, name)]
    if moved:
        _check_identity(checks, session, row, moved, values)
    known = versions_of(session, entity, {name: getattr(row, name) for name in IDENTITY[entity]}, lock=True)
    at = [one.id for one in known].index(row.id)
    before = known[at - 1] if at else None
    _check_day(checks, valid_from, today)
    if row.valid_to is not None and valid_from >= row.valid_to:
        checks.refuse("valid_from", "It must begin before it ends on {day}.", day=row.valid_to)
    if before is not None and valid_from <= before.valid_from:
        checks.refuse("valid_from", "The version before it begins on {day}.", day=before.valid_from)
    check_row(checks, session, entity, values | {"valid_from": valid_from}, but=row.id)
    told = _differences(row, values) - {"basis", "position"}
    if row.valid_from < today and told:
        checks.doubt(
            "past",
            "",
            "Past days since {day} would show this too. If it changes only now, add a version instead.",
            day=row.valid_from,
        )
    checks.settle()
    me = viewer_of(session).account_id
    if before is not None and before.valid_to is not None and valid_from != row.valid_from:
        touches = before.valid_to == row.valid_from or before.valid_to > valid_from
        if touches and assign(before, {"valid_to": valid_from, "updated_by": me}):
            audit.record(session, "administration.end_version", before, reason=reason)
    if assign(row, values | {"valid_from": valid_from}):
        row.updated_by = me
        audit.record(session, "administration.correct_version", row, reason=reason)
    return row  # type: ignore[no-any-return]


def end_version(
    session: Session,
    entity: type[Row],
    row_id: int,
    *,
    revision: int | None,
    on: dt.date,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
) -> Row:
    """Let something hold no longer from a day on.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    entity, row_id, revision
        As for :func:`correct_version`.
    on : date
        The first day on which it no longer holds.
    reason : str
        Why; needed.
    today : date
        The office's day.
    confirmed : collection of str
        ``in_use`` when records use the code, ``past`` when the day is over.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    reason = check_reason(reason)
    row: Any = hold(session, entity, row_id, revision=revision)
    require_administrator(session, getattr(row, "region_id", None), today=today)
    checks = Checks(confirmed)
    known = versions_of(session, entity, {name: getattr(row, name) for name in IDENTITY[entity]}, lock=True)
    if known[-1].id != row.id:
        checks.refuse("on", "A later version begins on {day}; end that one.", day=known[-1].valid_from)
    elif row.valid_to is not None and row.valid_to <= today:
        checks.refuse("on", "It ended on {day} already.", day=row.valid_to)
    if on <= row.valid_from:
        checks.refuse("on", "It must end after it began on {day}.", day=row.valid_from)
    _check_day(checks, on, today, field="on")
    if entity is Term and row.kind in FIXED:
        checks.refuse("on", "The program itself speaks of this code. It can have another name, but not end.")
    count = sum(use.count for use in uses(session, row))
    if count:
        checks.doubt(
            "in_use", "on", "{count} records use it; they keep it, but nobody can choose it any more.", count=count
        )
    if on < today:
        checks.doubt("past", "on", "This also changes what the days since {day} show.", day=on)
    checks.settle()
    assign(row, {"valid_to": on, "updated_by": viewer_of(session).account_id})
    audit.record(session, "administration.end_version", row, reason=reason)
    return row  # type: ignore[no-any-return]


def versions_of(session: Session, entity: type[Base], values: Mapping[str, Any], *, lock: bool = False) -> list[Any]:
    """All versions of one thing in their order; with ``lock`` its writers wait for each other."""
    table: Any = entity
    names = IDENTITY[entity]
    if lock:
        key = f"{entity.__tablename__}:" + ":".join(str(values[name]) for name in names)
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
    same = [
        getattr(table, name).is_(None) if values[name] is None else getattr(table, name) == values[name]
        for name in names
    ]
    # Read anew: another writer may have moved a period before the lock was ours.
    statement = select(table).where(*same).order_by(table.valid_from).execution_options(populate_existing=lock)
    return list(session.scalars(statement))


def _check_identity(checks: Checks, session: Session, row: Any, moved: list[str], values: Mapping[str, Any]) -> None:
    count = sum(use.count for use in uses(session, row))
    if count:
        checks.refuse(moved[0], "{count} records use this code; it cannot change.", count=count)
    elif len(versions_of(session, type(row), {name: getattr(row, name) for name in IDENTITY[type(row)]})) > 1:
        checks.refuse(moved[0], "It has other versions; only one that stands alone can be renamed.")
    elif versions_of(session, type(row), values):
        checks.refuse(moved[0], "Another entry has this code already.")


def _check_day(checks: Checks, day: dt.date, today: dt.date, *, field: str = "valid_from") -> None:
    last = dt.date(today.year + YEARS_AHEAD, 12, 31)
    if not FIRST_DAY <= day <= last:
        checks.refuse(field, "Choose a day from {first} to {last}.", first=FIRST_DAY, last=last)


def _tell_effect(checks: Checks, session: Session, before: Any, values: Mapping[str, Any], today: dt.date) -> None:
    region = session.get(Region, values["region_id"]) if values.get("region_id") else None
    path = region.region_path if region is not None else "/"
    old = outcome(session, values["code"], before.value, path=path, day=today)
    new = outcome(session, values["code"], values["value"], path=path, day=today)
    if old is not None and new is not None and old != new:
        checks.doubt(
            "effect",
            "value",
            "By this limit it would be {after} of {whole} today, by the present one {before}.",
            after=new.part,
            whole=new.whole,
            before=old.part,
        )


def _differences(row: Any, values: Mapping[str, Any]) -> set[str]:
    return {name for name, value in values.items() if name not in _PERIOD and getattr(row, name) != value}


def columns_of(entity: type[Base]) -> list[str]:
    """The columns of a dated row that say something, its period apart."""
    own = {"id", "created_at", "updated_at", "created_by", "updated_by", "revision", *_PERIOD}
    return [column.name for column in entity.__table__.columns if column.name not in own]


def _tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts without blanks that mean nothing; empty ones are None."""
    return {
        name: (" ".join(value.replace("\x00", " ").split()) or None) if isinstance(value, str) else value
        for name, value in values.items()
    }
