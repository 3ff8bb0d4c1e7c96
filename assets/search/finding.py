"""The few records whose names answer a word best: exact before beginning before inside."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, or_

from assets.search.matching import named_like

LONGEST_QUERY = 100
Rows = Select[*tuple[Any, ...]]


def clean(text: str) -> str:
    """What is looked for: without control characters, one blank between words, 100 characters at most."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * LONGEST_QUERY])
    return " ".join(plain.split())[:LONGEST_QUERY]


def best(
    statement: Rows,
    entity: Any,
    words: str,
    *,
    limit: int,
    name: Any = None,
    matching: ColumnElement[bool] | None = None,
) -> Rows:
    """The first answers of ``statement`` to ``words``.

    Parameters
    ----------
    statement : Select
        Selects from ``entity``, a :class:`assets.db.Named`.
    entity : mapped class
        Whose name, pinyin, initials and code are compared.
    words : str
        From :func:`clean`; an empty text finds nothing.
    limit : int
        Answers at most.
    name : column, optional
        What the record is called on pages, where that is not its full name.
    matching : criterion, optional
        What finds a record, where that is more than its name and code.
    """
    shown = name if name is not None else entity.name
    plain = words.lower().replace(" ", "")
    same = [func.lower(shown) == plain, entity.pinyin == plain, entity.initials == plain]
    begins = [
        func.starts_with(func.lower(shown), plain),
        func.starts_with(entity.pinyin, plain),
        func.starts_with(entity.initials, plain),
    ]
    if hasattr(entity, "code"):
        same.append(entity.code == words.upper())
        begins.append(func.starts_with(entity.code, words.upper()))
    rank = case((or_(*same), 0), (or_(*begins), 1), else_=2)
    return (
        statement.where(matching if matching is not None else named_like(entity, words) if words else false())
        .order_by(rank, func.char_length(shown), shown.collate("zh-x-icu"), entity.id)
        .limit(limit)
    )
