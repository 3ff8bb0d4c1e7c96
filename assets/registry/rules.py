"""What the record of an asset may say: the rules that registering and correcting share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import Session

from assets.checking import Checks
from assets.editing import WRITERS
from assets.errors import NotAllowed
from assets.projects.models import Project, ProjectStage
from assets.regions.directory import full_names
from assets.regions.models import Region
from assets.regions.positions import check_place, to_column
from assets.registry.beginning import FIRST_DAY
from assets.registry.likeness import similar_assets
from assets.registry.models import Asset, ValueEvent
from assets.scope import viewer_of
from assets.terms.models import Term
from assets.vocabulary import CLASSES, DEPRECIATION_RULES, FORMS, POSITION_QUALITIES

LONGEST_NAME = 200
LONGEST_TEXT = 500
LONGEST_LIFE_YEARS = 100
MOST_AT_ONE_POINT = 20
_ONE_METRE = 0.00001
_TEXTS = ("name", "unit", "specification", "certificate", "source")
_MILESTONES = (("handed_over_on", "handover"), ("certified_on", "certification"))


def tidied(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without blanks that mean nothing; a position without its quality is none."""
    plain = dict(values)
    for name in _TEXTS:
        if isinstance(text := plain.get(name), str):
            plain[name] = " ".join(text.replace("\x00", " ").split()) or None
    for name in ("type", "sector", "position_quality", "source_datum"):
        if name in plain:
            plain[name] = plain[name] or None
    if "geom" in plain and plain["geom"] is None:
        plain |= {"position_quality": None, "source_datum": None}
    return plain


class AssetRules:
    """Looks at what a record would say; only what ``before`` did not say already is questioned.

    Parameters
    ----------
    checks : Checks
        Gathers what is wrong.
    session : Session
        Bound to the editor.
    values : mapping
        Every column as it would be.
    before : Asset or None
        The record as it is; None for a new one.
    today : date
        The office's day.
    """

    def __init__(
        self, checks: Checks, session: Session, values: Mapping[str, Any], *, before: Asset | None, today: dt.date
    ) -> None:
        self.checks, self.session, self.values, self.before, self.today = checks, session, values, before, today

    def news(self, *names: str) -> bool:
        """Whether one of these columns says something new."""
        return self.before is None or any(self.values[name] != getattr(self.before, name) for name in names)

    def check(self, geometry: BaseGeometry | None, project_ids: Sequence[int]) -> Region | None:
        """Everything; the region, where the record may be filed there."""
        self.check_words()
        self.check_size()
        self.check_days(project_ids)
        region = self.check_place(geometry)
        if region is not None:
            self.check_reach(region)
            self.check_twin(region)
        return region

    def check_words(self) -> None:
        """Names, classes, dated terms."""
        name = self.values["name"]
        if not name or len(name) < 2:
            self.checks.refuse("name", "Please fill in a name of 2 to {limit} characters.", limit=LONGEST_NAME)
        for field in _TEXTS:
            limit = LONGEST_NAME if field == "name" else LONGEST_TEXT
            if len(self.values[field] or "") > limit:
                self.checks.refuse(field, "This is too long: {limit} characters at most.", limit=limit)
        for field, known in (
            ("asset_class", CLASSES),
            ("form", FORMS),
            ("depreciation", DEPRECIATION_RULES),
            ("position_quality", (None, *POSITION_QUALITIES)),
        ):
            if self.values[field] not in known:
                self.checks.refuse(field, "Please choose one of the list.")
        for field, kind in (("type", "asset_type"), ("sector", "sector")):
            code = self.values[field]
            if code is not None and self.news(field):
                self._check_term(field, kind, code)
        if self.before is not None and self.before.certified_on and self.news("asset_class"):
            self.checks.doubt(
                "class_of_certified",
                "asset_class",
                "The asset has been certified with its present class on {day}. Does the decision say otherwise?",
                day=self.before.certified_on,
            )

    def _check_term(self, field: str, kind: str, code: str) -> None:
        """Whether a term holds today, and a type belongs to the class."""
        term = self.session.scalars(
            select(Term).where(
                Term.kind == kind,
                Term.code == code,
                Term.valid_from <= self.today,
                or_(Term.valid_to.is_(None), Term.valid_to > self.today),
            )
        ).first()
        if term is None:
            self.checks.refuse(field, "Please choose one of the list.")
        elif field == "type" and term.parent_code not in (None, self.values["asset_class"]):
            self.checks.doubt("type_of_class", "type", "This type usually belongs to another class. Are both right?")

    def check_size(self) -> None:
        """Quantity with its unit, useful life."""
        quantity, unit, life = (self.values[name] for name in ("quantity", "unit", "useful_life_years"))
        if self.news("quantity", "unit"):
            if quantity is not None and quantity <= 0:
                self.checks.refuse("quantity", "A quantity is more than 0.")
            elif quantity is not None and not unit:
                self.checks.refuse("unit", "Please say in which unit the quantity is.")
            elif unit and quantity is None:
                self.checks.refuse("quantity", "Please fill in the quantity that goes with the unit.")
            if unit == "批" and quantity == 1:
                self.checks.doubt(
                    "one_lot", "quantity", "“1 lot” (1批) cannot be counted at a stock-take. Can it be said in pieces?"
                )
        if life is not None and not 1 <= life <= LONGEST_LIFE_YEARS and self.news("useful_life_years"):
            self.checks.refuse("useful_life_years", "A useful life is 1 to {limit} years.", limit=LONGEST_LIFE_YEARS)

    def check_days(self, project_ids: Sequence[int]) -> None:
        """Built, handed over and certified, in this order; the last two after acceptance."""
        built, handed, certified = (self.values[name] for name in ("built_on", "handed_over_on", "certified_on"))
        for field in ("built_on", "handed_over_on", "certified_on"):
            day = self.values[field]
            if day is None or not self.news(field):
                continue
            if day > self.today:
                self.checks.refuse(field, "{day} is still to come.", day=day)
            elif day < FIRST_DAY:
                self.checks.refuse(
                    field, "{day} is too early: assistance assets exist since {first}.", day=day, first=FIRST_DAY
                )
        if built and handed and built > handed and self.news("built_on", "handed_over_on"):
            self.checks.refuse(
                "handed_over_on", "It was built on {built}; it cannot be handed over before.", built=built
            )
        if built and certified and built > certified and self.news("built_on", "certified_on"):
            self.checks.refuse("certified_on", "It was built on {built}; it cannot be certified before.", built=built)
        if certified and self.news("certified_on") and self.values["operating_status"] == "under_construction":
            self.checks.refuse("certified_on", "What is still under construction cannot be certified.")
        if any(self.values[field] and self.news(field) for field, _ in _MILESTONES):
            self._check_acceptance(project_ids)

    def _check_acceptance(self, project_ids: Sequence[int]) -> None:
        accepted = (
            select(ProjectStage.project_id, ProjectStage.reached_on).where(ProjectStage.stage == "accepted").subquery()
        )
        rows = self.session.execute(
            select(Project.name, accepted.c.reached_on)
            .outerjoin(accepted, accepted.c.project_id == Project.id)
            .where(Project.id.in_(project_ids))
            .order_by(Project.id)
        ).all()
        for name, day in rows:
            for field, what in _MILESTONES:
                given = self.values[field]
                if given is None or not self.news(field):
                    continue
                if day is None:
                    self.checks.refuse(field, _NOT_ACCEPTED[what], name=name)
                elif given < day:
                    self.checks.refuse(field, _BEFORE_ACCEPTANCE[what], name=name, day=day)

    def check_place(self, geometry: BaseGeometry | None) -> Region | None:
        """A village or town in force, and a position that lies in it and is its own."""
        moved = self.before is None or self.values["geom"] != self.before.geom
        if not (moved or self.news("region_id")):
            return self.session.get_one(Region, self.values["region_id"])
        region = check_place(self.checks, self.session, self.values["region_id"], geometry, day=self.today)
        if region is not None and region.level not in ("village", "town"):
            self.checks.refuse(
                "region_id",
                "An asset lies in a village or a town; {region} is larger.",
                region=full_names(self.session, [region])[region.id],
            )
            region = None
        if moved and isinstance(geometry, Point):
            self._check_shared_point(geometry)
        return region

    def _check_shared_point(self, point: Point) -> None:
        place: Any = literal(to_column(point), Asset.geom.type)
        here = (
            select(Asset.id)
            .where(
                func.ST_DWithin(Asset.geom, place, _ONE_METRE),
                Asset.retired_on.is_(None),
                Asset.id != (self.before.id if self.before else 0),
                Asset.name != (self.values["name"] or ""),
            )
            .limit(1000)
            .subquery()
        )
        count = self.session.scalars(select(func.count()).select_from(here)).one()
        if count > MOST_AT_ONE_POINT:
            self.checks.doubt(
                "position_shared",
                "geom",
                "{count} other assets stand at exactly this point. Is it the committee building's?",
                count=count,
            )

    def check_reach(self, region: Region) -> None:
        """Whether the editor keeps records there, in that sector."""
        viewer, sector = viewer_of(self.session), self.values["sector"]
        if viewer.may(WRITERS, region.region_path, sector):
            return
        if not viewer.roles & WRITERS:
            raise NotAllowed
        if viewer.may(WRITERS, region.region_path):
            self.checks.refuse("sector", "Your account keeps only the records of its own sectors.")
        else:
            self.checks.refuse("region_id", "There is no such place in your area. Please choose one from the list.")

    def check_twin(self, region: Region) -> None:
        """Whether the same thing seems to be there already."""
        if not self.values["name"] or not self.news("name", "region_id"):
            return
        but = self.before.id if self.before else None
        twins = similar_assets(self.session, self.values["name"], region.id, type=self.values["type"], but=but, limit=1)
        for twin in twins:
            self.checks.doubt(
                "duplicate",
                "name",
                "“{other}” ({code}) in the same place may be the same asset. Is this another one?",
                other=twin.name,
                code=twin.code,
                asset_id=twin.id,
            )


_NOT_ACCEPTED = {
    "handover": "“{name}” has not been accepted yet: handover needs acceptance (not the final accounts).",
    "certification": "“{name}” has not been accepted yet: certification needs acceptance (not the final accounts).",
}
_BEFORE_ACCEPTANCE = {
    "handover": "“{name}” was accepted on {day}; handover cannot be before.",
    "certification": "“{name}” was accepted on {day}; certification cannot be before.",
}


def projects_of(session: Session, asset_id: int) -> Sequence[int]:
    """The projects that an asset's value came from."""
    return session.scalars(
        select(ValueEvent.project_id)
        .where(ValueEvent.asset_id == asset_id, ValueEvent.project_id.is_not(None))
        .distinct()
    ).all()  # type: ignore[return-value]
