"""Several grants see together what each of them sees, however they overlap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, Text, column, literal, select, values
from sqlalchemy.orm import Session

from assets.accounts.queries import reaches_of
from assets.scope import Reach, Viewer
from tests import factories

PATHS = ("/1/", "/1/2/", "/1/2/3/", "/1/2/4/", "/1/20/", "/1/20/5/", "/7/")
SECTORS = (None, "water", "roads", "health")
reaches = st.builds(
    Reach,
    st.sampled_from(["clerk", "planner", "department"]),
    st.just(1),
    st.sampled_from(PATHS),
    st.one_of(st.none(), st.frozensets(st.sampled_from(SECTORS[1:]), min_size=1)),
)


@given(held=st.lists(reaches, max_size=6))
def test_what_overlapping_grants_see_is_what_each_of_them_sees(engine: Engine, held: list[Reach]) -> None:
    rows = values(column("path", Text), column("sector", Text), name="record").data(
        [(f"{path}9/", sector) for path in PATHS for sector in SECTORS]
    )
    viewer = Viewer(reaches=tuple(held))
    with engine.connect() as connection:
        found = connection.execute(select(rows).where(viewer.narrow(rows.c.path.collate("C"), rows.c.sector)))
        seen = {(row.path, row.sector) for row in found}
    expected = {
        (path, sector)
        for path, sector in ((f"{path}9/", sector) for path in PATHS for sector in SECTORS)
        if any(one.covers(path) and (one.sectors is None or sector is None or sector in one.sectors) for one in held)
    }
    assert seen == expected


def test_several_roles_in_one_area_narrow_by_one_range() -> None:
    own, wider = Reach("clerk", 2, "/1/2/"), Reach("planner", 1, "/1/", frozenset({"water"}))
    several = Viewer(reaches=(own, Reach("approver", 2, "/1/2/"), Reach("caretaker", 3, "/1/2/3/")))
    path, sector = literal("/1/2/9/"), literal("water")
    assert str(several.narrow(path, sector)) == str(Viewer(reaches=(own,)).narrow(path, sector))
    assert "OR" in str(Viewer(reaches=(own, wider)).narrow(path, sector))


def test_a_reach_over_everything_is_known_until_something_lies_outside(session: Session) -> None:
    tree = factories.tree(session)
    account = factories.account(session, "ministry", "viewer", tree.nation)
    clerk = factories.account(session, "clerk", "clerk", tree.north)
    assert [reach.whole for reach in reaches_of(session, account.id, factories.DAY)] == [True]
    assert [reach.whole for reach in reaches_of(session, clerk.id, factories.DAY)] == [False]
    factories.region(session, "别国", "9", "nation")
    assert [reach.whole for reach in reaches_of(session, account.id, factories.DAY)] == [False]
