"""The list of projects."""

from __future__ import annotations

from typing import Any

from app.i18n import lazy_gettext as _l
from app.lists.columns import BulkAction, Choice, Column, Listing, in_order, place_columns
from assets.editing import WRITERS
from assets.filters import Filter
from assets.projects import queries
from assets.projects.models import Project
from assets.vocabulary import CATEGORIES, FUND_SOURCES, PROJECT_KINDS, STAGES

_TEN_THOUSAND = _l("10k yuan")
FLAGS = ("behind", "unbooked", "pending", "returned", "lead_industry", "work_relief")


def _wan(key: str, title: Any, value: Any) -> Column:
    return Column(key, title, value, show="wan", unit=_TEN_THOUSAND, decimals=2, adds_up=True)


def _rate(asked: Filter) -> Any:
    """Paid of arranged, in percent."""
    paid, arranged = queries.paid(Project.id, asked.day), queries.arranged(Project.id, asked.day)
    return 100 * paid / queries.nonzero(arranged)


COLUMNS = (
    Column("code", _l("Project code"), lambda _asked: Project.code, usual=False),
    Column("name", _l("Name"), lambda _asked: Project.name, show="name"),
    Column("year", _l("Year"), lambda _asked: Project.year, show="year"),
    *place_columns(),
    Column(
        "category",
        _l("Project category"),
        lambda _asked: Project.category,
        show="word",
        words="category",
        order=lambda _asked: in_order(Project.category, CATEGORIES),
    ),
    Column("sector", _l("Sector"), lambda _asked: Project.sector, show="term", words="sector", usual=False),
    Column("kind", _l("Project kind"), lambda _asked: Project.kind, show="word", words="project_kind", usual=False),
    Column(
        "stage",
        _l("Stage"),
        queries.stage,
        show="badge",
        words="stage",
        order=lambda asked: in_order(queries.stage(asked), STAGES),
    ),
    Column("stage_due_on", _l("Next stage due on"), lambda _asked: Project.stage_due_on, show="date"),
    Column("behind", _l("Behind schedule"), queries.behind, show="yes", usual=False),
    Column("unbooked", _l("Accepted, not booked"), lambda asked: queries.unbooked(asked.day), show="yes", usual=False),
    _wan("budget", _l("Budget"), lambda _asked: Project.budget_yuan),
    _wan("arranged", _l("Arranged"), lambda asked: queries.arranged(Project.id, asked.day)),
    _wan("paid", _l("Paid"), lambda asked: queries.paid(Project.id, asked.day)),
    Column("paid_rate", _l("Paid of arranged, %"), _rate, show="number", decimals=1, usual=False),
    Column("owner_unit", _l("Owner unit"), lambda _asked: Project.owner_unit, usual=False),
    Column("department", _l("Department"), lambda _asked: Project.department, usual=False),
    Column("lead", _l("Lead industry"), lambda _asked: Project.is_lead_industry, show="yes", usual=False),
    Column("relief", _l("Work relief"), lambda _asked: Project.is_work_relief, show="yes", usual=False),
    Column(
        "households",
        _l("Households benefiting"),
        lambda _asked: Project.households_benefiting,
        show="number",
        adds_up=True,
        usual=False,
    ),
    Column(
        "four_batch",
        _l("Four batches"),
        lambda asked: queries.label_on(asked.day),
        show="term",
        words="four_batch",
        usual=False,
    ),
    Column(
        "review",
        _l("Review status"),
        lambda _asked: Project.review_status,
        show="word",
        words="review",
        usual=False,
    ),
)

PROJECTS = Listing(
    name="projects",
    title=_l("Project library"),
    endpoint="projects.index",
    export="projects.export",
    record="projects.show",
    record_key="project_id",
    layer="projects",
    geom=Project.geom,
    identity="code",
    matching=queries.matching,
    id=Project.id,
    region_id=Project.region_id,
    columns=COLUMNS,
    usual_sort="-year",
    choices=(
        Choice("year", "year"),
        Choice("project_kind", "project_kind", PROJECT_KINDS),
        Choice("category", "category", CATEGORIES),
        Choice("sector", "sector", term="sector"),
        Choice("fund", "fund", FUND_SOURCES),
        Choice("label", "label", term="four_batch"),
        Choice("flag", "flag", FLAGS),
    ),
    chips=Choice("stage", "stage", STAGES),
    actions=(BulkAction("sort", _l("Sort into four batches"), WRITERS, "projects.sort_many"),),
)
