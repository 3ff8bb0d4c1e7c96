"""What a grant's sectors leave visible, and where a project is seen and counted."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.maintenance.models import UpkeepPeriod
from assets.projects import queries as projects
from assets.projects.models import Project, ProjectArea
from assets.registry.models import Asset, ValueEvent
from assets.scope import bind_viewer
from tests import factories
from tests.assets.scoped_records import clerk


def test_a_department_sees_its_sector_and_what_has_none(session: Session) -> None:
    made = factories.tree(session)
    water = factories.asset(session, made.north_villages[0], sector="water")
    road = factories.asset(session, made.north_villages[0], sector="road")
    none = factories.asset(session, made.north_villages[0], sector=None)
    bind_viewer(session, clerk(made.county, frozenset({"water"})))
    assert set(session.scalars(select(Asset.id))) == {water.id, none.id}
    assert set(session.scalars(select(ValueEvent.asset_id))) == {water.id, none.id}
    assert set(session.scalars(select(UpkeepPeriod.asset_id))) == {water.id, none.id}
    assert road.id not in set(session.scalars(select(Asset.id).where(Asset.sector == "road")))


def test_a_project_is_seen_where_it_serves_and_counted_where_it_lies(session: Session) -> None:
    made = factories.tree(session)
    project = factories.project(session, made.south_villages[0])
    session.add(ProjectArea(project_id=project.id, region_id=made.north_villages[0].id))
    session.flush()
    bind_viewer(session, clerk(made.north))
    assert list(session.scalars(select(Project.id))) == [project.id]
    asked = Filter(day=factories.DAY, area_path=made.north.region_path)
    assert session.scalar(projects.matching(asked, func.count())) == 1
    assert session.scalar(projects.matching(asked, func.count(), counted=True)) == 0
