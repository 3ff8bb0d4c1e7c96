"""What a label, a limit, a standard, a step or a question may say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assets.administration.limits import LIMITS
from assets.checking import Checks
from assets.db import Base
from assets.terms.models import ChecklistItem, FacilityStandard, StageStep, Term, Threshold
from assets.terms.queries import in_force
from assets.vocabulary import (
    CATEGORIES,
    FACILITY_LEVELS,
    FUND_SOURCES,
    MILESTONES,
    PROJECT_KINDS,
    RIGHT_KINDS,
    STAGES,
    TERM_KINDS,
    VILLAGE_CLASSES,
)

LONGEST_NAME: Final = 60
LONGEST_ENGLISH: Final = 80
LONGEST_BASIS: Final = 300
LAST_POSITION: Final = 999
FIXED: Final = {
    "fund_source": FUND_SOURCES,
    "project_category": CATEGORIES,
    "village_class": VILLAGE_CLASSES,
    "right_kind": RIGHT_KINDS,
}
"""Kinds whose codes the program itself speaks of: their names change, their codes do not."""
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
_NOT_A_CHOICE = "“{value}” is not one of the choices."
TRAVEL_MODES: Final = ("walk", "drive", "straight")
_STANDARD_LIMITS: Final = {
    "reach_m": 100_000,
    "travel_min": 300,
    "min_area_m2": 1_000_000,
    "min_staff": 1_000,
    "min_population": 1_000_000,
    "capacity_per_1000": 1_000,
}


def check_row(checks: Checks, session: Session, entity: type[Base], values: Mapping[str, Any], *, but: int = 0) -> None:
    """Look at the values of one version; ``but`` is the row that is being corrected."""
    if entity is Term:
        _check_term(checks, session, values, but)
    elif entity is Threshold:
        _check_threshold(checks, values)
    elif entity is FacilityStandard:
        _check_standard(checks, session, values)
    elif entity is StageStep:
        _check_step(checks, session, values, but)
    elif entity is ChecklistItem:
        _check_item(checks, session, values, but)


def _check_names(checks: Checks, values: Mapping[str, Any]) -> None:
    for field, most in (("name_zh", LONGEST_NAME), ("name_en", LONGEST_ENGLISH)):
        if not 1 <= len(values.get(field) or "") <= most:
            checks.refuse(field, "Please fill in a name of 1 to {limit} characters.", limit=most)


def _check_position(checks: Checks, values: Mapping[str, Any]) -> None:
    if not 0 <= (values.get("position") or 0) <= LAST_POSITION:
        checks.refuse("position", "Between 0 and {limit}.", limit=LAST_POSITION)


def _check_term(checks: Checks, session: Session, values: Mapping[str, Any], but: int) -> None:
    kind, code = values["kind"], values["code"]
    if kind not in TERM_KINDS:
        checks.refuse("kind", _NOT_A_CHOICE, value=kind)
    if not _CODE.fullmatch(code or ""):
        checks.refuse("code", "A code is 2 to 40 small letters, digits and underlines, a letter first.")
    elif kind in FIXED and code not in FIXED[kind]:
        checks.refuse("code", "The codes of this kind are fixed. You can give the known ones other names.")
    _check_names(checks, values)
    _check_position(checks, values)
    for field in ("name_zh", "name_en"):
        same = select(Term.code).where(
            Term.kind == kind,
            Term.code != code,
            getattr(Term, field) == values.get(field),
            Term.id != but,
            or_(Term.valid_to.is_(None), Term.valid_to > values["valid_from"]),
        )
        if (other := session.scalar(same.limit(1))) is not None:
            checks.refuse(field, "“{code}” has this name already.", code=other)


def _check_threshold(checks: Checks, values: Mapping[str, Any]) -> None:
    code, value = values["code"], values["value"]
    limit = LIMITS.get(code)
    if limit is None:
        checks.refuse("code", _NOT_A_CHOICE, value=code)
    elif value is None:
        checks.refuse("value", "Please fill this in.")
    elif not limit.least <= value <= limit.most:
        checks.refuse(
            "value", "This limit lies between {least} and {most}.", least=f"{limit.least:,}", most=f"{limit.most:,}"
        )
    elif limit.whole and value != value.to_integral_value():
        checks.refuse("value", "“{value}” must be a whole number.", value=value)
    _check_basis(checks, values)


def _check_basis(checks: Checks, values: Mapping[str, Any]) -> None:
    basis = values.get("basis")
    if not basis:
        checks.doubt("no_basis", "basis", "Without a basis nobody can tell where it comes from. Save it all the same?")
    elif len(basis) > LONGEST_BASIS:
        checks.refuse("basis", "This is too long: {limit} characters at most.", limit=LONGEST_BASIS)


def _check_standard(checks: Checks, session: Session, values: Mapping[str, Any]) -> None:
    known = select(Term.id).where(
        Term.kind == "facility_type", Term.code == values["type"], in_force(Term, values["valid_from"])
    )
    if session.scalar(known) is None:
        checks.refuse("type", _NOT_A_CHOICE, value=values["type"])
    if values["level"] not in FACILITY_LEVELS:
        checks.refuse("level", _NOT_A_CHOICE, value=values["level"])
    if values.get("travel_mode") not in TRAVEL_MODES:
        checks.refuse("travel_mode", _NOT_A_CHOICE, value=values.get("travel_mode"))
    for field, most in _STANDARD_LIMITS.items():
        if (number := values.get(field)) is not None and not 0 < number <= most:
            checks.refuse(field, "More than 0, and {limit} at most.", limit=f"{most:,}")
    _check_basis(checks, values)


def _check_step(checks: Checks, session: Session, values: Mapping[str, Any], but: int) -> None:
    for field, known in (("kind", PROJECT_KINDS), ("milestone", MILESTONES), ("stage", STAGES)):
        if values[field] not in known:
            checks.refuse(field, _NOT_A_CHOICE, value=values[field])
    _check_names(checks, values)
    _check_position(checks, values)
    if checks.problems:
        return
    others = session.scalars(
        select(StageStep).where(
            StageStep.kind == values["kind"],
            StageStep.milestone != values["milestone"],
            StageStep.id != but,
            in_force(StageStep, values["valid_from"]),
        )
    ).all()
    if any(other.position == values["position"] for other in others):
        checks.refuse("position", "Another step of this template stands there already.")
    if values["own_clock"]:
        return
    rank = STAGES.index(values["stage"])
    for other in others:
        if other.own_clock:
            continue
        there = STAGES.index(other.stage)
        if (other.position < values["position"] and there > rank) or (
            other.position > values["position"] and there < rank
        ):
            checks.refuse("stage", "With this stage the template would go backwards at “{name}”.", name=other.name_zh)
            return


def _check_item(checks: Checks, session: Session, values: Mapping[str, Any], but: int) -> None:
    type_ = values.get("asset_type")
    known = select(Term.id).where(Term.kind == "asset_type", Term.code == type_, in_force(Term, values["valid_from"]))
    if type_ is not None and session.scalar(known) is None:
        checks.refuse("asset_type", _NOT_A_CHOICE, value=type_)
    _check_names(checks, values)
    _check_position(checks, values)
    measured = values.get("kind") == "measure"
    if values.get("kind") not in ("check", "measure"):
        checks.refuse("kind", _NOT_A_CHOICE, value=values.get("kind"))
    if measured and not values.get("unit"):
        checks.refuse("unit", "Please say in which unit it is measured.")
    low, high = values.get("low"), values.get("high")
    if not measured and (values.get("unit") or low is not None or high is not None):
        checks.refuse("unit", "Only what is measured has a unit and limits.")
    if low is not None and high is not None and low > high:
        checks.refuse("high", "The upper limit lies below the lower one.")
    same_type = ChecklistItem.asset_type.is_(None) if type_ is None else ChecklistItem.asset_type == type_
    same = select(ChecklistItem.id).where(
        same_type,
        ChecklistItem.position != values["position"],
        ChecklistItem.name_zh == values.get("name_zh"),
        ChecklistItem.id != but,
        or_(ChecklistItem.valid_to.is_(None), ChecklistItem.valid_to > values["valid_from"]),
    )
    if session.scalar(same.limit(1)) is not None:
        checks.refuse("name_zh", "This checklist asks that already.")
