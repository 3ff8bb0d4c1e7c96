"""Key counties, towns and villages by area and by who made the list; relocation sites beside them."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app import db
from app.area import current_area, current_filter
from app.places.tabs import TABS
from assets.indicators.key_lists import key_lists
from assets.places.lists import KINDS, LEVELS
from assets.vocabulary import LEVELS as REGION_LEVELS

_OF = ("county", "town", "village")


def add_to(bp: Blueprint) -> None:
    """Give the room its page of the dated lists."""
    bp.add_url_rule("/key-lists/", "key_lists", show)


def show() -> str:
    """How many stand in a list, below each part of the area."""
    asked, area = current_filter(), current_area()
    offered = [of for of in _OF if REGION_LEVELS.index(of) > REGION_LEVELS.index(area.level)] or [area.level]
    of = request.args.get("of", "")
    of = of if of in offered else offered[-1]
    kind = request.args.get("list", "")
    kind = kind if kind in KINDS else KINDS[0]
    counts = key_lists(db.session, area, asked, kind=kind, of=of)
    levels = [level for level in LEVELS if level in counts.total.listed]
    return render_template(
        "places/key_lists.html",
        tabs=TABS,
        counts=counts,
        kinds=KINDS,
        kind=kind,
        of=of,
        offered=offered,
        levels=levels,
        day=asked.day,
    )
