"""Any history of ledgers entered, records edited and ledgers taken back leaves what a plain account of it says."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.runner.cluster import Cluster
from assets.db import make_engine
from assets.imports.committing import NothingToEnter
from assets.imports.models import ImportBatch
from assets.imports.undoing import undo_batch
from assets.places.facilities import correct_facility
from assets.places.models import Facility
from assets.scope import ScopedSession, Viewer, bind_viewer
from tests import factories
from tests.imports.bringing import Desk, facility_row

NAMES = ("甲卫生室", "乙卫生室", "丙卫生室")
_numbers = itertools.count(1)
ledgers = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 3), min_size=1)
histories = st.lists(
    st.one_of(
        st.tuples(st.just("import"), ledgers),
        st.tuples(st.just("edit"), st.sampled_from(NAMES), st.integers(1, 3)),
        st.tuples(st.just("undo"), st.integers(0, 3)),
    ),
    min_size=2,
    max_size=7,
)


@dataclass
class Account:
    """What the register should hold: by record its name and staff; by ledger what it found and left."""

    records: dict[int, tuple[str, int]] = field(default_factory=dict)
    # By ledger, by record: what it said before (None: it was not there) and after.
    deeds: list[dict[int, tuple[tuple[str, int] | None, tuple[str, int]]]] = field(default_factory=list)
    undone: set[int] = field(default_factory=set)

    def take_back(self, number: int) -> set[int]:
        """What stays, since somebody has gone on from it."""
        self.undone.add(number)
        left = set()
        for record, (before, after) in self.deeds[number].items():
            if self.records.get(record) != after:
                left.add(record)
            elif before is None:
                del self.records[record]
            else:
                self.records[record] = before
        return left


@dataclass
class Replay:
    """The same done to a registry."""

    desk: Desk
    account: Account = field(default_factory=Account)
    batches: list[ImportBatch] = field(default_factory=list)

    def registry(self) -> dict[int, tuple[str, int]]:
        self.desk.system().expire_all()
        return {one.id: (one.name, one.staff or 0) for one in self.desk.session.scalars(select(Facility))}

    def enter(self, ledger: dict[str, int]) -> None:
        batch = self.desk.bring([facility_row(name, 人员=str(staff)) for name, staff in ledger.items()])
        self.desk.session.commit()
        before = self.registry()
        try:
            self.desk.commit(batch)
        except NothingToEnter:
            self.desk.session.rollback()
            return
        self.desk.session.commit()
        after = self.registry()
        self.account.records = dict(after)
        self.account.deeds.append(
            {one: (before.get(one), said) for one, said in after.items() if before.get(one) != said}
        )
        self.batches.append(batch)

    def edit(self, name: str, staff: int) -> None:
        found = next((one for one, said in self.account.records.items() if said[0] == name), None)
        if found is None:
            return
        session = self.desk.acts(self.desk.account())
        one = session.get_one(Facility, found)
        names = ("name", "type", "level", "status", "area_m2", "capacity", "opened_on", "closed_on", "source")
        values: dict[str, Any] = {key: getattr(one, key) for key in names} | {"region_id": one.region_id, "geom": None}
        day = factories.DAY
        correct_facility(session, one.id, revision=one.revision, reason="人数有误", today=day, staff=staff, **values)
        session.commit()
        self.account.records[found] = (name, staff)

    def undo(self, number: int) -> None:
        if number >= len(self.batches) or number in self.account.undone:
            return
        expected = self.account.take_back(number)
        batch = undo_batch(self.desk.acts(self.desk.account()), self.batches[number].id, today=factories.DAY)
        self.desk.session.commit()
        assert {one["id"] for one in batch.left} == expected


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
def test_any_history_of_ledgers_edits_and_undoing(
    cluster: Cluster, office_of_ledgers: tuple[str, factories.Tree], history: list[Any]
) -> None:
    template, tree = office_of_ledgers
    made = cluster.create_database(f"replay_{next(_numbers)}", template)
    engine = make_engine(made.runtime_url)
    try:
        with ScopedSession(engine, expire_on_commit=False) as session:
            replay = Replay(Desk(bind_viewer(session, Viewer.system()), tree))
            replay.desk.account()
            session.commit()
            for act, *what in history:
                {"import": replay.enter, "edit": replay.edit, "undo": replay.undo}[act](*what)
                assert replay.registry() == replay.account.records
    finally:
        engine.dispose()
        cluster.drop_database(made.database)
