"""The forms of dated rows: what is new, a new version, a correction, an end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.administration.fields import limit_field
from app.i18n import lazy_gettext as _l
from app.records.fields import (
    choice_field,
    date_field,
    integer_field,
    long_text_field,
    number_field,
    region_field,
    term_field,
    text_field,
    yes_field,
)
from app.records.form import RecordForm
from assets.administration.limits import LIMITS
from assets.administration.reach import ADMINISTRATORS
from assets.administration.rules import LONGEST_BASIS, LONGEST_ENGLISH, LONGEST_NAME, TRAVEL_MODES
from assets.vocabulary import CLASSES, FACILITY_LEVELS, MILESTONES, PROJECT_KINDS, STAGES

_FIRST = dt.date(2000, 1, 1)
_FROM = _l("From which day")
_EVERYWHERE = _l("Empty: everywhere. Otherwise for this area and below.")


def _valid_from() -> Any:
    return date_field(_FROM, required=True, first=_FIRST, future=True, hint=_l("Before that day everything stays."))


def _zh() -> Any:
    return text_field(_l("Chinese name"), required=True, most=LONGEST_NAME)


def _en() -> Any:
    return text_field(_l("English name"), required=True, most=LONGEST_ENGLISH)


def _area() -> Any:
    return region_field(
        _l("Area"), levels=("province", "city", "county", "town"), roles=ADMINISTRATORS, hint=_EVERYWHERE
    )


class TermForm(RecordForm):
    """A label of a code."""

    code = text_field(
        _l("Code"),
        required=True,
        least=2,
        most=40,
        hint=_l("Small letters, digits and underlines; people never see it."),
    )
    name_zh = _zh()
    name_en = _en()
    position = integer_field(_l("Order"), required=True, most=999, hint=_l("Smaller numbers stand first."))
    valid_from = _valid_from()
    sections = (
        (_l("Label"), ("code", "name_zh", "name_en", "parent_code", "position")),
        (_l("Since when"), ("valid_from",)),
    )


class AssetTypeForm(TermForm):
    """A type of assets belongs to a class."""

    parent_code = choice_field(_l("Asset class"), kind="class", codes=CLASSES, required=True)


class ThresholdForm(RecordForm):
    """A number that rules compare with."""

    code = choice_field(_l("Limit"), kind="limit", codes=tuple(LIMITS), required=True)
    region_id = _area()
    value = limit_field(_l("Value"))
    basis = long_text_field(_l("Basis"), most=LONGEST_BASIS, hint=_l("The document that sets it, with its number."))
    valid_from = _valid_from()
    sections = (
        (_l("Limit"), ("code", "region_id", "value", "basis")),
        (_l("Since when"), ("valid_from",)),
    )


class StandardForm(RecordForm):
    """What a facility of a type must be, and how far it reaches."""

    type = term_field(_l("Facility type"), kind="facility_type", required=True)
    level = choice_field(_l("Facility level"), kind="facility_level", codes=FACILITY_LEVELS, required=True)
    region_id = _area()
    min_area_m2 = number_field(_l("Least area"), decimals=1, most=10**6, unit=_l("m²"))
    min_staff = integer_field(_l("Least staff"), most=1_000, unit=_l("persons"))
    capacity_per_1000 = number_field(_l("Capacity per 1,000 people"), decimals=2, most=1_000)
    min_population = integer_field(_l("From so many people"), most=10**6, unit=_l("persons"))
    reach_m = integer_field(_l("Reach"), most=100_000, unit=_l("m"))
    travel_min = integer_field(_l("Travel time"), most=300, unit=_l("minutes"))
    travel_mode = choice_field(_l("How people travel"), kind="travel_mode", codes=TRAVEL_MODES, required=True)
    mandatory = yes_field(_l("Every place of this level must have one"))
    basis = long_text_field(_l("Basis"), most=LONGEST_BASIS, hint=_l("The document that sets it, with its number."))
    valid_from = _valid_from()
    sections = (
        (_l("Standard"), ("type", "level", "region_id", "mandatory")),
        (_l("What it must be"), ("min_area_m2", "min_staff", "capacity_per_1000", "min_population")),
        (_l("How far it reaches"), ("reach_m", "travel_min", "travel_mode")),
        (_l("Since when"), ("basis", "valid_from")),
    )


class StepForm(RecordForm):
    """One step in the template of a kind of project."""

    kind = choice_field(_l("Project kind"), kind="project_kind", codes=PROJECT_KINDS, required=True)
    milestone = choice_field(
        _l("Step"), kind="milestone", codes=tuple(m for m in MILESTONES if m != "terminated"), required=True
    )
    stage = choice_field(
        _l("Stage it leads to"),
        kind="stage",
        codes=STAGES[:-1],
        required=True,
        hint=_l("For accounts on their own clock: the stage that must be reached before."),
    )
    position = integer_field(_l("Order"), required=True, most=999, hint=_l("Smaller numbers stand first."))
    name_zh = _zh()
    name_en = _en()
    document_zh = text_field(_l("Document (Chinese)"), most=100, hint=_l("What must be at hand."))
    document_en = text_field(_l("Document (English)"), most=100)
    required = yes_field(_l("Cannot be left out"))
    own_clock = yes_field(_l("On its own clock"), hint=_l("Such as settlement, often a year later."))
    valid_from = _valid_from()
    sections = (
        (_l("Step"), ("kind", "milestone", "stage", "position", "required", "own_clock")),
        (_l("Label"), ("name_zh", "name_en", "document_zh", "document_en")),
        (_l("Since when"), ("valid_from",)),
    )


class QuestionForm(RecordForm):
    """One question an inspection asks."""

    asset_type = term_field(_l("Asset type"), kind="asset_type", hint=_l("Empty: asked of every type."))
    position = integer_field(_l("Order"), required=True, most=999, hint=_l("Smaller numbers stand first."))
    name_zh = _zh()
    name_en = _en()
    kind = choice_field(_l("Kind of question"), kind="question", codes=("check", "measure"), required=True)
    unit = text_field(_l("Unit"), most=20)
    low = number_field(_l("Not below"), decimals=4, least=-(10**9))
    high = number_field(_l("Not above"), decimals=4, least=-(10**9))
    valid_from = _valid_from()
    sections = (
        (_l("Question"), ("asset_type", "position", "name_zh", "name_en")),
        (_l("Answer"), ("kind", "unit", "low", "high")),
        (_l("Since when"), ("valid_from",)),
    )


class EndForm(RecordForm):
    """From which day something no longer holds."""

    asks_reason = True
    on = date_field(_FROM, required=True, first=_FIRST, future=True, hint=_l("On earlier days it stays as it was."))
    sections = ((_l("End"), ("on", "reason")),)


def fixed(form: type[RecordForm], *names: str) -> type[RecordForm]:
    """The same form without what tells one thing from another: a version keeps that."""
    return type(f"{form.__name__}Version", (form,), dict.fromkeys(names, None))
