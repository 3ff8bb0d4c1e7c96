"""Figures for coloured maps: values, words and class limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from app import db
from app.area import keeping
from app.figures import FORMULAS, NAMES, shown, unit
from app.i18n import figure as shown_figure
from app.i18n import gettext as _
from assets.errors import InvalidValue
from assets.filters import Filter
from assets.indicators.by_area import facts_by_area
from assets.indicators.classes import Breaks, class_limits
from assets.indicators.figures import FIGURES, Value
from assets.maintenance.areas import bounds_of
from assets.maintenance.status import AreaStatus
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.vocabulary import LEVELS

BREAKS = ("natural", "quantiles")
SHOWN = ("overdue_share", "unarranged_share", "in_order_share", "certified_share", "assets", "value_yuan")
OTHER_NAMES = {"value": "value_yuan"}


def figures(area: Region, asked: Filter, *, figure: str, level: str | None, breaks: str) -> dict[str, Any]:
    """One figure of the areas of ``level`` in ``area``.

    Parameters
    ----------
    area : Region
        The area.
    asked : Filter
        Day and filters.
    figure : str
        A key of :data:`assets.indicators.figures.FIGURES`.
    level : str, optional
        The level just below when None; also what is just below where ``level`` is not.
    breaks : {"natural", "quantiles"}
        How classes are parted.

    Raises
    ------
    InvalidValue
        For a figure, level or way of parting that is none.
    """
    figure = OTHER_NAMES.get(figure, figure)
    for name, value, known in (("figure", figure, FIGURES), ("breaks", breaks, BREAKS)):
        if value not in known:
            raise InvalidValue("“{value}” is not a choice of the filter “{field}”.", value=value[:40], field=name)
    facts = facts_by_area(db.session, area, asked, figures=[figure], level=level)
    rows = [(region, FIGURES[figure].of(known)) for region, known in facts.rows]
    limits = class_limits([value.plain for _region, value in rows if value.plain is not None], cast(Breaks, breaks))
    return {
        "figure": figure,
        "name": str(NAMES[figure]),
        "unit": unit(figure),
        "formula": str(FORMULAS[figure]),
        "on": asked.day.isoformat(),
        "figures": [
            {
                "region_id": region.id,
                "code": regions.handle(region),
                "name": region.short_name,
                "value": _plain(value),
                "shown": shown(value),
                "numerator": _number(value.numerator),
                "denominator": _number(value.denominator),
            }
            for region, value in rows
        ],
        "classes": [float(limit) for limit in limits],
        "classes_shown": [_limit_shown(limit, FIGURES[figure].kind) for limit in limits],
    }


def settings(area: Region, status: AreaStatus) -> dict[str, Any] | None:
    """What the page's map is told; None where there is nothing below the area."""
    levels = {region.level for region, _sums in status.rows}
    if not levels:
        return None
    return {
        "level": min(levels, key=LEVELS.index),
        "bounds": bounds_of(db.session, area),
        "focus": regions.handle(area),
        "focusLevel": area.level,
        "figures": keeping("maintenance.figures", area=regions.handle(area)),
        "below": {
            region.id: keeping("maintenance.index", area=regions.handle(region)) for region, _sums in status.rows
        },
        "words": {
            "none": _("No data"),
            "says": _("%(name)s: %(text)s", name="{name}", text="{text}"),
            "broken": _("This browser cannot draw the map; the table beside says the same."),
            "failed": _("The figures could not be loaded. Please try again."),
        },
    }


def _plain(value: Value) -> float | None:
    plain = value.plain
    return None if plain is None else float(plain)


def _number(value: int | Decimal) -> int | float:
    return value if isinstance(value, int) else float(value)


def _limit_shown(limit: Decimal, kind: str) -> str:
    return shown_figure(limit / 10_000, 1) if kind == "yuan" else f"{limit.normalize():f}"
