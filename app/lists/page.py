"""One page of a list.

Where an area holds few records, all that match are counted, added up and sorted. Where it
holds many, an index gives the order (:mod:`app.lists.walk`), kept sums give count and totals
where they know them, and what remains is counted when the page is already there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from psycopg.errors import QueryCanceled
from sqlalchemy import Select, func, literal, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.lists import whole
from app.lists.columns import ABOVE, PLACE, Column, Large, Listing
from app.lists.walk import Asked, Walk, walk
from assets.errors import RegistryError
from assets.filters import Filter

ROWS_PER_PAGE = 50
LAST_PAGE = 400
LAST_PAGE_LARGE = 20
MOST_EXPORTED = 200_000
# So many rows of a file are in memory at a time, drawn areas among them.
FETCHED = 500
# What can be sorted within a few hundredths of a second.
SORTED_AT_MOST = 20_000
SORTED_AT_MOST_IF_COSTLY = 1_500
SMALL_LEVELS = ("county", "town", "village")
FEW = 4_000
# What no index leads to is not waited for; it is looked for along the order instead.
FEW_FOUND_WITHIN_MS = 150


class TooManyRows(RegistryError):
    """More than a file should hold."""

    message = "These are {total} rows; a file holds {limit} at most. Choose an area or a filter first."


@dataclass(frozen=True)
class Row:
    """One record: its id and the values of the chosen columns."""

    id: int
    cells: Sequence[Any]


@dataclass(frozen=True)
class Page:
    """Rows of one page; ``total`` and ``totals`` are of all that match, None until they are counted.

    ``sorts`` are the columns that can be sorted by here; ``unsorted`` one that was asked for and
    cannot. ``earlier`` and ``later`` are where a walk goes on, and ``walked`` how many records
    it went through where it had to stop before the page was full.
    """

    rows: list[Row]
    columns: tuple[Column, ...]
    total: int | None
    totals: dict[str, Any]
    number: int
    sort: str
    sorts: frozenset[str]
    unsorted: bool = False
    earlier: str = ""
    later: str = ""
    walked: int = 0

    @property
    def last(self) -> int:
        """The number of the last page that can be turned to."""
        return max(1, min(LAST_PAGE, -(-(self.total or 0) // ROWS_PER_PAGE)))

    @property
    def first_row(self) -> int:
        """The number of the first row shown."""
        return (self.number - 1) * ROWS_PER_PAGE + min(1, len(self.rows))

    @property
    def last_row(self) -> int:
        """The number of the last row shown."""
        return (self.number - 1) * ROWS_PER_PAGE + len(self.rows)

    @property
    def cut(self) -> bool:
        """Whether pages end before the rows do."""
        return not self.is_walk and self.total is not None and self.total > LAST_PAGE * ROWS_PER_PAGE

    @property
    def is_walk(self) -> bool:
        """Whether pages are turned one after the other, along an index."""
        return bool(self.earlier or self.later)


def read_page(session: Session, asked: Asked, *, is_small: Callable[[], bool]) -> Page:
    """The page that is asked for; too high a number gives the last one.

    ``is_small`` tells whether the area holds no more records than can be sorted at once.
    """
    listing = asked.listing
    sortable = frozenset(column.key for column in listing.columns if column.sortable)
    sort = asked.sort if asked.sort.removeprefix("-") in sortable else listing.usual_sort
    asked = replace(asked, sort=sort)
    if listing.large is None or is_small():
        if asked.area.level in SMALL_LEVELS:
            asked = replace(asked, filter=replace(asked.filter, compares_names=True))
        return _sorted(session, asked, sortable, None)
    orders = frozenset(listing.large.orders(asked.filter))
    unsorted = sort.removeprefix("-") not in orders
    if unsorted:
        asked = replace(asked, sort=listing.usual_sort, after="", before="", number=1)
    known = listing.large.sums(session, asked.area, asked.filter)
    page = _at_large(session, asked, orders, known)
    return replace(page, unsorted=unsorted)


def _at_large(session: Session, asked: Asked, orders: frozenset[str], known: tuple[int, dict[str, Any]] | None) -> Page:
    """Walk along the order; sort what matches where it is known, or turns out, to be little."""
    if known is not None and known[0] <= FEW:
        return _sorted(session, asked, orders, None) if known[0] else _nothing(asked, orders)
    turned = bool(asked.after or asked.before)
    large = cast(Large, asked.listing.large)
    tried = not turned and known is None and (asked.number > 1 or large.is_narrow(asked.filter))
    if tried and (page := _few(session, asked, orders)):
        return page
    number = asked.number if turned else min(asked.number, LAST_PAGE_LARGE)
    found = walk(session, replace(asked, number=number), ROWS_PER_PAGE)
    if known is None and not turned and not found.later and not found.earlier:
        known = (len(found.ids) + (number - 1) * ROWS_PER_PAGE, {}) if number == 1 else None
    elif known is None and not turned and not tried and found.walked and (page := _few(session, asked, orders)):
        return page
    return _walked(session, asked, orders, known, number, found)


def _few(session: Session, asked: Asked, orders: frozenset[str]) -> Page | None:
    """All that match, sorted, if they are few and soon found."""
    before = session.scalar(select(func.current_setting("statement_timeout")))
    try:
        with session.begin_nested():
            session.execute(select(func.set_config("statement_timeout", str(FEW_FOUND_WITHIN_MS), True)))
            page = _sorted(session, asked, orders, FEW)
            session.execute(select(func.set_config("statement_timeout", before, True)))
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            return None
        raise
    return page if page.total is not None else None


def _nothing(asked: Asked, sorts: frozenset[str]) -> Page:
    return Page([], asked.columns, 0, {}, 1, asked.sort, sorts)


def _walked(
    session: Session,
    asked: Asked,
    orders: frozenset[str],
    known: tuple[int, dict[str, Any]] | None,
    number: int,
    found: Walk,
) -> Page:
    rows = read_rows(session, asked, found.ids)
    total, totals = known or (None, {})
    return Page(
        rows,
        asked.columns,
        total,
        totals,
        number,
        asked.sort,
        orders,
        earlier=found.earlier,
        later=found.later,
        walked=found.walked,
    )


def _sorted(session: Session, asked: Asked, sorts: frozenset[str], at_most: int | None) -> Page:
    """All that match, counted and sorted; ``total`` is None where they are more than ``at_most``."""
    number = max(1, min(asked.number, LAST_PAGE))
    found = whole.sort_all(
        session,
        asked.listing,
        asked.filter,
        asked.columns,
        sort=asked.sort,
        first=(number - 1) * ROWS_PER_PAGE,
        limit=ROWS_PER_PAGE,
        at_most=at_most,
    )
    if found is None:
        return Page([], asked.columns, None, {}, number, asked.sort, sorts)
    rows = read_rows(session, asked, found.ids)
    number = max(1, min(number, -(-found.total // ROWS_PER_PAGE)))
    return Page(rows, asked.columns, found.total, found.totals, number, asked.sort, sorts)


def read_rows(session: Session, asked: Asked, ids: Sequence[int]) -> list[Row]:
    """The rows of these records, which match already, in the order of ``ids``."""
    if not ids:
        return []
    listing, plain = asked.listing, Filter(day=asked.filter.day)
    found = {
        row[0]: Row(row[0], row[1:])
        for row in session.execute(_cells(listing, plain, asked.columns).where(listing.id.in_(ids)))
    }
    return [found[record_id] for record_id in ids if record_id in found]


def count(
    session: Session, listing: Listing, asked: Filter, columns: tuple[Column, ...], *, ids: Any = None
) -> tuple[int, dict[str, Any]]:
    """How many records match (of these only ``ids``), and the sums of the columns that add up."""
    sums = whole.sums_of(listing, asked, columns)
    if ids is None:
        found = session.execute(listing.matching(asked, func.count(), *map(func.sum, sums.values()))).one()
    else:
        some = listing.matching(asked, listing.id, *(value.label(key) for key, value in sums.items()))
        part = some.where(listing.id.in_(ids)).subquery()
        found = session.execute(select(func.count(), *(func.sum(part.c[key]) for key in sums)).select_from(part)).one()
    return found[0], dict(zip(sums, found[1:], strict=True))


def count_intricate(session: Session, listing: Listing, asked: Filter, corners: int, *, ids: Any = None) -> int:
    """How many positions have more corners than that."""
    statement = listing.matching(asked, listing.id).where(func.ST_NPoints(listing.geom) > corners)
    if ids is not None:
        statement = statement.where(listing.id.in_(ids))
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def is_small(session: Session, listing: Listing, asked: Filter) -> bool:
    """Whether no more records are to be looked through for ``asked`` than can be sorted at once."""
    limit = sorted_at_most(listing, asked)
    whole_area = Filter(day=asked.day, area_path=asked.area_path)
    if _holds_at_most(session, listing, whole_area, limit) or listing.large is None:
        return True
    narrowed = listing.large.narrowed(asked)
    return narrowed != whole_area and _holds_at_most(session, listing, narrowed, min(limit, FEW))


def _holds_at_most(session: Session, listing: Listing, asked: Filter, limit: int) -> bool:
    some = listing.matching(asked, literal(1)).limit(limit + 1)
    return (session.scalar(select(func.count()).select_from(some.subquery())) or 0) <= limit


def sorted_at_most(listing: Listing, asked: Filter) -> int:
    """How many records an area may hold for what matches there to be sorted at once."""
    costly = listing.large is not None and listing.large.is_costly(asked)
    return min(SORTED_AT_MOST, SORTED_AT_MOST_IF_COSTLY) if costly else SORTED_AT_MOST


def every_row(
    session: Session, listing: Listing, asked: Filter, columns: tuple[Column, ...], *, sort: str, ids: Any = None
) -> Iterator[Row]:
    """All that match (or of these only ``ids``), fetched in portions.

    Behind the cells of a list with places stands each record's position, as well-known binary.
    """
    ordering = listing.column(sort.removeprefix("-"))
    if ordering is None or not ordering.sortable:
        sort = listing.usual_sort
    statement = _cells(listing, asked, columns).order_by(*whole.ordering(listing, asked, sort))
    if ids is not None:
        statement = statement.where(listing.id.in_(ids))
    if listing.geom is not None:
        statement = statement.add_columns(func.ST_AsBinary(listing.geom))
    return (Row(row[0], row[1:]) for row in session.execute(statement.execution_options(yield_per=FETCHED)))


def _cells(listing: Listing, asked: Filter, columns: tuple[Column, ...]) -> Select[Any]:
    return (
        listing.matching(asked, listing.id, *(column.value(asked).label(column.key) for column in columns))
        .outerjoin(PLACE, PLACE.id == listing.region_id)
        .outerjoin(ABOVE, ABOVE.id == PLACE.parent_id)
    )
