"""What every room calls its tables' columns, for pages that tell of records of all rooms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.records.changes import COLUMNS, OWN_COLUMNS, written_value
from app.term_names import term_names
from app.words import WORDS, label

_NAMES: dict[tuple[str, str], Any] = {}
_KINDS: dict[tuple[str, str], str] = {}
_TERMS: dict[tuple[str, str], str] = {}


def call_columns(
    tables: Iterable[str], names: Mapping[str, Any], *, words: Mapping[str, str], terms: Mapping[str, str]
) -> None:
    """A room says what it calls columns, and of which kind of words or dated terms their values are."""
    for table in tables:
        _NAMES.update({(table, column): name for column, name in names.items()})
        _KINDS.update({(table, column): kind for column, kind in words.items() if kind in WORDS})
        _TERMS.update({(table, column): kind for column, kind in terms.items()})


def column_name(table: str, column: str) -> str:
    """What a column is called."""
    key = (table, column)
    return str(OWN_COLUMNS.get(key) or _NAMES.get(key) or COLUMNS.get(column, column))


def column_value(session: Session, table: str, column: str, value: Any, *, day: dt.date) -> str:
    """A value of a column in words."""
    key = (table, column)
    if isinstance(value, str) and key in _KINDS:
        return label(_KINDS[key], value)
    if isinstance(value, str) and key in _TERMS:
        return term_names(_TERMS[key], day=day).get(value, value)
    return written_value(session, table, column, value, day)
