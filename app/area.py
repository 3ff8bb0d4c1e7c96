"""The area that scopes every page: ``?area=CODE``, shown as a breadcrumb."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, g, request, url_for

from app import db
from app.kept import remembered
from assets import filters
from assets.filters import Filter
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.scope import Viewer

KEPT = ("area", "on", "q", "sector", "label", "year", *filters.KNOWN)


def init_app(app: Flask) -> None:
    """Give templates the area, its breadcrumb and addresses that keep area and filters."""
    app.jinja_env.globals |= {
        "current_area": current_area,
        "breadcrumb": breadcrumb,
        "keeping": keeping,
        "asked_day": lambda: current_filter().day,
        "office_day": db.current_day,
        "area_handle": regions.handle,
    }


def current_area() -> Region:
    """The region asked for, else the viewer's own.

    Raises
    ------
    NotFound
        For a code that does not exist, or has nothing the viewer may see.
    """
    if "area" not in g:
        code = request.args.get("area", "")
        g.area = remembered(("area", code, g.viewer.fingerprint, db.current_day()), lambda: _read_area(code))
    return g.area  # type: ignore[no-any-return]


def _read_area(code: str) -> Region:
    viewer: Viewer = g.viewer
    if code:
        area = regions.get_by_handle(db.session, code, day=db.current_day(), viewer=viewer)
    else:
        area = regions.get_home(db.session, viewer)
    db.session.expunge(area)
    return area


def breadcrumb() -> list[Region]:
    """The regions from the viewer's own level down to the current area."""
    return [
        region
        for region in regions.ancestors(db.session, current_area())
        if g.viewer.unbounded or any(reach.covers(region.region_path) for reach in g.viewer.reaches)
    ]


def current_filter() -> Filter:
    """The filter of the address, within the current area."""
    return filters.parse(
        request.args.to_dict(flat=False),
        day=db.current_day(),
        area_path=current_area().region_path,
        account_id=g.viewer.account_id,
    )


def keeping(endpoint: str, **changes: object) -> str:
    """An address that keeps the area and filters of this page; a change of None drops one."""
    kept = {key: value for key in KEPT if (value := ",".join(request.args.getlist(key)))}
    named = [key for key in changes if key == "form" or key.startswith("_") or key.endswith("_id")]
    route = {key: changes.pop(key) for key in named}
    for key, change in changes.items():
        if change is None or change == "":
            kept.pop(key, None)
        else:
            kept[key] = str(change)
    base = url_for(endpoint, **route)  # type: ignore[arg-type]
    return f"{base}?{urlencode(kept)}" if kept else base
