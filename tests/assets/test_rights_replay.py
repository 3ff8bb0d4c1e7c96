"""Who held which right on any day equals a plain replay of what was granted, ended and replaced."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from assets.errors import Unacceptable
from assets.ownership.models import Right
from assets.ownership.queries import assets_held_by, holders_on, rights_of
from assets.ownership.replacing import set_shares
from assets.ownership.service import end_right, grant_right
from tests import factories

START = dt.date(2024, 1, 15)
SPAN = 40
TODAY = START + dt.timedelta(SPAN)
Day = tuple[str, int]


def day(number: int) -> dt.date:
    return START + dt.timedelta(number)


@dataclass
class Replay:
    """A sheet of paper: for every day, who holds what; written day by day, with no intervals."""

    held: dict[int, dict[Day, Fraction]] = field(default_factory=lambda: {n: {} for n in range(SPAN + 5)})

    def give(self, kind: str, party: int, share: Fraction, first: int, last: int | None) -> None:
        for number, holders in self.held.items():
            if first <= number and (last is None or number < last):
                holders[kind, party] = share

    def replace(self, kind: str, shares: dict[int, Fraction], first: int) -> None:
        for number, holders in self.held.items():
            if number >= first:
                for key in [key for key in holders if key[0] == kind]:
                    del holders[key]
                holders |= {(kind, party): share for party, share in shares.items()}


@st.composite
def replacements(draw: st.DrawFn) -> dict[int, Fraction]:
    """Shares of one to four holders that make the whole."""
    weights = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
    holders = draw(st.permutations(range(4)))[: len(weights)]
    return {holder: Fraction(weight, sum(weights)) for holder, weight in zip(holders, weights, strict=True)}


STEPS = st.one_of(
    st.tuples(
        st.just("grant"),
        st.sampled_from(["ownership", "use", "operation", "supervision"]),
        st.integers(0, 3),
        st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(1, 4)]),
        st.integers(0, SPAN),
        st.one_of(st.none(), st.integers(1, 20)),
    ),
    st.tuples(st.just("end"), st.integers(0, 30), st.integers(1, SPAN)),
    st.tuples(st.just("replace"), replacements(), st.integers(0, SPAN)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=10))
def test_holders_on_every_day_equal_the_replay(session: Session, steps: list[tuple[Any, ...]]) -> None:
    with session.begin_nested() as savepoint:
        tree = factories.tree(session)
        asset = factories.asset(session, tree.north_villages[0], value_yuan=None, built_on=START)
        parties = [factories.party(session, f"{name}村") for name in "甲乙丙丁"]
        numbers = {party.id: number for number, party in enumerate(parties)}
        replay, rows = Replay(), list[Right]()
        for name, *choice in steps:
            # What is refused changes nothing, on paper neither.
            try:
                if name == "grant":
                    kind, party, share, first, length = choice
                    last = None if length is None else first + length
                    share = share if kind == "ownership" else Fraction(1)
                    made = grant_right(
                        session,
                        asset.id,
                        kind=kind,
                        party_id=parties[party].id,
                        share=share if kind == "ownership" else None,
                        valid_from=day(first),
                        valid_to=None if last is None else day(last),
                        document="甲",
                        today=TODAY,
                    )
                    rows.append(made)
                    replay.give(kind, party, share, first, last)
                elif name == "end" and rows:
                    row = rows[choice[0] % len(rows)]
                    if row in session and row.id is not None:
                        kind, party = row.kind, numbers[row.party_id]
                        end = row.valid_to
                        end_right(session, row.id, revision=row.revision, on=day(choice[1]), reason="收回", today=TODAY)
                        for number, holders in replay.held.items():
                            if day(number) >= day(choice[1]) and (end is None or day(number) < end):
                                holders.pop((kind, party), None)
                elif name == "replace":
                    shares, first = choice
                    made_rows = set_shares(
                        session,
                        asset.id,
                        kind="ownership",
                        holders=[(parties[party].id, share) for party, share in shares.items()],
                        valid_from=day(first),
                        document="乙",
                        reason="变更",
                        today=TODAY,
                    )
                    rows = [row for row in rows if row in session]
                    rows += [row for row in made_rows if row not in rows]
                    replay.replace("ownership", shares, first)
            except Unacceptable:
                continue
            session.flush()
            for row in rows:
                session.refresh(row)
        for number, expected in replay.held.items():
            found = {
                (row.kind, numbers[row.party_id]): Fraction(row.share_numerator, row.share_denominator)
                for row in holders_on(session, asset.id, day(number))
            }
            assert found == expected, day(number)
            for party_id, party in numbers.items():
                mine = {row.kind for row in assets_held_by(session, party_id, day=day(number))}
                assert mine == {kind for kind, holder in expected if holder == party}
        assert sum(len(assets_held_by(session, party_id)) for party_id in numbers) == len(rights_of(session, asset.id))
        savepoint.rollback()
