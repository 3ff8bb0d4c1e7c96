"""What surrounds every page: the rooms that work, and whether the data are a demonstration."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Flask, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from app import db
from app.i18n import lazy_gettext as _l
from app.kept import remembered
from app.words import KINDS
from assets.audit.queries import AUDITORS
from assets.editing import WRITERS
from assets.imports.models import READERS as LOOKING_ON
from assets.review.authority import DECIDERS
from assets.terms.models import Installation

ROOMS = (
    ("map.index", "map", _l("Map")),
    ("registry.index", "boxes", _l("Assets")),
    ("projects.index", "folder-kanban", _l("Projects")),
    ("funds.index", "banknote", _l("Funds")),
    ("places.index", "house-plus", _l("Places")),
    ("maintenance.index", "shield-check", _l("Upkeep")),
    ("imports.index", "file-spreadsheet", _l("Imports")),
    ("review.index", "stamp", _l("Review")),
    ("audit.index", "history", _l("Audit")),
    ("administration.index", "settings", _l("Manage")),
)
# Rooms that are work of some only; others reach what they need from the records.
BRINGERS = WRITERS | LOOKING_ON
REVIEWERS = WRITERS | DECIDERS | {"auditor", "leader"}
ROOMS_OF = {
    "administration.index": frozenset({"administrator", "planner", "auditor"}),
    "imports.index": BRINGERS,
    "review.index": REVIEWERS,
    "audit.index": AUDITORS,
}
# Rooms that are reached from another one.
PART_OF = {"grants": "administration", "ledgers": "imports"}
RENEW_AFTER_DAYS = 60


@dataclass(frozen=True)
class Room:
    """One entry of the rail."""

    endpoint: str
    icon: str
    name: object
    current: bool


@dataclass(frozen=True)
class Demonstration:
    """When the demonstration county was made, and how many days ago."""

    made_on: object
    age_days: int

    @property
    def aged(self) -> bool:
        """Whether its dates have drifted so far that it should be made anew."""
        return self.age_days > RENEW_AFTER_DAYS


def init_app(app: Flask) -> None:
    """Give templates the rooms, the demonstration note and the place a change of area leads to."""
    app.jinja_env.globals |= {"rooms": rooms, "demonstration": demonstration, "area_page": area_page}
    app.jinja_env.globals |= {
        "endpoints": lambda: current_app.view_functions,
        "kind_name": lambda kind: str(KINDS[kind]),
    }


def rooms() -> list[Room]:
    """The rooms that have a page, in the order of the rail."""
    here = request.blueprint or ""
    return [
        Room(endpoint, icon, name, PART_OF.get(here, here) == endpoint.partition(".")[0])
        for endpoint, icon, name in ROOMS
        if endpoint in current_app.view_functions and _is_shown(endpoint)
    ]


def _is_shown(endpoint: str) -> bool:
    roles = ROOMS_OF.get(endpoint)
    viewer = g.get("viewer")
    return roles is None or viewer is None or viewer.unbounded or bool(viewer.roles & roles)


def demonstration() -> Demonstration | None:
    """The demonstration county this installation holds; None for real data or a lost database."""
    if "demonstration" not in g:
        try:
            (made_on,) = remembered(("demonstration",), _made_on)
        except SQLAlchemyError:
            made_on = None
        g.demonstration = Demonstration(made_on, (db.current_day() - made_on).days) if made_on else None
    return g.demonstration  # type: ignore[no-any-return]


def _made_on() -> tuple[dt.date | None]:
    row = db.session.get(Installation, 1)
    return (row.demonstration_on if row else None,)


def area_page() -> str:
    """The page that shows another area: this one, or from a single record the room's list."""
    endpoint = request.endpoint or "map.index"
    if request.view_args or "." not in endpoint:
        endpoint = f"{request.blueprint}.index"
    return endpoint if endpoint in current_app.view_functions else "map.index"
