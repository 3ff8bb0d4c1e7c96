"""Tries to sign in: slowed down more and more, counted before any hash, never a way to lock out who works there."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.accounts import passwords
from assets.accounts.models import Account, SignInAttempt
from assets.accounts.service import FirstPasswordEnded, SignInRefused, lift_lock, sign_in
from assets.accounts.tries import FAILURES_PER_ADDRESS, TooManyTries, lock_after, locked_until
from assets.audit import AuditEntry
from tests import factories

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def clerk(session: Session, tree: factories.Tree) -> Account:
    return factories.account(session, "clerk", "clerk", tree.north)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords for which a hash was computed; it costs nothing here."""
    asked: list[str] = []

    def matches(kept: str | None, password: str) -> bool:
        asked.append(password)
        return kept is not None and password == factories.PASSWORD

    monkeypatch.setattr(passwords, "matches", matches)
    return asked


def wrong(session: Session, at: dt.datetime, *, name: str = "clerk", address: str = "10.0.0.9", **more: object) -> None:
    with pytest.raises(SignInRefused):
        sign_in(session, name, "wrong", address=address, now=at, **more)  # type: ignore[arg-type]


def test_five_failures_lock_the_name_for_a_minute_even_for_the_right_password(
    session: Session, clerk: Account, hashed: list[str]
) -> None:
    for _ in range(5):
        wrong(session, NOW)
    with pytest.raises(TooManyTries) as refusal:
        sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.1", now=NOW + MINUTE / 2)
    assert refusal.value.data == {"minutes": 1}
    assert locked_until(session, "clerk", now=NOW) == NOW + MINUTE
    assert sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.1", now=NOW + MINUTE) is clerk


def test_each_further_failure_doubles_the_lock_up_to_an_hour(
    session: Session, clerk: Account, hashed: list[str]
) -> None:
    at, waits = NOW, []
    for number in range(13):
        wrong(session, at, address=f"10.0.0.{number}")
        until = locked_until(session, "clerk", now=at)
        waits.append(int((until - at) / MINUTE) if until else 0)
        at = until or at
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


@given(st.integers(0, 10**9))
def test_a_lock_never_lasts_more_than_an_hour_and_never_shrinks(failures: int) -> None:
    assert lock_after(failures) <= lock_after(failures + 1) <= dt.timedelta(hours=1)


def test_ten_thousand_wrong_passwords_cost_five_hashes_and_are_all_counted(
    session: Session, clerk: Account, hashed: list[str]
) -> None:
    for number in range(10_000):
        with pytest.raises((SignInRefused, TooManyTries)):
            sign_in(session, "clerk", f"wrong {number}", address=f"10.0.{number % 250}.1", now=NOW)
    assert len(hashed) == 5
    tries = session.scalars(select(SignInAttempt.tries).order_by(SignInAttempt.id)).all()
    assert list(tries) == [1, 1, 1, 1, 9_996]
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 5


def test_a_name_that_does_not_exist_is_hashed_counted_and_locked_alike(
    session: Session, clerk: Account, hashed: list[str]
) -> None:
    told = {}
    for name in ("clerk", "nobody"):
        told[name] = []
        for number in range(7):
            with pytest.raises((SignInRefused, TooManyTries)) as refusal:
                sign_in(session, name, "wrong", address=f"10.0.0.{number}", now=NOW)
            told[name].append((str(refusal.value), len(hashed)))
    assert [words for words, _count in told["clerk"]] == [words for words, _count in told["nobody"]]
    assert [count for _words, count in told["clerk"]] == [count - 5 for _words, count in told["nobody"]]


def test_a_password_typed_in_the_field_of_the_name_is_kept_nowhere(session: Session, hashed: list[str]) -> None:
    wrong(session, NOW, name="seven slow herons wade")
    session.flush()
    kept = str(session.scalars(select(SignInAttempt.username)).all())
    told = str([entry.changes for entry in session.scalars(select(AuditEntry))])
    assert "heron" not in kept + told


def test_failures_before_a_success_are_forgiven(session: Session, clerk: Account, hashed: list[str]) -> None:
    for _ in range(3):
        for _ in range(4):
            wrong(session, NOW)
        sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.9", now=NOW)


def test_failures_are_forgotten_after_a_day(session: Session, clerk: Account, hashed: list[str]) -> None:
    for _ in range(4):
        wrong(session, NOW)
    wrong(session, NOW + dt.timedelta(hours=25))
    assert locked_until(session, "clerk", now=NOW + dt.timedelta(hours=25)) is None


def test_a_stranger_cannot_lock_out_the_browser_that_has_signed_in_before(
    session: Session, clerk: Account, hashed: list[str]
) -> None:
    for _ in range(5):
        wrong(session, NOW)
    own = {"address": "10.0.0.9", "now": NOW, "devices": {clerk.id: "the clerk's own browser"}}
    assert sign_in(session, "clerk", factories.PASSWORD, **own) is clerk  # type: ignore[arg-type]
    with pytest.raises(TooManyTries):
        sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.9", now=NOW)


def test_a_known_browser_is_locked_by_its_own_failures(session: Session, clerk: Account, hashed: list[str]) -> None:
    devices = {clerk.id: "the clerk's own browser"}
    for _ in range(5):
        wrong(session, NOW, devices=devices)
    with pytest.raises(TooManyTries):
        sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.9", now=NOW, devices=devices)
    assert locked_until(session, "clerk", now=NOW) is None


def test_a_browser_known_to_another_account_is_a_stranger(
    session: Session, tree: factories.Tree, clerk: Account, hashed: list[str]
) -> None:
    other = factories.account(session, "other", "clerk", tree.south)
    for _ in range(5):
        wrong(session, NOW, devices={other.id: "the other's browser"})
    assert locked_until(session, "clerk", now=NOW) == NOW + MINUTE


def test_an_address_that_tries_many_names_waits_and_the_others_do_not(
    session: Session, clerk: Account, hashed: list[str]
) -> None:
    for number in range(FAILURES_PER_ADDRESS):
        wrong(session, NOW, name=f"name{number}")
    before = len(hashed)
    with pytest.raises(TooManyTries) as refusal:
        sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.9", now=NOW + MINUTE)
    assert refusal.value.data == {"minutes": 9}
    assert len(hashed) == before
    assert sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.1", now=NOW + MINUTE) is clerk
    assert sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.9", now=NOW + 11 * MINUTE) is clerk


def test_an_administrator_lifts_a_lock(session: Session, clerk: Account, hashed: list[str]) -> None:
    for _ in range(6):
        with pytest.raises((SignInRefused, TooManyTries)):
            sign_in(session, "clerk", "wrong", address="10.0.0.9", now=NOW)
    lift_lock(session, clerk, reason="电话核实", now=NOW + MINUTE / 2)
    assert locked_until(session, "clerk", now=NOW + MINUTE / 2) is None
    assert sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.9", now=NOW + MINUTE / 2) is clerk


def test_an_expired_first_password_is_told_to_those_alone_who_know_it(
    session: Session, clerk: Account, hashed: list[str]
) -> None:
    clerk.must_change_password, clerk.password_expires_at = True, NOW
    with pytest.raises(FirstPasswordEnded):
        sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.9", now=NOW)
    with pytest.raises(SignInRefused) as refusal:
        sign_in(session, "clerk", "wrong", address="10.0.0.9", now=NOW)
    assert not isinstance(refusal.value, FirstPasswordEnded)


def test_a_hash_of_lower_cost_is_made_anew_at_the_next_sign_in(session: Session, clerk: Account) -> None:
    from argon2 import PasswordHasher

    clerk.password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(factories.PASSWORD)
    sign_in(session, "clerk", factories.PASSWORD, address="10.0.0.9", now=NOW)
    assert not passwords.is_outdated(clerk.password_hash)
    assert passwords.matches(clerk.password_hash, factories.PASSWORD)
