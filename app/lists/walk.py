"""Reading a long list along an index: page by page from where the last one ended.

Each page looks at a bounded number of index entries, so that no filter, order or page of
millions of records takes longer than another. Where what is looked for is so rare that the
bound is met first, the page says how far it looked, and looking further starts there.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, literal, select, true, tuple_
from sqlalchemy.orm import Session

from app.lists.columns import Column, Large, Listing, Order
from assets.filters import Filter
from assets.regions.models import Region

# A first look is short, since most pages are full after it; what is rare is looked for further.
ENTRIES_AT_FIRST = 4
ENTRIES_AT_MOST = 1_000


@dataclass(frozen=True)
class Asked:
    """A page as it was asked for: of what, in which order, and by its number or the place it goes on from."""

    listing: Listing
    area: Region
    filter: Filter
    columns: tuple[Column, ...]
    sort: str = ""
    number: int = 1
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Place:
    """A place in an order: the key of an entry, None among those without one, and its id."""

    key: Any
    id: int

    def written(self) -> str:
        """For an address."""
        text = json.dumps([None if self.key is None else str(self.key), self.id], ensure_ascii=False)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, order: Order) -> Place | None:
        """The place written in an address; None where it cannot be made sense of."""
        try:
            key, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return cls(None if key is None else order.read(key), int(number))
        except (binascii.Error, ValueError, TypeError, ArithmeticError):
            return None


@dataclass(frozen=True)
class Walk:
    """The ids found, where to go on in both directions, and how many entries a stopped walk saw."""

    ids: Sequence[int]
    earlier: str = ""
    later: str = ""
    walked: int = 0


@dataclass(frozen=True)
class _Leg:
    """One stretch of a walk: what it found, and the place it stopped at before its end."""

    found: Sequence[Place]
    stopped_at: Place | None = None


def walk(session: Session, asked: Asked, limit: int) -> Walk:
    """One page along the order of ``asked.sort``: after or before a place, or by its number."""
    large = cast(Large, asked.listing.large)
    order = large.orders(asked.filter)[asked.sort.removeprefix("-")]
    back = bool(asked.before)
    start = Place.read(asked.before or asked.after, order) if asked.before or asked.after else None
    skipped = 0 if start else (asked.number - 1) * limit
    falling = asked.sort.startswith("-") != back
    # Those without a key follow those with one, in either order.
    stretches = [False, True] if order.nullable else [False]
    if back:
        stretches.reverse()
    if start is not None and order.nullable:
        stretches = stretches[stretches.index(start.key is None) :]
    found: list[Place] = []
    stopped: Place | None = None
    wanted = skipped + limit + 1
    for without_key in stretches:
        leg = _leg(session, asked, large, order, start, without_key, falling, wanted - len(found))
        found += leg.found
        start, stopped = None, leg.stopped_at
        if stopped is not None or len(found) >= wanted:
            break
    more = len(found) >= wanted
    shown = found[skipped : skipped + limit]
    further = shown[-1] if more else stopped
    first = skipped > 0 or (not back and bool(asked.after))
    if back:
        shown.reverse()
        later = shown[-1] if shown else None
        return Walk([place.id for place in shown], _at(further), _at(later), ENTRIES_AT_MOST if stopped else 0)
    earlier = shown[0] if shown and first else None
    return Walk([place.id for place in shown], _at(earlier), _at(further), ENTRIES_AT_MOST if stopped else 0)


def _leg(
    session: Session,
    asked: Asked,
    large: Large,
    order: Order,
    start: Place | None,
    without_key: bool,
    falling: bool,
    wanted: int,
) -> _Leg:
    found: list[Place] = []
    for many in (wanted * ENTRIES_AT_FIRST, ENTRIES_AT_MOST):
        entries = _entries(asked, large, order, start, without_key, falling)
        seen = entries.limit(many).subquery("entries")
        by: list[Any] = [seen.c.id] if without_key else [seen.c.key, seen.c.id]
        # Entry by entry, until enough match: what a planner makes of a join may read the whole area.
        matches = asked.listing.matching(asked.filter, literal(1)).where(large.id == seen.c.id).limit(1).lateral()
        rows = session.execute(
            select(seen.c.id, seen.c.key)
            .join(matches, true())
            .order_by(*(column.desc() for column in by) if falling else by)
            .limit(wanted - len(found))
        )
        found += [Place(None if without_key else row.key, row.id) for row in rows]
        if len(found) >= wanted:
            return _Leg(found)
        last = session.execute(entries.offset(many - 1).limit(1)).first()
        if last is None:
            return _Leg(found)
        start = Place(None if without_key else last.key, last.id)
    return _Leg(found, start)


def _entries(
    asked: Asked, large: Large, order: Order, start: Place | None, without_key: bool, falling: bool
) -> Select[Any]:
    entries = large.entries(asked.filter, asked.sort.removeprefix("-"))
    if without_key:
        entries = entries.where(order.key.is_(None))
        by = [order.id]
    else:
        by = [order.key, order.id]
        if order.nullable:
            entries = entries.where(order.key.is_not(None))
    if start is not None:
        place = [start.id] if without_key else [start.key, start.id]
        left, right = tuple_(*by), tuple_(*place)
        entries = entries.where(left < right if falling else left > right)
    return entries.order_by(*(column.desc() for column in by) if falling else by)


def _at(place: Place | None) -> str:
    return place.written() if place else ""
