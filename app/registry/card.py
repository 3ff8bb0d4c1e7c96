"""Everything the page of one asset tells, read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.registry.gaps import Gap, find_gaps
from app.term_names import term_names
from assets.maintenance import queries as maintenance
from assets.maintenance.models import Duty, Inspection, UpkeepPeriod
from assets.masks import masked_name, masked_phone
from assets.ownership import queries as ownership
from assets.ownership.queries import in_force
from assets.parties.models import Party, Person, Post, PostHolding
from assets.projects import queries as projects
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.registry import queries
from assets.registry.households import HouseholdList, households_of
from assets.registry.models import Asset, OperatingPeriod, OutsideCode
from assets.registry.worth import FundShare, fund_shares, net_value
from assets.vocabulary import MISSING_FIELDS

INSPECTIONS_SHOWN = 20
PROJECTS_FOLLOWED = 4


@dataclass(frozen=True)
class Card:
    """One asset with what belongs to it, as it was on ``day``.

    ``held`` is None on days before the asset was there, and after it was gone; ``rights``,
    ``events`` and ``periods`` are all that are known, of every day.
    """

    asset: Asset
    day: dt.date
    above: Sequence[Region]
    held: Any
    lacks: list[str]
    duties: Sequence[Any]
    inspections: Sequence[Any]
    events: Sequence[Any]
    codes: Sequence[OutsideCode]
    periods: Sequence[OperatingPeriod]
    net_yuan: Decimal | None
    funds: list[FundShare]
    money: Mapping[int, Sequence[Any]]
    rights: Sequence[Any]
    contracts: Sequence[Any]
    income: Sequence[Any]
    households: HouseholdList | None
    gaps: Sequence[Gap]
    asked: int
    names: Mapping[str, Mapping[str, str]]

    @property
    def projects(self) -> dict[int, str]:
        """The projects it came from, as far as the viewer sees them."""
        return {event.project_id: event.project_name for event in self.events if event.project_id}

    @property
    def town(self) -> Region:
        """The town it lies in, or the region above that it is filed under."""
        return next((region for region in reversed(self.above) if region.level != "village"), self.above[-1])

    def in_force(self, right: Any) -> bool:
        """Whether a right holds on the card's day."""
        return right.valid_from <= self.day and (right.valid_to is None or right.valid_to > self.day)

    @property
    def rights_in_force(self) -> list[Any]:
        """The rights that hold on the card's day."""
        return [right for right in self.rights if self.in_force(right)]

    @property
    def status(self) -> str:
        """How the asset ran on the card's day."""
        return str(self.held.operating_status if self.held else self.asset.operating_status)


def read_card(session: Session, asset_id: int, *, day: dt.date) -> Card:
    """The card of one asset on ``day``.

    Raises
    ------
    NotFound
        When there is none, or it is not the viewer's to see.
    """
    asset = queries.get_asset(session, asset_id)
    region = session.get_one(Region, asset.region_id)
    above = regions.ancestors(session, region)
    held = session.execute(
        select(
            maintenance.status_on(day).label("status"),
            UpkeepPeriod.operating_status,
            UpkeepPeriod.exempt,
            UpkeepPeriod.missing,
            UpkeepPeriod.last_on,
            UpkeepPeriod.due_on,
            UpkeepPeriod.value_yuan,
        ).where(UpkeepPeriod.asset_id == asset_id, maintenance.valid_on(day))
    ).first()
    lacks = [name for name, bit in MISSING_FIELDS.items() if held and not held.exempt and held.missing & bit]
    events = queries.value_events_of(session, asset_id)
    rights = ownership.rights_of(session, asset_id)
    owned = any(
        r.kind == "ownership" and r.valid_from <= day and (r.valid_to is None or r.valid_to > day) for r in rights
    )
    names = {kind: term_names(kind, day=day) for kind in ("asset_type", "sector", "fund_source", "code_system")}
    followed = list(dict.fromkeys(event.project_id for event in events if event.project_id))[:PROJECTS_FOLLOWED]
    lacking = [*queries.missing_fields(asset), *lacks, *(() if owned else ("owner",))]
    return Card(
        asset=asset,
        day=day,
        above=above,
        held=held,
        lacks=lacks,
        duties=_duties(session, asset_id, day),
        inspections=_inspections(session, asset_id, day),
        events=events,
        codes=queries.outside_codes_of(session, asset_id),
        periods=queries.operating_periods_of(session, asset_id),
        net_yuan=net_value(asset, events, day),
        funds=fund_shares(events, day),
        money={project_id: projects.money_of(session, project_id, day) for project_id in followed},
        rights=rights,
        contracts=ownership.contracts_of(session, asset_id),
        income=ownership.income_of(session, asset_id),
        households=households_of(session, asset) if asset.asset_class == "household" else None,
        gaps=find_gaps(lacking, asset, above, names["sector"]),
        asked=len(queries.CARD_FIELDS) + len(MISSING_FIELDS) + 2,
        names=names,
    )


def _duties(session: Session, asset_id: int, day: dt.date) -> Sequence[Any]:
    """The duties in force, with who fills the post."""
    return session.execute(
        select(
            Duty.id,
            Party.name.label("body"),
            Post.title.label("post"),
            masked_name(Person).label("person"),
            masked_phone(Person.phone).label("phone"),
            Duty.fund_source,
            Duty.annual_budget_yuan,
            Duty.interval_days,
            Duty.rule_document,
            Duty.valid_from,
            Duty.valid_to,
        )
        .select_from(Duty)
        .outerjoin(Party, Party.id == Duty.body_party_id)
        .outerjoin(Post, Post.id == Duty.post_id)
        .outerjoin(PostHolding, (PostHolding.post_id == Post.id) & in_force(PostHolding, day))
        .outerjoin(Person, Person.id == PostHolding.person_id)
        .where(Duty.asset_id == asset_id, in_force(Duty, day))
        .order_by(Duty.valid_from.desc(), Duty.id)
        .limit(20)
    ).all()


def _inspections(session: Session, asset_id: int, day: dt.date) -> Sequence[Any]:
    return session.execute(
        select(
            Inspection.inspected_on,
            Inspection.result,
            Inspection.condition,
            Inspection.note,
            Inspection.cost_yuan,
            masked_name(Person).label("inspector"),
        )
        .outerjoin(Person, Person.id == Inspection.inspector_id)
        .where(Inspection.asset_id == asset_id, Inspection.inspected_on <= day)
        .order_by(Inspection.inspected_on.desc(), Inspection.id.desc())
        .limit(INSPECTIONS_SHOWN)
    ).all()
