"""The list of projects."""

from __future__ import annotations

from app.i18n import lazy_gettext as _l
from app.lists.columns import Choice, Column, Listing, in_order, place_columns
from assets.projects import queries
from assets.projects.models import Project
from assets.vocabulary import CATEGORIES, FUND_SOURCES, STAGES

_TEN_THOUSAND = _l("10k yuan")

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
    Column("kind", _l("Kind"), lambda _asked: Project.kind, show="word", words="project_kind", usual=False),
    Column(
        "stage",
        _l("Stage"),
        lambda _asked: Project.stage,
        show="badge",
        words="stage",
        order=lambda _asked: in_order(Project.stage, STAGES),
    ),
    Column("stage_due_on", _l("Next stage due on"), lambda _asked: Project.stage_due_on, show="date"),
    Column("behind", _l("Behind schedule"), lambda asked: queries.behind(asked.day), show="yes", usual=False),
    Column(
        "budget",
        _l("Budget"),
        lambda _asked: Project.budget_yuan,
        show="wan",
        unit=_TEN_THOUSAND,
        decimals=2,
        adds_up=True,
    ),
    Column(
        "arranged",
        _l("Arranged"),
        lambda _asked: queries.arranged(Project.id),
        show="wan",
        unit=_TEN_THOUSAND,
        decimals=2,
        adds_up=True,
    ),
    Column(
        "paid",
        _l("Paid"),
        lambda _asked: queries.paid(Project.id),
        show="wan",
        unit=_TEN_THOUSAND,
        decimals=2,
        adds_up=True,
    ),
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
        lambda _asked: Project.four_batch,
        show="term",
        words="four_batch",
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
    matching=queries.matching,
    id=Project.id,
    region_id=Project.region_id,
    columns=COLUMNS,
    usual_sort="-year",
    choices=(
        Choice("year", "year"),
        Choice("category", "category", CATEGORIES),
        Choice("sector", "sector", term="sector"),
        Choice("fund", "fund", FUND_SOURCES),
        Choice("flag", "flag", ("behind", "pending", "returned", "lead_industry", "work_relief")),
    ),
    chips=Choice("stage", "stage", STAGES),
)
