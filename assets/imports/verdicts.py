"""What becomes of each row: new, changed and in what, the same, or outside for what is wrong with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from assets.imports.clearing import CLEARED
from assets.imports.identities import records_of
from assets.imports.models import ImportAnswer
from assets.imports.staging import Staging

# Kept with a position, and no change of their own.
_ABOUT_POSITION = ("position_quality", "source_datum")
# Where no position was given, the village's own stands in: it takes nobody's place.
_STANDS_IN = "village_point"
# A hundred-millionth of a degree is a millimetre; exports round to it.
_SAME_DEGREES = 2e-7
_PAIRS = 45


def settle(staging: Staging) -> None:
    """Give every row its verdict and its differences.

    Parameters
    ----------
    staging : Staging
        With everything told that is wrong, and which fields it empties.
    """
    staging.session.execute(text(f"ANALYZE {staging.found.name}"))
    pass_confirmed(staging)
    _compare(staging)
    if staging.kind.further is not None:
        staging.kind.further(staging)
    rows, found = staging.rows, staging.found
    wrong = select(found.c.number).where(found.c.severity != "note").scalar_subquery()
    outside = _answered(staging, "left_out")
    staging.set(
        {
            "verdict": case(
                (rows.c.number.in_(outside), "left_out"),
                (rows.c.number.in_(wrong), "rejected"),
                (rows.c.record_id.is_(None), "new"),
                (rows.c.differences == cast(literal("{}"), JSONB), "same"),
                else_="changed",
            )
        }
    )


def pass_confirmed(staging: Staging) -> None:
    """Let doubts that were confirmed be told only."""
    found = staging.found
    yes = select(ImportAnswer.id).where(
        ImportAnswer.batch_id == staging.batch.id,
        ImportAnswer.kind == "confirm",
        ImportAnswer.code == found.c.code,
        or_(ImportAnswer.number.is_(None), ImportAnswer.number == found.c.number),
        or_(ImportAnswer.field.is_(None), ImportAnswer.field == found.c.field),
        or_(ImportAnswer.found.is_(None), ImportAnswer.found == found.c.value),
    )
    known = func.coalesce(found.c.data, cast(literal("{}"), JSONB))
    staging.write(
        update(found)
        .where(found.c.severity == "doubt", yes.exists())
        .values(severity="note", data=known.op("||")(cast(literal('{"confirmed": true}'), JSONB)))
    )


def _answered(staging: Staging, kind: str) -> Any:
    return (
        select(ImportAnswer.number)
        .where(ImportAnswer.batch_id == staging.batch.id, ImportAnswer.kind == kind, ImportAnswer.number.is_not(None))
        .scalar_subquery()
    )


def _compare(staging: Staging) -> None:
    """Keep what differs between a row and its record, before and after, by field."""
    rows, existing = staging.rows, records_of(staging)
    told: list[Any] = []
    emptied = _emptied(staging)
    for name in comparable(staging, existing):
        here, there = rows.c[name], existing.c[name]
        differs = and_(here.is_not(None), here.is_distinct_from(there))
        gone = and_(here.is_(None), there.is_not(None), emptied.has_key(name))
        told += [literal(name, Text), case((or_(differs, gone), func.jsonb_build_array(there, here)))]
    told += _position(rows, existing)
    parts = [func.jsonb_build_object(*told[at : at + 2 * _PAIRS]) for at in range(0, len(told), 2 * _PAIRS)]
    whole: Any = cast(literal("{}"), JSONB)
    for part in parts:
        whole = whole.op("||")(part)
    staging.set({"differences": func.jsonb_strip_nulls(whole)}, rows.c.record_id == existing.c.record_id)


def comparable(staging: Staging, existing: Any) -> list[str]:
    """The columns in which a row and its record can differ."""
    own = {"record_id", "revision", "geom", *_ABOUT_POSITION}
    staged = [one.key for one in staging.fields] + ["region_id"]
    return [name for name in dict.fromkeys(staged) if name in existing.c and name not in own]


def _emptied(staging: Staging) -> Any:
    """The fields of a row that somebody has asked to empty."""
    found, rows = staging.found, staging.rows
    names = (
        select(func.jsonb_object_agg(found.c.field, True))
        .where(found.c.number == rows.c.number, found.c.code == CLEARED)
        .scalar_subquery()
    )
    return func.coalesce(names, cast(literal("{}"), JSONB), type_=JSONB)


def _position(rows: Any, existing: Any) -> list[Any]:
    if "geom" not in existing.c:
        return []
    moved = and_(
        rows.c.geom.is_not(None),
        rows.c.position_quality.is_distinct_from(_STANDS_IN),
        or_(existing.c.geom.is_(None), ~_lies_alike(rows.c.geom, existing.c.geom)),
    )
    told: list[Any] = [
        literal("geom", Text),
        case((moved, func.jsonb_build_array(_text(existing.c.geom), _text(rows.c.geom)))),
    ]
    for name in _ABOUT_POSITION:
        if name in existing.c:
            here, there = rows.c[name], existing.c[name]
            told += [
                literal(name, Text),
                case((and_(moved, here.is_distinct_from(there)), func.jsonb_build_array(there, here))),
            ]
    return told


def _lies_alike(one: Any, other: Any) -> ColumnElement[bool]:
    points = and_(func.ST_Dimension(one) == 0, func.ST_NPoints(one) == 1, func.ST_NPoints(other) == 1)
    return func.coalesce(
        case(
            (points, func.ST_DWithin(one, other, _SAME_DEGREES)),
            else_=and_(
                func.GeometryType(one) == func.GeometryType(other),
                func.ST_NPoints(one) == func.ST_NPoints(other),
                func.ST_HausdorffDistance(one, other) <= _SAME_DEGREES,
            ),
        ),
        False,
    )


def _text(geometry: Any) -> Any:
    return cast(func.ST_AsEWKT(geometry, 7), Text)
