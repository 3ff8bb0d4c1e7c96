"""Which record a row speaks of: by what the registry or others call it, by its name, or as somebody said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from assets.imports.models import ImportAnswer
from assets.imports.problems import declare
from assets.imports.staging import Staging

declare(
    {
        "record_unknown": "There is no record “{value}” within your reach. Leave the cell empty to enter a new one, "
        "or set the code right.",
        "record_ambiguous": "{count} records are called so: {codes}. Please say which one is meant.",
        "record_twice": "The rows {others} speak of the same record “{value}”. Please leave one of them.",
        "key_twice": "The rows {others} say the same “{value}”. Please leave one of them, or tell them apart.",
        "record_gone": "The record chosen for this row is no longer there. Please choose again.",
    }
)
# Rows named where several are alike.
_NAMED = 6
_LONG = {"name_place_year": "name+region_id+year"}


def identify(staging: Staging) -> None:
    """Fill ``record_id`` and ``record_revision`` of the rows that speak of a record that is there.

    What somebody said goes first; then the ways of the kind one after the other, or the chosen one
    alone. Rows that speak of the same are told, each with the others.
    """
    if staging.kind.refer is not None:
        staging.kind.refer(staging)
    existing = records_of(staging)
    _as_said(staging, existing)
    tried: list[str] = []
    for identity in ways_of(staging):
        _by(staging, existing, keys_of(identity), tried)
        tried.append(identity)
    staging.analyze()
    _refuse_twice(staging, tried)


def ways_of(staging: Staging) -> tuple[str, ...]:
    """The identities that are tried: the chosen one, or all the rows could be told apart by."""
    offered = staging.kind.identities
    return (staging.identity,) if staging.identity in offered else offered


def keys_of(identity: str) -> list[str]:
    """The columns that make an identity."""
    return _LONG.get(identity, identity).split("+")


def records_of(staging: Staging) -> Any:
    """The records rows may name, as far as the viewer sees them."""
    chosen: Select[Any] = staging.kind.existing(staging)
    return chosen.where(staging.seen(entity_of(staging))).subquery("existing")


def entity_of(staging: Staging) -> Any:
    """The mapped class of the records that a kind of ledger speaks of."""
    return staging.kind.existing(staging).column_descriptions[0]["entity"]


def _as_said(staging: Staging, existing: Any) -> None:
    rows = staging.rows
    said = (
        select(ImportAnswer.number, cast(func.nullif(ImportAnswer.answer, ""), BigInteger).label("record_id"))
        .where(
            ImportAnswer.batch_id == staging.batch.id, ImportAnswer.kind == "same_as", ImportAnswer.number.is_not(None)
        )
        .subquery("said")
    )
    staging.set(
        {"record_id": existing.c.record_id, "record_revision": existing.c.revision},
        rows.c.number == said.c.number,
        existing.c.record_id == said.c.record_id,
    )
    gone = rows.join(said, said.c.number == rows.c.number)
    staging.tell(
        "record_gone", None, said.c.record_id.is_not(None), rows.c.record_id.is_(None), of=gone, value=said.c.record_id
    )


def _by(staging: Staging, existing: Any, keys: Sequence[str], tried: Sequence[str]) -> None:
    """Find the records that rows not yet identified name by ``keys``."""
    rows = staging.rows
    pairs = [(_key(rows, key), _key(existing, key)) for key in keys]
    if any(here is None or there is None for here, there in pairs):
        return
    same = [here == there for here, there in pairs[:1]]
    same += [here.is_not_distinct_from(there) for here, there in pairs[1:]]
    # Who says another code than the record has speaks of another record.
    same += [
        or_(rows.c[key].is_(None), existing.c[key].is_(None), rows.c[key] == existing.c[key])
        for key in tried
        if "+" not in key and key in rows.c and key in existing.c
    ]
    codes = func.array_agg(cast(existing.c.code if "code" in existing.c else existing.c.record_id, Text))
    found = (
        select(
            rows.c.number,
            func.min(existing.c.record_id).label("record_id"),
            func.min(existing.c.revision).label("revision"),
            func.count().label("count"),
            func.array_to_string(codes[1:_NAMED], "、").label("codes"),
        )
        .select_from(rows.join(existing, and_(*same)))
        .where(rows.c.record_id.is_(None), undecided(staging))
        .group_by(rows.c.number)
        .cte("found")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    field = keys[0]
    several = staging.rows.join(found, found.c.number == rows.c.number)
    staging.tell(
        "record_ambiguous",
        field,
        found.c.count > 1,
        of=several,
        value=cast(rows.c[field], Text),
        count=found.c.count,
        codes=found.c.codes,
    )
    staging.set(
        {"record_id": found.c.record_id, "record_revision": found.c.revision},
        rows.c.number == found.c.number,
        found.c.count == 1,
    )
    if len(keys) == 1 and field in staging.kind.given:
        staging.tell(
            "record_unknown",
            field,
            rows.c.record_id.is_(None),
            rows.c[field].is_not(None),
            undecided(staging),
            ~_told(staging, "record_ambiguous"),
            value=rows.c[field],
        )


def _refuse_twice(staging: Staging, tried: Sequence[str]) -> None:
    rows = staging.rows
    apart = tuple(func.coalesce(cast(rows.c[key], Text), "") for key in staging.kind.apart)
    same = (rows.c.record_id, *apart)
    _tell_others(staging, "record_twice", same, None, rows.c.record_id.is_not(None), rows.c.record_id)
    for identity in tried:
        keys = keys_of(identity)
        columns = tuple(_key(rows, key) for key in keys)
        if any(column is None for column in columns):
            continue
        told = (~_told(staging, "key_twice"), ~_told(staging, "record_twice"), undecided(staging))
        new = (rows.c.record_id.is_(None), columns[0].is_not(None))
        named = [cast(one, Text) for key, one in zip(keys, columns, strict=True) if key != "region_id"]
        said = [rows.c[key] for key in ("village", "region_code", "name") if key in rows.c]
        shown = func.concat_ws(" · ", *named) if named else func.coalesce(*said)
        field = next((key for key in (keys[0], "village") if staging.kind.field(key)), None)
        _tell_others(staging, "key_twice", columns + apart, field, and_(*new, *told), shown)


def _tell_others(
    staging: Staging, code: str, columns: tuple[Any, ...], field: str | None, where: ColumnElement[bool], shown: Any
) -> None:
    """Tell every row of a group of several which the others are."""
    rows = staging.rows
    listed = func.array_agg(aggregate_order_by(rows.c.row, rows.c.number))
    named = [column.label(f"key_{at}") for at, column in enumerate(columns)]
    alike = (
        select(*named, func.min(cast(shown, Text)).label("shown"), listed[1:_NAMED].label("rows"))
        .where(where)
        .group_by(*columns)
        .having(func.count() > 1)
        .cte("alike")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    same = [column.is_not_distinct_from(alike.c[f"key_{at}"]) for at, column in enumerate(columns) if at]
    joined = rows.join(alike, and_(columns[0] == alike.c.key_0, *same))
    others = func.array_to_string(func.array_remove(alike.c.rows, rows.c.row), "、")
    staging.tell(code, field, where, of=joined, value=alike.c.shown, others=others)


def _key(table: Any, key: str) -> Any:
    """One key of an identity; None where the table has it in no form."""
    if key in table.c:
        return table.c[key]
    return func.extract("year", table.c.built_on) if key == "year" and "built_on" in table.c else None


def undecided(staging: Staging) -> ColumnElement[bool]:
    """The criterion that nobody has said which record a row speaks of."""
    said = select(ImportAnswer.id).where(
        ImportAnswer.batch_id == staging.batch.id,
        ImportAnswer.kind == "same_as",
        ImportAnswer.number == staging.rows.c.number,
    )
    return ~said.exists()


def _told(staging: Staging, code: str) -> ColumnElement[bool]:
    found = staging.found
    return select(found.c.number).where(found.c.number == staging.rows.c.number, found.c.code == code).exists()


__all__ = ["entity_of", "identify", "records_of", "undecided", "ways_of"]
