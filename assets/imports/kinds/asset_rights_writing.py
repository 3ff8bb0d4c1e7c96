"""Entering rights: a new set replaces the one in force, as :mod:`assets.ownership.replacing` does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Table, and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from assets.imports import auditing
from assets.imports.beside import beside
from assets.imports.models import ImportRow
from assets.imports.numbering import numbered
from assets.imports.parties import Holders
from assets.imports.staging import Staging
from assets.ownership.models import Right
from assets.registry.models import Asset
from assets.scope import viewer_of

_PLACE: dict[str, Any] = {"path": Asset.region_path, "sector": Asset.sector}
_PLAIN: dict[str, Any] = {"synchronize_session": False}


def write_rights(staging: Staging, holders: Holders, sets: Table) -> None:
    """End what new sets replace, and enter these; whoever keeps the same share keeps the row."""
    given = _given(staging, holders, sets)
    _end(staging, given, sets)
    _enter(staging, given)
    _forget_people(staging, holders)


def _given(staging: Staging, holders: Holders, sets: Table) -> Table:
    """The rights that new and changed rows say."""
    lines, rows = holders.lines, staging.rows
    return beside(
        staging,
        "staged_given",
        Column("number", Integer),
        Column("asset_id", BigInteger),
        Column("kind", Right.kind.type),
        Column("party_id", BigInteger),
        Column("numerator", Integer),
        Column("denominator", Integer),
        Column("begins", Right.valid_from.type),
        of=select(
            sets.c.number,
            rows.c.record_id,
            sets.c.kind,
            lines.c.party_id,
            lines.c.numerator,
            lines.c.denominator,
            sets.c.begins,
        )
        .join(rows, rows.c.number == sets.c.number)
        .join(lines, and_(lines.c.number == sets.c.number, lines.c.field == sets.c.field))
        .where(or_(staging.new, staging.changed)),
    )


def _end(staging: Staging, given: Table, sets: Table) -> None:
    """What is in force and not said again ends; what began on the very day is replaced."""
    rows, session = staging.rows, staging.session
    kept = (
        select(given.c.number)
        .where(
            given.c.asset_id == Right.asset_id,
            given.c.kind == Right.kind,
            given.c.party_id == Right.party_id,
            given.c.numerator == Right.share_numerator,
            given.c.denominator == Right.share_denominator,
            Right.valid_to.is_(None),
        )
        .exists()
    )
    gone = beside(
        staging,
        "staged_ended",
        Column("id", BigInteger, primary_key=True),
        Column("begins", Right.valid_from.type),
        of=select(Right.id, sets.c.begins)
        .join(rows, rows.c.record_id == Right.asset_id)
        .join(sets, and_(sets.c.number == rows.c.number, sets.c.kind == Right.kind))
        .where(sets.c.replaces, staging.changed, or_(Right.valid_to.is_(None), Right.valid_to > sets.c.begins), ~kept),
    )
    here = gone.join(Right, Right.id == gone.c.id).join(Asset, Asset.id == Right.asset_id)
    same_day = Right.valid_from >= gone.c.begins
    auditing.note_facts(
        session,
        staging.batch,
        "ownership.set_shares",
        Right,
        {"removed": Right.party_id},
        same_day,
        of=here,
        **_PLACE,
    )
    session.execute(delete(Right).where(Right.id == gone.c.id, same_day).execution_options(**_PLAIN))
    since = auditing.latest_version(session)
    session.execute(
        update(Right)
        .where(Right.id == gone.c.id)
        .values(valid_to=gone.c.begins, updated_by=viewer_of(session).account_id)
        .execution_options(**_PLAIN)
    )
    auditing.note_changed(session, staging.batch, "ownership.set_shares", Right, of=here, since=since, **_PLACE)


def _enter(staging: Staging, given: Table) -> None:
    session = staging.session
    me = literal(viewer_of(session).account_id, Right.created_by.type)
    there = (
        select(Right.id)
        .where(
            Right.asset_id == given.c.asset_id,
            Right.kind == given.c.kind,
            Right.party_id == given.c.party_id,
            Right.valid_to.is_(None),
        )
        .exists()
    )
    fresh = numbered(staging, "staged_right", Right, select(given).where(~there).order_by(given.c.number, given.c.kind))
    said = {
        "id": fresh.c.id,
        "asset_id": fresh.c.asset_id,
        "kind": fresh.c.kind,
        "party_id": fresh.c.party_id,
        "share_numerator": fresh.c.numerator,
        "share_denominator": fresh.c.denominator,
        "valid_from": fresh.c.begins,
        "created_by": me,
        "updated_by": me,
    }
    session.execute(insert(Right).from_select(list(said), select(*said.values())))
    here = fresh.join(Right, Right.id == fresh.c.id).join(Asset, Asset.id == Right.asset_id)
    auditing.note_added(session, staging.batch, "ownership.grant_right", Right, of=here, **_PLACE)


def _forget_people(staging: Staging, holders: Holders) -> None:
    """No name of a person stays with the batch once it is in the register."""
    lines = holders.lines
    named = (
        select(lines.c.number, func.array_agg(lines.c.field.distinct(), type_=ARRAY(TEXT)).label("fields"))
        .where(lines.c.person)
        .group_by(lines.c.number)
        .subquery("named")
    )
    staging.session.execute(
        update(ImportRow)
        .where(ImportRow.batch_id == staging.batch.id, ImportRow.number == named.c.number)
        .values(differences=ImportRow.differences.op("-")(named.c.fields))
        .execution_options(**_PLAIN)
    )
