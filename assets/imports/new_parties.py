"""Entering the holders that rows name and nobody has entered yet."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, case, func, insert, literal, or_, select, update

from assets.editing import WRITERS
from assets.imports import auditing
from assets.imports.numbering import numbered
from assets.imports.parties import Holders
from assets.imports.spelling import spelled
from assets.imports.staging import Staging
from assets.parties.models import Party, Person
from assets.regions.models import Region
from assets.scope import Viewer, viewer_of, within


def enter(staging: Staging, holders: Holders, fields: Collection[str]) -> None:
    """Enter those that new and changed rows name in ``fields``; ``lines`` then say who they are."""
    entries, lines, rows, session = holders.entries, holders.lines, staging.rows, staging.session
    me = viewer_of(session).account_id
    used = (
        select(lines.c.entry)
        .join(rows, rows.c.number == lines.c.number)
        .where(or_(staging.new, staging.changed), lines.c.field.in_(sorted(fields)), lines.c.party_id.is_(None))
    )
    county = Region
    new = numbered(
        staging,
        "staged_new_party",
        Party,
        select(
            entries.c.entry,
            entries.c.name,
            entries.c.type,
            entries.c.person,
            case((_reached(viewer_of(session), entries), county.id), else_=entries.c.region_id).label("seat_id"),
        )
        .outerjoin(county, and_(county.region_path == entries.c.seat, entries.c.seat == entries.c.county_path))
        .where(entries.c.entry.in_(used))
        .order_by(entries.c.entry),
    )
    people = numbered(
        staging, "staged_new_person", Person, select(new.c.entry, new.c.name).where(new.c.person).order_by(new.c.entry)
    )
    names = spelled(staging, "party_spelling", select(new.c.name))
    common: dict[str, Any] = {"created_by": literal(me, Party.created_by.type)}
    common["updated_by"] = common["created_by"]
    said = {"id": people.c.id, "name": people.c.name, "pinyin": names.c.pinyin, "initials": names.c.initials} | common
    session.execute(
        insert(Person).from_select(list(said), select(*said.values()).join(names, names.c.name == people.c.name))
    )
    auditing.note_added(
        session, staging.batch, "parties.set_contact", Person, of=people.join(Person, Person.id == people.c.id)
    )
    mask = func.left(func.btrim(new.c.name), 1).concat("**")
    said = {
        "id": new.c.id,
        "type": new.c.type,
        "name": case((new.c.person, mask), else_=new.c.name),
        "pinyin": case((new.c.person, ""), else_=names.c.pinyin),
        "initials": case((new.c.person, ""), else_=names.c.initials),
        "region_id": new.c.seat_id,
        "person_id": people.c.id,
    } | common
    source = new.join(names, names.c.name == new.c.name).outerjoin(people, people.c.entry == new.c.entry)
    session.execute(insert(Party).from_select(list(said), select(*said.values()).select_from(source)))
    auditing.note_added(
        session,
        staging.batch,
        "parties.register_party",
        Party,
        of=new.join(Party, Party.id == new.c.id).outerjoin(Region, Region.id == Party.region_id),
        path=Region.region_path,
    )
    session.execute(update(lines).where(lines.c.entry == new.c.entry).values(party_id=new.c.id))
    session.execute(update(entries).where(entries.c.entry == new.c.entry).values(party_id=new.c.id))


def _reached(viewer: Viewer, entries: Any) -> Any:
    """The criterion that the viewer keeps records at the county itself."""
    whole = entries.c.seat == entries.c.county_path
    if viewer.unbounded:
        return whole
    reaches = [reach for reach in viewer.reaches if reach.role in WRITERS]
    return and_(whole, or_(*(within(entries.c.county_path, reach.path) for reach in reaches)))
