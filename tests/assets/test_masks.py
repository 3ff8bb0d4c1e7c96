"""Masks leave no more of a value than they say, in values and in columns alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets.masks import mask_identity, mask_name, mask_phone, masked_identity, masked_phone
from assets.parties.models import Party
from assets.withheld import masked_values

NAME, PHONE, NUMBER = "欧阳明月", "13712349876", "610327198003070029"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30))
def test_a_mask_leaves_no_more_than_it_says(value: str) -> None:
    assert len(mask_name(value).replace("*", "")) <= 1
    assert len(mask_phone(value)) <= 11
    for mask, kept in ((mask_phone, 7), (mask_identity, 10)):
        shown = mask(value).replace("****", "")
        assert len(shown) <= kept
        assert not value or len(value) - len(shown) >= 4 or len(shown) <= 2


@pytest.mark.parametrize("value", ["13712349876", "0917-4501234", "4501234", NUMBER, "1", "61032719800307"])
def test_masks_of_values_and_of_columns_agree(session: Session, value: str) -> None:
    for of_value, of_column in ((mask_phone, masked_phone), (mask_identity, masked_identity)):
        assert session.scalar(select(of_column(literal(value)))) == of_value(value)


def test_the_name_of_a_person_cannot_be_written_into_a_holder(session: Session) -> None:
    session.add(Party(name=NAME, type="individual"))
    with pytest.raises(IntegrityError, match="people_are_masked"):
        session.flush()


def test_what_forms_call_personal_is_masked_where_it_is_copied() -> None:
    given = {"person_name": NAME, "phone": PHONE, "identity_number": NUMBER, "title": "管水员", "contact_phone": None}
    assert masked_values(given) == {
        "person_name": "欧**",
        "phone": "137****9876",
        "identity_number": "610327********0029",
        "title": "管水员",
        "contact_phone": None,
    }
