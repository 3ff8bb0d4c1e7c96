"""The kinds of ledgers as pages offer them."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select

from app import db
from assets.imports.fields import Kind
from assets.imports.kinds import kind_of
from assets.imports.models import KINDS
from assets.places.models import Facility, RelocationSite, Village
from assets.projects.models import Project
from assets.regions.models import Region
from assets.registry.models import Asset

ICONS = {
    "asset": "boxes",
    "project": "folder-kanban",
    "village": "house-plus",
    "site": "map-pinned",
    "facility": "warehouse",
    "inspection": "clipboard-list",
    "border": "pentagon",
    "road": "spline",
}
# Where what was entered is seen, and as which layer of the map.
LISTS = {
    "asset": ("registry.index", "assets"),
    "project": ("projects.index", "projects"),
    "village": ("places.villages", "villages"),
    "site": ("places.sites", "sites"),
    "facility": ("places.facilities", "facilities"),
    "inspection": ("maintenance.index", "assets"),
    "border": ("map.index", "regions"),
    "road": ("map.index", "roads"),
}
# The page of one record that was entered.
RECORDS = {
    "asset": ("registry.show", "asset_id"),
    "project": ("projects.show", "project_id"),
    "village": ("places.show_village", "village_id"),
    "site": ("places.show_site", "site_id"),
    "facility": ("places.show_facility", "facility_id"),
}
# What tells two records apart that may be one.
COMPARED = ("name", "code", "village", "asset_class", "type", "quantity", "unit", "built_on", "original_value_yuan")
_ENTITIES: dict[str, Any] = {
    "asset": Asset,
    "project": Project,
    "village": Village,
    "site": RelocationSite,
    "facility": Facility,
}


def facts_of_record(kind: str, record_id: int) -> dict[str, Any] | None:
    """What the register says of a record, as far as the viewer sees it."""
    entity = _ENTITIES.get(kind)
    record = entity and db.session.scalars(select(entity).where(entity.id == record_id)).first()
    if record is None:
        return None
    region = db.session.get(Region, record.region_id)
    return {key: getattr(record, key, None) for key in COMPARED} | {"village": region.short_name if region else ""}


def offered() -> list[Kind]:
    """The kinds the viewer may bring, the usual ones first."""
    every = [kind_of(key) for key in KINDS]
    return [kind for kind in every if g.viewer.unbounded or g.viewer.roles & kind.roles]
