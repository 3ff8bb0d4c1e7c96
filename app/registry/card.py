"""Everything the page of one asset tells, read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import language
from app.i18n import lazy_gettext as _l
from app.words import label
from assets.maintenance import queries as maintenance
from assets.maintenance.models import Duty, Inspection, UpkeepPeriod
from assets.ownership import queries as ownership
from assets.ownership.queries import in_force
from assets.parties.models import Party, Person, Post, PostHolding
from assets.parties.queries import masked_name, masked_phone
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.registry import queries
from assets.registry.models import Asset
from assets.registry.worth import net_value
from assets.terms import queries as terms
from assets.vocabulary import MISSING_FIELDS

INSPECTIONS_SHOWN = 20
FIELD_NAMES = {
    "type": _l("Type"),
    "sector": _l("Sector"),
    "quantity": _l("Quantity"),
    "built_on": _l("Built on"),
    "useful_life_years": _l("Useful life"),
    "handed_over_on": _l("Handed over on"),
    "certified_on": _l("Certified on"),
    "geom": _l("Position"),
    "papers": _l("Papers missing"),
}


@dataclass(frozen=True)
class Card:
    """One asset with what belongs to it."""

    asset: Asset
    above: Sequence[Region]
    held: Any
    lacks: list[str]
    duties: Sequence[Any]
    inspections: Sequence[Any]
    events: Sequence[Any]
    codes: Sequence[Any]
    net_yuan: Decimal | None
    rights: Sequence[Any]
    contracts: Sequence[Any]
    income: Sequence[Any]
    missing: list[str]
    asked: int
    names: Mapping[str, Mapping[str, str]]

    @property
    def projects(self) -> dict[int, str]:
        """The projects it came from, as far as the viewer sees them."""
        return {event.project_id: event.project_name for event in self.events if event.project_id}


def read_card(session: Session, asset_id: int, *, day: dt.date) -> Card:
    """The card of one asset on ``day``.

    Raises
    ------
    NotFound
        When there is none, or it is not the viewer's to see.
    """
    asset = queries.get_asset(session, asset_id)
    region = session.get_one(Region, asset.region_id)
    held = session.execute(
        select(
            maintenance.status_on(day).label("status"),
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
    missing = [str(FIELD_NAMES[name]) for name in queries.missing_fields(asset)]
    owned = any(r.kind == "ownership" and (r.valid_to is None or r.valid_to > day) for r in rights)
    missing += [label("missing", name) for name in (*lacks, *(() if owned else ("owner",)))]
    return Card(
        asset=asset,
        above=regions.ancestors(session, region),
        held=held,
        lacks=lacks,
        duties=_duties(session, asset_id, day),
        inspections=_inspections(session, asset_id),
        events=events,
        codes=queries.outside_codes_of(session, asset_id),
        net_yuan=net_value(asset, events, day),
        rights=rights,
        contracts=ownership.contracts_of(session, asset_id),
        income=ownership.income_of(session, asset_id),
        missing=missing,
        asked=len(queries.CARD_FIELDS) + len(MISSING_FIELDS) + 2,
        names={
            kind: terms.names(session, kind, day=day, language=language())
            for kind in ("asset_type", "sector", "fund_source", "code_system")
        },
    )


def _duties(session: Session, asset_id: int, day: dt.date) -> Sequence[Any]:
    """The duties in force, with who fills the post."""
    return session.execute(
        select(
            Party.name.label("body"),
            Post.title.label("post"),
            masked_name(Person.name).label("person"),
            masked_phone(Person.phone).label("phone"),
            Duty.fund_source,
            Duty.annual_budget_yuan,
            Duty.interval_days,
            Duty.rule_document,
            Duty.valid_from,
        )
        .select_from(Duty)
        .outerjoin(Party, Party.id == Duty.body_party_id)
        .outerjoin(Post, Post.id == Duty.post_id)
        .outerjoin(PostHolding, (PostHolding.post_id == Post.id) & in_force(PostHolding, day))
        .outerjoin(Person, Person.id == PostHolding.person_id)
        .where(Duty.asset_id == asset_id, in_force(Duty, day))
        .order_by(Duty.valid_from.desc(), Duty.id)
    ).all()


def _inspections(session: Session, asset_id: int) -> Sequence[Any]:
    return session.execute(
        select(
            Inspection.inspected_on,
            Inspection.result,
            Inspection.condition,
            Inspection.note,
            Inspection.cost_yuan,
            masked_name(Person.name).label("inspector"),
        )
        .outerjoin(Person, Person.id == Inspection.inspector_id)
        .where(Inspection.asset_id == asset_id)
        .order_by(Inspection.inspected_on.desc(), Inspection.id.desc())
        .limit(INSPECTIONS_SHOWN)
    ).all()
