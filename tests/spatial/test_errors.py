"""Errors speak for themselves and can be translated."""

import re
from pathlib import Path

import pytest

import spatial
from spatial.errors import MESSAGES, GeometryError, SpatialError

SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in Path(spatial.__file__).parent.glob("*.py"))


def test_an_error_carries_its_key_its_values_and_a_sentence() -> None:
    error = GeometryError("too_long", size=7, limit=5)
    assert error.key == "geometry.too_long"
    assert error.params == {"size": 7, "limit": 5}
    assert str(error) == "The text has 7 characters; at most 5 are read."
    assert isinstance(error, SpatialError)
    assert isinstance(error, ValueError)


def test_an_error_without_a_sentence_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        GeometryError("whatever")


@pytest.mark.parametrize("key", MESSAGES)
def test_every_sentence_belongs_to_an_error_that_is_raised(key: str) -> None:
    area, code = key.split(".")
    classes = re.findall(rf'class (\w+)\(SpatialError\):.*?area = "{area}"', SOURCES, re.S)
    assert classes
    assert re.search(rf'Error\(\s*"{code}"|"{code}" if |else "{code}"', SOURCES)
