"""Entering what assets cost, and setting it right; each event with its audit entry."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Integer,
    Numeric,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from assets.imports import auditing
from assets.imports.beside import beside
from assets.imports.kinds.asset_values import FUNDS
from assets.imports.numbering import numbered
from assets.imports.staging import Staging
from assets.registry.models import Asset, OperatingPeriod, ValueEvent
from assets.scope import viewer_of

_PLACE: dict[str, Any] = {"path": Asset.region_path, "sector": Asset.sector}
_PLAIN: dict[str, Any] = {"synchronize_session": False}


def write_values(staging: Staging, work: Table, there: Table, worth: Table) -> None:
    """Enter first values, and let those that are there say what rows say."""
    wanted = _wanted(staging, work, there, worth)
    matched = _matched(staging, wanted)
    _remove(staging, wanted, matched)
    _correct(staging, work, worth, matched)
    _enter(staging, wanted, matched)


def _wanted(staging: Staging, work: Table, there: Table, worth: Table) -> Table:
    """The events that assets should have, of those whose value a row says anew."""
    rows = staging.rows
    here = (
        rows.join(work, work.c.number == rows.c.number)
        .join(worth, worth.c.number == rows.c.number)
        .outerjoin(there, there.c.record_id == work.c.record_id)
    )
    written = and_(or_(staging.new, staging.changed), worth.c.differs)
    project = func.coalesce(worth.c.project_id, there.c.project_id)
    parts: list[Any] = []
    for name, paid_by in FUNDS.items():
        amount = func.coalesce(rows.c[name], there.c[name])
        parts.append(
            select(rows.c.number, rows.c.record_id, literal(paid_by), amount, project, work.c.start)
            .select_from(here)
            .where(written, worth.c.by_source, amount > 0)
        )
    whole = func.coalesce(worth.c.total, there.c.original_value_yuan)
    source: Any = func.coalesce(rows.c.fund_source, there.c.fund_source)
    parts.append(
        select(rows.c.number, rows.c.record_id, source, whole, project, work.c.start)
        .select_from(here)
        .where(written, ~worth.c.by_source, whole.is_not(None))
    )
    return beside(
        staging,
        "staged_event",
        Column("number", Integer),
        Column("asset_id", BigInteger),
        Column("fund_source", Text),
        Column("amount_yuan", Numeric(18, 2)),
        Column("project_id", BigInteger),
        Column("start", Date),
        of=select(*union_all(*parts).subquery("parts").c),
    )


def _matched(staging: Staging, wanted: Table) -> Table:
    """Which event is which: of one source, or the only one of its asset."""
    alone = (
        select(ValueEvent.asset_id)
        .where(ValueEvent.asset_id.in_(select(wanted.c.asset_id)))
        .group_by(ValueEvent.asset_id)
        .having(func.count() == 1)
    )
    single = select(wanted.c.asset_id).group_by(wanted.c.asset_id).having(func.count() == 1)
    both = and_(wanted.c.asset_id.in_(alone), wanted.c.asset_id.in_(single))
    source = func.coalesce(wanted.c.fund_source, "") == func.coalesce(ValueEvent.fund_source, "")
    chosen = (
        select(
            func.min(ValueEvent.id),
            wanted.c.asset_id,
            wanted.c.fund_source,
            wanted.c.amount_yuan,
            wanted.c.project_id,
        )
        .join(wanted, wanted.c.asset_id == ValueEvent.asset_id)
        .where(or_(both, source))
        .group_by(wanted.c.asset_id, wanted.c.fund_source, wanted.c.amount_yuan, wanted.c.project_id)
    )
    return beside(
        staging,
        "staged_matched",
        Column("id", BigInteger, primary_key=True),
        Column("asset_id", BigInteger),
        Column("fund_source", Text),
        Column("amount_yuan", Numeric(18, 2)),
        Column("project_id", BigInteger),
        of=chosen,
    )


def _remove(staging: Staging, wanted: Table, matched: Table) -> None:
    """Events of sources that paid nothing after all."""
    session = staging.session
    gone = and_(
        ValueEvent.asset_id.in_(select(wanted.c.asset_id)),
        ValueEvent.id.not_in(select(matched.c.id)),
        staging.seen(ValueEvent),
    )
    facts = {
        "asset_id": ValueEvent.asset_id,
        "kind": func.jsonb_build_array(ValueEvent.kind, None),
        "occurred_on": func.jsonb_build_array(ValueEvent.occurred_on, None),
        "amount_yuan": func.jsonb_build_array(cast(ValueEvent.amount_yuan, Text), None),
    }
    auditing.note_facts(
        session,
        staging.batch,
        "registry.remove_value",
        ValueEvent,
        facts,
        gone,
        Asset.id == ValueEvent.asset_id,
        of=None,
        **_PLACE,
    )
    session.execute(delete(ValueEvent).where(gone).execution_options(**_PLAIN))


def _correct(staging: Staging, work: Table, worth: Table, matched: Table) -> None:
    """Amounts, sources, projects, and days that move with the first one of the asset."""
    session, rows = staging.session, staging.rows
    me = viewer_of(session).account_id
    since = auditing.latest_version(session)
    begins = and_(work.c.start != work.c.was_start, ValueEvent.occurred_on == work.c.was_start)
    to = (
        select(
            ValueEvent.id.label("id"),
            func.coalesce(matched.c.amount_yuan, ValueEvent.amount_yuan).label("amount_yuan"),
            case((matched.c.id.is_not(None), matched.c.fund_source), else_=ValueEvent.fund_source).label("fund_source"),
            func.coalesce(matched.c.project_id, case((worth.c.moved, worth.c.project_id)), ValueEvent.project_id).label(
                "project_id"
            ),
            case((begins, work.c.start), else_=ValueEvent.occurred_on).label("occurred_on"),
        )
        .join(work, work.c.record_id == ValueEvent.asset_id)
        .join(rows, rows.c.number == work.c.number)
        .join(worth, worth.c.number == work.c.number)
        .outerjoin(matched, matched.c.id == ValueEvent.id)
        .where(staging.changed)
        .subquery("to")
    )
    about = ("amount_yuan", "fund_source", "project_id", "occurred_on")
    other = or_(*(getattr(ValueEvent, name).is_distinct_from(to.c[name]) for name in about))
    session.execute(
        update(ValueEvent)
        .where(ValueEvent.id == to.c.id, other)
        .values({name: to.c[name] for name in about} | {"updated_by": me})
        .execution_options(**_PLAIN)
    )
    told = {"since": since, **_PLACE}
    auditing.note_changed(
        session, staging.batch, "registry.correct_value", ValueEvent, Asset.id == ValueEvent.asset_id, **told
    )


def move_periods(staging: Staging, work: Table) -> None:
    """The first operating status begins with the asset."""
    session, rows = staging.session, staging.rows
    since = auditing.latest_version(session)
    session.execute(
        update(OperatingPeriod)
        .where(
            OperatingPeriod.asset_id == work.c.record_id,
            rows.c.number == work.c.number,
            staging.changed,
            work.c.start != work.c.was_start,
            OperatingPeriod.valid_from == work.c.was_start,
        )
        .values(valid_from=work.c.start, updated_by=viewer_of(session).account_id)
        .execution_options(**_PLAIN)
    )
    auditing.note_changed(
        session,
        staging.batch,
        "registry.set_operating_status",
        OperatingPeriod,
        Asset.id == OperatingPeriod.asset_id,
        since=since,
        **_PLACE,
    )


def _enter(staging: Staging, wanted: Table, matched: Table) -> None:
    session = staging.session
    me = literal(viewer_of(session).account_id, ValueEvent.created_by.type)
    source = func.coalesce(wanted.c.fund_source, "") == func.coalesce(matched.c.fund_source, "")
    there = select(matched.c.id).where(matched.c.asset_id == wanted.c.asset_id, source).exists()
    chosen = select(wanted).where(~there).order_by(wanted.c.number)
    fresh = numbered(staging, "staged_new_event", ValueEvent, chosen)
    said: dict[str, Any] = {
        "id": fresh.c.id,
        "asset_id": fresh.c.asset_id,
        "kind": literal("new"),
        "occurred_on": fresh.c.start,
        "amount_yuan": fresh.c.amount_yuan,
        "fund_source": fresh.c.fund_source,
        "project_id": fresh.c.project_id,
        "created_by": me,
        "updated_by": me,
    }
    session.execute(insert(ValueEvent).from_select(list(said), select(*said.values())))
    here = fresh.join(ValueEvent, ValueEvent.id == fresh.c.id).join(Asset, Asset.id == ValueEvent.asset_id)
    auditing.note_added(session, staging.batch, "registry.add_value", ValueEvent, of=here, **_PLACE)
