"""The facts the drawer tells of one record; what the viewer may not see is not found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geoalchemy2.shape import to_shape
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.i18n import language
from assets.errors import NotFound
from assets.filters import Filter
from assets.maintenance import queries as maintenance
from assets.maintenance.models import Duty, UpkeepPeriod
from assets.ownership.models import Contract
from assets.parties.models import Party, Post
from assets.places.models import Facility, RelocationSite, Village
from assets.places.queries import designated
from assets.projects import queries as projects
from assets.projects.models import Allocation, Payment, Project, ProjectStage
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.registry.models import Asset, ValueEvent
from assets.terms import queries as terms
from assets.vocabulary import MISSING_FIELDS, STAGES

Facts = dict[str, Any]


def _asset(session: Session, record_id: int, asked: Filter) -> Facts:
    record = _one(session, select(Asset).where(Asset.id == record_id))
    held = session.execute(
        select(
            maintenance.status_on(asked.day).label("status"),
            UpkeepPeriod.missing,
            UpkeepPeriod.last_on,
            UpkeepPeriod.due_on,
            UpkeepPeriod.value_yuan,
        ).where(UpkeepPeriod.asset_id == record_id, maintenance.valid_on(asked.day))
    ).first()
    duty = session.execute(
        select(Party.name.label("body"), Post.title.label("post"), Duty.interval_days, Duty.annual_budget_yuan)
        .select_from(Duty)
        .outerjoin(Party, Party.id == Duty.body_party_id)
        .outerjoin(Post, Post.id == Duty.post_id)
        .where(
            Duty.asset_id == record_id,
            Duty.valid_from <= asked.day,
            or_(Duty.valid_to.is_(None), Duty.valid_to > asked.day),
        )
        .order_by(Duty.valid_from.desc())
        .limit(1)
    ).first()
    source = session.scalars(
        select(Project)
        .join(ValueEvent, ValueEvent.project_id == Project.id)
        .where(ValueEvent.asset_id == record_id)
        .order_by(ValueEvent.occurred_on)
        .limit(1)
    ).first()
    contract = session.scalars(
        select(Contract)
        .where(Contract.asset_id == record_id, Contract.ended_early_on.is_(None), Contract.starts_on <= asked.day)
        .order_by(Contract.ends_on.desc())
        .limit(1)
    ).first()
    return {
        "record": record,
        "region": _place(session, record.region_path),
        "held": held,
        "missing": [name for name, bit in MISSING_FIELDS.items() if held and held.missing & bit],
        "duty": duty,
        "project": source,
        "contract": contract,
        "type_name": _term(session, "asset_type", record.type, asked),
        "sector_name": _term(session, "sector", record.sector, asked),
        "day": asked.day,
    }


def _project(session: Session, record_id: int, asked: Filter) -> Facts:
    record = _one(session, select(Project).where(Project.id == record_id))
    arranged = session.scalar(select(func.sum(Allocation.arranged_yuan)).where(Allocation.project_id == record_id))
    paid = session.scalar(
        select(func.sum(Payment.paid_yuan)).where(
            Payment.allocation_id.in_(select(Allocation.id).where(Allocation.project_id == record_id))
        )
    )
    rows = session.execute(
        select(ProjectStage.stage, ProjectStage.reached_on).where(ProjectStage.project_id == record_id)
    )
    reached = {row.stage: row.reached_on for row in rows}
    return {
        "record": record,
        "region": _place(session, record.region_path),
        "arranged": arranged or 0,
        "paid": paid or 0,
        "steps": [(stage, reached.get(stage)) for stage in STAGES[:-1]],
        "position": STAGES.index(record.stage),
        "behind": bool(
            session.scalar(select(projects.behind(asked.day)).select_from(Project).where(Project.id == record_id))
        ),
        "sector_name": _term(session, "sector", record.sector, asked),
    }


def _village(session: Session, record_id: int, asked: Filter) -> Facts:
    record = _one(session, select(Village).where(Village.id == record_id))
    region = session.get_one(Region, record.region_id)
    here = Filter(day=asked.day, area_path=record.region_path)
    listed = session.execute(
        select(
            designated("key_assistance", asked.day, record.region_id).label("key"),
            designated("demonstration", asked.day, record.region_id).label("demonstration"),
        )
    ).one()
    value = session.scalar(maintenance.matching(here, func.coalesce(func.sum(UpkeepPeriod.value_yuan), 0)))
    return {
        "record": record,
        "region": _place(session, record.region_path),
        "place": region,
        "handle": regions.handle(region),
        "key": listed.key,
        "demonstration": listed.demonstration,
        "statuses": {row.status: row.assets for row in session.execute(maintenance.status_counts(here))},
        "value": value or 0,
        "projects": session.scalar(projects.matching(here, func.count())) or 0,
        "sites": session.scalar(
            select(func.count()).select_from(RelocationSite).where(RelocationSite.region_path == record.region_path)
        )
        or 0,
    }


def _site(session: Session, record_id: int, _asked: Filter) -> Facts:
    record = _one(session, select(RelocationSite).where(RelocationSite.id == record_id))
    return {"record": record, "region": _place(session, record.region_path)}


def _facility(session: Session, record_id: int, asked: Filter) -> Facts:
    record = _one(session, select(Facility).where(Facility.id == record_id))
    return {
        "record": record,
        "region": _place(session, record.region_path),
        "type_name": _term(session, "facility_type", record.type, asked),
    }


READERS: dict[str, Callable[[Session, int, Filter], Facts]] = {
    "assets": _asset,
    "projects": _project,
    "villages": _village,
    "sites": _site,
    "facilities": _facility,
}


def centre_of(geom: Any) -> tuple[float, float] | None:
    """Longitude and latitude of a point inside a stored geometry."""
    if geom is None:
        return None
    point = to_shape(geom).representative_point()
    return round(point.x, 6), round(point.y, 6)


def _one(session: Session, statement: Select[Any]) -> Any:
    found = session.scalars(statement).first()
    if found is None:
        raise NotFound
    return found


def _place(session: Session, path: str) -> list[Region]:
    ids = [int(part) for part in path.strip("/").split("/")]
    return list(
        session.scalars(
            select(Region).where(Region.id.in_(ids), Region.level.in_(("town", "village"))).order_by(Region.region_path)
        )
    )


def _term(session: Session, kind: str, code: str | None, asked: Filter) -> str | None:
    if code is None:
        return None
    return terms.names(session, kind, day=asked.day, language=language()).get(code, code)
