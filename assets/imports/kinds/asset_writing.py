"""Entering new assets and setting right those that are there, as sets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Sequence, Table, and_, case, cast, func, insert, literal, or_, select, update
from sqlalchemy import Text as TextType
from sqlalchemy.dialects.postgresql import insert as pg_insert

from assets.imports import auditing
from assets.imports.kinds.asset_work import COLUMNS
from assets.imports.spelling import spelled
from assets.imports.staging import Staging
from assets.regions.models import Region
from assets.registry.models import Asset, OperatingPeriod
from assets.registry.numbering import LETTERS
from assets.scope import viewer_of

_SERIAL = Sequence("asset_code_seq")
# Has dates of its own.
_APART = frozenset({"operating_status"})


def write_assets(staging: Staging, work: Table) -> None:
    """New records with their codes, and corrections; each with its audit entry."""
    _number(staging)
    written = select(work.c.name).join(staging.rows, staging.rows.c.number == work.c.number)
    names = spelled(staging, "staged_spelling", written.where(or_(staging.new, staging.changed)))
    _enter(staging, work, names)
    _correct(staging, work, names)


def _number(staging: Staging) -> None:
    """Give every new row the id of its record, in the order of the ledger."""
    rows, session = staging.rows, staging.session
    ordered = select(rows.c.number).where(staging.new).order_by(rows.c.number).subquery()
    next_id = func.nextval(func.pg_get_serial_sequence("asset", "id"))
    numbered = select(ordered.c.number, next_id.label("id")).subquery()
    session.execute(update(rows).where(rows.c.number == numbered.c.number).values(record_id=numbered.c.id))
    # Verdicts are new as well: without knowing them, everything below would be planned for one row.
    staging.analyze()


def _enter(staging: Staging, work: Table, names: Table) -> None:
    rows, session = staging.rows, staging.session
    me = viewer_of(session).account_id
    ordered = select(rows.c.number).where(staging.new).order_by(rows.c.number).subquery()
    coded = select(ordered.c.number, cast(_SERIAL.next_value(), TextType).label("serial")).subquery("coded")
    letter = case(LETTERS, value=work.c.asset_class)
    year = cast(func.extract("year", work.c.start), TextType)
    serial = func.lpad(coded.c.serial, func.greatest(6, func.length(coded.c.serial)), "0")
    said: dict[str, Any] = {name: work.c[name] for name in COLUMNS} | {
        "id": rows.c.record_id,
        "code": func.concat(func.left(Region.code, 6), "-", letter, year, "-", serial),
        "pinyin": names.c.pinyin,
        "initials": names.c.initials,
        "created_by": literal(me, Asset.created_by.type),
        "updated_by": literal(me, Asset.updated_by.type),
    }
    source = (
        rows.join(work, work.c.number == rows.c.number)
        .join(coded, coded.c.number == rows.c.number)
        .join(Region, Region.id == work.c.region_id)
        .join(names, names.c.name == work.c.name)
    )
    chosen = select(*said.values()).select_from(source).order_by(rows.c.number)
    session.execute(insert(Asset).from_select([getattr(Asset, name) for name in said], chosen))
    first = select(rows.c.record_id, work.c.operating_status, work.c.start, literal(me), literal(me)).select_from(
        rows.join(work, work.c.number == rows.c.number)
    )
    columns = ["asset_id", "status", "valid_from", "created_by", "updated_by"]
    session.execute(insert(OperatingPeriod).from_select(columns, first.where(staging.new)))
    auditing.note_added(
        session,
        staging.batch,
        "registry.register_asset",
        Asset,
        staging.new,
        of=rows.join(Asset, Asset.id == rows.c.record_id),
        path=Asset.region_path,
        sector=Asset.sector,
    )


def _correct(staging: Staging, work: Table, names: Table) -> None:
    """What a row says differently of the record itself."""
    rows, session = staging.rows, staging.session
    about = [name for name in COLUMNS if name not in _APART]
    said: dict[str, Any] = {name: work.c[name] for name in about} | {
        "pinyin": names.c.pinyin,
        "initials": names.c.initials,
        "updated_by": viewer_of(session).account_id,
    }
    since = auditing.latest_version(session)
    other = or_(*(work.c[name].is_distinct_from(work.c[f"was_{name}"]) for name in about))
    session.execute(
        update(Asset)
        .where(
            Asset.id == rows.c.record_id,
            staging.changed,
            work.c.number == rows.c.number,
            names.c.name == work.c.name,
            other,
            staging.seen(Asset),
        )
        .values(said)
        .execution_options(synchronize_session=False)
    )
    auditing.note_changed(
        session,
        staging.batch,
        "registry.correct_asset",
        Asset,
        since=since,
        path=Asset.region_path,
        sector=Asset.sector,
    )


def write_statuses(staging: Staging, work: Table) -> None:
    """How assets run from the day a row says, or from today; see :mod:`assets.registry.operating`."""
    rows, session = staging.rows, staging.session
    me = viewer_of(session).account_id
    told = and_(staging.changed, work.c.operating_status.is_distinct_from(work.c.was_operating_status))
    since_day = func.coalesce(work.c.operating_since, staging.context.today)
    here = rows.join(work, work.c.number == rows.c.number)
    entries = select(work.c.record_id, work.c.operating_status, since_day, literal(me), literal(me))
    columns = ["asset_id", "status", "valid_from", "created_by", "updated_by"]
    entry = pg_insert(OperatingPeriod).from_select(columns, entries.select_from(here).where(told))
    session.execute(
        entry.on_conflict_do_update(
            index_elements=["asset_id", "valid_from"],
            set_={"status": entry.excluded.status, "updated_by": entry.excluded.updated_by},
        )
    )
    since = auditing.latest_version(session)
    session.execute(
        update(Asset)
        .where(Asset.id == work.c.record_id, rows.c.number == work.c.number, told, staging.seen(Asset))
        .values(operating_status=work.c.operating_status, updated_by=me)
        .execution_options(synchronize_session=False)
    )
    auditing.note_changed(
        session,
        staging.batch,
        "registry.set_operating_status",
        Asset,
        work.c.record_id == Asset.id,
        since=since,
        path=Asset.region_path,
        sector=Asset.sector,
        valid_from=since_day,
    )
