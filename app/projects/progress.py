"""How far the projects of some years have come, area by area."""

from __future__ import annotations

from flask import render_template

from app import db
from app.area import current_area, current_filter
from assets.indicators.project_progress import progress
from assets.regions.queries import children
from assets.vocabulary import STAGES


def overview() -> str:
    """Planned, started, finished and ended projects of an area and of those below it."""
    area, asked = current_area(), current_filter()
    below = [] if area.level == "village" else list(children(db.session, area, day=asked.day))
    total, places = progress(db.session, area, below, asked)
    return render_template(
        "projects/progress.html",
        area=area,
        total=total,
        places=[(region, places[region.id]) for region in below if region.id in places],
        here=places.get(area.id),
        stages=[stage for stage in STAGES if total.count(stage)],
        day=asked.day,
    )
