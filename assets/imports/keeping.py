"""Staged rows kept as the preview, and taken up again from it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    Text,
    bindparam,
    case,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from assets.imports.clearing import CLEARED
from assets.imports.models import ImportAnswer, ImportRow
from assets.imports.staging import Staging

_PLACED = ("position_quality", "source_datum")


def keep_rows(staging: Staging) -> None:
    """Keep what was found of every row; what was found before is gone."""
    session, rows, found = staging.session, staging.rows, staging.found
    session.execute(
        delete(ImportRow).where(ImportRow.batch_id == staging.batch.id).execution_options(synchronize_session=False)
    )
    said = select(*(rows.c[one.key] for one in staging.fields)).correlate(rows).lateral("said")
    rank = case((found.c.severity == "error", 0), (found.c.severity == "doubt", 1), else_=2)
    one = func.jsonb_strip_nulls(
        func.jsonb_build_object(
            *("field", found.c.field, "code", found.c.code, "severity", found.c.severity),
            *("value", found.c.value, "suggestion", found.c.suggestion, "data", found.c.data),
        )
    )
    told = (
        select(
            found.c.number,
            func.jsonb_agg(aggregate_order_by(one, rank, found.c.field, found.c.code)).label("problems"),
            func.array_agg(found.c.code.distinct()).label("codes"),
        )
        .group_by(found.c.number)
        .subquery("told")
    )
    kept = {
        "batch_id": literal(staging.batch.id),
        "number": rows.c.number,
        "sheet": func.coalesce(rows.c.sheet, ""),
        "row": rows.c.row,
        "verdict": rows.c.verdict,
        "name": rows.c.name if "name" in rows.c else literal(None, Text),
        "region_id": rows.c.region_id,
        "record_id": rows.c.record_id,
        "record_revision": rows.c.record_revision,
        "read": func.jsonb_strip_nulls(func.to_jsonb(said.table_valued())),
        "differences": func.coalesce(rows.c.differences, cast(literal("{}"), JSONB)),
        "problems": func.coalesce(told.c.problems, cast(literal("[]"), JSONB)),
        "codes": func.coalesce(told.c.codes, cast(literal("{}"), ARRAY(Text))),
        **{name: rows.c[name] for name in _PLACED},
        "geom": rows.c.geom,
        "drawn": rows.c.drawn,
    }
    chosen = select(*kept.values()).select_from(rows.join(said, true()).outerjoin(told, told.c.number == rows.c.number))
    session.execute(insert(ImportRow).from_select(list(kept), chosen))


def take_up(staging: Staging, verdicts: Collection[str]) -> None:
    """Stage the kept rows of these verdicts again; where they belong and lead to is found anew."""
    rows = staging.rows
    fields = [one.key for one in staging.fields]
    said = func.jsonb_populate_record(literal_column(f"NULL::{rows.name}"), ImportRow.read)
    read = said.table_valued(*(column(key) for key in fields)).lateral("read")
    taken: dict[str, Any] = {
        "number": ImportRow.number,
        "sheet": ImportRow.sheet,
        "row": ImportRow.row,
        **{key: read.c[key] for key in fields},
        **{name: getattr(ImportRow, name) for name in _PLACED},
        "geom": ImportRow.geom,
    }
    chosen = (
        select(*taken.values())
        .select_from(ImportRow)
        .join(read, true())
        .where(ImportRow.batch_id == staging.batch.id, ImportRow.verdict.in_(sorted(verdicts)))
    )
    staging.session.execute(insert(rows).from_select(list(taken), chosen))
    _empty_again(staging)
    staging.analyze()


def _empty_again(staging: Staging) -> None:
    """Tell once more which fields the staged rows empty, as the preview has told it."""
    rows, found = staging.rows, staging.found
    told = func.jsonb_array_elements(ImportRow.problems).table_valued(column("value", JSONB)).lateral("told")
    names = ("field", "code", "severity")
    chosen = (
        select(ImportRow.number, *(told.c.value[name].astext.label(name) for name in names))
        .select_from(ImportRow)
        .join(rows, rows.c.number == ImportRow.number)
        .join(told, true())
        .where(
            ImportRow.batch_id == staging.batch.id,
            ImportRow.codes.contains([CLEARED]),
            told.c.value["code"].astext == CLEARED,
        )
    )
    staging.session.execute(insert(found).from_select(["number", *names], chosen))


def differing(staging: Staging, *, most: int) -> tuple[int, list[int]]:
    """How many staged rows are no longer what the preview says, and the first of them as spreadsheets number them."""
    rows = staging.rows
    kept = ImportRow
    nothing = cast(literal("{}"), JSONB)
    found = (
        select(kept.row, func.count().over().label("all_of_them"))
        .join(rows, rows.c.number == kept.number)
        .where(
            kept.batch_id == staging.batch.id,
            (rows.c.verdict != kept.verdict)
            | rows.c.record_id.is_distinct_from(kept.record_id)
            | rows.c.region_id.is_distinct_from(kept.region_id)
            | (func.coalesce(rows.c.differences, nothing) != kept.differences),
        )
        .order_by(kept.number)
        .limit(most)
    )
    listed = staging.session.execute(found).all()
    return (listed[0].all_of_them if listed else 0), [one.row for one in listed]


def name_records(staging: Staging, personal: Collection[str]) -> None:
    """Note which record each row has become; what it said stays in the register alone.

    Rows that were left outside keep what they say, but for personal values, to be mended and brought again.
    """
    rows, session = staging.rows, staging.session
    mine = (ImportRow.batch_id == staging.batch.id,)
    hidden = bindparam("hidden", sorted(personal), ARRAY(Text))
    told = ImportRow.differences.op("-")(hidden)
    emptied: dict[str, Any] = {"read": {}, "differences": told, "problems": []}
    outside = ("rejected", "left_out")
    for changed in (
        update(ImportRow).where(*mine, ImportRow.number == rows.c.number).values(record_id=rows.c.record_id, **emptied),
        update(ImportRow).where(*mine, ImportRow.verdict == "same").values(**emptied),
        update(ImportRow)
        .where(*mine, ImportRow.verdict.in_(outside))
        .values(read=ImportRow.read.op("-")(hidden), differences=told),
        delete(ImportAnswer).where(ImportAnswer.batch_id == staging.batch.id, ImportAnswer.field.in_(sorted(personal))),
    ):
        session.execute(changed.execution_options(synchronize_session=False))
