"""Changes of an asset and of what belongs to it, in the words of the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import figure
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.records.naming import call_columns
from app.records.trail import ACTIONS
from app.registry.chronicle import FACT, Step
from app.term_names import term_names
from app.words import WORDS, label
from assets.masks import masked_name
from assets.parties.models import Party, Person, Post
from assets.projects.models import Project
from assets.regions.directory import BETWEEN, full_names
from assets.regions.models import Region

SUBJECTS: Mapping[str, Any] = {
    "asset": _l("Asset"),
    "value_event": _l("Value event"),
    "operating_period": _l("Operating status"),
    "outside_code": _l("Code elsewhere"),
    "household_item": _l("Household"),
    "right": _l("Right"),
    "maintenance_duty": _l("Upkeep duty"),
    "contract": _l("Contract"),
    "income": _l("Income by year"),
    "inspection": _l("Inspection"),
}
FIELDS: Mapping[str, Any] = {
    "name": _l("Name"),
    "code": _l("Code"),
    "asset_class": _l("Asset class"),
    "class": _l("Asset class"),
    "type": _l("Type"),
    "sector": _l("Sector"),
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
    "status": _l("Operating status"),
    "disposed_on": _l("Disposed of on"),
    "papers_missing": _l("Papers missing"),
    "position_quality": _l("How the position was taken"),
    "source_datum": _l("Datum of the source"),
    "geom": _l("Position"),
    "source": _l("Source of the record"),
    "region_id": _l("Village"),
    "retired_on": _l("Withdrawn on"),
    "retired_reason": _l("Reason"),
    "review_status": _l("Review status"),
    "kind": _l("Kind"),
    "occurred_on": _l("Day"),
    "amount_yuan": _l("Amount"),
    "fund_source": _l("Fund source"),
    "project_id": _l("Project"),
    "document": _l("Document"),
    "valid_from": _l("From"),
    "valid_to": _l("Until"),
    "system": _l("System"),
    "person_id": _l("Head of the household"),
    "inspector_id": _l("Inspector"),
    "note": _l("Remark"),
    "party_id": _l("Holder"),
    "share": _l("Share"),
    "share_numerator": _l("Share"),
    "share_denominator": _l("Parts of the share"),
    "body_party_id": _l("Upkeep body"),
    "post_id": _l("Upkeep post"),
    "annual_budget_yuan": _l("A year"),
    "rule_document": _l("Rule"),
    "interval_days": _l("Inspected every"),
    "notice_days": _l("Notice"),
    "on_behalf_of": _l("Submitted by"),
    "inspected_on": _l("Day"),
    "result": _l("Result"),
    "inspection_result": _l("Result"),
    "condition": _l("Condition"),
    "cost_yuan": _l("Cost"),
}
_KINDS_OF_KIND = {"value_event": "value_event", "right": "right"}
_WORD_KINDS = {
    "asset_class": "class",
    "class": "class",
    "form": "form",
    "operating_status": "operating",
    "status": "operating",
    "depreciation": "depreciation",
    "position_quality": "position_quality",
    "review_status": "review",
    "result": "inspection_result",
    "inspection_result": "inspection_result",
    "mode": "contract_mode",
}
_TERM_KINDS = {"type": "asset_type", "sector": "sector", "fund_source": "fund_source", "system": "code_system"}
call_columns(SUBJECTS, FIELDS, words=_WORD_KINDS, terms=_TERM_KINDS)
_DATUMS = {"cgcs2000": "CGCS2000", "wgs84": "WGS 84", "gcj02": "GCJ-02", "bd09": "BD-09"}
_NAMED_BY: dict[str, Any] = {
    "project_id": Project,
    "party_id": Party,
    "body_party_id": Party,
    "post_id": Post,
    "person_id": Person,
    "inspector_id": Person,
}


@dataclass(frozen=True)
class ToldStep:
    """A step in words: what it is about, what was done, and each field before (None: nothing) and after."""

    step: Step
    subject: str
    action: str
    changes: Sequence[tuple[str, str | None, str]]


def tell(session: Session, steps: Sequence[Step], *, day: dt.date) -> list[ToldStep]:
    """The steps in the reader's language, names of other records looked up at once."""
    names = _names(session, steps)
    labels = {kind: term_names(kind, day=day) for kind in _kinds_in(steps)}

    def written(table: str, field: str, value: Any) -> str:
        if value is None or value == "":
            return "—"
        if isinstance(value, bool):
            return str(_("Yes") if value else _("No"))
        kind = _KINDS_OF_KIND.get(table, "") if field == "kind" else _WORD_KINDS.get(field, "")
        if kind in WORDS:
            return label(kind, str(value))
        if field in _TERM_KINDS:
            return str(labels[_TERM_KINDS[field]].get(str(value), value))
        if field == "region_id" or field in _NAMED_BY:
            return str(names.get((field, int(value)), "—"))
        if field == "source_datum":
            return _DATUMS.get(str(value), str(value))
        if field == "quantity":
            return f"{Decimal(str(value)).normalize():f}"
        if field.endswith("_yuan"):
            return str(_("%(amount)s yuan", amount=figure(Decimal(str(value)), 2)))
        return str(value)

    return [
        ToldStep(
            step,
            str(SUBJECTS.get(step.table, step.table)),
            str(ACTIONS.get(step.action or "", step.action or _("Changed without an entry"))),
            [
                (
                    str(FIELDS.get(field, field)),
                    None if step.first or before is FACT else written(step.table, field, before),
                    written(step.table, field, after),
                )
                for field, before, after in step.changes
            ],
        )
        for step in steps
    ]


def _kinds_in(steps: Sequence[Step]) -> set[str]:
    """The kinds of dated terms that the steps speak of."""
    fields = {field for step in steps for field, *_values in step.changes}
    return {kind for field, kind in _TERM_KINDS.items() if field in fields}


def _names(session: Session, steps: Sequence[Step]) -> dict[tuple[str, int], str]:
    """The names of the records that changes point to, as far as the viewer sees them."""
    asked: dict[str, set[int]] = {}
    for step in steps:
        for field, *values in step.changes:
            if field == "region_id" or field in _NAMED_BY:
                asked.setdefault(field, set()).update(_numbers(values))
    found: dict[tuple[str, int], str] = {}
    for field, ids in asked.items():
        if field == "region_id":
            regions = session.scalars(select(Region).where(Region.id.in_(ids))).all()
            # The county and what is below it; the rest is the same for all.
            found |= {
                (field, one): BETWEEN.join(name.split(BETWEEN)[-3:])
                for one, name in full_names(session, regions).items()
            }
            continue
        entity = _NAMED_BY[field]
        shown = masked_name(Person) if entity is Person else entity.title if entity is Post else entity.name
        rows = session.execute(select(entity.id, shown).where(entity.id.in_(ids)))
        found |= {(field, row[0]): row[1] or "—" for row in rows}
    return found


def _numbers(values: Iterable[Any]) -> set[int]:
    return {int(value) for value in values if value is not None and value is not FACT}
