"""What a proposal would change, field by field, in the reader's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.records.changes import COLUMNS, OWN_COLUMNS, written_value
from app.term_names import term_names
from app.words import label
from assets.parties.models import Party, Post
from assets.projects.models import Project
from assets.regions.directory import BETWEEN, full_names
from assets.regions.models import Region

SUBJECTS: Final[Mapping[str, Any]] = {
    "asset": _l("Asset"),
    "import_batch": _l("Ledger"),
    "project": _l("Project"),
    "village": _l("Village"),
    "natural_village": _l("Natural village"),
    "relocation_site": _l("Relocation site"),
    "facility": _l("Facility"),
    "value_event": _l("Value event"),
    "operating_period": _l("Operating status"),
    "right": _l("Right"),
    "maintenance_duty": _l("Upkeep duty"),
    "project_stage": _l("Step"),
    "project_area": _l("Villages served"),
}
# Columns of assets and of what belongs to them; those of other records are told with their changes.
_FIELDS: Final[Mapping[str, Any]] = {
    "class": _l("Asset class"),
    "form": _l("Form"),
    "quantity": _l("Quantity"),
    "unit": _l("Unit"),
    "specification": _l("Specification"),
    "useful_life_years": _l("Useful life"),
    "depreciation": _l("Depreciation rule"),
    "built_on": _l("Built on"),
    "handed_over_on": _l("Handed over on"),
    "registered": _l("Booked in the accounts"),
    "certified_on": _l("Certified on"),
    "certificate": _l("Certificate"),
    "operating_status": _l("Operating status"),
    "papers_missing": _l("Papers missing"),
    "position_quality": _l("How the position was taken"),
    "source_datum": _l("Datum of the source"),
    "geom": _l("Position"),
    "region_id": _l("Place"),
    "occurred_on": _l("Day"),
    "amount_yuan": _l("Amount"),
    "fund_source": _l("Fund source"),
    "project_id": _l("Project"),
    "party_id": _l("Holder"),
    "share": _l("Share"),
    "body_party_id": _l("Upkeep body"),
    "post_id": _l("Upkeep post"),
    "annual_budget_yuan": _l("A year"),
    "rule_document": _l("Rule"),
    "interval_days": _l("Inspected every"),
    "notice_days": _l("Notice"),
}
_OWN: Final = {
    ("operating_period", "status"): _l("Operating status"),
    ("right", "kind"): _l("Right"),
    ("import_batch", "new"): _l("New row"),
    ("import_batch", "changed"): _l("Changed row"),
    ("import_batch", "rejected"): _l("With problems"),
    ("import_batch", "left_out"): _l("Left out"),
}
_WORDS: Final = {
    ("asset", "class"): "class",
    ("asset", "form"): "form",
    ("asset", "operating_status"): "operating",
    ("asset", "depreciation"): "depreciation",
    ("asset", "position_quality"): "position_quality",
    ("operating_period", "status"): "operating",
    ("value_event", "kind"): "value_event",
    ("value_event", "fund_source"): "fund",
    ("maintenance_duty", "fund_source"): "fund",
    ("right", "kind"): "right",
}
_TERMS: Final = {("asset", "type"): "asset_type", ("asset", "sector"): "sector"}
_NAMED_BY: Final[Mapping[str, Any]] = {
    "party_id": Party,
    "body_party_id": Party,
    "post_id": Post,
    "project_id": Project,
    "region_id": Region,
}
_ORDER: Final = ("name", "code", "class", "kind", "type", "category", "year", "sector", "region_id", *_FIELDS, *COLUMNS)
_PARENTS: Final = {"value_event": {"asset_id"}, "project_stage": {"project_id"}, "project_area": {"project_id"}}


@dataclass(frozen=True)
class ProposedRow:
    """One row a proposal would add, change or take out: what it is, and its fields before and after."""

    subject: str
    done: str
    fields: Sequence[tuple[str, str, str]]


def told_rows(session: Session, differences: Iterable[Mapping[str, Any]], *, day: dt.date) -> list[ProposedRow]:
    """The rows of a proposal's differences in the reader's language; what they point to is named."""
    rows = [(row["table"], row["done"], _shares_as_one(row["changes"])) for row in differences]
    names = _names(session, [changes for _table, _done, changes in rows])

    def written(table: str, field: str, value: Any) -> str:
        return _written(session, table, field, value, names, day)

    return [
        ProposedRow(
            str(SUBJECTS.get(table, table)),
            done,
            [
                (_named(table, field), written(table, field, sides[0]), written(table, field, sides[1]))
                for field, sides in sorted(changes.items(), key=lambda change: _rank(change[0]))
                if _is_told(table, field)
            ],
        )
        for table, done, changes in rows
    ]


def _rank(field: str) -> int:
    """JSON keeps no order; people read names first, then what it is, where, and the rest."""
    return _ORDER.index(field) if field in _ORDER else len(_ORDER)


def _is_told(table: str, field: str) -> bool:
    return field not in ("asset_id", "id", "scheme") and field not in _PARENTS.get(table, ())


def _shares_as_one(changes: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(changes)
    above, below = found.pop("share_numerator", None), found.pop("share_denominator", None)
    if above or below:
        sides = zip(above or [None, None], below or [None, None], strict=True)
        found["share"] = [None if n is None and d is None else f"{n or 1}/{d or 1}" for n, d in sides]
    return found


def _named(table: str, field: str) -> str:
    own = _OWN.get((table, field)) or OWN_COLUMNS.get((table, field))
    return str(own or _FIELDS.get(field) or COLUMNS.get(field, field))


def _written(
    session: Session, table: str, field: str, value: Any, names: Mapping[tuple[str, int], str], day: dt.date
) -> str:
    if value is None or value == "":
        return "—"
    if field in _NAMED_BY:
        return names.get((field, int(value)), "—")
    if field in ("geom", "centre"):
        return _position(value)
    if (kind := _WORDS.get((table, field))) is not None:
        return label(kind, str(value))
    if (kind := _TERMS.get((table, field))) is not None:
        return term_names(kind, day=day).get(str(value), str(value))
    return written_value(session, table, field, value, day)


def _position(value: Any) -> str:
    try:
        shape = shapely.from_wkb(value)
    except (shapely.errors.GEOSException, TypeError):
        return str(_("a position"))
    middle = shape.representative_point()
    place = f"{middle.x:.6f}, {middle.y:.6f}"
    if shape.geom_type == "Point":
        return place
    return str(_("%(kind)s about %(place)s", kind=_SHAPES.get(shape.geom_type, shape.geom_type), place=place))


_SHAPES: Final[Mapping[str, Any]] = {
    "LineString": _l("a line"),
    "MultiLineString": _l("a line"),
    "Polygon": _l("an area"),
    "MultiPolygon": _l("an area"),
}


def _names(session: Session, changes: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], str]:
    asked: dict[str, set[int]] = {}
    for each in changes:
        for field in each.keys() & _NAMED_BY.keys():
            asked.setdefault(field, set()).update(int(side) for side in each[field] if side is not None)
    found: dict[tuple[str, int], str] = {}
    for field, ids in asked.items():
        entity = _NAMED_BY[field]
        if entity is Region:
            regions = session.scalars(select(Region).where(Region.id.in_(ids))).all()
            for number, name in full_names(session, regions).items():
                found[field, number] = BETWEEN.join(name.split(BETWEEN)[-3:])
            continue
        called = entity.title if entity is Post else entity.name
        rows = session.execute(select(entity.id, called).where(entity.id.in_(ids)))
        found |= {(field, number): text for number, text in rows}
    return found
