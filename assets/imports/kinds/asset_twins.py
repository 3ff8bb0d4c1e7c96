"""Rows that may be one asset: nearly the same name in one place, in the ledger and in the register.

The rules are those of :mod:`assets.registry.likeness`. What must be equal (the place, the numbers
in a name) joins; likeness is only measured within what is left, and not where that is too much.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Table, Text, and_, func, literal, or_, select, text, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from assets.imports.beside import beside
from assets.imports.kinds.asset_work import news
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.regions.models import Region
from assets.registry.likeness import IN_BRACKETS, NEARLY, NUMBERS
from assets.registry.models import Asset

declare(
    {
        "duplicate": "“{other}” ({code}) in the same place may be the same asset. "
        "Please say that it is that one, or confirm that it is another.",
        "duplicate_row": "Row {row}, “{other}”, may be the same asset. "
        "Please leave one of the rows out, or confirm that they are two.",
    }
)
# More names with the same numbers in one place than this are compared for being equal alone.
MOST_COMPARED = 60


def check_twins(staging: Staging, work: Table) -> None:
    """Doubt rows whose asset seems to be there already, or stands in an earlier row."""
    named = _named(staging, work)
    # The planner knows nothing yet of what was entered a minute ago, and would scan these rows for each of it.
    staging.session.execute(text(f"CREATE INDEX ON {named.name} (region_id)"))
    known = _known(staging, named)
    _tell(staging, named, known)
    _tell_rows(staging, named)


def _plainly(name: Any, place: Any) -> tuple[Any, Any, Any, Any]:
    plain = func.plain_name(name)
    return (
        plain,
        func.replace(plain, func.plain_name(place), ""),
        func.regexp_replace(plain, NUMBERS, "", "g"),
        func.coalesce(func.substring(name, IN_BRACKETS), ""),
    )


def _columns() -> list[Column[Any]]:
    texts = ("name", "plain", "bare", "numbers", "bracketed", "type")
    return [Column("region_id", BigInteger), *(Column(name, Text) for name in texts), Column("size", Integer)]


def _named(staging: Staging, work: Table) -> Table:
    """The rows that say a new name or place, taken apart."""
    plainly = (
        select(
            work.c.number,
            work.c.region_id,
            work.c.name,
            *(
                part.label(label)
                for label, part in zip(
                    ("plain", "bare", "numbers", "bracketed"), _plainly(work.c.name, Region.short_name), strict=True
                )
            ),
            work.c.type,
            work.c.record_id,
        )
        .join(Region, Region.id == work.c.region_id)
        .where(work.c.name.is_not(None), news(work, "name", "region_id"))
        .subquery("plainly")
    )
    size = func.count().over(partition_by=(plainly.c.region_id, plainly.c.numbers, plainly.c.type))
    return beside(
        staging,
        "staged_named",
        Column("number", Integer, primary_key=True),
        *_columns(),
        Column("record_id", BigInteger),
        of=select(
            plainly.c.number,
            *(plainly.c[name] for name in ("region_id", "name", "plain", "bare", "numbers", "bracketed", "type")),
            size,
            plainly.c.record_id,
        ),
    )


def _known(staging: Staging, named: Table) -> Table:
    """The assets in the places of these rows."""
    plain, bare, numbers, bracketed = _plainly(Asset.name, Region.short_name)
    chosen = (
        select(
            Asset.id, Asset.code, Asset.region_id, Asset.name, plain, bare, numbers, bracketed, Asset.type, literal(0)
        )
        .join(Region, Region.id == Asset.region_id)
        .where(Asset.region_id.in_(select(named.c.region_id)))
        .where(Asset.retired_on.is_(None), Asset.disposed_on.is_(None), staging.seen(Asset))
    )
    return beside(staging, "staged_known", Column("id", BigInteger), Column("code", Text), *_columns(), of=chosen)


def _alike(one: Any, other: Any) -> Any:
    """The criterion that two names, equal in place and numbers, are nearly the same."""
    types = or_(other.c.type.is_(None), one.c.type.is_(None), one.c.type == other.c.type)
    groups = or_(one.c.bracketed == other.c.bracketed, one.c.bracketed == "", other.c.bracketed == "")
    return and_(types, groups, func.similarity(one.c.bare, other.c.bare) >= NEARLY)


def _tell(staging: Staging, named: Table, known: Table) -> None:
    same = and_(known.c.region_id == named.c.region_id, known.c.id.is_distinct_from(named.c.record_id))
    likest = func.similarity(named.c.bare, known.c.bare)
    pairs = [
        select(named.c.number, known.c.id, literal(2.0).label("likeness")).join(
            known, and_(same, known.c.plain == named.c.plain)
        ),
        select(named.c.number, known.c.id, likest.label("likeness")).join(
            known, and_(same, known.c.numbers == named.c.numbers, named.c.size <= MOST_COMPARED, _alike(named, known))
        ),
    ]
    both = pairs[0].union_all(pairs[1]).subquery("pairs")
    best = (
        select(
            both.c.number,
            func.array_agg(aggregate_order_by(both.c.id, both.c.likeness.desc(), both.c.id))[1].label("id"),
        )
        .group_by(both.c.number)
        .subquery("best")
    )
    here = named.join(best, best.c.number == named.c.number).join(known, known.c.id == best.c.id)
    data = {"other": known.c.name, "code": known.c.code, "record_id": known.c.id}
    rule = Rule("duplicate", "name", true(), severity="doubt", value=named.c.name, data=data)
    tell_all(staging, [rule], named.c.number, here)


def _tell_rows(staging: Staging, named: Table) -> None:
    first = named.alias("first")
    rows = staging.rows
    same = and_(first.c.region_id == named.c.region_id, first.c.number < named.c.number)
    few = and_(named.c.size <= MOST_COMPARED, first.c.size <= MOST_COMPARED)
    pairs = (
        select(named.c.number, first.c.number.label("other"))
        .join(first, and_(same, first.c.plain == named.c.plain))
        .union_all(
            select(named.c.number, first.c.number).join(
                first, and_(same, first.c.numbers == named.c.numbers, few, _alike(named, first))
            )
        )
        .subquery("pairs")
    )
    earliest = (
        select(pairs.c.number, func.min(pairs.c.other).label("other")).group_by(pairs.c.number).subquery("earliest")
    )
    other = rows.alias("other_row")
    here = named.join(earliest, earliest.c.number == named.c.number).join(other, other.c.number == earliest.c.other)
    data = {"row": other.c.row, "other": other.c.name, "number": other.c.number}
    rule = Rule("duplicate_row", "name", true(), severity="doubt", value=named.c.name, data=data)
    tell_all(staging, [rule], named.c.number, here)
