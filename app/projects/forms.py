"""The forms of projects."""

from __future__ import annotations

from typing import Any, ClassVar

from app.i18n import lazy_gettext as _l
from app.records.fields import (
    choice_field,
    date_field,
    geometry_field,
    integer_field,
    long_text_field,
    money_field,
    region_field,
    regions_field,
    share_field,
    term_field,
    text_field,
    year_field,
    yes_field,
)
from app.records.form import RecordForm
from assets.vocabulary import CATEGORIES, PROJECT_KINDS

_WHAT = ("name", "code", "kind", "category", "year", "sector")
_MONEY = ("budget_yuan", "is_lead_industry", "is_work_relief", "wage_share")
_WHO = ("owner_unit", "department", "households_benefiting", "performance_goal", "description", "source")


class ProjectForm(RecordForm):
    """What people enter of a project; names are those of the columns and of the service."""

    name = text_field(
        _l("Name"), required=True, least=2, most=200, hint=_l("Town, village and content, as in the approval.")
    )
    code = text_field(_l("Project code"), most=40, hint=_l("Left empty, one is made."))
    kind = choice_field(
        _l("Project kind"),
        kind="project_kind",
        codes=PROJECT_KINDS,
        required=True,
        hint=_l("It decides which steps the project takes."),
    )
    category = choice_field(_l("Project category"), kind="category", codes=CATEGORIES, required=True)
    year = year_field(_l("Project year"), required=True, first=2012)
    sector = term_field(_l("Sector"), kind="sector")
    region_id = region_field(_l("Place"), required=True, hint=_l("The project is edited and counted here only."))
    geom = geometry_field(_l("Position"), hint=_l("A point, a line such as a road, or an area."))
    served = regions_field(
        _l("Villages served"), hint=_l("Further villages or towns that benefit; they see the project.")
    )
    budget_yuan = money_field(_l("Budget"), required=True)
    is_lead_industry = yes_field(_l("Lead industry"))
    is_work_relief = yes_field(_l("Work relief"))
    wage_share = share_field(_l("Share of wages"), hint=_l("For work relief: wages in the budget, such as 30%."))
    owner_unit = text_field(_l("Owner unit"))
    department = text_field(_l("Department"))
    households_benefiting = integer_field(_l("Households benefiting"), unit=_l("households"))
    performance_goal = long_text_field(
        _l("Performance goal"), most=4000, hint=_l("Needed before the project can be approved.")
    )
    description = long_text_field(_l("Content"), most=4000)
    source = text_field(_l("Source of the record"), hint=_l("The document or survey it is taken from."))

    sections: ClassVar[tuple[tuple[Any, ...], ...]] = (
        (_l("What it is"), _WHAT),
        (_l("Where it lies"), ("region_id", "geom", "served")),
        (_l("Money"), _MONEY),
        (_l("Who and what for"), _WHO),
    )


class NewProjectForm(ProjectForm):
    """A project that is entered: also the day it was planned."""

    planned_on = date_field(_l("Planned on"), required=True)

    sections = (
        (_l("What it is"), (*_WHAT, "planned_on")),
        (_l("Where it lies"), ("region_id", "geom", "served")),
        (_l("Money"), _MONEY),
        (_l("Who and what for"), _WHO),
    )


class StepForm(RecordForm):
    """One step of a project."""

    reached_on = date_field(_l("Day of the step"), required=True)
    document = text_field(_l("Document"), most=200, hint=_l("Its number, or what it is called."))
    note = text_field(_l("Remark"), most=200)
    stage_due_on = date_field(_l("Next step due on"), future=True)

    sections = ((_l("Step"), ("reached_on", "document", "note", "stage_due_on")),)


class CorrectStepForm(RecordForm):
    """A step that was entered wrongly."""

    reached_on = date_field(_l("Day of the step"), required=True)
    document = text_field(_l("Document"), most=200, hint=_l("Its number, or what it is called."))
    note = text_field(_l("Remark"), most=200)

    sections = ((_l("Step"), ("reached_on", "document", "note")),)


class EndForm(RecordForm):
    """The end of a project that is not carried out."""

    reached_on = date_field(_l("Ended on"), required=True)
    note = text_field(_l("Why it ends"), required=True, least=2, most=200)
    document = text_field(_l("Document"), most=200)

    sections = ((_l("End of the project"), ("reached_on", "note", "document")),)


class ReasonForm(RecordForm):
    """A small action that needs nothing but its reason."""

    asks_reason = True
    sections = ()


class NoAssetsForm(RecordForm):
    """Why an accepted project leaves no assets behind."""

    no_assets_reason = text_field(
        _l("Why it leaves no assets"),
        most=500,
        hint=_l("Such as: money paid to households. Left empty, the alert comes back."),
    )
    sections = ((_l("Assets"), ("no_assets_reason",)),)


class SortForm(RecordForm):
    """How one or many projects are sorted from a day on."""

    code = term_field(_l("Four batches"), kind="four_batch", required=True)
    on = date_field(_l("Sorted on"), required=True)
    document = text_field(_l("Document"), required=True, most=200, hint=_l("What the sorting was decided with."))

    sections = ((_l("Sorting"), ("code", "on", "document")),)
