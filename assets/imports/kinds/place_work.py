"""What villages, relocation sites and facilities share: each row beside its record, and the writing of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    Table,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from assets.imports import auditing
from assets.imports.beside import beside, fill
from assets.imports.clearing import cleared_of
from assets.imports.problems import declare
from assets.imports.regions import reachable
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.regions.models import Region
from assets.scope import viewer_of
from assets.search.words import spell_many

declare(
    {
        "record_not_yours": "“{name}” is not yours to change. Please leave the row out.",
        "record_withdrawn": "“{name}” was withdrawn on {day}. It can be read, not changed.",
        "number_range": "Between 0 and {limit}.",
        "same_name_there": "“{name}” is registered in {region} already. Is this another one?",
        "not_a_choice": "“{value}” is not one of the choices.",
    }
)
NAME = "staged_work"


def prepare(
    staging: Staging,
    entity: type[Any],
    columns: Sequence[str],
    defaults: Mapping[str, Any] | None = None,
    *,
    region_default: Mapping[str, Any] | None = None,
) -> Table:
    """Put each row beside the record it names.

    ``record_id`` is null for a new one. A column holds what the record would say, its ``was_`` what it
    says; ``defaults`` are what a new one says where its row says nothing, ``region_default`` columns of
    its region that stand in. A position that only stands in for an unknown one is passed over, since
    these records cannot say that it does.
    """
    rows = staging.rows
    staging.set({"geom": None, "position_quality": None}, rows.c.position_quality == "village_point")
    cleared = cleared_of(staging)
    region_id = func.coalesce(rows.c.region_id, entity.region_id)
    made: dict[str, tuple[Any, Any]] = {
        "number": (Integer(), rows.c.number),
        "record_id": (BigInteger(), entity.id),
        "is_new": (Boolean(), entity.id.is_(None)),
        "region_id": (BigInteger(), region_id),
        "was_region_id": (BigInteger(), entity.region_id),
        "was_path": (Text(collation="C"), entity.region_path),
        "retired_on": (Date(), entity.retired_on),
        "region_level": (Text(), Region.level),
        "region_kind": (Text(), Region.kind),
        "region_name": (Text(), Region.short_name),
        "geom": (entity.geom.type, func.coalesce(rows.c.geom, entity.geom)),
        "was_geom": (entity.geom.type, entity.geom),
    }
    for name in columns:
        # As wide as what was read: whether it fits the record is for the rules to say.
        attribute, type_ = getattr(entity, name), rows.c[name].type
        usual = (defaults or {}).get(name)
        kept = [rows.c[name], attribute]
        if region_default and name in region_default:
            kept.append(region_default[name])
        if usual is not None:
            kept.append(literal(usual, type_))
        would = case((literal(name) == any_(cleared.c.fields), literal(usual, type_)), else_=func.coalesce(*kept))
        made[name] = (type_, cast(would, type_))
        made[f"was_{name}"] = (type_, cast(attribute, type_))
    table_columns = [Column(name, kind, primary_key=name == "number") for name, (kind, _) in made.items()]
    source = (
        rows.outerjoin(entity, and_(entity.id == rows.c.record_id, staging.seen(entity)))
        .outerjoin(Region, Region.id == region_id)
        .outerjoin(cleared, cleared.c.number == rows.c.number)
    )
    table = beside(staging, NAME, *table_columns, of=select(*(value for _, value in made.values())).select_from(source))
    staging.session.info[NAME] = table
    return table


def work_table(staging: Staging) -> Table:
    """The table that :func:`prepare` has made in this transaction."""
    table: Table = staging.session.info[NAME]
    return table


def news(work: Table, *names: str) -> ColumnElement[bool]:
    """The criterion that a record would say something new in one of these columns."""
    return or_(work.c.is_new, *(work.c[name].is_distinct_from(work.c[f"was_{name}"]) for name in names))


def in_range(work: Table, limits: Mapping[str, int]) -> list[Rule]:
    """Numbers from nothing to a limit."""
    return [
        Rule(
            "number_range",
            name,
            or_(work.c[name] < 0, work.c[name] > most),
            value=work.c[name],
            data={"limit": f"{most:,}"},
        )
        for name, most in limits.items()
    ]


def check_held(staging: Staging, work: Table, name: Any) -> None:
    """Refuse changes of what was withdrawn, or lies where the viewer may only look."""
    rules = [
        Rule("record_withdrawn", None, work.c.retired_on.is_not(None), data={"name": name, "day": work.c.retired_on}),
        Rule(
            "record_not_yours",
            None,
            and_(~work.c.is_new, ~reachable(staging, work.c.was_path)),
            data={"name": name},
        ),
    ]
    tell_all(staging, rules, work.c.number, work)


def check_same_name(staging: Staging, work: Table, entity: type[Any]) -> None:
    """Doubt a new name that another record of the place bears, in the register or in the ledger itself."""
    other = (
        select(entity.id)
        .where(
            entity.region_id == work.c.region_id,
            entity.name == work.c.name,
            entity.retired_on.is_(None),
            entity.id.is_distinct_from(work.c.record_id),
            staging.seen(entity),
        )
        .exists()
    )
    moved = or_(news(work, "name"), work.c.region_id.is_distinct_from(work.c.was_region_id))
    told = {"name": work.c.name, "region": work.c.region_name}
    rule = Rule("same_name_there", "name", and_(moved, other), "doubt", value=work.c.name, data=told)
    tell_all(staging, [rule], work.c.number, work)


def write(
    staging: Staging,
    entity: type[Any],
    columns: Sequence[str],
    *,
    action: tuple[str, str],
    named_by_region: bool = False,
) -> None:
    """Enter new records and set right changed ones, each with its entry ``action`` (registered, corrected)."""
    rows, session, work = staging.rows, staging.session, work_table(staging)
    me = viewer_of(session).account_id
    ordered = select(rows.c.number).where(staging.new).order_by(rows.c.number).subquery()
    next_id = func.nextval(func.pg_get_serial_sequence(entity.__tablename__, "id"))
    numbered = select(ordered.c.number, next_id.label("id")).subquery()
    staging.set({"record_id": numbered.c.id}, rows.c.number == numbered.c.number)
    source = rows.join(work, work.c.number == rows.c.number)
    if named_by_region:
        source = source.join(Region, Region.id == work.c.region_id)
        spelling: dict[str, Any] = {"name": Region.short_name, "pinyin": Region.pinyin, "initials": Region.initials}
    else:
        spelled = spell_names(staging, work)
        source = source.join(spelled, spelled.c.name == work.c.name)
        spelling = {"pinyin": spelled.c.pinyin, "initials": spelled.c.initials}
    said: dict[str, Any] = {name: work.c[name] for name in (*columns, "region_id", "geom")} | spelling
    said |= {"id": rows.c.record_id, "created_by": literal(me, BigInteger)}
    chosen = select(*said.values()).select_from(source).where(staging.new).order_by(rows.c.number)
    session.execute(insert(entity).from_select([getattr(entity, name) for name in said], chosen))
    auditing.note_added(
        session,
        staging.batch,
        action[0],
        entity,
        staging.new,
        of=rows.join(entity, entity.id == rows.c.record_id),
        path=entity.region_path,
    )
    _correct(staging, entity, columns, source, spelling, action[1], me)


def _correct(
    staging: Staging,
    entity: type[Any],
    columns: Sequence[str],
    source: Any,
    spelling: Mapping[str, Any],
    action: str,
    me: int | None,
) -> None:
    rows, session, work = staging.rows, staging.session, work_table(staging)
    new: dict[str, Any] = {
        name: case((staging.says(name), rows.c[name]), else_=work.c[f"was_{name}"]) for name in columns
    }
    new["region_id"] = work.c.region_id
    new["geom"] = case((staging.says("geom"), rows.c.geom), else_=work.c.was_geom)
    for name in columns:
        if not getattr(entity, name).property.columns[0].nullable:
            new[name] = func.coalesce(new[name], work.c[f"was_{name}"])
    would = [value.label(f"new_{name}") for name, value in (new | dict(spelling)).items()]
    changed = (
        select(rows.c.record_id, *would)
        .select_from(source)
        .where(staging.changed)
        .cte("changed")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    values = {name: changed.c[f"new_{name}"] for name in (*new, *spelling)}
    since = auditing.latest_version(session)
    session.execute(
        update(entity)
        .where(entity.id == changed.c.record_id, staging.seen(entity))
        .values(values | {"updated_by": me})
        .execution_options(synchronize_session=False)
    )
    auditing.note_changed(session, staging.batch, action, entity, since=since, path=entity.region_path)


def spell_names(staging: Staging, work: Table) -> Table:
    """The pinyin of the names that will be written, each spelled once."""
    rows = staging.rows
    wanted = (
        select(work.c.name)
        .join(rows, rows.c.number == work.c.number)
        .where(or_(staging.new, staging.changed), work.c.name.is_not(None))
        .distinct()
    )
    spelled = spell_many(staging.session.scalars(wanted))
    columns = (Column("name", Text, primary_key=True), Column("pinyin", Text), Column("initials", Text))
    table = beside(staging, "staged_spelling", *columns)
    fill(staging, table, ({"name": n, "pinyin": p, "initials": i} for n, (p, i) in spelled.items()))
    return table
