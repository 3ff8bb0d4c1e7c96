"""Passwords: which are accepted, and that what is kept of them tells nothing."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.accounts import passwords

COMMON = "Many people use this password or nearly the same; it would be tried first."


def told(password: str, *, username: str = "badu", least: int = 10) -> list[str]:
    return [message for message, _data in passwords.faults(password, username=username, least=least)]


@pytest.mark.parametrize(
    "password",
    [
        "seven slow herons wade",
        "七只鹭鸶慢慢走过了河滩",
        "Kf7-xq2!Rbw9",
        "q" * 3 + "正确的马电池订书钉" * 3,
        "Kf7-xq2!Rbw9" * 3,
    ],
)
def test_a_password_nobody_guesses_is_accepted(password: str) -> None:
    assert told(password) == []


@pytest.mark.parametrize("password", ["password123", "Password123!", "iloveyou2020", "admin12345"])
def test_a_common_password_is_refused_with_the_reason(password: str) -> None:
    assert told(password) == [COMMON]


@pytest.mark.parametrize(
    ("password", "sign"),
    [
        ("qwertyuiop", "Many people"),
        ("aaaaaaaaaaaa", "Repeated"),
        ("20081115123", ""),
    ],
)
def test_what_is_guessed_by_a_pattern_is_refused(password: str, sign: str) -> None:
    [message] = told(password)
    assert sign in message


def test_a_short_password_is_refused_with_the_length_asked_for() -> None:
    assert list(passwords.faults("Kf7-xq2!R", username="badu", least=10)) == [
        ("The new password needs at least {least} characters.", {"least": 10})
    ]
    assert told("Kf7-xq2!R", least=8) == []


def test_a_password_of_more_than_200_characters_is_refused_and_never_fits() -> None:
    long = "x7Gq" * 51
    assert told(long) == ["The new password may have at most {most} characters."]
    kept = passwords.hash_password(long[:200])
    assert passwords.matches(kept, long[:200])
    assert not passwords.matches(kept, long)


@pytest.mark.parametrize("password", ["seven BADU herons wade", "ｂａｄｕ slow herons wade"])
def test_a_password_with_the_account_name_in_it_is_refused(password: str) -> None:
    assert told(password) == ["The new password must not contain the account name."]


def test_full_width_letters_of_an_input_method_are_the_same_keys() -> None:
    assert passwords.matches(passwords.hash_password("Kf7-xq2!Rbw9"), "Ｋｆ７－ｘｑ２！Ｒｂｗ９")


def test_an_unknown_account_is_hashed_for_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    class Counting:
        def verify(self, kept: str, _password: str) -> bool:
            hashed.append(kept)
            return True

    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert not passwords.matches(None, "anything")
    assert passwords.matches("kept", "anything")
    assert len(hashed) == 2


@pytest.mark.parametrize("kept", ["", "plain", "$argon2id$broken", "$2b$12$" + "x" * 53])
def test_a_hash_that_cannot_be_read_fits_nothing(kept: str) -> None:
    assert not passwords.matches(kept, "anything")


def test_a_hash_of_lower_cost_is_outdated() -> None:
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("x"))
    assert not passwords.is_outdated(passwords.hash_password("x"))


def test_first_passwords_are_readable_good_and_never_alike() -> None:
    made = {passwords.first_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", one) for one in made)
    assert told(made.pop()) == []


@settings(max_examples=150, deadline=None)
@given(password=st.text(max_size=260), username=st.text(min_size=1, max_size=40))
def test_any_text_is_judged_without_a_fault_of_our_own(password: str, username: str) -> None:
    messages = told(password, username=username)
    assert len(messages) <= 2
    assert len(password) >= 10 or messages or len(passwords._normal(password)) >= 10
