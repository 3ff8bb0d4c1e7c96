"""Random lives of a dated row: versions never overlap, and every day shows what a replay shows."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from assets.administration.versions import add_version, end_version, versions_of
from assets.errors import Unacceptable
from assets.terms.models import Term
from assets.terms.queries import names
from tests.factories import DAY


def label(session: Session, on: dt.date, code: str) -> str | None:
    return names(session, "sector", day=on, language="zh").get(code)


_days = st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))
_verbs = st.one_of(
    st.tuples(st.just("add"), _days, st.text("甲乙丙丁戊", min_size=1, max_size=3)),
    st.tuples(st.just("end"), _days, st.just("")),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verbs=st.lists(_verbs, max_size=8))
def test_versions_never_overlap_and_every_day_shows_what_a_replay_shows(
    session: Session, verbs: list[tuple[str, dt.date, str]]
) -> None:
    every = {"past", "gap", "in_use"}
    replay: dict[dt.date, str] = {}
    days = sorted({day for _, day, _ in verbs} | {day - dt.timedelta(1) for _, day, _ in verbs})
    key = {"kind": "sector", "code": "moving"}
    with session.begin_nested() as inner:
        known: list[Any] = []
        for verb, day, name in verbs:
            try:
                if verb == "add":
                    made = add_version(
                        session,
                        Term,
                        **key,
                        name_zh=name,
                        name_en=name,
                        parent_code=None,
                        position=0,
                        valid_from=day,
                        today=DAY,
                        confirmed=every,
                    )
                    until = made.valid_to or dt.date.max
                    replay |= {d: name for d in days if day <= d < until}
                elif known:
                    last = known[-1]
                    old = last.valid_to
                    end_version(
                        session, Term, last.id, revision=None, on=day, reason="结束", today=DAY, confirmed=every
                    )
                    if old is None or day < old:
                        replay = {d: n for d, n in replay.items() if not (d >= day and d >= last.valid_from)}
                    else:
                        replay |= {d: last.name_zh for d in days if old <= d < day}
            except Unacceptable:
                pass
            known = versions_of(session, Term, key)
        for earlier, later in itertools.pairwise(known):
            assert earlier.valid_from < earlier.valid_to <= later.valid_from
        assert {d: n for d in days if (n := label(session, d, "moving"))} == replay
        inner.rollback()
