"""Personal values of holders and of people in posts: one erasable row a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from assets import audit
from assets.parties.models import Party, Person
from assets.scope import viewer_of

if TYPE_CHECKING:
    from assets.parties.rules import Personal


def keep_contact(session: Session, party: Party, personal: Personal) -> bool:
    """Keep what was filled in; whether anything changed. The audit says that, and not what."""
    given = {key: value for key, value in vars(personal).items() if value is not None}
    if not given:
        return False
    person = session.get(Person, party.contact_id) if party.contact_id is not None else None
    if person is None:
        party.contact_id = enter_person(session, **given).id
        return True
    if all(getattr(person, key) == value for key, value in given.items()):
        return False
    for key, value in given.items():
        setattr(person, key, value)
    person.updated_by = viewer_of(session).account_id
    session.flush()
    audit.record(session, "parties.set_contact", person)
    return True


def enter_person(
    session: Session, *, name: str | None = None, phone: str | None = None, id_number: str | None = None
) -> Person:
    """A new person; the audit says that there is one, and not who."""
    me = viewer_of(session).account_id
    person = Person(name=name, phone=phone, id_number=id_number, created_by=me, updated_by=me)
    session.add(person)
    session.flush()
    audit.record(session, "parties.set_contact", person)
    return person
