"""Whoever may do something on any day is what a plain computation over all grants says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from assets.accounts.models import Account, Grant
from assets.accounts.queries import reaches_of
from assets.grants.directory import held_by
from tests import factories

FIRST = dt.date(2026, 1, 1)
DAYS = 12


@dataclass(frozen=True)
class Given:
    """One grant: whose, what, from which to which day, and (delegated) from which one before it."""

    who: int
    role: str
    place: int
    sector: str | None
    first: int
    length: int | None
    unmask: bool
    source: int | None


grants = st.builds(
    Given,
    st.integers(0, 2),
    st.sampled_from(["clerk", "viewer"]),
    st.integers(0, 1),
    st.sampled_from([None, "water"]),
    st.integers(0, DAYS),
    st.one_of(st.none(), st.integers(0, DAYS)),
    st.booleans(),
    st.one_of(st.none(), st.integers(0, 7)),
)


@pytest.fixture
def people(session: Session) -> tuple[list[Account], factories.Tree]:
    tree = factories.tree(session)
    made = [factories.account(session, name, "viewer", tree.north) for name in ("a", "b", "c")]
    return made, tree


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(grants, max_size=8), st.sets(st.integers(0, 2)), st.integers(0, DAYS * 2))
def test_reach_on_any_day_is_what_the_grants_say(
    session: Session,
    people: tuple[list[Account], factories.Tree],
    asked: list[Given],
    closed: set[int],
    offset: int,
) -> None:
    accounts, tree = people
    places, day = (tree.north, tree.south), FIRST + dt.timedelta(days=offset)
    session.execute(delete(Grant))
    rows: list[tuple[Given, Grant]] = []
    for one in asked:
        source = rows[one.source % len(rows)][1] if one.source is not None and rows else None
        first = FIRST + dt.timedelta(days=one.first)
        length = one.length if one.length is not None or source is None else DAYS
        row = Grant(
            account_id=accounts[one.who].id,
            role=one.role,
            region_id=places[one.place].id,
            sector=one.sector,
            valid_from=first,
            valid_to=None if length is None else first + dt.timedelta(days=length),
            may_unmask=one.unmask,
            delegated_from=source.id if source else None,
        )
        if any(_alike(row, other) for _given, other in rows):
            continue
        session.add(row)
        session.flush()
        rows.append((one, row))
    for number, account in enumerate(accounts):
        account.active = number not in closed
    session.flush()
    for account in accounts:
        found = {
            (reach.role, reach.region_id, sector, reach.may_unmask, reach.delegated_from)
            for reach in reaches_of(session, account.id, day)
            for sector in (reach.sectors or [None])
        }
        plain = _plainly([row for _given, row in rows], accounts, account, day)
        assert found == _widest(plain)
        if account.active:
            held = held_by(session, account.id, day=day)
            assert {(one.role, one.region.id, one.sector, one.may_unmask) for one in held} == {p[:4] for p in plain}


def _alike(row: Grant, other: Grant) -> bool:
    same = ("account_id", "role", "region_id", "sector", "delegated_from")
    latest = dt.date.max
    return all(getattr(row, name) == getattr(other, name) for name in same) and max(
        row.valid_from, other.valid_from
    ) < min(row.valid_to or latest, other.valid_to or latest)


def _holds(row: Grant, day: dt.date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


def _plainly(rows: list[Grant], accounts: list[Account], account: Account, day: dt.date) -> set[tuple[object, ...]]:
    by_id, owners = {row.id: row for row in rows}, {one.id: one for one in accounts}
    found: set[tuple[object, ...]] = set()
    for row in rows:
        if row.account_id != account.id or not _holds(row, day):
            continue
        said, unmask = row, row.may_unmask
        if row.delegated_from is not None:
            said = by_id[row.delegated_from]
            if said.delegated_from is not None or not _holds(said, day) or not owners[said.account_id].active:
                continue
            unmask = unmask and said.may_unmask
        found.add((said.role, said.region_id, said.sector, unmask, row.delegated_from))
    return found


def _widest(plain: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Where all sectors are granted, single ones say no more."""
    everything = {(one[0], one[1], one[3], one[4]) for one in plain if one[2] is None}
    return {one for one in plain if one[2] is None or (one[0], one[1], one[3], one[4]) not in everything}
