"""Who made a visit: somebody known in the town, else a new person whose values are kept apart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Table,
    Text,
    and_,
    case,
    func,
    insert,
    literal,
    select,
    union,
    update,
)

from assets.imports import auditing
from assets.imports.beside import beside, fill
from assets.imports.staging import Staging
from assets.maintenance.models import Inspection
from assets.parties.models import Person, Post, PostHolding
from assets.regions.models import Region
from assets.registry.models import Asset
from assets.scope import viewer_of
from assets.search.words import spell_many


def find_inspectors(staging: Staging, assets: Table, *, enter: bool = False) -> Table:
    """The persons that rows name: ``number``, ``person_id``; with ``enter``, unknown ones are entered.

    A name means a person where one of that name holds a post, or has inspected before, in the town of
    the asset, and only one does. Others of the same name elsewhere are other people.
    """
    rows, session = staging.rows, staging.session
    town = case((Region.level == "village", Region.parent_id), else_=Region.id)
    named = (
        select(rows.c.number, func.plain_name(rows.c.inspector).label("name"), town.label("town_id"))
        .select_from(
            rows.join(assets, assets.c.number == rows.c.number)
            .join(Asset, Asset.id == assets.c.asset_id)
            .join(Region, Region.id == Asset.region_id)
        )
        .where(rows.c.inspector.is_not(None), staging.seen(Asset))
    )
    columns = (
        Column("number", Integer, primary_key=True),
        Column("name", Text),
        Column("town_id", BigInteger),
    )
    wanted = beside(staging, "staged_inspector", *columns, of=named)
    holders = (
        select(Person.id.label("person_id"), func.plain_name(Person.name).label("name"), town.label("town_id"))
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(Post, Post.id == PostHolding.post_id)
        .join(Region, Region.id == Post.region_id)
        .where(staging.seen(Post))
    )
    visitors = (
        select(Person.id, func.plain_name(Person.name), town)
        .join(Inspection, Inspection.inspector_id == Person.id)
        .join(Asset, Asset.id == Inspection.asset_id)
        .join(Region, Region.id == Asset.region_id)
        .where(staging.seen(Asset))
    )
    names = select(wanted.c.name)
    known = union(
        holders.where(func.plain_name(Person.name).in_(names), Person.erased_on.is_(None)),
        visitors.where(func.plain_name(Person.name).in_(names), Person.erased_on.is_(None)),
    ).subquery("known")
    met = (
        select(wanted.c.number, func.min(known.c.person_id))
        .select_from(wanted.join(known, and_(known.c.name == wanted.c.name, known.c.town_id == wanted.c.town_id)))
        .group_by(wanted.c.number)
        .having(func.count() == 1)
    )
    table = beside(
        staging,
        "staged_inspector_found",
        Column("number", Integer, primary_key=True),
        Column("person_id", BigInteger),
        of=met,
    )
    if enter:
        _enter(staging, wanted, table)
    session.flush()
    return table


def _enter(staging: Staging, wanted: Table, found: Table) -> None:
    """A person for every name of a town that is not known there."""
    rows, session = staging.rows, staging.session
    me = viewer_of(session).account_id
    missing = (
        select(wanted.c.name, wanted.c.town_id, func.min(rows.c.inspector).label("written"))
        .select_from(
            wanted.join(rows, rows.c.number == wanted.c.number).outerjoin(found, found.c.number == wanted.c.number)
        )
        .where(found.c.number.is_(None), staging.new)
        .group_by(wanted.c.name, wanted.c.town_id)
    )
    people = session.execute(missing).all()
    spelled = spell_many(row.written for row in people)
    table = beside(
        staging,
        "staged_new_person",
        *(Column("name", Text), Column("town_id", BigInteger), Column("written", Text)),
        *(Column("pinyin", Text), Column("initials", Text), Column("person_id", BigInteger)),
    )
    fill(
        staging,
        table,
        (
            {
                "name": row.name,
                "town_id": row.town_id,
                "written": row.written,
                "pinyin": spelled[row.written][0],
                "initials": spelled[row.written][1],
                "person_id": None,
            }
            for row in people
        ),
    )
    session.execute(update(table).values(person_id=func.nextval(func.pg_get_serial_sequence("person", "id"))))
    said: dict[str, Any] = {
        "id": table.c.person_id,
        "name": table.c.written,
        "pinyin": table.c.pinyin,
        "initials": table.c.initials,
        "created_by": literal(me, BigInteger),
        "updated_by": literal(me, BigInteger),
    }
    session.execute(insert(Person).from_select([getattr(Person, name) for name in said], select(*said.values())))
    auditing.note_added(
        session,
        staging.batch,
        "parties.set_contact",
        Person,
        of=table.join(Person, Person.id == table.c.person_id),
    )
    made = select(wanted.c.number, table.c.person_id).select_from(
        wanted.join(table, and_(table.c.name == wanted.c.name, table.c.town_id == wanted.c.town_id)).outerjoin(
            found, found.c.number == wanted.c.number
        )
    )
    session.execute(insert(found).from_select(["number", "person_id"], made.where(found.c.number.is_(None))))
