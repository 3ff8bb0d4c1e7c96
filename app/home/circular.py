"""通报: the ranking of an area's sub-areas on one page."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from app import db
from app.area import keeping
from app.config import CHECKOUT
from app.figures import change_shown, shown
from app.i18n import gettext as _
from assets.indicators.ranking import Review
from assets.maintenance.areas import bounds_of
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.vocabulary import LEVELS

STYLE = CHECKOUT / "static" / "css" / "circular.css"
NAMED = 3


def style() -> str:
    """The sheet's style, for a PDF that asks for nothing."""
    return STYLE.read_text(encoding="utf-8")


def pdf(page: str) -> bytes:
    """The page as a PDF; nothing outside it is read."""
    from weasyprint import HTML

    return bytes(HTML(string=page, url_fetcher=_refuse).write_pdf())


def _refuse(address: str, *_args: Any, **_options: Any) -> dict[str, Any]:
    raise ValueError(f"a circular asks for nothing outside itself: {address[:80]}")


def summary(found: Review) -> dict[str, Any]:
    """The sentences of the circular: how the area stands, who leads, who lags."""
    ranked = [row for row in found.rows if row.rank is not None]
    last = max((row.rank for row in ranked if row.rank is not None), default=0)
    praised = [row for row in ranked if row.rank is not None and row.rank <= NAMED]
    lagging = [row for row in ranked[-NAMED:] if row not in praised] if last > NAMED else []
    return {
        "praised": _named(praised),
        "lagging": _named(lagging),
        "worsened": _named([row for row in ranked if _worse(found, row.change)]),
        "change": functools.partial(change_shown, kind=found.figure.kind),
    }


def _worse(found: Review, change: Any) -> bool:
    return bool(change) and (change > 0) == (found.figure.better == "low")


def _named(rows: Sequence[Any]) -> str:
    return str(_(", ")).join(f"{row.region.short_name}{_('(%(figure)s)', figure=shown(row.value))}" for row in rows)


def picture(area: Region, found: Review, levels: Sequence[str]) -> dict[str, Any]:
    """What the coloured map beside the ranking is told."""
    return {
        "level": min(levels, key=LEVELS.index),
        "bounds": bounds_of(db.session, area),
        "focus": regions.handle(area),
        "focusLevel": area.level,
        "figure": found.figure.key,
        "figures": keeping("maintenance.figures", area=regions.handle(area)),
        "below": {row.region.id: keeping("maintenance.index", area=regions.handle(row.region)) for row in found.rows},
        "words": {
            "none": _("No data"),
            "says": _("%(name)s: %(text)s", name="{name}", text="{text}"),
            "broken": _("This browser cannot draw the map; the table beside says the same."),
            "failed": _("The figures could not be loaded. Please try again."),
        },
    }
