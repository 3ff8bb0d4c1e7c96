"""Entering new assets and setting right those that are there, as sets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Sequence, Table, case, cast, func, insert, literal, or_, select, update
from sqlalchemy import Text as TextType

from assets.imports import auditing
from assets.imports.beside import beside, fill
from assets.imports.kinds.asset_work import COLUMNS
from assets.imports.staging import Staging
from assets.regions.models import Region
from assets.registry.models import Asset, OperatingPeriod
from assets.registry.numbering import LETTERS
from assets.scope import viewer_of
from assets.search.words import spell_many

_SERIAL = Sequence("asset_code_seq")
# Has dates of its own.
_APART = frozenset({"operating_status"})


def write_assets(staging: Staging, work: Table) -> None:
    """New records with their codes, and corrections; each with its audit entry."""
    spelled = _spelled(staging, work)
    _number(staging)
    _enter(staging, work, spelled)
    _correct(staging, work, spelled)


def _number(staging: Staging) -> None:
    """Give every new row the id of its record, in the order of the ledger."""
    rows, session = staging.rows, staging.session
    ordered = select(rows.c.number).where(staging.new).order_by(rows.c.number).subquery()
    next_id = func.nextval(func.pg_get_serial_sequence("asset", "id"))
    numbered = select(ordered.c.number, next_id.label("id")).subquery()
    session.execute(update(rows).where(rows.c.number == numbered.c.number).values(record_id=numbered.c.id))


def _spelled(staging: Staging, work: Table) -> Table:
    """The pinyin of the names that will be written, each spelled once."""
    rows, session = staging.rows, staging.session
    wanted = (
        select(work.c.name)
        .join(rows, rows.c.number == work.c.number)
        .where(or_(staging.new, staging.changed))
        .distinct()
    )
    spelled = spell_many(session.scalars(wanted))
    table = beside(
        staging,
        "staged_spelling",
        Column("name", TextType, primary_key=True),
        Column("pinyin", TextType),
        Column("initials", TextType),
    )
    fill(staging, table, ({"name": n, "pinyin": p, "initials": i} for n, (p, i) in spelled.items()))
    return table


def _enter(staging: Staging, work: Table, spelled: Table) -> None:
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
        "pinyin": spelled.c.pinyin,
        "initials": spelled.c.initials,
        "created_by": literal(me, Asset.created_by.type),
        "updated_by": literal(me, Asset.updated_by.type),
    }
    source = (
        rows.join(work, work.c.number == rows.c.number)
        .join(coded, coded.c.number == rows.c.number)
        .join(Region, Region.id == work.c.region_id)
        .join(spelled, spelled.c.name == work.c.name)
    )
    chosen = select(*said.values()).select_from(source).order_by(rows.c.number)
    session.execute(insert(Asset).from_select([getattr(Asset, name) for name in said], chosen))
    first = select(rows.c.record_id, work.c.operating_status, work.c.start, literal(me), literal(me)).select_from(
        rows.join(work, work.c.number == rows.c.number)
    )
    names = ["asset_id", "status", "valid_from", "created_by", "updated_by"]
    session.execute(insert(OperatingPeriod).from_select(names, first.where(staging.new)))
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


def _correct(staging: Staging, work: Table, spelled: Table) -> None:
    """What a row says differently of the record itself."""
    rows, session = staging.rows, staging.session
    about = [name for name in COLUMNS if name not in _APART]
    said: dict[str, Any] = {name: work.c[name] for name in about} | {
        "pinyin": spelled.c.pinyin,
        "initials": spelled.c.initials,
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
            spelled.c.name == work.c.name,
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
