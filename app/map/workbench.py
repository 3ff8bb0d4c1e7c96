"""What the workbench's scripts are told: words, choices and addresses."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, request, url_for

from app import db
from app.area import KEPT
from app.basemap import basemap
from app.frame import demonstration
from app.i18n import language
from app.map.phrases import phrases
from app.words import KINDS, WORDS
from assets import filters
from assets.regions import positions
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.terms import queries as terms

WHOLE_LISTS = {
    "assets": "registry.index",
    "projects": "projects.index",
    "villages": "places.villages",
    "sites": "places.sites",
    "facilities": "places.facilities",
}


def settings(area: Region) -> dict[str, Any]:
    """Everything the scripts need to know about this installation, reader and day."""
    day, reader = db.current_day(), language()
    sectors = terms.names(db.session, "sector", day=day, language=reader)
    types = terms.names(db.session, "facility_type", day=day, language=reader)
    home = regions.get_home(db.session, g.viewer)
    return {
        "language": reader,
        "today": day.isoformat(),
        "home": _described(home),
        "area": _described(area),
        "demonstration": demonstration() is not None,
        "filters": {name: list(codes) for name, codes in filters.KNOWN.items()},
        "kinds": {kind: str(name) for kind, name in KINDS.items()},
        "labels": {kind: {code: str(name) for code, name in codes.items()} for kind, codes in WORDS.items()},
        "sectors": sectors,
        "facilityTypes": types,
        "orders": {
            **{kind: list(codes) for kind, codes in WORDS.items()},
            "facility_type": list(types),
            "sector": list(sectors),
        },
        "basemap": basemap(),
        "figures": "maintenance.figures" in current_app.view_functions,
        "words": phrases(),
        "login": url_for("accounts.login"),
    }


def safe_page(endpoint: str) -> str:
    """The endpoint, if it is a page of its own; else the map."""
    rules = list(current_app.url_map.iter_rules(endpoint)) if endpoint in current_app.view_functions else []
    plain = any("GET" in (rule.methods or ()) and not rule.arguments for rule in rules)
    return endpoint if plain else "map.index"


def whole_list(layer: str) -> str | None:
    """The page with the whole list of a layer, for the same area and filters."""
    endpoint = WHOLE_LISTS.get(layer, "")
    if endpoint not in current_app.view_functions:
        return None
    kept = {key: value for key in KEPT if (value := ",".join(request.args.getlist(key)))}
    return url_for(endpoint) + ("?" + urlencode(kept) if kept else "")


def _described(region: Region) -> dict[str, Any]:
    return {
        "code": regions.handle(region),
        "name": region.short_name or region.name,
        "level": region.level,
        "bounds": positions.extent(db.session, region),
        "schematic": region.is_schematic,
    }
