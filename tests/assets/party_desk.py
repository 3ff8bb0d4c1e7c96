"""Holders entered by a clerk, with every entry right."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session
from stdnum.cn import ric, uscc

from assets.errors import Unacceptable
from assets.parties.models import Party
from assets.parties.service import find_or_create_party, register_party
from tests.factories import DAY

GOOD = "91610327MA6X00001" + uscc.calc_check_digit("91610327MA6X000010")
PERSON = "61032719800229001" + ric.calc_check_digit("61032719800229001" + "0")


def register(session: Session, **values: Any) -> Party:
    return register_party(session, **{"name": "陇县绿源农业有限公司", "type": "company", "today": DAY} | values)


def find_or_create(session: Session, **values: Any) -> Party:
    return find_or_create_party(session, **{"name": "陇县绿源农业有限公司", "type": "company", "today": DAY} | values)


def problems(refusal: pytest.ExceptionInfo[Unacceptable]) -> list[tuple[str, str | None]]:
    return [(problem.field, problem.doubt) for problem in refusal.value.problems]
