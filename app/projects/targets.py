"""The page of promises: shares for industry, projects for work relief, county by county."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from app import db
from app.area import current_area, current_filter
from assets.indicators import targets as indicator
from assets.maintenance.areas import regions_below
from assets.regions.queries import ancestors

COUNTS = (indicator.INDUSTRY, indicator.LEAD, indicator.RELIEF, "other")


def overview() -> str:
    """How each county of the area stands to what was promised for a year."""
    area, asked = current_area(), current_filter()
    year = max(asked.year, default=asked.day.year)
    if area.level in ("town", "village"):
        counties = [region for region in ancestors(db.session, area) if region.level == "county"]
    elif area.level == "county":
        counties = [area]
    else:
        counties = [region for region in regions_below(db.session, area, "county") if region.valid_to is None]
    whole = area.level not in ("town", "village")
    found: Any = indicator.targets(db.session, counties if whole else [area], year, asked.day)
    of = request.args.get("of", "")
    rows = (
        indicator.counting_projects(db.session, area, year, asked.day, of) if of in COUNTS and len(found) == 1 else None
    )
    return render_template(
        "projects/targets.html",
        found=found,
        year=year,
        years=range(asked.day.year, asked.day.year - 6, -1),
        of=of if rows is not None else "",
        rows=rows,
        whole=whole,
        county=counties[0] if counties else area,
        day=asked.day,
    )
