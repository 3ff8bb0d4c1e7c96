"""A county's codes of 2016 against those of 2023: a third of its villages were merged since."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import os
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.regions import tree
from assets.regions.models import Region
from assets.regions.service import load_tree
from tests.imports.kind_desk import Ledgers, places, resolved, told

FILE = Path(os.environ.get("XIANGTU_LOCAL_DATA", "")) / "local-only" / "regions-610327-2016.csv"
pytestmark = pytest.mark.skipif(
    not os.environ.get("XIANGTU_LOCAL_DATA") or not FILE.is_file(), reason="local data are not at hand"
)


def test_every_village_of_2016_is_found_or_told_to_have_ended(session: Session) -> None:
    with FILE.open(encoding="utf-8") as lines:
        old = [(row[0], row[3], row[2]) for row in csv.reader(lines)]
    above = [("610000000000", "province", "陕西省"), ("610300000000", "city", "宝鸡市")]
    table = pd.DataFrame([*above, *old], columns=["code", "level", "name"])
    former = tree.code_list(table, within="610327", on=dt.date(2016, 6, 30), source="2016")
    load_tree(session, dataclasses.replace(former))
    load_tree(session, tree.read_shipped("610327"))
    county = session.scalars(select(Region).where(Region.code == "610327000000", Region.level == "county")).one()
    towns = {code[:9]: name for code, level, name in old if level == "town"}
    villages = [(code, name, towns[code[:9]]) for code, level, name in old if level == "village"]
    by_code = resolved(Ledgers(session, county), [{"region_code": code} for code, _name, _town in villages])
    codes = Counter(one[1] for one in told(by_code))
    assert codes == {"region_ended": 54}
    assert sum(one is not None for one in places(by_code)) == len(villages) - 54
    by_name = resolved(Ledgers(session, county), [{"town": town, "village": name} for _code, name, town in villages])
    found = sum(one is not None for one in places(by_name))
    errors = Counter(one[1] for one in told(by_name) if one[2] == "error")
    assert found + sum(errors.values()) == len(villages)
    assert found >= 98
