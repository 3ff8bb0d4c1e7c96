"""Shares make the whole exactly: replaced as a set, rounded ones recognised."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.errors import Unacceptable
from assets.ownership.models import Right
from assets.ownership.queries import rights_of
from assets.ownership.replacing import set_shares
from assets.ownership.shares import is_rounding, proposal
from assets.parties.models import Party
from assets.registry.models import Asset
from tests.assets.refusals import refused
from tests.assets.rights_desk import CHANGE, ROUNDED, SINCE, THIRD, WHOLE, certify, held, replace
from tests.factories import DAY


def test_new_shares_end_the_old_ones_on_one_day(session: Session, asset: Asset, holders: list[Party]) -> None:
    first, second, third, _ = holders
    replace(session, asset, {first: WHOLE}, valid_from=SINCE)
    replace(session, asset, {first: THIRD, second: THIRD, third: THIRD})
    assert held(session, asset, CHANGE - dt.timedelta(1)) == {"甲村集体": WHOLE}
    assert held(session, asset, CHANGE) == dict.fromkeys(("甲村集体", "乙村集体", "丙村集体"), THIRD)


def test_who_keeps_the_same_share_keeps_the_row(session: Session, asset: Asset, holders: list[Party]) -> None:
    first, second, third, _ = holders
    half = Fraction(1, 2)
    kept, _ = replace(session, asset, {first: half, second: half}, valid_from=SINCE)
    rows = replace(session, asset, {first: half, third: half})
    assert rows[0] is kept
    assert (kept.valid_from, kept.valid_to, len(rights_of(session, asset.id))) == (SINCE, None, 3)


def test_shares_of_the_very_day_are_replaced_and_not_ended(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    replace(session, asset, {holders[0]: WHOLE}, valid_from=SINCE)
    replace(session, asset, {holders[1]: WHOLE}, valid_from=SINCE)
    assert [row.holder for row in rights_of(session, asset.id)] == ["乙村集体"]


def test_every_changed_row_has_one_audit_entry(session: Session, asset: Asset, holders: list[Party]) -> None:
    first, second, third, _ = holders
    [old] = replace(session, asset, {first: WHOLE}, valid_from=SINCE)
    rows = replace(session, asset, {second: Fraction(1, 2), third: Fraction(1, 2)})
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[1:]
    assert [entry.record_id for entry in entries] == [old.id, *(row.id for row in rows)]
    assert {entry.reason for entry in entries} == {"股权变更"}


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ([ROUNDED] * 3, r"9999/10000 \(99.99 %\); 1/10000 \(0.01 %\) is missing.*1/3、1/3、1/3"),
        ([Fraction(1667, 10000)] * 3 + [Fraction(1, 2)], r"too much.*1/6、1/6、1/6、1/2"),
        ([Fraction(9999, 10000)], r"99.99 %.*Probably meant: 1\."),
        ([Fraction(33, 100), Fraction(33, 100), Fraction(33, 100)], r"1/3、1/3、1/3"),
    ],
)
def test_rounded_shares_are_refused_with_the_exact_difference_and_what_was_meant(
    session: Session, asset: Asset, holders: list[Party], shares: list[Fraction], told: str
) -> None:
    with pytest.raises(Unacceptable, match=told):
        replace(session, asset, dict(zip(holders, shares, strict=False)))
    assert session.scalar(select(func.count()).select_from(Right)) == 0


def test_shares_that_leave_a_rest_are_doubted_until_certification(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    half = {holders[0]: Fraction(1, 2)}
    assert refused(replace, session, asset, half) == [("holders", "incomplete_shares")]
    assert replace(session, asset, half, valid_from=SINCE, confirmed={"incomplete_shares"})
    assert refused(replace, session, asset, dict.fromkeys(holders, Fraction(1, 2))) == [("holders", None)]
    replace(session, asset, {holders[0]: WHOLE})
    replace(session, asset, {holders[0]: WHOLE}, kind="income")
    certify(session, asset, certified_on=CHANGE)
    assert refused(replace, session, asset, half, valid_from=DAY, confirmed={"incomplete_shares"}) == [
        ("holders", None)
    ]


def test_a_holder_named_twice_nobody_and_later_shares_are_refused(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    options: dict[str, Any] = {"kind": "ownership", "document": "甲", "reason": "变更", "today": DAY}
    twice = [(holders[0].id, Fraction(1, 2))] * 2
    assert refused(set_shares, session, asset.id, holders=twice, valid_from=SINCE, **options) == [("holders", None)]
    assert refused(set_shares, session, asset.id, holders=[], valid_from=SINCE, **options) == [("holders", None)]
    replace(session, asset, {holders[0]: WHOLE}, valid_from=CHANGE)
    assert refused(replace, session, asset, {holders[1]: WHOLE}, valid_from=SINCE) == [("valid_from", None)]
    assert refused(replace, session, asset, {holders[0]: WHOLE}, kind="operation", valid_from=DAY) == [("kind", None)]


@given(st.integers(2, 60), st.integers(2, 4))
def test_equal_shares_rounded_to_percent_are_recognised(count: int, decimals: int) -> None:
    scale = 10**decimals
    rounded = Fraction(round(Fraction(scale, count)), scale)
    shares = [rounded] * count
    if sum(shares) != 1 and is_rounding(shares):
        meant = proposal(shares)
        assert meant is not None
        assert sum(meant) == 1


def test_a_missing_village_is_no_rounding() -> None:
    assert not is_rounding([Fraction(1, 64)] * 63)
    assert proposal([Fraction(1, 64)] * 58) is None
    assert proposal([Fraction(156, 10000)] * 64) == [Fraction(1, 64)] * 64


@given(st.lists(st.fractions(min_value=Fraction(1, 1000), max_value=1, max_denominator=1000), min_size=1, max_size=8))
def test_a_proposal_always_makes_the_whole(shares: list[Fraction]) -> None:
    meant = proposal(shares)
    assert meant is None or (sum(meant) == 1 and len(meant) == len(shares) and all(each > 0 for each in meant))
