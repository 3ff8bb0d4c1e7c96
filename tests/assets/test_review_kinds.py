"""Every kind of record is reviewed alike, and nothing of what was entered is lost."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.maintenance import assigning
from assets.ownership import replacing
from assets.ownership.models import Right
from assets.ownership.registering import register_owned_asset
from assets.places import facilities
from assets.places.models import Facility
from assets.projects import service as projects
from assets.projects import stages
from assets.registry import operating, service, values
from assets.registry.models import Asset
from assets.review.proposing import OneByOne
from tests import factories
from tests.assets.review_desk import DAY, ReviewDesk, facts, rename

POINT = shapely.set_srid(shapely.Point(106.612345, 34.812345), 4490)


@pytest.fixture
def desk(session: Session) -> ReviewDesk:
    return ReviewDesk(session)


@pytest.fixture
def asset(desk: ReviewDesk) -> Asset:
    return desk.made(factories.asset, desk.tree.north_villages[0], name="大力村冷库")  # type: ignore[no-any-return]


def test_positions_shares_values_and_duties_come_through_unchanged(desk: ReviewDesk, asset: Asset) -> None:
    for kind in ("asset", "right", "duty"):
        desk.rule("town", kind=kind)
    one, other = (
        desk.made(factories.party, name, region_id=desk.tree.north_villages[0].id) for name in ("甲村集体", "乙村集体")
    )
    moved = rename(desk, asset, "大力村冷库", geom=POINT)
    desk.approve(moved, "town")
    desk.session.refresh(asset)
    assert shapely.from_wkb(bytes(asset.geom.data)).equals(POINT)
    desk.seat("clerk")
    worth = desk.proposed(
        values.add_value,
        asset.id,
        kind="extension",
        occurred_on=DAY,
        amount_yuan=factories.Decimal("1234.56"),
        today=DAY,
    )
    desk.approve(worth, "town")
    desk.seat("clerk")
    shares = desk.proposed(
        replacing.set_shares,
        asset.id,
        kind="ownership",
        holders=((one.id, Fraction(1, 3)), (other.id, Fraction(2, 3))),
        valid_from=DAY,
        document="确权书",
        reason="确权",
        today=DAY,
    )
    desk.approve(shares, "town")
    held = desk.session.scalars(select(Right).order_by(Right.id)).all()
    assert sorted(Fraction(r.share_numerator, r.share_denominator) for r in held) == [Fraction(1, 3), Fraction(2, 3)]
    desk.seat("clerk")
    duty = desk.proposed(
        assigning.assign_duty, asset.id, body_party_id=one.id, interval_days=90, valid_from=DAY, today=DAY
    )
    desk.approve(duty, "town")
    assert duty.status == "approved"
    desk.seat("clerk")
    status = desk.proposed(operating.set_operating_status, asset.id, operating_status="idle", valid_from=DAY, today=DAY)
    desk.approve(status, "town")
    desk.session.refresh(asset)
    assert asset.operating_status == "idle"


def test_an_asset_and_its_owner_are_one_proposal(desk: ReviewDesk) -> None:
    desk.rule("town")
    holder = desk.made(factories.party, region_id=desk.tree.north_villages[0].id)
    proposal = desk.proposed(register_owned_asset, owner_id=holder.id, today=DAY, **facts(desk))
    assert {row["table"] for row in proposal.differences} == {"asset", "right", "value_event", "operating_period"}
    desk.approve(proposal, "town")
    assert desk.session.scalars(select(Right.party_id)).all() == [holder.id]


def test_projects_their_steps_and_places_are_reviewed_alike(desk: ReviewDesk) -> None:
    desk.rule("town", kind="project")
    desk.rule("town", kind="place")
    made = desk.proposed(
        projects.register_project,
        name="大力村产业路",
        code=None,
        kind="works",
        category="industry",
        sector="transport",
        year=2026,
        budget_yuan=factories.Decimal(600_000),
        region_id=desk.tree.north_villages[0].id,
        geom=None,
        planned_on=dt.date(2026, 1, 5),
        served=(desk.tree.north_villages[1].id,),
        today=DAY,
    )
    assert {row["table"] for row in made.differences} >= {"project", "project_stage"}
    desk.approve(made, "town")
    desk.seat("clerk")
    project_id = made.record_id
    step = desk.proposed(
        stages.advance_project, project_id, "library", reached_on=dt.date(2026, 2, 1), document="入库通知", today=DAY
    )
    assert (step.table_name, step.record_id) == ("project", project_id)
    desk.approve(step, "town")
    desk.seat("clerk")
    clinic = desk.proposed(
        facilities.register_facility,
        name="卫生室",
        type="clinic",
        level="village",
        status="in_use",
        area_m2=None,
        capacity=None,
        staff=None,
        opened_on=None,
        closed_on=None,
        region_id=desk.tree.north_villages[0].id,
        geom=POINT,
        source=None,
        today=DAY,
    )
    desk.approve(clinic, "town")
    assert desk.session.get_one(Facility, clinic.record_id).review_status == "approved"


def test_many_at_once_are_refused_where_one_of_them_is_reviewed(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town", where=desk.tree.north_villages[0])
    other = desk.made(factories.asset, desk.tree.north_villages[1])
    with pytest.raises(OneByOne):
        service.retire_assets(desk.session, [asset.id, other.id], on=DAY, reason="重复登记", today=DAY)
    assert service.retire_assets(desk.session, [other.id], on=DAY, reason="重复登记", today=DAY) == 1
    with pytest.raises(OneByOne):
        operating.set_operating_status_of_many(
            desk.session, [asset.id], operating_status="idle", valid_from=DAY, today=DAY
        )
