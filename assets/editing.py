"""Correcting records: who may, on which version, and what another did meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Index, func, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assets import audit
from assets.accounts.models import Account
from assets.db import Base
from assets.errors import InvalidValue, NotAllowed, NotFound, RegistryError
from assets.history import History, as_kept
from assets.scope import viewer_of

WRITERS = frozenset({"clerk", "planner", "department", "administrator"})
LONGEST_REASON = 500
_KEPT_BY_THE_DATABASE = frozenset(
    {"id", "revision", "created_at", "updated_at", "created_by", "updated_by", "region_path", "review_status"}
    | {"pinyin", "initials", "plain_name", "shape", "rollup_id"}
)
AnyRecord = TypeVar("AnyRecord", bound=Base)


class Submission(Base):
    """A form that was taken in: sent a second time, it leads to what the first sending made."""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_at", "at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


@dataclass(frozen=True)
class Change:
    """One field another has changed meanwhile: as it was when the form was opened, and as it is."""

    field: str
    before: Any
    theirs: Any


class ChangedMeanwhile(RegistryError):
    """The record is no longer the version that was being corrected."""

    message = "“{name}” was changed by {who} at {at} while you were editing it."

    def __init__(self, changes: Collection[Change], revision: int, **data: Any) -> None:
        super().__init__(**data)
        self.changes = tuple(changes)
        self.revision = revision


class AlreadyRetired(RegistryError):
    """A withdrawn record is read-only."""

    message = "“{name}” was withdrawn on {day}: {reason} It can be read, not changed."


class ReasonNeeded(InvalidValue):
    """Why is part of the record."""

    message = "Please say why, in 2 to {limit} characters."


def require_writer(session: Session, path: str, sector: str | None = None, *, roles: Collection[str] = WRITERS) -> None:
    """Refuse unless the viewer holds one of ``roles`` over ``path`` and ``sector``.

    Raises
    ------
    NotAllowed
        When no grant includes it.
    """
    if not viewer_of(session).may(roles, path, sector):
        raise NotAllowed


def hold(
    session: Session,
    entity: type[AnyRecord],
    record_id: int,
    *,
    revision: int | None = None,
    roles: Collection[str] = WRITERS,
) -> AnyRecord:
    """Lock one record until the end of the transaction, for a correction.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    entity : type
        A mapped class; with ``region_path`` the viewer's role is asked for there.
    record_id : int
        Which row.
    revision : int, optional
        The version the editor started from.
    roles : collection of str
        Who may.

    Raises
    ------
    NotFound
        When there is none, or it is not the viewer's to see.
    NotAllowed
        When it is seen but not the viewer's to change.
    AlreadyRetired
        When it has been withdrawn.
    ChangedMeanwhile
        When another version is in force by now; carries both sides, field by field.
    """
    table: Any = entity
    record = session.scalars(
        select(entity)
        .where(table.id == record_id)
        .with_for_update(key_share=True, of=entity)
        .execution_options(populate_existing=True)
    ).first()
    if record is None:
        raise NotFound
    path = getattr(record, "region_path", None)
    if path is not None:
        require_writer(session, path, getattr(record, "sector", None), roles=roles)
    if getattr(record, "retired_on", None):
        raise AlreadyRetired(name=_name(record), day=record.retired_on, reason=record.retired_reason)  # type: ignore[attr-defined]
    if revision is not None and record.revision != revision:  # type: ignore[attr-defined]
        changes = changes_since(session, record, revision)
        if changes:
            raise _changed_meanwhile(session, record, changes)
    return record


def changes_since(session: Session, record: Base, revision: int) -> list[Change]:
    """What others changed of ``record`` since its version ``revision``; empty if nothing that people edit."""
    table = record.__tablename__
    row: Any = record
    version = History.before["revision"].as_integer()
    # A version that changed nothing people see has no entry; the next one says the same.
    before = session.scalar(
        select(History.before)
        .where(History.table_name == table, History.record_id == row.id, version >= revision)
        .order_by(version)
        .limit(1)
    )
    if before is None:
        return []
    now = session.scalar(
        select(as_kept(type(record))).where(type(record).id == row.id)  # type: ignore[attr-defined]
    )
    found = []
    for attribute in inspect(record).mapper.column_attrs:
        column = attribute.columns[0].name
        if column in _KEPT_BY_THE_DATABASE or before.get(column) == (now or {}).get(column):
            continue
        found.append(Change(attribute.key, before.get(column), getattr(record, attribute.key)))
    return found


def assign(record: Base, values: Mapping[str, Any]) -> bool:
    """Set the attributes that differ; whether any did."""
    changed = False
    for name, value in values.items():
        if getattr(record, name) != value:
            setattr(record, name, value)
            changed = True
    return changed


def says_already(record: Base | None, values: Mapping[str, Any], *names: str) -> bool:
    """Whether a correction leaves these attributes as they are: what was confirmed once is not asked again."""
    return record is not None and all(values.get(name) == getattr(record, name) for name in names)


def check_reason(reason: str, *, field: str = "reason") -> str:
    """The reason, tidied.

    Raises
    ------
    ReasonNeeded
        When it is missing or too long.
    """
    reason = " ".join(reason.replace("\x00", " ").split())
    if not 2 <= len(reason) <= LONGEST_REASON:
        raise ReasonNeeded(limit=LONGEST_REASON, field=field)
    return reason


def retire(
    session: Session,
    entity: type[AnyRecord],
    record_id: int,
    *,
    revision: int,
    on: dt.date,
    reason: str,
    today: dt.date,
    action: str,
) -> AnyRecord:
    """Withdraw a record from ``on``: it stays in history and on every day before.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    entity, record_id, revision
        As in :func:`hold`.
    on : date
        The first day on which it is no longer there, ``today`` at the latest.
    reason : str
        Why; needed.
    today : date
        The office's day.
    action : str
        ``room.verb`` for the audit.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile, ReasonNeeded, InvalidValue
        See their messages.
    """
    reason = check_reason(reason)
    if not dt.date(2012, 1, 1) <= on <= today:
        raise InvalidValue("Choose a day from {first} to {last}.", field="on", first=dt.date(2012, 1, 1), last=today)
    record = hold(session, entity, record_id, revision=revision)
    assign(record, {"retired_on": on, "retired_reason": reason, "updated_by": viewer_of(session).account_id})
    audit.record(session, action, record, reason=reason)
    return record


def find_submission(session: Session, key: str) -> str | None:
    """Where the form with this key has led the viewer before; None when it is new."""
    known = session.get(Submission, key)
    if known is None:
        return None
    if known.account_id != viewer_of(session).account_id:
        raise NotFound
    return known.address


def keep_submission(session: Session, key: str, address: str) -> None:
    """Note where the form with this key leads; a second one at the same time breaks on its key."""
    session.add(Submission(key=key, account_id=viewer_of(session).account_id, address=address))


def _changed_meanwhile(session: Session, record: Base, changes: Collection[Change]) -> ChangedMeanwhile:
    row: Any = record
    entry = session.execute(
        select(Account.display_name, audit.Deed.at)
        .select_from(audit.Deed)
        .outerjoin(Account, Account.id == audit.Deed.account_id)
        .where(audit.Deed.table_name == record.__tablename__, audit.Deed.record_id == row.id)
        .order_by(audit.Deed.at.desc())
        .limit(1)
    ).first()
    return ChangedMeanwhile(
        changes,
        row.revision,
        name=_name(record),
        who=(entry.display_name if entry else None) or "—",
        at=f"{row.updated_at:%Y-%m-%d %H:%M}",
    )


def _name(record: Any) -> str:
    return str(getattr(record, "name", None) or getattr(record, "title", None) or record.id)
