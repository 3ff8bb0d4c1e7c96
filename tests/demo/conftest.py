"""One county for all tests here, made for a fixed day."""

from __future__ import annotations

import datetime as dt

import pytest

from demo.county import SEED, County, make_county

DAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="session")
def day() -> dt.date:
    return DAY


@pytest.fixture(scope="session")
def county() -> County:
    return make_county(SEED, DAY)
