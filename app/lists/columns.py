"""What a list is made of: its records and the columns a reader may choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, case
from sqlalchemy.orm import Session, aliased

from app.i18n import lazy_gettext as _l
from app.i18n import wan
from assets.filters import Filter
from assets.regions.models import Region

CHINESE_ORDER = "zh-x-icu"
ANYONE: frozenset[str] = frozenset()
PLACE = aliased(Region, name="place")
ABOVE = aliased(Region, name="above")

Show = Literal[
    "text",
    "name",
    "year",
    "badge",
    "word",
    "words",
    "missing",
    "term",
    "wan",
    "number",
    "bare",
    "date",
    "yes",
]


@dataclass(frozen=True)
class Column:
    """One column of a list.

    ``value(asked)`` is what the database gives for it; ``show`` how it is written, with
    ``words`` naming the kind of a badge or term. ``order(asked)`` is what it is sorted by
    (``value`` if not given); ``adds_up`` puts its sum in the last line. ``filed`` is what files
    hold instead, where a page shows less than is needed to bring it back.
    """

    key: str
    title: Any
    value: Callable[[Filter], Any]
    show: Show = "text"
    words: str = ""
    unit: Any = ""
    decimals: int = 0
    order: Callable[[Filter], Any] | None = None
    sortable: bool = True
    adds_up: bool = False
    usual: bool = True
    filed: Callable[[Filter], Any] | None = None

    @property
    def numeric(self) -> bool:
        """Whether it stands to the right."""
        return self.show in ("wan", "number")

    def sorted_by(self, asked: Filter) -> Any:
        """What orders the rows by this column; names in the order of a Chinese dictionary."""
        value = (self.order or self.value)(asked)
        return value.collate(CHINESE_ORDER) if self.show in ("text", "name") and self.order is None else value


@dataclass(frozen=True)
class Choice:
    """One field of the filter bar: ``name`` in the address, the words of ``kind`` to choose from."""

    name: str
    kind: str
    codes: tuple[str, ...] = ()
    term: str = ""


@dataclass(frozen=True)
class BulkAction:
    """Something done to many records at once.

    The list links to ``endpoint`` with the selection in the query string, which the endpoint
    reads with :func:`app.lists.selection.read_selection`. It is offered to holders of one of
    ``roles`` (all, where it is :data:`ANYONE`) and for up to ``most`` records; whether each
    record may be changed is for the service to say.
    """

    key: str
    title: Any
    roles: frozenset[str]
    endpoint: str
    most: int = 2_000

    def offered_to(self, roles: frozenset[str]) -> bool:
        """Whether somebody with these roles is shown it."""
        return not self.roles or bool(self.roles & roles)


@dataclass(frozen=True)
class Aside:
    """A sum said beside the totals: ``sentence`` has a place for ``%(value)s`` in 10k yuan."""

    value: Callable[[Filter], Any]
    sentence: Any

    def says(self, total: Any) -> str | None:
        """The sentence, where there is something to say."""
        return str(self.sentence) % {"value": wan(total)} if total else None


@dataclass(frozen=True)
class Order:
    """An order that an index keeps over all records: its key and id, and whether keys may be unknown."""

    key: Any
    id: Any
    read: Callable[[str], Any] = str
    nullable: bool = False


@dataclass(frozen=True)
class Large:
    """How a list is read where an area holds more records than can be sorted at once.

    ``orders`` are the sortings kept by indexes on ``asked.day``; ``entries(asked, order)``
    selects key and id of the records there, narrowed by what the index knows itself;
    ``id`` is what joins them to ``matching``. ``sums(session, area, asked)`` gives count and
    sums (by column) where they are kept ready, else None. ``is_narrow(asked)`` says that a filter
    is known to leave few records, which an index leads to, ``is_costly(asked)`` that it looks at
    more of each record than its index entry, and ``narrowed(asked)`` leaves of a filter what an
    index tells. ``region_path`` is where a record is filed.
    """

    id: Any
    orders: Callable[[Filter], Mapping[str, Order]]
    entries: Callable[[Filter, str], Select[Any]]
    sums: Callable[[Session, Region, Filter], tuple[int, dict[str, Any]] | None]
    is_narrow: Callable[[Filter], bool] = lambda _asked: False
    is_costly: Callable[[Filter], bool] = lambda _asked: False
    narrowed: Callable[[Filter], Filter] = lambda asked: Filter(day=asked.day, area_path=asked.area_path)
    region_path: Any = None


@dataclass(frozen=True)
class Listing:
    """One list: ``matching(asked, *columns)`` selects its records.

    ``geom`` is where they lie, for what has a place on the map: such lists are taken along as layers too,
    and their files can be brought back, since they always tell the records: by the column ``identity``,
    else by their numbers.
    """

    name: str
    title: Any
    endpoint: str
    export: str
    record: str
    record_key: str
    layer: str
    matching: Callable[..., Select[Any]]
    id: Any
    region_id: Any
    columns: tuple[Column, ...]
    usual_sort: str
    choices: tuple[Choice, ...]
    chips: Choice | None = None
    aside: Aside | None = None
    actions: tuple[BulkAction, ...] = ()
    large: Large | None = None
    geom: Any = None
    identity: str = ""

    def column(self, key: str) -> Column | None:
        """The column of this name."""
        return next((column for column in self.columns if column.key == key), None)

    def chosen(self, keys: str) -> tuple[Column, ...]:
        """The columns named in ``keys`` (joined by dots), else the usual ones."""
        wanted = set(keys.split("."))
        found = tuple(column for column in self.columns if column.key in wanted)
        return found or tuple(column for column in self.columns if column.usual)

    def carried(self, chosen: tuple[Column, ...]) -> tuple[Column, ...]:
        """The columns of a file: the chosen ones, and behind them what tells a record and its place."""
        if self.geom is None:
            return chosen
        own = self.column(self.identity)
        more = (own or Column("record_number", _l("Record number"), lambda _asked: self.id, show="bare"), _REGION_CODE)
        titles = {str(column.title) for column in chosen}
        return chosen + tuple(column for column in dict.fromkeys(more) if str(column.title) not in titles)


_REGION_CODE = Column("region_code", _l("Region code"), lambda _asked: PLACE.code)


def place_columns() -> tuple[Column, Column]:
    """Where a record lies: its town, and its village."""
    is_village = PLACE.level == "village"
    return (
        Column(
            "town",
            _l("Town"),
            lambda _asked: case((is_village, ABOVE.short_name), else_=PLACE.short_name),
            order=lambda _asked: case((is_village, ABOVE.code), else_=PLACE.code),
        ),
        Column(
            "village",
            _l("Village"),
            lambda _asked: case((is_village, PLACE.short_name)),
            order=lambda _asked: PLACE.code,
        ),
    )


def in_order(column: Any, codes: tuple[str, ...]) -> Any:
    """A column of words, sorted as the words follow each other and not by letter."""
    return case({code: place for place, code in enumerate(codes)}, value=column)
