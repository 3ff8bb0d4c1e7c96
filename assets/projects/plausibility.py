"""What may be entered of a project, and what is unlikely."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.checking import Checks
from assets.editing import WRITERS, says_already
from assets.errors import NotAllowed
from assets.projects import queries
from assets.projects.doubts import spoken
from assets.projects.models import Project
from assets.projects.stages import FIRST_DAY
from assets.projects.templates import steps_taken, template_of
from assets.regions.models import Region
from assets.regions.positions import check_place, to_column
from assets.scope import viewer_of
from assets.search.words import spell
from assets.vocabulary import CATEGORIES, PROJECT_KINDS

SMALL_YUAN, LARGE_YUAN = Decimal(1_000), Decimal(100_000_000)
VILLAGES_AT_MOST = 300
LONGEST = {"name": 200, "code": 40, "owner_unit": 200, "department": 200, "source": 200}
LONGEST_TEXT = 4_000
_TEXTS = ("name", "code", "owner_unit", "department", "source", "performance_goal", "description")


def tidied(values: dict[str, Any]) -> dict[str, Any]:
    """``values`` with texts without needless blanks, and how the name is spelled."""
    tidy = dict(values)
    for name in _TEXTS:
        if name in tidy:
            lines = name in ("performance_goal", "description")
            text = (tidy[name] or "").replace("\x00", " ")
            tidy[name] = (text.strip() if lines else " ".join(text.split())) or None
    if isinstance(share := tidy.get("wage_share"), Fraction):
        tidy["wage_share"] = (Decimal(share.numerator) / share.denominator).quantize(Decimal("0.0001"))
    tidy["pinyin"], tidy["initials"] = spell(tidy.get("name") or "")
    return tidy


def check_project(
    session: Session,
    checks: Checks,
    values: dict[str, Any],
    served: Sequence[int],
    *,
    project: Project | None = None,
    today: dt.date,
) -> Region:
    """Everything that is wrong with ``values``; puts the geometry into its column's form."""
    _check_texts(checks, values)
    geometry: BaseGeometry | None = values.get("geom")
    region = check_place(checks, session, values.get("region_id"), geometry, day=today, known=project)
    values["geom"] = to_column(geometry)
    if region is not None:
        values["region_id"] = region.id
        if not viewer_of(session).may(WRITERS, region.region_path, values.get("sector")):
            raise NotAllowed
    for field, known in (("kind", PROJECT_KINDS), ("category", CATEGORIES)):
        if values.get(field) not in known:
            checks.refuse(field, "Please choose one of the list.")
    if not FIRST_DAY.year <= (values.get("year") or 0) <= today.year + 2:
        checks.refuse("year", "The year lies outside {first}–{last}.", first=FIRST_DAY.year, last=today.year + 2)
    _check_numbers(checks, project, values)
    _check_code(session, checks, values.get("code"), project)
    _check_served(session, checks, served, region, project, today)
    if project is not None:
        _check_kind(session, checks, values, project, today)
        arranged = session.scalar(select(queries.arranged(project.id))) or Decimal(0)
        budget = values.get("budget_yuan")
        if budget is not None and budget != project.budget_yuan and budget < arranged:
            checks.doubt(
                "budget_below_arranged", "budget_yuan", "{amount} yuan are arranged already.", amount=spoken(arranged)
            )
    return region  # type: ignore[return-value]


def _check_texts(checks: Checks, values: dict[str, Any]) -> None:
    if len(values.get("name") or "") < 2:
        checks.refuse("name", "Please enter a name.")
    for field in _TEXTS:
        limit = LONGEST.get(field, LONGEST_TEXT)
        if len(values.get(field) or "") > limit:
            checks.refuse(field, "This is longer than {limit} characters.", limit=limit)


def _check_numbers(checks: Checks, project: Project | None, values: dict[str, Any]) -> None:
    budget = values.get("budget_yuan")
    if budget is None or budget < 0:
        checks.refuse("budget_yuan", "Please enter the budget; it cannot be below zero.")
    elif says_already(project, values, "budget_yuan"):
        pass
    elif 0 < budget < SMALL_YUAN:
        checks.doubt("small_budget", "budget_yuan", "Only {amount} yuan: was 10k yuan meant?", amount=spoken(budget))
    elif budget > LARGE_YUAN:
        checks.doubt("large_budget", "budget_yuan", "{amount} yuan: is this amount in yuan?", amount=spoken(budget))
    if values.get("is_lead_industry") and values.get("category") != "industry":
        checks.refuse("is_lead_industry", "Only an industry project can belong to the lead industry.")
    share = values.get("wage_share")
    if share is not None and not 0 <= share <= 1:
        checks.refuse("wage_share", "A share lies between 0 and 100 percent.")
    elif share is not None and not values.get("is_work_relief"):
        checks.refuse("wage_share", "A share of wages belongs to work relief only.")
    households = values.get("households_benefiting")
    if households is not None and households < 0:
        checks.refuse("households_benefiting", "This number cannot be below zero.")
    elif (households or 0) > 100_000 and not says_already(project, values, "households_benefiting"):
        checks.doubt("many_households", "households_benefiting", "These are more households than a county has.")


def _check_code(session: Session, checks: Checks, code: str | None, project: Project | None) -> None:
    if code is None or (project is not None and project.code == code):
        return
    other = session.scalar(select(Project.name).where(Project.code == code))
    if other is not None:
        checks.refuse("code", "“{code}” is the code of “{name}”.", code=code, name=other)


def _check_served(
    session: Session,
    checks: Checks,
    served: Sequence[int],
    region: Region | None,
    project: Project | None,
    today: dt.date,
) -> None:
    if len(served) > VILLAGES_AT_MOST:
        checks.refuse("served", "A project serves {limit} villages at most.", limit=VILLAGES_AT_MOST)
        return
    known = {row.id: row for row in session.scalars(select(Region).where(Region.id.in_(served)))} if served else {}
    before = queries.regions_served(session, project.id) if project is not None else ()
    county = region.region_path.split("/")[:5] if region is not None else None
    for number in served:
        place = known.get(number)
        if place is None or place.level not in ("village", "town"):
            checks.refuse("served", "Only villages and towns can be served.")
        elif number in before:
            continue
        elif place.valid_to is not None and place.valid_to <= today:
            checks.refuse("served", "{name} ended on {day}.", name=place.short_name, day=place.valid_to)
        elif county is not None and place.region_path.split("/")[:5] != county:
            checks.doubt("other_county", "served", "{name} lies in another county.", name=place.short_name)


def _check_kind(session: Session, checks: Checks, values: dict[str, Any], project: Project, today: dt.date) -> None:
    if values.get("kind") in (None, project.kind) or values["kind"] not in PROJECT_KINDS:
        return
    known = {step.milestone for step in template_of(session, values["kind"], today).steps}
    if set(steps_taken(session, project.id)) - known - {"terminated"}:
        checks.refuse("kind", "Steps were taken that this kind of project does not have; take them back first.")
