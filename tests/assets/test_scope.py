"""A clerk's session sees nothing of the neighbouring town, however it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, exists, func, literal, select, update
from sqlalchemy.orm import Session, aliased

from assets import schema
from assets.db import Base, Placed
from assets.errors import UnscopedRead
from assets.filters import Filter
from assets.imports.models import ImportBatch
from assets.maintenance import queries as maintenance
from assets.maintenance.models import Inspection
from assets.ownership.models import Income
from assets.parties.models import Post
from assets.places.models import Facility
from assets.projects.models import (
    Allocation,
    CarryOver,
    FundDocument,
    Payment,
    Project,
)
from assets.regions.models import Region
from assets.registry.models import Asset
from assets.review.models import Proposal
from assets.scope import Reach, ScopedSession, Viewer, bind_viewer
from tests import factories
from tests.assets.scoped_records import OPEN, SCOPED, clerk, everything_in


@pytest.fixture(scope="module")
def towns(engine: Engine) -> Iterator[tuple[Connection, factories.Tree]]:
    """One record of every scoped entity in either town, written once for all tests here."""
    with engine.connect() as connection, connection.begin() as outer:
        with ScopedSession(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            tree = factories.tree(bind_viewer(session, Viewer.system()))
            for village in (tree.north_villages[0], tree.south_villages[0]):
                everything_in(session, village)
            session.commit()
        yield connection, tree
        outer.rollback()


@pytest.fixture
def session(towns: tuple[Connection, factories.Tree]) -> Iterator[Session]:
    """A system session over both towns whose work is rolled back."""
    connection, _ = towns
    before = connection.begin_nested()
    with ScopedSession(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as inner:
        yield bind_viewer(inner, Viewer.system())
    before.rollback()


@pytest.fixture
def tree(towns: tuple[Connection, factories.Tree]) -> factories.Tree:
    return towns[1]


@pytest.fixture
def as_clerk(session: Session, tree: factories.Tree) -> Session:
    """The same transaction, looked at by the clerk of the northern town."""
    return bind_viewer(session, clerk(tree.north))


def _paths(session: Session, entity: type[Any]) -> set[str]:
    """Where the visible rows of an entity lie, found through what they belong to."""
    viewer = session.info["viewer"]
    ids = [
        tuple(row)
        for row in session.execute(select(*entity.__table__.primary_key.columns.values()).select_from(entity))
    ]
    bind_viewer(session, Viewer.system())
    session.expire_all()
    owner = {"asset_id": Asset, "project_id": Project, "post_id": Post, "proposal_id": Proposal}
    owner["batch_id"] = ImportBatch
    paths = set()
    for identity in ids:
        row = session.get(entity, identity if len(identity) > 1 else identity[0])
        if isinstance(row, Payment):
            row = session.get_one(Allocation, row.allocation_id)
        if isinstance(row, CarryOver):
            row = session.get_one(FundDocument, row.fund_document_id)
        for link, parent in owner.items():
            if not hasattr(row, "region_path") and hasattr(row, link):
                row = session.get_one(parent, getattr(row, link))
        paths.add(row.region_path)
    bind_viewer(session, viewer)
    return paths


def test_every_table_is_scoped_or_open_for_a_reason() -> None:
    names = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    assert schema.metadata.tables
    assert names == {entity.__name__ for entity in SCOPED} | set(OPEN)


@pytest.mark.parametrize("entity", SCOPED, ids=lambda entity: entity.__name__)
def test_the_system_sees_both_towns(session: Session, tree: factories.Tree, entity: type[Any]) -> None:
    towns = {path.startswith(tree.north.region_path) for path in _paths(session, entity)}
    assert towns == {True, False}


@pytest.mark.parametrize("entity", SCOPED, ids=lambda entity: entity.__name__)
def test_a_clerk_sees_only_the_own_town(as_clerk: Session, tree: factories.Tree, entity: type[Any]) -> None:
    paths = _paths(as_clerk, entity)
    assert paths
    assert all(path.startswith(tree.north.region_path) for path in paths)


def counted(entity: type[Any]) -> Any:
    return select(func.count()).select_from(entity)


WAYS: dict[str, Callable[[type[Any]], Any]] = {
    "count": counted,
    "count of a column": lambda entity: select(func.count(next(iter(entity.__table__.primary_key)))).select_from(
        entity
    ),
    "alias": lambda entity: select(func.count()).select_from(aliased(entity)),
    "subquery": lambda entity: select(func.count()).select_from(select(entity).subquery()),
    "common table expression": lambda entity: select(func.count()).select_from(select(entity).cte()),
    "scalar subquery": lambda entity: select(counted(entity).scalar_subquery()),
    "join to regions": lambda entity: counted(Region).join(entity, literal(True)).where(Region.level == "nation"),
    "outer join to regions": lambda entity: (
        select(func.count(entity.__table__.primary_key.columns.values()[0]))
        .select_from(Region)
        .outerjoin(entity, literal(True))
        .where(Region.level == "nation")
    ),
    "lateral": lambda entity: select(func.count()).select_from(select(entity).lateral()),
    "union": lambda entity: select(func.count()).select_from(
        select(entity).union_all(select(entity).where(literal(False))).subquery()
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("entity", SCOPED, ids=lambda entity: entity.__name__)
def test_no_way_of_asking_goes_round_the_scope(
    session: Session, tree: factories.Tree, entity: type[Any], way: str
) -> None:
    statement = WAYS[way](entity)
    everything = session.scalar(statement)
    bind_viewer(session, clerk(tree.north))
    ours = session.scalar(statement)
    bind_viewer(session, clerk(tree.south))
    theirs = session.scalar(statement)
    assert 0 < ours < everything
    assert ours + theirs == everything


@pytest.mark.parametrize("entity", SCOPED, ids=lambda entity: entity.__name__)
def test_what_lies_elsewhere_does_not_exist(session: Session, tree: factories.Tree, entity: type[Any]) -> None:
    columns = entity.__table__.primary_key.columns.values()
    every = {tuple(row) for row in session.execute(select(*columns).select_from(entity))}
    bind_viewer(session, clerk(tree.north))
    seen = {tuple(row) for row in session.execute(select(*columns).select_from(entity))}
    session.expunge_all()
    for identity in every - seen:
        assert session.get(entity, identity) is None
    for identity in seen:
        assert session.get(entity, identity) is not None


def test_a_record_already_loaded_for_another_viewer_is_not_handed_out(session: Session, tree: factories.Tree) -> None:
    """Sessions belong to one request; what one has loaded stays in it."""
    theirs = session.scalars(select(Asset).where(Asset.region_id == tree.south_villages[0].id)).one()
    with ScopedSession(session.connection()) as fresh:
        bind_viewer(fresh, clerk(tree.north))
        assert fresh.get(Asset, theirs.id) is None


def test_an_exists_clause_is_narrowed(session: Session, tree: factories.Tree) -> None:
    theirs = exists(select(Asset.id).where(Asset.region_id == tree.south_villages[0].id))
    assert session.scalar(select(theirs)) is True
    bind_viewer(session, clerk(tree.north))
    assert session.scalar(select(theirs)) is False


def test_an_update_reaches_only_the_own_town(session: Session, tree: factories.Tree) -> None:
    bind_viewer(session, clerk(tree.north))
    assert session.execute(update(Asset).values(unit="座")).rowcount == 1
    bind_viewer(session, Viewer.system())
    units = dict(session.execute(select(Asset.region_id, Asset.unit)).all())
    assert units == {tree.north_villages[0].id: "座", tree.south_villages[0].id: None}


@pytest.mark.parametrize("entity", [Inspection, Income, Facility], ids=lambda entity: entity.__name__)
def test_a_delete_reaches_only_the_own_town(session: Session, tree: factories.Tree, entity: type[Any]) -> None:
    bind_viewer(session, clerk(tree.north))
    assert session.execute(delete(entity)).rowcount == 1
    bind_viewer(session, Viewer.system())
    assert session.scalar(counted(entity)) == 1


def test_two_grants_add_up(session: Session, tree: factories.Tree) -> None:
    both = Viewer(1, "both", None, clerk(tree.north).reaches + clerk(tree.south).reaches)
    bind_viewer(session, both)
    assert session.scalar(counted(Asset)) == 2


def test_a_viewer_without_grants_sees_nothing(session: Session, tree: factories.Tree) -> None:
    bind_viewer(session, Viewer(1, "nobody"))
    assert [session.scalar(counted(entity)) for entity in SCOPED] == [0] * len(SCOPED)


def test_neighbours_whose_ids_begin_alike_are_apart(session: Session, tree: factories.Tree) -> None:
    """/1/2/ is not inside /1/20/, nor the other way round."""
    path = tree.north.region_path
    lookalike = Viewer(1, "near", None, (Reach("clerk", 0, f"{path[:-1]}0/"),))
    bind_viewer(session, lookalike)
    assert session.scalar(counted(Asset)) == 0


def test_counts_by_status_leave_out_the_neighbours(session: Session, tree: factories.Tree) -> None:
    county = Filter(day=factories.DAY, area_path=tree.county.region_path)
    assert sum(row.assets for row in session.execute(maintenance.status_counts(county))) == 2
    bind_viewer(session, clerk(tree.north))
    assert sum(row.assets for row in session.execute(maintenance.status_counts(county))) == 1


@pytest.mark.parametrize("entity", SCOPED, ids=lambda entity: entity.__name__)
def test_a_session_without_a_viewer_reads_nothing(session: Session, entity: type[Any]) -> None:
    del session.info["viewer"]
    with pytest.raises(UnscopedRead):
        session.execute(select(entity)).all()


@pytest.mark.parametrize("entity", [Asset, Inspection])
def test_a_session_without_a_viewer_changes_nothing(session: Session, entity: type[Any]) -> None:
    del session.info["viewer"]
    with pytest.raises(UnscopedRead):
        session.execute(delete(entity))
    with pytest.raises(UnscopedRead):
        session.get(entity, 1)


def test_placed_records_are_all_tested_here() -> None:
    placed = {mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Placed)}
    assert placed <= set(SCOPED)
