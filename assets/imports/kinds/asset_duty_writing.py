"""Giving assets into upkeep: a row's duty replaces the one in force, with the post and person it names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Table,
    Text,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from assets.imports import auditing
from assets.imports.beside import beside
from assets.imports.kinds.asset_duties import notice_days
from assets.imports.numbering import numbered
from assets.imports.parties import Holders
from assets.imports.spelling import spelled
from assets.imports.staging import Staging
from assets.maintenance.models import Duty
from assets.parties.models import Person, Post, PostHolding
from assets.registry.models import Asset
from assets.scope import viewer_of

_PLACE: dict[str, Any] = {"path": Asset.region_path, "sector": Asset.sector}
_PLAIN: dict[str, Any] = {"synchronize_session": False}


def write_duties(staging: Staging, holders: Holders, said: Table) -> None:
    """Enter what rows say of upkeep, with posts and people that are new."""
    posts = _enter_posts(staging, said)
    _end(staging, said)
    _assign(staging, holders, said, posts)


def _enter_posts(staging: Staging, said: Table) -> Table:
    rows, session, day = staging.rows, staging.session, staging.context.today
    me = literal(viewer_of(session).account_id, Post.created_by.type)
    common = {"created_by": me, "updated_by": me}
    key = said.c.post_key
    wanted = (
        select(
            key.label("key"),
            func.min(said.c.number).label("first"),
            func.min(said.c.region_id).label("region_id"),
            func.min(said.c.title).label("title"),
            func.min(said.c.person).label("person"),
            func.min(said.c.phone).label("phone"),
        )
        .join(rows, rows.c.number == said.c.number)
        .where(or_(staging.new, staging.changed), key.is_not(None))
        .group_by(key)
        .order_by(func.min(said.c.number))
    )
    posts = numbered(staging, "staged_post", Post, wanted)
    values: dict[str, Any] = {"id": posts.c.id, "title": posts.c.title, "region_id": posts.c.region_id} | common
    session.execute(insert(Post).from_select(list(values), select(*values.values())))
    auditing.note_added(
        session,
        staging.batch,
        "maintenance.register_post",
        Post,
        of=posts.join(Post, Post.id == posts.c.id),
        path=Post.region_path,
        sector=Post.sector,
    )
    people = _enter_people(staging, posts, common)
    values = {"post_id": posts.c.id, "person_id": people.c.id, "valid_from": literal(day)} | common
    filled = select(*values.values()).join(people, _same_person(people, posts)).where(posts.c.person.is_not(None))
    session.execute(insert(PostHolding).from_select(list(values), filled))
    auditing.note_added(
        session,
        staging.batch,
        "maintenance.fill_post",
        PostHolding,
        of=posts.join(PostHolding, PostHolding.post_id == posts.c.id).join(Post, Post.id == posts.c.id),
        path=Post.region_path,
        sector=Post.sector,
    )
    return posts


def _same_person(people: Table, posts: Table) -> Any:
    """The same name and telephone number are the same person; without a number only where the post is."""
    alike = and_(people.c.name == posts.c.person, func.coalesce(people.c.phone, "") == func.coalesce(posts.c.phone, ""))
    return and_(alike, or_(posts.c.phone.is_not(None), people.c.region_id == posts.c.region_id))


def _enter_people(staging: Staging, posts: Table, common: dict[str, Any]) -> Table:
    session = staging.session
    place = case((posts.c.phone.is_(None), posts.c.region_id), else_=0)
    wanted = (
        select(
            posts.c.person.label("name"), posts.c.phone, place.label("region_id"), func.min(posts.c.id).label("first")
        )
        .where(posts.c.person.is_not(None))
        .group_by(posts.c.person, posts.c.phone, place)
        .subquery("wanted")
    )
    known = beside(
        staging,
        "staged_known_person",
        Column("person_id", BigInteger),
        Column("name", Text),
        Column("phone", Text),
        of=select(func.min(Person.id), Person.name, Person.phone)
        .where(Person.phone.is_not(None), Person.phone.in_(select(wanted.c.phone)))
        .group_by(Person.name, Person.phone),
    )
    same = and_(known.c.name == wanted.c.name, known.c.phone == wanted.c.phone)
    new = numbered(
        staging,
        "staged_keeper",
        Person,
        select(wanted).outerjoin(known, same).where(known.c.person_id.is_(None)).order_by(wanted.c.first),
    )
    names = spelled(staging, "keeper_spelling", select(new.c.name))
    values = {
        "id": new.c.id,
        "name": new.c.name,
        "phone": new.c.phone,
        "pinyin": names.c.pinyin,
        "initials": names.c.initials,
    } | common
    session.execute(
        insert(Person).from_select(list(values), select(*values.values()).join(names, names.c.name == new.c.name))
    )
    auditing.note_added(
        session, staging.batch, "parties.set_contact", Person, of=new.join(Person, Person.id == new.c.id)
    )
    return beside(
        staging,
        "staged_people",
        Column("id", BigInteger),
        Column("name", Text),
        Column("phone", Text),
        Column("region_id", BigInteger),
        of=select(new.c.id, new.c.name, new.c.phone, new.c.region_id).union_all(
            select(known.c.person_id, known.c.name, known.c.phone, literal(0))
        ),
    )


def _end(staging: Staging, said: Table) -> None:
    """What is in force ends today; what begins today or later is taken back, since it is replaced."""
    rows, session, day = staging.rows, staging.session, staging.context.today
    since = auditing.latest_version(session)
    replaced = select(said.c.record_id).join(rows, rows.c.number == said.c.number).where(staging.changed)
    later = and_(Duty.asset_id.in_(replaced), Duty.valid_from >= day)
    facts = {"removed": literal(True), "valid_from": func.jsonb_build_array(Duty.valid_from, None)}
    auditing.note_facts(
        session, staging.batch, "maintenance.assign_duty", Duty, facts, later, Asset.id == Duty.asset_id, **_PLACE
    )
    session.execute(delete(Duty).where(later).execution_options(**_PLAIN))
    session.execute(
        update(Duty)
        .where(Duty.asset_id.in_(replaced), or_(Duty.valid_to.is_(None), Duty.valid_to > day))
        .values(valid_to=day, updated_by=viewer_of(session).account_id)
        .execution_options(**_PLAIN)
    )
    auditing.note_changed(
        session, staging.batch, "maintenance.assign_duty", Duty, Asset.id == Duty.asset_id, since=since, **_PLACE
    )


def _assign(staging: Staging, holders: Holders, said: Table, posts: Table) -> None:
    rows, lines, session, day = staging.rows, holders.lines, staging.session, staging.context.today
    me = literal(viewer_of(session).account_id, Duty.created_by.type)
    body = and_(lines.c.number == said.c.number, lines.c.field == "upkeep_body")
    chosen = (
        select(
            said.c.number,
            rows.c.record_id.label("asset_id"),
            func.coalesce(lines.c.party_id, said.c.body_party_id).label("body_party_id"),
            func.coalesce(said.c.post_id, posts.c.id).label("post_id"),
            said.c.fund_source,
            said.c.annual_budget_yuan,
            said.c.rule_document,
            said.c.interval_days,
            notice_days(said).label("notice_days"),
        )
        .join(rows, rows.c.number == said.c.number)
        .outerjoin(lines, body)
        .outerjoin(posts, posts.c.key == said.c.post_key)
        .where(or_(staging.new, staging.changed))
        .order_by(said.c.number)
    )
    duties = numbered(staging, "staged_new_duty", Duty, chosen)
    values: dict[str, Any] = {column.name: column for column in duties.c if column.name != "number"}
    values |= {"valid_from": literal(day), "created_by": me, "updated_by": me}
    session.execute(insert(Duty).from_select(list(values), select(*values.values())))
    here = duties.join(Duty, Duty.id == duties.c.id).join(Asset, Asset.id == Duty.asset_id)
    auditing.note_added(session, staging.batch, "maintenance.assign_duty", Duty, of=here, **_PLACE)
