"""The labels, limits, standards, templates and checklists a registry begins with.

They lie in ``data`` as one table a file. An administrator may change every one afterwards, so
they are written only where there is nothing yet, and never again.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Boolean, Date, Integer, Numeric, insert, select
from sqlalchemy.orm import Session

from assets import audit
from assets.db import Base
from assets.terms.models import ChecklistItem, FacilityStandard, StageStep, Term, Threshold

DATED: Final = (Term, Threshold, FacilityStandard, StageStep, ChecklistItem)
_DATA: Final = Path(__file__).parent / "data"


def default_rows(entity: type[Base]) -> list[dict[str, Any]]:
    """The rows a table of dated rows begins with, in the types of its columns."""
    return list(_rows(entity))


def load_defaults(session: Session) -> int:
    """Fill the tables of dated rows that are empty; among the terms, the kinds that are missing.

    Parameters
    ----------
    session : Session
        Of the program itself; the caller commits.

    Returns
    -------
    int
        How many rows were written.
    """
    written = 0
    for entity in DATED:
        rows = default_rows(entity)
        if entity is Term:
            known = set(session.scalars(select(Term.kind).distinct()))
            rows = [row for row in rows if row["kind"] not in known]
        elif session.scalar(select(entity.id).limit(1)) is not None:
            continue
        if rows:
            session.execute(insert(entity), rows)
            audit.record(session, "terms.load_defaults", table=entity.__tablename__, rows=len(rows))
            written += len(rows)
    return written


def _rows(entity: type[Base]) -> Iterator[dict[str, Any]]:
    types = {column.name: column.type for column in entity.__table__.columns}
    with (_DATA / f"{entity.__tablename__}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: _value(types[name], text) for name, text in row.items()}


def _value(kind: Any, text: str) -> Any:
    if text == "":
        return None
    if isinstance(kind, Boolean):
        return text == "1"
    if isinstance(kind, Integer):
        return int(text)
    if isinstance(kind, Numeric):
        return Decimal(text)
    return dt.date.fromisoformat(text) if isinstance(kind, Date) else text
