"""What the scripts of a preview are told: where its map begins, addresses, words."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app import db
from app.basemap import basemap
from app.i18n import gettext as _
from assets.imports.models import ImportBatch
from assets.regions import positions
from assets.regions import queries as regions
from assets.regions.models import Region


def desk_of(batch: ImportBatch) -> dict[str, Any]:
    """What the map's script is told."""
    region = db.session.get_one(Region, batch.region_id)
    return {
        "area": {
            "code": regions.handle(region),
            "level": region.level,
            "bounds": positions.extent(db.session, region),
        },
        "basemap": basemap(),
        "tiles": url_for("imports.mvt", batch_id=batch.id, z=0, x=0, y=0).replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt"),
        "row": url_for("imports.row", batch_id=batch.id, number=0).removesuffix("0"),
        "correct": url_for("imports.correct", batch_id=batch.id),
        "words": {
            "map": _("Map of the rows"),
            "zoom_in": _("Zoom in"),
            "zoom_out": _("Zoom out"),
            "save": _("Save"),
            "cancel": _("Cancel"),
            "value": _("What shall be read here"),
            "all": _("In all rows that say “{value}”"),
            "saving": _("Saving…"),
            "waits": _("Corrections that are sent when the check is done: {count}"),
            "lost": _("The connection was lost. Please try again."),
            "hide_map": _("Hide the map"),
            "show_map": _("Show the map"),
        },
    }
