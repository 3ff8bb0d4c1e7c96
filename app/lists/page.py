"""One page of a list, read with as few statements as it has parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from app.lists.columns import ABOVE, PLACE, Column, Listing
from assets.errors import RegistryError
from assets.filters import Filter

ROWS_PER_PAGE = 50
LAST_PAGE = 400
MOST_EXPORTED = 200_000


class TooManyRows(RegistryError):
    """More than a workbook should hold."""

    message = "These are {total} rows; a workbook holds {limit} at most. Choose an area or a filter first."


@dataclass(frozen=True)
class Row:
    """One record: its id and the values of the chosen columns."""

    id: int
    cells: Sequence[Any]


ASIDE = "_aside"


@dataclass(frozen=True)
class Page:
    """Rows of one page; ``total`` and ``totals`` are of all that match."""

    rows: list[Row]
    columns: tuple[Column, ...]
    total: int
    totals: dict[str, Any]
    number: int
    sort: str

    @property
    def last(self) -> int:
        """The number of the last page that can be turned to."""
        return max(1, min(LAST_PAGE, -(-self.total // ROWS_PER_PAGE)))

    @property
    def first_row(self) -> int:
        """The number of the first row shown."""
        return min((self.number - 1) * ROWS_PER_PAGE + 1, self.total)

    @property
    def last_row(self) -> int:
        """The number of the last row shown."""
        return (self.number - 1) * ROWS_PER_PAGE + len(self.rows)

    @property
    def cut(self) -> bool:
        """Whether pages end before the rows do."""
        return self.total > LAST_PAGE * ROWS_PER_PAGE


def read_page(
    session: Session, listing: Listing, asked: Filter, columns: tuple[Column, ...], *, sort: str, number: int
) -> Page:
    """The page ``number`` of what matches; too high a number gives the last one."""
    sort = sort if _known(listing, sort) else listing.usual_sort
    total, totals = count(session, listing, asked, columns)
    number = max(1, min(number, LAST_PAGE, -(-total // ROWS_PER_PAGE) or 1))
    found = session.execute(
        _rows(listing, asked, columns, sort).limit(ROWS_PER_PAGE).offset((number - 1) * ROWS_PER_PAGE)
    )
    return Page([Row(row[0], row[1:]) for row in found], columns, total, totals, number, sort)


def count(session: Session, listing: Listing, asked: Filter, columns: tuple[Column, ...]) -> tuple[int, dict[str, Any]]:
    """How many records match, and the sums of the columns that add up."""
    sums = {column.key: func.sum(column.value(asked)) for column in columns if column.adds_up}
    if listing.aside is not None:
        sums[ASIDE] = func.sum(listing.aside.value(asked))
    found = session.execute(listing.matching(asked, func.count(), *sums.values())).one()
    return found[0], dict(zip(sums, found[1:], strict=True))


def every_row(
    session: Session, listing: Listing, asked: Filter, columns: tuple[Column, ...], *, sort: str
) -> Iterator[Row]:
    """All that match, fetched in portions."""
    sort = sort if _known(listing, sort) else listing.usual_sort
    statement = _rows(listing, asked, columns, sort).execution_options(yield_per=2_000)
    return (Row(row[0], row[1:]) for row in session.execute(statement))


def _known(listing: Listing, sort: str) -> bool:
    column = listing.column(sort.removeprefix("-"))
    return column is not None and column.sortable


def _rows(listing: Listing, asked: Filter, columns: tuple[Column, ...], sort: str) -> Select[Any]:
    ordering = listing.column(sort.removeprefix("-"))
    by = ordering.sorted_by(asked) if ordering else listing.id
    by = by.desc() if sort.startswith("-") else by.asc()
    return (
        listing.matching(asked, listing.id, *(column.value(asked).label(column.key) for column in columns))
        .outerjoin(PLACE, PLACE.id == listing.region_id)
        .outerjoin(ABOVE, ABOVE.id == PLACE.parent_id)
        .order_by(by.nulls_last(), listing.id)
    )
