"""Credit codes, identity numbers and telephone numbers are read or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from assets.parties.codes import NoSuchCode, read_credit_code, read_identity_number, read_phone


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(0, 30))
def test_one_wrong_sign_in_a_credit_code_is_noticed(organisation: str, shift: int) -> None:
    stem = "91610327" + organisation
    right = uscc.calc_check_digit(stem + "0")
    wrong = "0123456789ABCDEFGHJKLMNPQRTUWXY"[shift]
    assert read_credit_code(stem + right) == stem + right
    if wrong != right and "DEMO" not in stem:
        with pytest.raises(NoSuchCode):
            read_credit_code(stem + wrong)


@pytest.mark.parametrize("code", ["91610327MADEMO0001", "93610327MADEMO0042"])
def test_codes_of_the_demonstration_are_taken(code: str) -> None:
    assert read_credit_code(code) == code


@pytest.mark.parametrize("code", ["", "123", "9161032IMA6X000012", "DEMO", "0" * 18, "９１６１"])
def test_what_is_no_credit_code_is_refused(code: str) -> None:
    with pytest.raises(NoSuchCode):
        read_credit_code(code)


@pytest.mark.parametrize("number", ["610327198002290011", "610327198113010018", "61032719800229001", "张三"])
def test_what_is_no_identity_number_is_refused_without_repeating_it(number: str) -> None:
    with pytest.raises(NoSuchCode) as refusal:
        read_identity_number(number)
    assert number not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "number"),
    [("138 1234 5678", "13812345678"), ("+8613812345678", "13812345678"), ("0917-4601234", "0917-4601234")],
)
def test_telephone_numbers_are_read(text: str, number: str) -> None:
    assert read_phone(text) == number


@pytest.mark.parametrize("text", ["1381234567", "abc", "12", "138123456789"])
def test_what_is_no_telephone_number_is_refused(text: str) -> None:
    with pytest.raises(NoSuchCode):
        read_phone(text)
