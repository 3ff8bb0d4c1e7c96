"""Printable cards: one asset a page, with the columns auditors expect."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request
from geoalchemy2.shape import to_shape
from sqlalchemy import Executable, Select, func, select
from sqlalchemy.orm import Session

from app import db
from app.i18n import language
from app.lists.selection import read_selection
from app.registry.columns import ASSETS
from assets import filters
from assets.maintenance import queries as maintenance
from assets.maintenance.models import Duty, UpkeepPeriod
from assets.masks import masked_name, masked_phone
from assets.ownership.models import Contract, Income, Right
from assets.ownership.queries import in_force
from assets.parties.models import Party, Person, Post, PostHolding
from assets.projects.models import Project
from assets.regions.directory import BETWEEN, full_names
from assets.regions.models import Region
from assets.registry.models import Asset, OutsideCode, ValueEvent
from assets.registry.queries import get_asset
from assets.registry.worth import FundShare, fund_shares, net_value, original_value
from assets.terms import queries as terms

MOST_AT_ONCE = 200
YEARS_SHOWN = 3


@dataclass(frozen=True)
class Sheet:
    """One asset as its card tells it, on one day."""

    asset: Asset
    place: str
    held: Any
    events: Sequence[Any]
    original_yuan: Decimal
    net_yuan: Decimal | None
    funds: Sequence[FundShare]
    rights: Sequence[Any]
    contracts: Sequence[Any]
    income: Sequence[Any]
    duties: Sequence[Any]
    codes: Sequence[Any]

    @property
    def position(self) -> str:
        """Longitude and latitude of a point on it, in degrees."""
        if self.asset.geom is None:
            return ""
        middle = to_shape(self.asset.geom).representative_point()
        return f"{middle.x:.5f}°E {middle.y:.5f}°N"

    @property
    def projects(self) -> list[tuple[str, int]]:
        """Names and years of the projects it came from."""
        return list(dict.fromkeys((e.project_name, e.project_year) for e in self.events if e.project_id))

    def holders(self, kind: str) -> Sequence[Any]:
        """Who holds the rights of one kind."""
        return [right for right in self.rights if right.kind == kind]


def add_to(bp: Blueprint) -> None:
    """Give the room the pages of this module."""
    bp.add_url_rule("/<int:asset_id>/card", "card", card)
    bp.add_url_rule("/cards", "cards", cards)


def card(asset_id: int) -> str:
    """The card of one asset, to print."""
    asset = get_asset(db.session, asset_id)
    return _render(select(Asset.id).where(Asset.id == asset.id))


def cards() -> str:
    """The cards of a selection, one a page."""
    return _render(read_selection(ASSETS, most=MOST_AT_ONCE).ids)


def _render(ids: Select[Any]) -> str:
    today = db.current_day()
    day = filters.parse({"on": request.args.getlist("on")}, day=today, area_path="/").day
    names = {
        kind: terms.names(db.session, kind, day=day, language=language())
        for kind in ("asset_type", "sector", "fund_source", "code_system")
    }
    return render_template(
        "registry/cards.html", sheets=read_sheets(db.session, ids, day=day), day=day, today=today, names=names
    )


def read_sheets(session: Session, ids: Select[Any], *, day: dt.date) -> list[Sheet]:
    """The cards of the assets that ``ids`` selects, by code; as many statements for one as for many."""
    assets = session.scalars(select(Asset).where(Asset.id.in_(ids)).order_by(Asset.code)).all()
    chosen = [asset.id for asset in assets]
    region_ids = {asset.region_id for asset in assets}
    places = full_names(session, session.scalars(select(Region).where(Region.id.in_(region_ids))).all())
    periods = select(
        UpkeepPeriod.asset_id,
        UpkeepPeriod.operating_status,
        maintenance.status_on(day).label("status"),
    ).where(UpkeepPeriod.asset_id.in_(chosen), maintenance.valid_on(day))
    held = {row.asset_id: row for row in session.execute(periods)}
    events = _by_asset(session.execute(_events(chosen, day)))
    parts = {
        "rights": _by_asset(session.execute(_rights(chosen, day))),
        "contracts": _by_asset(session.execute(_contracts(chosen, day))),
        "income": _by_asset(session.execute(_income(chosen, day))),
        "duties": _by_asset(session.execute(_duties(chosen, day))),
        "codes": _by_asset(session.execute(_codes(chosen))),
    }
    return [
        Sheet(
            asset=asset,
            place=BETWEEN.join(places[asset.region_id].split(BETWEEN)[-3:]),
            held=held.get(asset.id),
            events=events[asset.id],
            original_yuan=original_value(events[asset.id], day),
            net_yuan=net_value(asset, events[asset.id], day),
            funds=fund_shares(events[asset.id], day),
            **{name: rows[asset.id] for name, rows in parts.items()},
        )
        for asset in assets
    ]


def _by_asset(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.asset_id].append(row)
    return found


def _events(chosen: Sequence[int], day: dt.date) -> Executable:
    return (
        select(
            ValueEvent.asset_id,
            ValueEvent.occurred_on,
            ValueEvent.amount_yuan,
            ValueEvent.fund_source,
            Project.id.label("project_id"),
            Project.name.label("project_name"),
            Project.year.label("project_year"),
        )
        .outerjoin(Project, Project.id == ValueEvent.project_id)
        .where(ValueEvent.asset_id.in_(chosen), ValueEvent.occurred_on <= day)
        .order_by(ValueEvent.occurred_on, ValueEvent.id)
    )


def _rights(chosen: Sequence[int], day: dt.date) -> Executable:
    return (
        select(Right.asset_id, Right.kind, Right.share_numerator, Right.share_denominator, Party.name.label("holder"))
        .join(Party, Party.id == Right.party_id)
        .where(Right.asset_id.in_(chosen), in_force(Right, day))
        .order_by(Right.kind, Right.share_numerator.desc(), Right.id)
    )


def _contracts(chosen: Sequence[int], day: dt.date) -> Executable:
    """The contract that runs, or else the last one."""
    number = func.row_number().over(partition_by=Contract.asset_id, order_by=(Contract.ends_on.desc(), Contract.id))
    latest = (
        select(Contract.id, number.label("place"))
        .where(Contract.asset_id.in_(chosen), Contract.starts_on <= day)
        .subquery()
    )
    return (
        select(
            Contract.asset_id,
            Contract.number,
            Contract.mode,
            Contract.annual_rent_yuan,
            Contract.starts_on,
            Contract.ends_on,
            Contract.ended_early_on,
            Party.name.label("operator"),
        )
        .join(latest, latest.c.id == Contract.id)
        .join(Party, Party.id == Contract.party_id)
        .where(latest.c.place == 1)
    )


def _income(chosen: Sequence[int], day: dt.date) -> Executable:
    return (
        select(Income.asset_id, Income.year, Income.due_yuan, Income.received_yuan, Income.distributed_yuan)
        .where(Income.asset_id.in_(chosen), Income.year.between(day.year - YEARS_SHOWN + 1, day.year))
        .order_by(Income.year)
    )


def _duties(chosen: Sequence[int], day: dt.date) -> Executable:
    return (
        select(
            Duty.asset_id,
            Party.name.label("body"),
            Post.title.label("post"),
            masked_name(Person).label("person"),
            masked_phone(Person.phone).label("phone"),
            Duty.fund_source,
            Duty.annual_budget_yuan,
        )
        .outerjoin(Party, Party.id == Duty.body_party_id)
        .outerjoin(Post, Post.id == Duty.post_id)
        .outerjoin(PostHolding, (PostHolding.post_id == Post.id) & in_force(PostHolding, day))
        .outerjoin(Person, Person.id == PostHolding.person_id)
        .where(Duty.asset_id.in_(chosen), in_force(Duty, day))
        .order_by(Duty.id)
    )


def _codes(chosen: Sequence[int]) -> Executable:
    return (
        select(OutsideCode.asset_id, OutsideCode.system, OutsideCode.code)
        .where(OutsideCode.asset_id.in_(chosen))
        .order_by(OutsideCode.system)
    )
