"""Many rules looked at in one pass over the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, insert, literal, null, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from sqlalchemy.orm import QueryableAttribute

from assets.imports.staging import Staging


@dataclass(frozen=True)
class Rule:
    """One thing that may be wrong with a row, and when it is; as :meth:`Staging.tell` has it."""

    code: str
    # A key, or a column of keys where one rule speaks of several fields.
    field: str | ColumnElement[str] | None
    when: ColumnElement[bool]
    severity: str = "error"
    value: Any = None
    suggestion: Any = None
    data: Mapping[str, Any] | None = None


def tell_all(staging: Staging, rules: Sequence[Rule], number: Any, of: Any, *where: ColumnElement[bool]) -> None:
    """Tell every row of ``of`` whatever rules it breaks.

    Parameters
    ----------
    staging : Staging
        The ledger.
    rules : sequence of Rule
        On columns of ``of``.
    number : column
        The number of the row.
    of : FromClause
        Read once.
    *where : criteria
        Which rows are looked at.
    """
    told = [case((rule.when, _object(rule)), else_=null()) for rule in rules]
    broken: Any = func.array_remove(cast(array(told), ARRAY(JSONB)), null())
    looked: Select[Any] = select(number.label("number"), broken.label("broken")).select_from(of).where(*where)
    inner = looked.subquery("looked")
    each = func.unnest(inner.c.broken).table_valued("one").render_derived("each").lateral()
    one = cast(each.c.one, JSONB)
    chosen = select(
        inner.c.number,
        one["field"].as_string(),
        one["code"].as_string(),
        one["severity"].as_string(),
        one["value"].as_string(),
        one["suggestion"].as_string(),
        func.nullif(one["data"], cast(literal("null"), JSONB)),
    ).select_from(inner.join(each, literal(True)))
    names = ["number", "field", "code", "severity", "value", "suggestion", "data"]
    staging.session.execute(insert(staging.found).from_select(names, chosen))


def faultless(staging: Staging, number: Any, field_key: str) -> ColumnElement[bool]:
    """The criterion that nothing was told of this field yet, so that one mistake is told once."""
    told = staging.found
    return ~(
        select(told.c.number)
        .where(and_(told.c.number == number, told.c.field == field_key, told.c.severity == "error"))
        .exists()
    )


def _object(rule: Rule) -> Any:
    filled: list[Any] = []
    for name, what in (rule.data or {}).items():
        filled += [literal(name), what if isinstance(what, ColumnElement | QueryableAttribute) else literal(what)]
    return func.jsonb_build_object(
        *("field", rule.field if isinstance(rule.field, ColumnElement) else literal(rule.field, Text)),
        *("code", literal(rule.code, Text), "severity", literal(rule.severity, Text)),
        *("value", null() if rule.value is None else cast(rule.value, Text)),
        *("suggestion", null() if rule.suggestion is None else cast(rule.suggestion, Text)),
        *("data", func.jsonb_build_object(*filled) if filled else null()),
    )
