"""The database alone refuses bad shares and overlaps, whoever writes and commits first.

No service is involved: two connections insert rows directly, with every order of their steps.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from app.cli import migrations
from app.runner.cluster import Cluster
from assets.db import make_engine
from assets.scope import ScopedSession, Viewer, bind_viewer
from tests import factories

PATIENCE_S = 10


@dataclass
class Ground:
    """An asset with three holders, committed."""

    engine: Engine
    asset_id: int
    parties: list[int]

    def connect(self) -> psycopg.Connection[Any]:
        made = psycopg.connect(self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
        made.execute("SET lock_timeout = '10s'")
        made.commit()
        return made

    def count(self) -> int:
        with self.connect() as connection:
            return int(connection.execute('SELECT count(*) FROM "right"').fetchone()[0])  # type: ignore[index]

    def empty(self) -> None:
        with self.connect() as connection:
            connection.execute("UPDATE asset SET certified_on = NULL")
            connection.execute('DELETE FROM "right"')

    def total(self) -> Fraction:
        with self.connect() as connection:
            rows = connection.execute(
                "SELECT share_numerator, share_denominator FROM \"right\" WHERE kind = 'ownership' AND valid_to IS NULL"
            ).fetchall()
        return sum((Fraction(*row) for row in rows), Fraction())


@pytest.fixture(scope="module")
def committed(cluster: Cluster) -> Iterator[Ground]:
    """A database of these tests' own, since what they do must be committed."""
    made = cluster.create_database("two_writers")
    owner = make_engine(made.owner_url)
    with owner.begin() as connection:
        migrations.upgrade(connection, "xiangtu")
    owner.dispose()
    engine = make_engine(made.runtime_url)
    with ScopedSession(engine, expire_on_commit=False) as session:
        tree = factories.tree(bind_viewer(session, Viewer.system()))
        asset = factories.asset(session, tree.north_villages[0])
        parties = [factories.party(session, f"{name}村").id for name in "甲乙丙"]
        session.commit()
    yield Ground(engine, asset.id, parties)
    engine.dispose()
    cluster.drop_database(made.database)


@pytest.fixture
def ground(committed: Ground) -> Iterator[Ground]:
    """The asset without rights, not certified."""
    yield committed
    committed.empty()


def insert(
    connection: psycopg.Connection[Any],
    ground: Ground,
    party: int,
    kind: str = "ownership",
    share: Fraction = Fraction(1),
    since: str = "2024-02-01",
    until: str | None = None,
) -> None:
    connection.execute(
        'INSERT INTO "right" (asset_id, party_id, kind, share_numerator, share_denominator, valid_from, valid_to) '
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (ground.asset_id, ground.parties[party], kind, share.numerator, share.denominator, since, until),
    )


class Writer(threading.Thread):
    """A connection of its own that does one step whenever it is told; a refused step ends it."""

    def __init__(self, ground: Ground, steps: list[Any]) -> None:
        super().__init__(daemon=True)
        self.connection, self.steps = ground.connect(), steps
        self.go, self.refusal = threading.Semaphore(0), None
        self.done = [threading.Event() for _ in (*steps, "commit")]

    def run(self) -> None:
        for number, step in enumerate([*self.steps, lambda connection: connection.commit()]):
            self.go.acquire(timeout=PATIENCE_S)
            if self.refusal is None:
                try:
                    step(self.connection)
                except psycopg.Error as refusal:
                    self.refusal = refusal
                    self.connection.rollback()
            self.done[number].set()
        self.connection.close()


def play(first: Writer, second: Writer, order: tuple[int, ...]) -> None:
    """Let the writers take their steps in ``order``; one that waits for the other is left waiting."""
    writers, taken = (first, second), [0, 0]
    for writer in writers:
        writer.start()
    for turn in order:
        writers[turn].go.release()
        writers[turn].done[taken[turn]].wait(0.15)
        taken[turn] += 1
    for writer in writers:
        writer.join(PATIENCE_S)
        assert not writer.is_alive()


ORDERS = sorted(set(itertools.permutations((0, 0, 1, 1))))


@pytest.mark.parametrize("order", ORDERS)
def test_of_two_who_take_two_thirds_each_one_is_refused(ground: Ground, order: tuple[int, ...]) -> None:
    share = Fraction(2, 3)
    first, second = (Writer(ground, [lambda c, party=party: insert(c, ground, party, share=share)]) for party in (0, 1))
    play(first, second, order)
    refused = [writer.refusal for writer in (first, second) if writer.refusal]
    assert len(refused) == 1
    assert isinstance(refused[0], psycopg.errors.CheckViolation)
    assert refused[0].diag.constraint_name == "ck_right_shares_add_up"
    assert ground.total() == share


@pytest.mark.parametrize("order", ORDERS)
def test_two_who_take_a_half_each_both_succeed(ground: Ground, order: tuple[int, ...]) -> None:
    half = Fraction(1, 2)
    first, second = (Writer(ground, [lambda c, party=party: insert(c, ground, party, share=half)]) for party in (0, 1))
    play(first, second, order)
    assert (first.refusal, second.refusal, ground.total()) == (None, None, 1)


@pytest.mark.parametrize("kind", ["operation", "distribution", "disposal"])
@pytest.mark.parametrize("order", ORDERS)
def test_of_two_exclusive_holders_one_is_refused(ground: Ground, order: tuple[int, ...], kind: str) -> None:
    first = Writer(ground, [lambda c: insert(c, ground, 0, kind, until="2025-01-01")])
    second = Writer(ground, [lambda c: insert(c, ground, 1, kind, since="2024-12-31")])
    play(first, second, order)
    refused = [writer.refusal for writer in (first, second) if writer.refusal]
    assert [type(refusal) for refusal in refused] == [psycopg.errors.ExclusionViolation]
    assert refused[0].diag.constraint_name == "ex_right_one_holder_at_a_time"  # type: ignore[union-attr]
    assert ground.count() == 1


@pytest.mark.parametrize("order", ORDERS)
def test_one_holder_is_not_entered_twice(ground: Ground, order: tuple[int, ...]) -> None:
    third = Fraction(1, 3)
    first, second = (Writer(ground, [lambda c: insert(c, ground, 0, share=third)]) for _ in range(2))
    play(first, second, order)
    refused = [writer.refusal for writer in (first, second) if writer.refusal]
    assert [refusal.diag.constraint_name for refusal in refused] == ["ex_right_one_row_a_holder"]
    assert ground.count() == 1


@pytest.mark.parametrize("order", ORDERS)
def test_certifying_while_a_share_is_taken_away_leaves_no_certified_asset_half_owned(
    ground: Ground, order: tuple[int, ...]
) -> None:
    with ground.connect() as connection:
        for party in (0, 1):
            insert(connection, ground, party, share=Fraction(1, 2))
    first = Writer(ground, [lambda c: c.execute("UPDATE asset SET certified_on = '2025-01-01'")])
    second = Writer(ground, [lambda c: c.execute('DELETE FROM "right" WHERE party_id = %s', (ground.parties[0],))])
    play(first, second, order)
    with ground.connect() as connection:
        row = connection.execute("SELECT certified_on FROM asset WHERE id = %s", (ground.asset_id,)).fetchone()
    assert ground.total() == 1 or row == (None,)
    assert sum(writer.refusal is not None for writer in (first, second)) == 1


@pytest.mark.parametrize("order", sorted(set(itertools.permutations((0, 0, 0, 1, 1, 1))))[::3])
def test_two_who_replace_all_shares_leave_one_whole(ground: Ground, order: tuple[int, ...]) -> None:
    with ground.connect() as connection:
        insert(connection, ground, 0)
        connection.execute("UPDATE asset SET certified_on = '2024-06-01'")
    ending = "UPDATE \"right\" SET valid_to = '2025-01-01' WHERE kind = 'ownership' AND valid_to IS NULL"
    first, second = (
        Writer(
            ground,
            [
                lambda c: c.execute(ending),
                lambda c, party=party: insert(c, ground, party, since="2025-01-01"),
            ],
        )
        for party in (1, 2)
    )
    play(first, second, order)
    assert ground.total() == 1
    assert sum(writer.refusal is None for writer in (first, second)) >= 1


@pytest.mark.parametrize(
    ("shares", "accepted"),
    [
        ([Fraction(1, 3)] * 3, True),
        ([Fraction(3333, 10000)] * 3, False),
        ([Fraction(9999, 10000)], False),
        ([Fraction(1, 2), Fraction(1, 2), Fraction(1, 1_000_000)], False),
        ([Fraction(1, 7), Fraction(2, 7), Fraction(4, 7)], True),
        ([], False),
    ],
)
def test_a_certified_asset_is_owned_exactly_whole(ground: Ground, shares: list[Fraction], accepted: bool) -> None:
    def write() -> None:
        with closing(ground.connect()) as connection:
            connection.execute("UPDATE asset SET certified_on = '2024-02-01' WHERE id = %s", (ground.asset_id,))
            for party, share in enumerate(shares):
                insert(connection, ground, party, share=share)
            connection.commit()

    if accepted:
        write()
        assert ground.total() == 1
    else:
        with pytest.raises(psycopg.errors.CheckViolation, match="add up to"):
            write()
        assert ground.count() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"share": Fraction(3, 2)},
        {"since": "2024-02-01", "until": "2024-02-01"},
        {"since": "2024-02-01", "until": "2023-02-01"},
        {"kind": "sale"},
    ],
)
def test_a_row_that_cannot_be_is_refused(ground: Ground, values: dict[str, Any]) -> None:
    with pytest.raises(psycopg.errors.IntegrityError), ground.connect() as connection:
        insert(connection, ground, 0, **values)


def test_a_snapshot_that_could_not_see_the_others_rows_writes_no_shares(ground: Ground) -> None:
    with ground.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        insert(connection, ground, 0)
        with pytest.raises(psycopg.errors.InvalidTransactionState, match="read committed or serializable"):
            connection.commit()
    assert ground.count() == 0


@pytest.mark.parametrize("order", ORDERS)
def test_serializable_writers_cannot_exceed_the_whole_either(ground: Ground, order: tuple[int, ...]) -> None:
    share = Fraction(2, 3)
    first, second = (Writer(ground, [lambda c, party=party: insert(c, ground, party, share=share)]) for party in (0, 1))
    for writer in (first, second):
        writer.connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    play(first, second, order)
    assert ground.total() <= 1
    assert sum(writer.refusal is None for writer in (first, second)) <= 1
