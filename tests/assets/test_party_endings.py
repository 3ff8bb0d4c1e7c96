"""A holder becomes another or is withdrawn without taking its rights along."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assets.editing import AlreadyRetired
from assets.errors import Unacceptable
from assets.ownership.models import Right
from assets.parties.ending import StillNamed, merge_parties, retire_party
from assets.parties.models import Party
from assets.parties.service import find_parties
from assets.scope import Viewer, bind_viewer
from tests import factories
from tests.assets.desk import as_clerk
from tests.assets.party_desk import find_or_create, problems, register
from tests.factories import DAY


def merge(session: Session, keep: Party, gone: Party, **values: Any) -> Party:
    options = {"revision": gone.revision, "on": DAY, "reason": "重复登记", "today": DAY} | values
    return merge_parties(session, keep.id, gone.id, **options)


def test_merging_names_the_successor_and_moves_no_right(session: Session, tree: factories.Tree) -> None:
    keep, gone = register(session), register(session, name="绿源公司旧名")
    asset = factories.asset(session, tree.north_villages[0])
    right = Right(asset_id=asset.id, party_id=gone.id, kind="ownership", valid_from=dt.date(2024, 2, 1))
    session.add(right)
    session.flush()
    merge(session, keep, gone)
    assert (gone.successor_id, gone.valid_to, right.party_id, right.valid_to) == (keep.id, DAY, gone.id, None)
    with pytest.raises(Unacceptable, match="ended on"):
        find_or_create(session, name="绿源公司旧名")


def test_a_holder_cannot_become_itself_not_even_in_a_circle(session: Session) -> None:
    first, second, third = (register(session, name=name) for name in ("甲公司", "乙合作社", "丙农场"))
    with pytest.raises(Unacceptable):
        merge(session, first, first)
    merge(session, second, first, on=DAY)
    merge(session, third, second)
    with pytest.raises(Unacceptable) as refusal:
        merge(session, first, third)
    assert ("keep_id", None) in problems(refusal)


def test_merging_into_one_that_ended_twice_or_on_a_day_to_come_is_refused(session: Session) -> None:
    first, second, third = (register(session, name=name) for name in ("甲公司", "乙合作社", "丙农场"))
    with pytest.raises(Unacceptable) as refusal:
        merge(session, second, first, on=DAY + dt.timedelta(1))
    assert problems(refusal) == [("on", None)]
    merge(session, second, first)
    with pytest.raises(Unacceptable):
        merge(session, third, first)
    with pytest.raises(Unacceptable):
        merge(session, first, third)


def test_another_type_of_successor_is_doubted(session: Session) -> None:
    keep, gone = register(session), register(session, name="陇县乡村振兴局", type="state_unit")
    with pytest.raises(Unacceptable) as refusal:
        merge(session, keep, gone)
    assert problems(refusal) == [("keep_id", "party_merge_type")]
    assert merge(session, keep, gone, confirmed={"party_merge_type"}).successor_id == keep.id


def test_only_a_holder_that_nothing_names_is_withdrawn(session: Session, tree: factories.Tree) -> None:
    made = register(session, region_id=tree.north.id)
    asset = factories.asset(session, tree.south_villages[0])
    right = Right(asset_id=asset.id, party_id=made.id, kind="use", valid_from=DAY)
    session.add(right)
    session.flush()
    as_clerk(session, tree)
    options: dict[str, Any] = {"revision": made.revision, "on": DAY, "reason": "重复登记", "today": DAY}
    with pytest.raises(StillNamed):
        retire_party(session, made.id, **options)
    bind_viewer(session, Viewer.system())
    session.delete(right)
    session.flush()
    retire_party(session, made.id, **options)
    assert find_parties(session, "绿源") == []
    with pytest.raises(AlreadyRetired):
        retire_party(session, made.id, **options)
