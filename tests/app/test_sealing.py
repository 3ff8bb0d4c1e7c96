"""What is sealed can be opened here alone, and for one purpose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sealing import BrokenSeal, Sealer


@given(st.text(max_size=200))
def test_what_was_sealed_is_opened_as_it_was(text: str) -> None:
    seal = Sealer("a secret key", "second factor")
    assert seal.unseal(seal.seal(text)) == text


@pytest.mark.parametrize(("key", "purpose"), [("another key", "second factor"), ("a secret key", "something else")])
def test_another_key_or_purpose_opens_nothing(key: str, purpose: str) -> None:
    sealed = Sealer("a secret key", "second factor").seal("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in sealed
    with pytest.raises(BrokenSeal):
        Sealer(key, purpose).unseal(sealed)


@given(st.text(max_size=100))
def test_any_other_text_is_a_broken_seal(text: str) -> None:
    with pytest.raises(BrokenSeal):
        Sealer("a secret key", "second factor").unseal(text)
