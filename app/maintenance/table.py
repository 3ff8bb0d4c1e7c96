"""The table of status by area: what page and file both show, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from app.figures import FORMULAS
from app.i18n import figure, lazy_gettext
from app.i18n import gettext as _
from assets.indicators.figures import FIGURES, Facts
from assets.indicators.ranking import ranks
from assets.maintenance.status import AreaStatus
from assets.maintenance.sums import Sums
from assets.regions.models import Region

Show = Literal["count", "wan", "share", "rank"]
WAN = Decimal(10_000)


@dataclass(frozen=True)
class Column:
    """One figure: its heading, how it is shown, and the list a figure leads to."""

    key: str
    name: str
    show: Show
    value: Callable[[Sums], int | Decimal | None]
    group: str = ""
    unit: str = ""
    formula: str = ""
    narrows: tuple[str, str] | None = None


@dataclass(frozen=True)
class Cell:
    """A number as it is: what a file holds, and the text a page shows."""

    column: Column
    number: int | Decimal | None

    @property
    def shown(self) -> str:
        """The text."""
        if self.number is None:
            return "—"
        if self.column.show == "share":
            return f"{self.number} %"
        return figure(self.number, 1 if self.column.show == "wan" else 0)


@dataclass(frozen=True)
class Row:
    """The figures of one region, of 本级 or of the whole area."""

    region: Region | None
    name: str
    cells: Sequence[Cell]

    def number(self, key: str) -> int | Decimal | None:
        """The number in the column ``key``."""
        return next((cell.number for cell in self.cells if cell.column.key == key), None)


@dataclass(frozen=True)
class Table:
    """Rows in their order, then 本级 and the total."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    own: Row
    total: Row


def columns() -> list[Column]:
    """The columns in the reader's language."""
    status, missing = _("Upkeep status"), _("of which missing")
    by_share = _("By share overdue, the lowest first; equals share a rank.")
    return [
        Column("assets", _("Number of assets"), "count", lambda s: s.assets, narrows=("", "")),
        Column("value", _("Original value"), "wan", _wan, unit=_("10,000 yuan"), formula=str(FORMULAS["value_yuan"])),
        *(
            Column(key, str(name), "count", _count(key), status, narrows=("status", key))
            for key, name in _STATUSES.items()
        ),
        *(
            Column(key, str(name), "count", _count(key), missing, narrows=("missing", key.removeprefix("no_")))
            for key, name in _MISSING.items()
        ),
        Column("share", _("Share overdue"), "share", _overdue_share, unit="%", formula=str(FORMULAS["overdue_share"])),
        Column(
            "rank",
            _("Rank"),
            "rank",
            lambda _s: None,
            formula=by_share,
        ),
    ]


_STATUSES = {
    "in_order": lazy_gettext("In order"),
    "due_soon": lazy_gettext("Due soon"),
    "overdue": lazy_gettext("Overdue"),
    "unarranged": lazy_gettext("No upkeep arranged"),
    "exempt": lazy_gettext("Exempt"),
}
_MISSING = {
    "no_body": lazy_gettext("No body"),
    "no_person": lazy_gettext("No person"),
    "no_money": lazy_gettext("No money"),
}


def table_of(status: AreaStatus, sort: str = "") -> Table:
    """The table in the order asked for: a column's key, falling with ``-``; by code otherwise."""
    listed = columns()
    share = FIGURES["overdue_share"]
    places = ranks({region.id: share.of(Facts(sums)) for region, sums in status.rows}, "low")
    rows = [_row(listed, region.short_name, sums, region, places.get(region.id)) for region, sums in status.rows]
    key, falling = sort.removeprefix("-"), sort.startswith("-")
    if key in {column.key for column in listed}:
        known = [row for row in rows if row.number(key) is not None]
        known.sort(key=lambda row: row.number(key) or 0, reverse=falling)
        rows = known + [row for row in rows if row.number(key) is None]
    elif key == "name" and falling:
        rows.reverse()
    return Table(listed, rows, _row(listed, _("The area itself"), status.own), _row(listed, _("Total"), status.total))


def _row(listed: Sequence[Column], name: str, sums: Sums, region: Region | None = None, rank: int | None = None) -> Row:
    cells = [Cell(column, rank if column.show == "rank" else column.value(sums)) for column in listed]
    return Row(region, name, cells)


def _count(key: str) -> Callable[[Sums], int]:
    return lambda sums: int(getattr(sums, key))


def _wan(sums: Sums) -> Decimal:
    return (sums.value_yuan / WAN).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _overdue_share(sums: Sums) -> Decimal | None:
    return FIGURES["overdue_share"].of(Facts(sums)).percent
