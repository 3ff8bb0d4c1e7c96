"""What the map of a position shows beneath: the viewer's own area, and the base map if there is one."""

from __future__ import annotations

from typing import Any

from flask import g

from app import db
from app.basemap import basemap
from assets.regions import positions
from assets.regions import queries as regions


def backdrop() -> dict[str, Any]:
    """The area with its extent, and the base map."""
    home = regions.get_home(db.session, g.viewer)
    return {
        "area": regions.handle(home),
        "level": home.level,
        "bounds": positions.extent(db.session, home),
        "basemap": basemap(),
    }
