"""What a preview shows of the rows of a ledger: filtered, a page at a time, and their problems in groups."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, Text, cast, column, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONPATH
from sqlalchemy.orm import Session, aliased

from assets.imports.fields import Kind
from assets.imports.models import VERDICTS, ImportBatch, ImportRow
from assets.regions.models import Region

PER_PAGE = 100
MOST_VALUES = 40
LONGEST_WORDS = 100
LONGEST_VALUE = 2_000
_ROWS = 2**31 - 1
SEVERITY_ORDER = {"error": 0, "doubt": 1, "note": 2}


@dataclass(frozen=True)
class Asked:
    """Which rows of a preview: by verdict, by a problem (of a field, with a value), by words; and from where on."""

    verdict: str = ""
    problem: str = ""
    field: str | None = None
    value: str | None = None
    words: str = ""
    after: int = 0
    before: int = 0

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Asked:
        """From an address; what cannot be used is passed over."""
        verdict = args.get("verdict", "")
        return cls(
            verdict=verdict if verdict in VERDICTS else "",
            problem=_plain(args.get("problem", ""))[:80],
            field=_plain(args["field"])[:80] if "field" in args else None,
            value=_plain(args["value"])[:LONGEST_VALUE] if "value" in args else None,
            words=" ".join(_plain(args.get("q", "")).split())[:LONGEST_WORDS],
            after=_number(args.get("after", "")),
            before=_number(args.get("before", "")),
        )

    def query(self, **changes: Any) -> str:
        """As an address says it, from the first row on unless ``after`` or ``before`` is given."""
        asked = replace(self, **({"after": 0, "before": 0} | changes))
        names = {"words": "q"}
        told = {names.get(key, key): value for key, value in vars(asked).items() if value or key == "value"}
        if asked.value is None:
            told.pop("value", None)
        return urlencode(told)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the place in the list is chosen."""
        return bool(self.verdict or self.problem or self.words)


@dataclass(frozen=True)
class Page:
    """One page of rows with the number to go on from, in either direction."""

    rows: Sequence[Any]
    later: int | None
    earlier: int | None


@dataclass(frozen=True)
class Group:
    """All rows with one problem in one field."""

    code: str
    field: str | None
    severity: str
    rows: int


@dataclass(frozen=True)
class Value:
    """One text that has a problem, how many rows say it, and what could stand there instead."""

    text: str | None
    suggestion: str | None
    data: Mapping[str, Any]
    rows: int


def counts(session: Session, batch: ImportBatch, asked: Asked, kind: Kind) -> dict[str, int]:
    """Rows by verdict, for the problem and words that are asked for."""
    found = select(ImportRow.verdict, func.count()).where(*matching(batch.id, replace(asked, verdict=""), kind))
    told = dict(session.execute(found.group_by(ImportRow.verdict)).all())
    return {verdict: told.get(verdict, 0) for verdict in VERDICTS}


def page(session: Session, batch: ImportBatch, asked: Asked, kind: Kind) -> Page:
    """One page of rows in the order of the file, along the numbers."""
    town = aliased(Region)
    chosen = (
        select(ImportRow, Region.short_name.label("place"), Region.level, town.short_name.label("above"))
        .outerjoin(Region, Region.id == ImportRow.region_id)
        .outerjoin(town, town.id == Region.parent_id)
        .where(*matching(batch.id, asked, kind))
    )
    backwards = bool(asked.before)
    if backwards:
        chosen = chosen.where(ImportRow.number < asked.before).order_by(ImportRow.number.desc())
    else:
        chosen = chosen.where(ImportRow.number > asked.after).order_by(ImportRow.number)
    found = list(session.execute(chosen.limit(PER_PAGE + 1)))
    more, rows = len(found) > PER_PAGE, found[:PER_PAGE]
    if backwards:
        rows.reverse()
        return Page(rows, rows[-1][0].number if rows else None, rows[0][0].number if more else None)
    earlier = rows[0][0].number if rows and asked.after else None
    return Page(rows, rows[-1][0].number if more else None, earlier)


def row_of(session: Session, batch: ImportBatch, number: int) -> ImportRow | None:
    """One row by its number."""
    return session.get(ImportRow, (batch.id, number))


def matching(batch_id: int, asked: Asked, kind: Kind) -> Iterator[ColumnElement[bool]]:
    """The criteria of the rows that are asked for."""
    yield ImportRow.batch_id == batch_id
    if asked.verdict:
        yield ImportRow.verdict == asked.verdict
    if asked.problem:
        yield ImportRow.codes.contains([asked.problem])
        told = {"code": asked.problem}
        told |= {"field": asked.field} if asked.field else {}
        told |= {"value": asked.value} if asked.value is not None else {}
        if len(told) > 1:
            yield ImportRow.problems.contains([told])
    if asked.words:
        yield _says(asked.words, kind)


def _says(words: str, kind: Kind) -> ColumnElement[bool]:
    # Personal values are not looked through: an answer would tell them.
    hidden = cast([one.key for one in kind.fields if one.personal], ARRAY(Text))
    every = cast(func.jsonb_path_query_array(ImportRow.read.op("-")(hidden), cast("$.*", JSONPATH)), Text)
    said = [ImportRow.name.icontains(words, autoescape=True), every.icontains(words, autoescape=True)]
    if words.isascii() and words.isdecimal() and len(words) < 9:
        said.append(ImportRow.row == int(words))
    return or_(*said)


def groups(batch: ImportBatch) -> list[Group]:
    """What is wrong, by problem and field: what must be mended first, then by the number of rows."""
    found = [
        Group(one["code"], one.get("field"), one.get("severity", "error"), int(one.get("rows", 0)))
        for one in batch.counts.get("problems", ())
    ]
    return sorted(found, key=lambda one: (SEVERITY_ORDER.get(one.severity, 3), -one.rows, one.code, one.field or ""))


def values(session: Session, batch: ImportBatch, asked: Asked, kind: Kind) -> list[Value]:
    """The distinct texts that have one problem, the most frequent first."""
    told = _told()
    rows = func.count(ImportRow.number.distinct())
    chosen = (
        select(told.c.value, func.min(told.c.suggestion), func.min(told.c.data), rows)
        .select_from(ImportRow)
        .join(told, true())
        .where(
            *matching(batch.id, replace(asked, verdict="", value=None, words=""), kind),
            told.c.code == asked.problem,
            true() if asked.field is None else told.c.field == asked.field,
        )
        .group_by(told.c.value)
        .order_by(rows.desc(), told.c.value)
        .limit(MOST_VALUES + 1)
    )
    return [Value(value, suggestion, _json(data), count) for value, suggestion, data, count in _all(session, chosen)]


def _told() -> Any:
    """The problems of a row, each as a row of its own."""
    return (
        func.jsonb_to_recordset(ImportRow.problems)
        .table_valued(
            column("code", Text),
            column("field", Text),
            column("severity", Text),
            column("value", Text),
            column("suggestion", Text),
            column("data", Text),
            joins_implicitly=True,
        )
        .render_derived(name="told", with_types=True)
    )


def _all(session: Session, chosen: Select[Any]) -> Sequence[Any]:
    return session.execute(chosen).all()


def _json(text: str | None) -> Mapping[str, Any]:
    found = json.loads(text) if text else None
    return found if isinstance(found, dict) else {}


def _plain(text: str) -> str:
    return text.replace("\x00", "")


def _number(text: str) -> int:
    return min(int(text), _ROWS) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
