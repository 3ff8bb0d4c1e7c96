"""A withdrawn record is gone from lists, counts and figures from its day on, and there on every day before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.maintenance import queries as maintenance
from assets.maintenance.models import UpkeepPeriod
from assets.places import queries as places
from assets.places.models import Facility, RelocationSite, Village
from assets.projects import queries as projects
from assets.projects.models import Project
from tests import factories

LAST_DAY = dt.date(2026, 10, 31)
GONE_ON = dt.date(2026, 11, 1)
WITHDRAWN: dict[str, Any] = {"retired_on": GONE_ON, "retired_reason": "重复登记"}


def placed(session: Session, entity: type[Any], where: int, **values: Any) -> None:
    """One withdrawn record."""
    session.add(entity(region_id=where, **values, **WITHDRAWN))
    session.flush()


@pytest.mark.parametrize(
    ("matching", "entity", "values"),
    [
        (projects.matching, Project, None),
        (places.sites, RelocationSite, {"name": "安置点", "type": "rural"}),
        (places.facilities, Facility, {"name": "卫生室", "type": "clinic", "level": "village", "status": "in_use"}),
        (places.villages, Village, {"name": "大力村", "kind": "village", "village_class": "clustered"}),
    ],
)
def test_a_withdrawn_record_is_listed_until_the_day_before(
    session: Session, matching: Any, entity: type[Any], values: dict[str, Any] | None
) -> None:
    tree = factories.tree(session)
    if values is None:
        factories.project(session, tree.villages[0], **WITHDRAWN)
    else:
        placed(session, entity, tree.villages[0].id, **values)
    for day, expected in ((LAST_DAY, 1), (GONE_ON, 0)):
        asked = Filter(day=day, area_path=tree.county.region_path)
        assert session.scalar(matching(asked, func.count())) == expected, day


def test_a_withdrawn_asset_has_no_state_from_its_day_on(session: Session) -> None:
    tree = factories.tree(session)
    made = factories.asset(session, tree.villages[0])
    made.retired_on, made.retired_reason = GONE_ON, "重复登记"
    session.flush()
    ends = session.scalar(select(func.max(UpkeepPeriod.valid_to)).where(UpkeepPeriod.asset_id == made.id))
    assert ends == GONE_ON
    for day, expected in ((LAST_DAY, 1), (GONE_ON, 0)):
        asked = Filter(day=day, area_path=tree.county.region_path)
        assert session.scalar(maintenance.matching(asked, func.count())) == expected, day
