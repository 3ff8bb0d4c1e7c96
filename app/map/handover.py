"""The current view as one file that opens without a network; personal data stay here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from flask import request, url_for
from flask_babel import gettext as _

from app.area import current_area, current_filter
from app.frame import Demonstration
from app.i18n import language
from app.map import handover_layers as layers
from app.static_files import packaged
from app.words import KINDS, label
from assets.filters import KNOWN, Filter
from assets.regions.models import Region
from spatial.maps import MAX_FEATURES, MapWords, hand_over_map

ORDER = ("villages", "facilities", "sites", "projects", "assets")


@dataclass(frozen=True)
class Drawn:
    """The page and what it is called."""

    page: str
    title: str


@dataclass(frozen=True)
class TooMany:
    """The view holds more than a file should; counts per region would fit."""

    size: int
    limit: int
    counts_address: str


def draw(demonstration: Demonstration | None) -> Drawn | TooMany:
    """Draw the layers that the address names, within its area and filters."""
    area, asked = current_area(), current_filter()
    wanted = request.args.get("layers", "regions,villages,assets").split(",")
    chosen = [name for name in ORDER if name in wanted]
    size = sum(layers.size(name, asked) for name in chosen)
    as_counts = request.args.get("as") == "counts"
    if size > MAX_FEATURES and not as_counts:
        kept = {**request.args.to_dict(), "as": "counts"}
        return TooMany(size, MAX_FEATURES, url_for("map.handover", **kept))  # type: ignore[arg-type]
    shades = dict(pair.split(":", 1) for pair in request.args.get("by", "").split(",") if ":" in pair)
    drawn = [layers.borders(area, asked)]
    if as_counts:
        drawn += [layers.counts(name, area, asked) for name in chosen if name != "villages"]
    else:
        drawn += [layers.features(name, shades.get(name, ""), asked) for name in chosen]
    title = _title(area, chosen)
    page = hand_over_map(
        [layer for layer in drawn if len(layer.data)],
        title=title,
        node_modules=packaged(""),
        notes=_notes(asked, demonstration),
        mark=" · ".join([_("Demonstration data")] * bool(demonstration) + [_("Schematic map")]),
        language="en" if language() == "en" else "zh-CN",
        words=MapWords(_("Zoom in"), _("Zoom out")),
    )
    return Drawn(page, title)


def attachment(title: str) -> str:
    """The header that saves the page under its title."""
    name = re.sub(r"[\\/:*?\"<>|\s]+", "-", title)[:80]
    return f"attachment; filename=xiangtu-map.html; filename*=UTF-8''{quote(name, safe='')}.html"


def _title(area: Region, chosen: list[str]) -> str:
    shown = _(", ").join(layers.layer_name(name) for name in reversed(chosen)) or _("Areas")
    return str(_("%(area)s: %(layers)s", area=area.short_name or area.name, layers=shown))


def _notes(asked: Filter, demonstration: Demonstration | None) -> list[str]:
    notes = [_("As of %(day)s", day=asked.day.isoformat()), _("Source: Xiangtu registry")]
    parts = [
        f"{KINDS[kind]}: " + _(", ").join(label(kind, code) for code in codes.split(","))
        for kind in KNOWN
        if (codes := request.args.get(kind))
    ]
    if asked.year:
        parts.append(_("Year") + ": " + ", ".join(str(year) for year in sorted(asked.year)))
    if asked.words:
        parts.append(_("Words") + ": " + asked.words)
    if parts:
        notes.append(_("Filtered: %(what)s", what="; ".join(parts)))
    notes.append(_("Borders and positions are schematic; personal data are left out."))
    if demonstration:
        notes.append(_("Places are real; persons, operators, figures and faults are invented."))
    return notes
