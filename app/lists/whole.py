"""Counting, adding up and sorting all that match: for as many records as that takes no time for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from app.lists.columns import ABOVE, PLACE, Column, Listing
from assets.filters import Filter
from assets.scope import within

ASIDE = "_aside"


@dataclass(frozen=True)
class Whole:
    """Count and sums of all that match, and the ids of one page of them."""

    total: int
    totals: dict[str, Any]
    ids: Sequence[int]


def sort_all(
    session: Session,
    listing: Listing,
    asked: Filter,
    columns: tuple[Column, ...],
    *,
    sort: str,
    first: int,
    limit: int,
    at_most: int | None,
) -> Whole | None:
    """Ids from ``first`` on in the order of ``sort``; past the end, those of the last page.

    None where more than ``at_most`` match. One statement reads what matches once, and only
    keys and summands of it: the columns of the page are read for its rows alone.
    """
    sums = sums_of(listing, asked, columns)
    key = key_of(listing, asked, sort)
    statement = listing.matching(
        asked, listing.id.label("id"), key.label("key"), *(value.label(name) for name, value in sums.items())
    )
    if _speaks_of_place(key):
        # By their paths the few regions of the area are joined, and not one for each record.
        here = PLACE.id == listing.region_id
        if listing.large is not None:
            here = (PLACE.region_path == listing.large.region_path) & within(PLACE.region_path, asked.area_path)
        statement = statement.outerjoin(PLACE, here).outerjoin(ABOVE, ABOVE.id == PLACE.parent_id)
    if at_most is not None:
        statement = statement.limit(at_most + 1)
    found = statement.cte("matching")
    total = select(func.count()).select_from(found).scalar_subquery()
    added = [select(func.sum(found.c[name])).scalar_subquery() for name in sums]
    last_first = func.greatest((total - 1) // limit * limit, 0)
    order = found.c.key.desc() if sort.startswith("-") else found.c.key.asc()
    rows = session.execute(
        select(found.c.id, total, *added)
        .order_by(order.nulls_last(), found.c.id)
        .limit(limit)
        .offset(func.least(first, last_first))
    ).all()
    if not rows:
        return Whole(0, {}, [])
    if at_most is not None and rows[0][1] > at_most:
        return None
    return Whole(rows[0][1], dict(zip(sums, rows[0][2:], strict=True)), [row[0] for row in rows])


def _speaks_of_place(key: Any) -> bool:
    own = (inspect(PLACE).selectable, inspect(ABOVE).selectable)
    return any(getattr(part, "table", None) in own for part in visitors.iterate(key))


def sums_of(listing: Listing, asked: Filter, columns: tuple[Column, ...]) -> dict[str, Any]:
    """What is added up: the chosen columns that add up, and the sum said aside."""
    sums = {column.key: column.value(asked) for column in columns if column.adds_up}
    if listing.aside is not None:
        sums[ASIDE] = listing.aside.value(asked)
    return sums


def key_of(listing: Listing, asked: Filter, sort: str) -> Any:
    """What orders the rows."""
    column = listing.column(sort.removeprefix("-"))
    return column.sorted_by(asked) if column else listing.id


def ordering(listing: Listing, asked: Filter, sort: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The order of a sort, unknown values last."""
    key = key_of(listing, asked, sort)
    return (key.desc() if sort.startswith("-") else key.asc()).nulls_last(), listing.id
