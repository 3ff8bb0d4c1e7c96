"""What somebody with every right does to the trail is found, and what anybody else tries is refused."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.runner.cluster import Cluster
from assets.audit import sealing
from assets.audit.sealing import Key, seal_finished
from assets.audit.trimming import BatchDiffers, months_before, trim, verify_archive
from assets.audit.verifying import verify
from tests.assets.sealing_desk import Vault, opened_vault

SHUT = ["UPDATE {0} SET {1} = {1}", "DELETE FROM {}", "TRUNCATE {}"]
KEYS = {"audit_seal": "number"}
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def made(cluster: Cluster) -> Iterator[Vault]:
    with opened_vault(cluster, "sealing_verify") as vault:
        yield vault


@pytest.fixture
def vault(made: Vault) -> Vault:
    """Three seals over five entries each."""
    made.empty()
    for _ in range(3):
        made.add(5)
        made.seal()
    return made


def kinds(vault: Vault, **how: object) -> list[tuple[str, int | None]]:
    return [(finding.kind, finding.seal) for finding in vault.findings(**how)]


def test_an_untouched_trail_holds(vault: Vault) -> None:
    checked = vault.check()
    assert checked.holds
    assert (checked.seals, checked.entries, checked.newest) == (3, 15, 3)


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'another'",
        "account_id = 7",
        "at = at + interval '1 microsecond'",
        "action = 'test.other'",
        "changes = '[2]'",
        "result = 'refused'",
        "region_path = '/1/'",
        "sector = 'water'",
        "address = '10.0.0.1'",
        "transaction = transaction + 1",
        "batch = ''",
        "table_name = 'asset'",
        "record_id = 1",
    ],
)
def test_a_changed_entry_is_found(vault: Vault, change: str) -> None:
    vault.tamper(f"UPDATE audit_entry SET {change} WHERE id = 7")
    assert kinds(vault) == [("changed", 2)]


def test_a_deleted_entry_is_named(vault: Vault) -> None:
    vault.tamper("DELETE FROM audit_entry WHERE id = 8")
    [finding] = vault.findings()
    assert (finding.kind, finding.seal, finding.ids, finding.count) == ("deleted", 2, (8,), 1)


def test_all_entries_of_a_seal_gone_are_found(vault: Vault) -> None:
    vault.tamper("DELETE FROM audit_entry WHERE id BETWEEN 6 AND 10")
    assert kinds(vault) == [("deleted", 2)]


def test_two_entries_that_have_changed_places_are_found(vault: Vault) -> None:
    vault.tamper(
        "UPDATE audit_entry SET changes = CASE id WHEN 6 THEN '2'::jsonb ELSE '1'::jsonb END WHERE id IN (6, 7)"
    )
    assert kinds(vault) == [("changed", 2)]


def test_an_entry_put_in_between_is_found_at_once(vault: Vault) -> None:
    vault.tamper("INSERT INTO audit_entry (id, at, action, transaction) VALUES (-3, now() - interval '1 day', 'x', 5)")
    [finding] = vault.findings()
    assert (finding.kind, finding.ids) == ("added", (-3,))


@pytest.mark.parametrize("number", [1, 2])
def test_a_seal_taken_out_is_found(vault: Vault, number: int) -> None:
    vault.tamper(f"DELETE FROM audit_seal WHERE number = {number}")
    assert ("seal_missing", number) in kinds(vault)


def test_entries_taken_out_with_their_seal_are_found(vault: Vault) -> None:
    vault.tamper("DELETE FROM audit_entry WHERE id BETWEEN 6 AND 10")
    vault.tamper("DELETE FROM audit_seal WHERE number = 2")
    vault.tamper("UPDATE audit_seal SET number = 2 WHERE number = 3")
    assert {kind for kind, _seal in kinds(vault)} == {"seal_altered"}


def test_a_seal_written_anew_without_the_key_is_found(vault: Vault) -> None:
    vault.tamper("DELETE FROM audit_entry WHERE id = 12")
    vault.tamper("DELETE FROM audit_seal WHERE number = 3")
    with vault.session() as session:
        forged = seal_finished(session, Key(b"guessed"))
    assert forged is not None
    assert kinds(vault) == [("seal_unknown_key", 3)]
    vault.tamper(f"UPDATE audit_seal SET key_id = '{sealing.Key.of('a secret of this test run').id}' WHERE number = 3")
    assert kinds(vault) == [("seal_altered", 3)]


def test_a_former_key_is_accepted_when_it_is_brought(vault: Vault) -> None:
    new = Key.of("another secret")
    vault.add(1)
    with vault.session() as session:
        seal_finished(session, new)
    assert kinds(vault) == [("seal_unknown_key", 4)]
    with vault.session() as session:
        both = [new, Key.of("a secret of this test run")]
        assert verify(session, both, now=dt.datetime.now(dt.UTC)).holds


def test_the_newest_seals_taken_off_with_their_entries_differ_from_what_was_noted(vault: Vault) -> None:
    checked = vault.check()
    noted = {checked.newest: checked.newest_hash}
    assert vault.check(noted=noted).holds
    vault.tamper("DELETE FROM audit_entry WHERE id > 10")
    vault.tamper("DELETE FROM audit_seal WHERE number = 3")
    assert vault.check().holds
    assert kinds(vault, noted=noted) == [("seal_differs", 3)]


def test_an_entry_left_without_a_seal_is_told_after_five_minutes(vault: Vault) -> None:
    vault.add(2)
    fresh = vault.check()
    assert fresh.holds
    assert fresh.waiting == 2
    assert [(f.kind, f.count) for f in vault.findings(later=dt.timedelta(minutes=6))] == [("unsealed", 2)]


def test_what_waits_for_a_long_transaction_is_not_held_against_anybody(vault: Vault) -> None:
    with vault.runtime.connect() as slow:
        vault.add(1, slow)
        vault.add(1)
        assert vault.check(later=dt.timedelta(hours=1)).holds


def test_a_check_since_a_day_looks_at_what_was_sealed_from_then_on(vault: Vault) -> None:
    vault.tamper("UPDATE audit_entry SET reason = 'another' WHERE id IN (2, 12)")
    with vault.owner.connect() as connection:
        third = connection.scalar(text("SELECT sealed_at FROM audit_seal WHERE number = 3"))
    checked = vault.check(since=third)
    assert [(finding.kind, finding.seal) for finding in checked.findings] == [("changed", 3)]
    assert (checked.seals, checked.entries) == (1, 5)
    assert vault.check(since=third + DAY).holds


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal", "history", "addition"])
@pytest.mark.parametrize("verb", [*SHUT, "ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {}"])
def test_the_runtime_role_may_only_add_and_read(vault: Vault, table: str, verb: str) -> None:
    with vault.runtime.connect() as connection, pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        connection.execute(text(verb.format(table, KEYS.get(table, "id"))))


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE xiangtu_owner",
        "SET SESSION AUTHORIZATION xiangtu_owner",
        "SET session_replication_role = replica",
        "ALTER TABLE audit_entry ADD COLUMN x int",
        "DROP FUNCTION audit_is_kept() CASCADE",
        "CREATE TRIGGER t BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_is_kept()",
    ],
)
def test_the_runtime_role_becomes_nobody_else(vault: Vault, statement: str) -> None:
    with vault.runtime.connect() as connection, pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        connection.execute(text(statement))


def test_saying_that_one_carries_off_gives_the_runtime_role_no_right(vault: Vault) -> None:
    with vault.runtime.connect() as connection:
        connection.execute(text("SET xiangtu.trimming = 'on'"))
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text("DELETE FROM audit_entry"))


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("verb", SHUT)
def test_the_owner_does_not_alter_the_trail_in_passing(vault: Vault, table: str, verb: str) -> None:
    with vault.owner.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(verb.format(table, KEYS.get(table, "id"))))


def age(vault: Vault, seals: int) -> None:
    """Let the first seals be a year old, as if the clock had been back then; signed as they were."""
    vault.empty()
    year = "now() - interval '400 days'"
    for number in range(1, 4):
        vault.add(5)
        if number <= seals:
            vault.tamper(f"UPDATE audit_entry SET at = {year} WHERE at > {year}")
        with vault.session() as session:
            sealed = seal_finished(session, Key.of("a secret of this test run"))
            assert sealed is not None
        if number <= seals:
            _seal_back(vault, number)


def _seal_back(vault: Vault, number: int) -> None:
    with vault.superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        row = (
            connection.execute(
                text(
                    "UPDATE audit_seal SET sealed_at = sealed_at - interval '400 days' WHERE number = :n "
                    "RETURNING *, ids::text AS written_ids"
                ),
                {"n": number},
            )
            .mappings()
            .one()
        )
        digest = sealing.hash_of({**row, "ids": row["written_ids"]})
        connection.execute(
            text("UPDATE audit_seal SET hash = :hash, signature = :signature WHERE number = :n"),
            {"hash": digest, "signature": Key.of("a secret of this test run").sign(digest), "n": number},
        )


def carry_off(vault: Vault, folder: Path) -> Path | None:
    now = dt.datetime.now(dt.UTC)
    with vault.session(vault.owner) as session:
        done = trim(session, before=now - 200 * DAY, folder=folder, now=now)
        return done.file if done else None


def test_old_batches_are_carried_off_and_their_seals_stay(vault: Vault, tmp_path: Path) -> None:
    age(vault, 2)
    file = carry_off(vault, tmp_path)
    assert file is not None
    assert [number for number in vault.ids() if number <= 15] == list(range(11, 16))
    checked = vault.check()
    assert checked.findings == []
    assert (checked.seals, checked.archived) == (3, 10)
    with vault.session() as session:
        assert verify_archive(session, file) == (10, [])
    assert file.stat().st_mode & 0o077 == 0
    vault.seal()
    assert vault.check().holds


def test_nothing_old_leaves_no_file(vault: Vault, tmp_path: Path) -> None:
    assert carry_off(vault, tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_what_was_tampered_with_is_not_carried_off(vault: Vault, tmp_path: Path) -> None:
    age(vault, 2)
    vault.tamper("UPDATE audit_entry SET reason = 'another' WHERE id = 7")
    with pytest.raises(BatchDiffers):
        carry_off(vault, tmp_path)
    assert vault.ids() == list(range(1, 16))
    assert list(tmp_path.iterdir()) == []


def test_a_changed_file_no_longer_fulfils_its_seals(vault: Vault, tmp_path: Path) -> None:
    age(vault, 2)
    file = carry_off(vault, tmp_path)
    assert file is not None
    lines = gzip.decompress(file.read_bytes()).replace(b'"test.act"', b'"test.art"', 1)
    file.write_bytes(gzip.compress(lines))
    with vault.session() as session:
        assert verify_archive(session, file) == (10, [1])
    file.write_bytes(b"no archive")
    with vault.session() as session, pytest.raises(OSError, match="gzip"):
        verify_archive(session, file)


def test_entries_taken_out_and_called_carried_off_are_found(vault: Vault) -> None:
    vault.tamper("DELETE FROM audit_entry WHERE id <= 5")
    vault.tamper("UPDATE audit_seal SET archived_at = now(), archive = 'x' WHERE number = 1")
    assert sorted(kinds(vault)) == [("archived_early", 1), ("archived_untold", 1)]


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (dt.date(2026, 11, 22), 6, dt.date(2026, 5, 22)),
        (dt.date(2026, 8, 31), 6, dt.date(2026, 2, 28)),
        (dt.date(2024, 8, 31), 6, dt.date(2024, 2, 29)),
        (dt.date(2026, 3, 31), 11, dt.date(2025, 4, 30)),
        (dt.date(2026, 1, 1), 12, dt.date(2025, 1, 1)),
    ],
)
def test_months_before_a_day(day: dt.date, months: int, earlier: dt.date) -> None:
    assert months_before(day, months) == earlier
