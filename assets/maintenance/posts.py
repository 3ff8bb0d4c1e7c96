"""Upkeep posts: a duty belongs to the post, so whoever fills it next inherits every one at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.accounts.models import Account
from assets.checking import Checks
from assets.errors import NotFound, RegistryError
from assets.filters import Filter
from assets.maintenance.models import Duty
from assets.masks import masked_name, masked_phone
from assets.ownership.queries import in_force
from assets.parties.models import Person, Post, PostHolding
from assets.parties.rules import tidy_name
from assets.regions.models import Region
from assets.regions.positions import check_place
from assets.registry.models import Asset
from assets.scope import viewer_of, within
from assets.search.finding import clean
from assets.terms.models import Term

LONGEST_TITLE = 100


class StillHasDuties(RegistryError):
    """A post with duties cannot go."""

    message = "“{name}” still has the upkeep of {count} assets. Give those to another post first."


def get_post(session: Session, post_id: int) -> Post:
    """One post.

    Raises
    ------
    NotFound
        When there is none, or it is not the viewer's to see.
    """
    found = session.scalars(select(Post).where(Post.id == post_id)).first()
    if found is None:
        raise NotFound
    return found


def matching(asked: Filter, *columns: Any) -> Select[Any]:
    """The posts that ``asked`` describes, by area, sector and words."""
    statement = select(*columns).select_from(Post).where(within(Post.region_path, asked.area_path))
    statement = statement.where(or_(Post.retired_on.is_(None), Post.retired_on > asked.day))
    if asked.sector:
        statement = statement.where(Post.sector.in_(sorted(asked.sector)))
    for word in asked.words.lower().split()[:8]:
        statement = statement.where(func.lower(Post.title).contains(word, autoescape=True))
    return statement


def find_posts(session: Session, words: str, *, limit: int = 10) -> Sequence[Any]:
    """The posts that typed words fit, by title and place: id, title, place; the shortest title first."""
    words = clean(words)
    if not words:
        return []
    statement = (
        select(Post.id, Post.title, Region.short_name.label("place"))
        .join(Region, Region.id == Post.region_id)
        .where(Post.retired_on.is_(None))
    )
    for word in words.lower().split()[:8]:
        called = func.lower(func.concat(Region.short_name, Post.title))
        statement = statement.where(called.contains(word, autoescape=True))
    return session.execute(statement.order_by(func.char_length(Post.title), Post.title, Post.id).limit(limit)).all()


def holders_of(session: Session, post_id: int) -> Sequence[Any]:
    """Who has filled a post, the latest first: id, masked name and phone, from, to, username of an own account."""
    return session.execute(
        select(
            PostHolding.id,
            masked_name(Person).label("name"),
            masked_phone(Person.phone).label("phone"),
            Account.username,
            PostHolding.valid_from,
            PostHolding.valid_to,
            PostHolding.revision,
            PostHolding.person_id,
            Person.erased_on,
        )
        .join(Person, Person.id == PostHolding.person_id)
        .outerjoin(Account, Account.id == Person.account_id)
        .where(PostHolding.post_id == post_id)
        .order_by(PostHolding.valid_from.desc(), PostHolding.id.desc())
        .limit(50)
    ).all()


def assets_kept_by(session: Session, post_id: int, day: dt.date, *, limit: int = 100) -> tuple[int, Sequence[Any]]:
    """How many assets a post keeps on ``day``, and the first of them: id, code, name, interval_days."""
    kept = (Duty.post_id == post_id, in_force(Duty, day))
    count = session.scalar(select(func.count(Duty.asset_id.distinct())).where(*kept)) or 0
    rows = session.execute(
        select(Asset.id, Asset.code, Asset.name, func.min(Duty.interval_days).label("interval_days"))
        .join(Duty, Duty.asset_id == Asset.id)
        .where(*kept)
        .group_by(Asset.id)
        .order_by(Asset.code)
        .limit(limit)
    ).all()
    return count, rows


def register_post(
    session: Session,
    *,
    title: str | None,
    region_id: int | None,
    today: dt.date,
    sector: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> Post:
    """Enter a post; nobody fills it yet.

    Raises
    ------
    Unacceptable
        With everything that is wrong; ``same_post`` when the place has one of that title.
    NotAllowed
        When the viewer keeps no records there.
    """
    checks = Checks(confirmed)
    columns, region = _check_post(checks, session, title, region_id, sector, today)
    checks.settle()
    if region is not None:
        editing.require_writer(session, region.region_path, columns["sector"])
    me = viewer_of(session).account_id
    post = Post(**columns, created_by=me, updated_by=me)
    session.add(post)
    audit.record(session, "maintenance.register_post", post)
    session.flush()
    return post


def correct_post(
    session: Session,
    post_id: int,
    *,
    revision: int,
    title: str | None,
    region_id: int | None,
    reason: str,
    today: dt.date,
    sector: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> Post:
    """Set right what a post is called and where it belongs.

    Raises
    ------
    Unacceptable, ChangedMeanwhile, AlreadyRetired, ReasonNeeded, NotFound, NotAllowed
        See their messages.
    """
    reason = editing.check_reason(reason)
    post = editing.hold(session, Post, post_id, revision=revision)
    checks = Checks(confirmed)
    columns, region = _check_post(checks, session, title, region_id, sector, today, before=post)
    checks.settle()
    if region is not None:
        editing.require_writer(session, region.region_path, columns["sector"])
    if editing.assign(post, columns):
        post.updated_by = viewer_of(session).account_id
        audit.record(session, "maintenance.correct_post", post, reason=reason)
        session.flush()
    return post


def retire_post(session: Session, post_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date) -> Post:
    """Give up a post that keeps nothing any more.

    Raises
    ------
    StillHasDuties
        When assets are in its upkeep on that day or later.
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile, ReasonNeeded, InvalidValue
        As :func:`assets.editing.retire`.
    """
    post = editing.hold(session, Post, post_id, revision=revision)
    later = or_(Duty.valid_to.is_(None), Duty.valid_to > on)
    count = session.scalar(select(func.count(Duty.asset_id.distinct())).where(Duty.post_id == post_id, later))
    if count:
        raise StillHasDuties(name=post.title, count=count)
    return editing.retire(
        session, Post, post_id, revision=revision, on=on, reason=reason, today=today, action="maintenance.retire_post"
    )


def _check_post(
    checks: Checks,
    session: Session,
    title: str | None,
    region_id: int | None,
    sector: str | None,
    today: dt.date,
    *,
    before: Post | None = None,
) -> tuple[dict[str, Any], Region | None]:
    text = tidy_name(title or "")
    if not 2 <= len(text) <= LONGEST_TITLE:
        checks.refuse("title", "Please fill in the name, 2 to {limit} characters.", limit=LONGEST_TITLE)
    region = None
    if before is None or region_id != before.region_id:
        region = check_place(checks, session, region_id, None, day=today)
    sector = sector or None
    if sector is not None and (before is None or sector != before.sector):
        known = select(Term.id).where(Term.kind == "sector", Term.code == sector, in_force(Term, today))
        if session.scalar(known) is None:
            checks.refuse("sector", "Please choose a sector from the list.")
    columns = {"title": text, "region_id": region.id if region is not None else region_id, "sector": sector}
    same = select(Post.id).where(Post.title == text, Post.region_id == columns["region_id"], Post.retired_on.is_(None))
    if before is not None:
        same = same.where(Post.id != before.id)
    if not checks.problems and session.scalar(same.limit(1)) is not None:
        message = "This place has a post “{name}” already. Is this another one?"
        checks.doubt("same_post", "title", message, name=text)
    return columns, region
