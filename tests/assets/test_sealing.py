"""Every entry comes under exactly one seal, whoever commits when, and on whichever server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.runner.cluster import Cluster
from assets.audit import sealing
from tests.assets.sealing_desk import Vault, opened_vault

WRITERS = 3
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "commit", "roll back", "seal"]), st.integers(0, WRITERS - 1)),
    min_size=4,
    max_size=24,
)


@pytest.fixture(scope="module")
def made(cluster: Cluster) -> Iterator[Vault]:
    with opened_vault(cluster, "sealing") as vault:
        yield vault


@pytest.fixture
def vault(made: Vault) -> Vault:
    made.empty()
    return made


def number_in_use(vault: Vault) -> int:
    with vault.owner.connect() as connection:
        return int(connection.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")) or 0)


def use_up_numbers(vault: Vault, many: int) -> None:
    with vault.runtime.connect() as connection:
        for _ in range(many):
            connection.execute(text("SELECT pg_current_xact_id()"))
            connection.commit()


def test_nothing_to_seal_leaves_no_seal(vault: Vault) -> None:
    assert vault.seal() == 0
    vault.add(3)
    assert (vault.seal(), vault.seal()) == (3, 0)


def test_seals_follow_each_other_by_number_and_hash(vault: Vault) -> None:
    for many in (1, 2, 3):
        vault.add(many)
        vault.seal()
    with vault.owner.connect() as connection:
        seals = connection.execute(
            text("SELECT number, entries, hash, previous_hash FROM audit_seal ORDER BY number")
        ).all()
    assert [(seal.number, seal.entries) for seal in seals] == [(1, 1), (2, 2), (3, 3)]
    assert [seal.previous_hash for seal in seals] == [sealing.FIRST_HASH, seals[0].hash, seals[1].hash]


def test_a_long_transaction_is_neither_waited_for_nor_missed(vault: Vault) -> None:
    vault.add()
    vault.seal()
    with vault.runtime.connect() as slow:
        vault.add(5, slow)
        vault.add(2)
        # What began after the slow one waits for it; neither sealing nor writing does.
        assert vault.seal() == 0
        assert vault.check().holds
        slow.commit()
    assert vault.seal() == 7
    assert vault.sealed_ids() == vault.ids()


def test_what_is_rolled_back_leaves_a_gap_and_no_finding(vault: Vault) -> None:
    with vault.runtime.connect() as undone:
        vault.add(4, undone)
        undone.rollback()
    vault.add(2)
    vault.seal()
    assert vault.sealed_ids() == vault.ids()
    assert vault.check().holds


def test_two_who_seal_at_once_do_not_wait_and_do_not_seal_twice(vault: Vault) -> None:
    vault.add(3)
    with vault.session() as first:
        sealed = sealing.seal_finished(first, sealing.Key(b"1"))
        assert sealed is not None
        assert vault.seal() == 0
    assert vault.seal() == 0
    assert vault.sealed_ids() == vault.ids()


def test_a_batch_of_several_blocks_is_hashed_as_it_is_checked(vault: Vault) -> None:
    vault.add(sealing.BLOCK * 2 + 7)
    assert vault.seal() == sealing.BLOCK * 2 + 7
    assert vault.check().holds


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_however_writers_and_seals_follow_each_other_each_entry_is_sealed_once(
    made: Vault, steps: list[tuple[str, int]]
) -> None:
    made.empty()
    with ExitStack() as stack:
        writers: list[Connection] = [stack.enter_context(made.runtime.connect()) for _ in range(WRITERS)]
        for what, who in steps:
            if what == "add":
                made.add(1 + who, writers[who])
            elif what == "commit":
                writers[who].commit()
            elif what == "roll back":
                writers[who].rollback()
            else:
                made.seal()
                assert made.check().holds
        for writer in writers:
            writer.commit()
    made.seal()
    assert made.sealed_ids() == made.ids()
    assert made.check().holds


@pytest.mark.parametrize("identity", ["another server", ""], ids=["known", "not told"])
def test_carried_to_another_server_nothing_is_missed_or_sealed_twice(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, identity: str
) -> None:
    # A server far ahead in its count, whose numbers will come round again on the new one.
    begun = number_in_use(vault)
    far = text("SELECT 1000000000000 AS low, 1000000000000 AS high")
    with monkeypatch.context() as there:
        there.setattr(sealing, "_BOUNDS", far)
        there.setattr(sealing, "cluster_identity", lambda _session: "first server" if identity else "")
        vault.add(3)
        vault.tamper(f"UPDATE audit_entry SET transaction = {begun} + 40 + id")
        assert vault.seal() == 3
        vault.add(2)
        vault.tamper(f"UPDATE audit_entry SET transaction = {begun} + 60 + id WHERE id > 3")
    if not identity:
        monkeypatch.setattr(sealing, "cluster_identity", lambda _session: "")
    with vault.runtime.connect() as slow:
        vault.add(4, slow)
        # The two that were not sealed on the old server are sealed first on the new one.
        assert vault.seal() == 2
        vault.add(1)
        slow.commit()
    use_up_numbers(vault, 120)
    vault.add(1)
    assert vault.seal() == 6
    assert vault.seal() == 0
    assert vault.sealed_ids() == vault.ids()
    assert vault.check().holds


def test_the_number_of_an_entry_is_that_of_its_whole_transaction(vault: Vault) -> None:
    with vault.runtime.begin() as connection:
        vault.add(1, connection)
        with connection.begin_nested():
            vault.add(1, connection)
    with vault.owner.connect() as connection:
        assert connection.scalar(text("SELECT count(DISTINCT transaction) FROM audit_entry")) == 1
