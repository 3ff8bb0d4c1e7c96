"""Which steps a change has to pass: the rule of the nearest region at or above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import require_writer
from assets.errors import NotFound
from assets.regions.models import Region
from assets.review.models import KINDS, STEPS, Proposal, ReviewRule
from assets.scope import viewer_of, within

KEEPERS = frozenset({"administrator"})
FIRST_DAY = dt.date(2012, 1, 1)
_KEPT = "review rules"


def rules_within_reach(session: Session, kind: str, day: dt.date) -> Sequence[tuple[str, tuple[str, ...]]]:
    """The rules for ``kind`` on ``day`` at, above or below what the viewer reaches: path and steps.

    Asked once for a session: most offices have none, and saving there costs no more than that.
    """
    kept = session.info.setdefault(_KEPT, {})
    if (kind, day) not in kept:
        rows = session.execute(
            select(Region.region_path, ReviewRule.steps)
            .join(Region, Region.id == ReviewRule.region_id)
            .where(ReviewRule.kind == kind, in_force(day), _within_reach(session))
        )
        kept[kind, day] = [(path, tuple(steps)) for path, steps in rows]
    return kept[kind, day]  # type: ignore[no-any-return]


def steps_for(session: Session, kind: str, path: str, sector: str | None, *, day: dt.date) -> tuple[str, ...]:
    """The steps that a change at ``path`` passes; none where it is saved at once.

    A record of no sector belongs to no department, so that step falls away.
    """
    above = [rule for rule in rules_within_reach(session, kind, day) if path.startswith(rule[0])]
    steps = max(above, key=lambda rule: len(rule[0]), default=("", ()))[1]
    return tuple(step for step in STEPS if step in steps and (step != "department" or sector is not None))


def in_force(day: dt.date) -> ColumnElement[bool]:
    """The criterion that a rule is in force on ``day``."""
    return (ReviewRule.valid_from <= day) & or_(ReviewRule.valid_to.is_(None), ReviewRule.valid_to > day)


def set_rule(
    session: Session, region_id: int, kind: str, *, steps: Sequence[str], valid_from: dt.date, today: dt.date
) -> ReviewRule:
    """Switch the steps of one kind of record in a region and below it, from a day on.

    The rule before it ends on that day; one that was to begin later gives way. What waits already
    finishes the steps it was submitted for.

    Parameters
    ----------
    session : Session
        Bound to an administrator of the region.
    region_id : int
        Where.
    kind : str
        One of ``KINDS``.
    steps : sequence of str
        Those that are on; none lets changes be saved at once.
    valid_from : date
        From when: ``today`` at the earliest.
    today : date
        The office's day.

    Raises
    ------
    NotFound, NotAllowed
        When the region is not the viewer's to administer.
    Unacceptable
        For unknown steps or a day that has passed.
    """
    region = session.get(Region, region_id)
    if region is None or not viewer_of(session).covers(region.region_path):
        raise NotFound
    require_writer(session, region.region_path, roles=KEEPERS)
    checks = Checks()
    if kind not in KINDS or not set(steps) <= set(STEPS):
        checks.refuse("steps", "Please choose steps of the list.")
    if valid_from < today:
        checks.refuse("valid_from", "A rule begins today at the earliest: what was saved before stays saved.")
    checks.settle()
    me = viewer_of(session).account_id
    same = (ReviewRule.region_id == region_id, ReviewRule.kind == kind)
    running = session.scalars(
        select(ReviewRule)
        .where(*same, or_(ReviewRule.valid_to.is_(None), ReviewRule.valid_to > valid_from))
        .order_by(ReviewRule.valid_from)
        .with_for_update()
    ).all()
    for rule in running:
        if rule.valid_from >= valid_from:
            audit.record(session, "review.end_rule", rule, removed=list(rule.steps))
            session.delete(rule)
        else:
            rule.valid_to, rule.updated_by = valid_from, me
            audit.record(session, "review.end_rule", rule)
    session.flush()
    chosen = [step for step in STEPS if step in steps]
    made = ReviewRule(region_id=region_id, kind=kind, steps=chosen, valid_from=valid_from, created_by=me, updated_by=me)
    session.add(made)
    audit.record(session, "review.set_rule", made)
    session.info.pop(_KEPT, None)
    return made


def rules_of(session: Session, region: Region) -> Sequence[tuple[ReviewRule, Region]]:
    """The rules at ``region``, above and below it, the latest first; none of towns beside the viewer's own."""
    return [
        (rule, place)
        for rule, place in session.execute(
            select(ReviewRule, Region)
            .join(Region, Region.id == ReviewRule.region_id)
            .where(_around(region.region_path), _within_reach(session))
            .order_by(ReviewRule.kind, Region.region_path, ReviewRule.valid_from.desc())
        )
    ]


def waiting_in(session: Session, region: Region) -> dict[str, int]:
    """How many changes wait in ``region``, by kind."""
    rows = session.execute(
        select(Proposal.kind, func.count())
        .where(Proposal.status == "pending", within(Proposal.region_path, region.region_path))
        .group_by(Proposal.kind)
    )
    return dict.fromkeys(KINDS, 0) | dict(rows.all())


def _within_reach(session: Session) -> ColumnElement[bool]:
    viewer = viewer_of(session)
    if viewer.unbounded:
        return Region.id.is_not(None)
    paths = sorted({reach.path for reach in viewer.reaches})
    return or_(false(), *(_around(path) for path in paths))


def _around(path: str) -> ColumnElement[bool]:
    """The criterion that a region lies at, above or below ``path``."""
    above = [int(number) for number in path.strip("/").split("/") if number]
    return or_(Region.id.in_(above), within(Region.region_path, path))
