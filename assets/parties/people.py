"""Personal values of holders and of people in posts: one erasable row a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from assets import audit
from assets.errors import RegistryError
from assets.masks import mask_name
from assets.parties.codes import plain_code
from assets.parties.models import Party, Person
from assets.scope import viewer_of
from assets.search.words import spell

if TYPE_CHECKING:
    from assets.parties.rules import Personal


class PersonErased(RegistryError):
    """Nothing is written for somebody whose values were erased."""

    message = "The personal values of this person were erased on {day}; nothing can be entered for them any more."


def keep_personal(session: Session, party: Party, columns: dict[str, Any], personal: Personal) -> bool:
    """Keep the personal values of a holder apart; whether any changed. The audit says that, and not what.

    ``columns`` are those of the holder; the clear name of a person among them is replaced by its mask.
    An empty value leaves the kept one.
    """
    own, contact = dict(vars(personal.own)), dict(vars(personal.contact))
    changed = False
    if personal.is_person:
        if own["name"] is None:
            # Nobody has typed another name; what the holder is called stays the mask it is.
            columns |= {"name": party.name, "pinyin": "", "initials": ""}
        else:
            columns |= {"name": mask_name(own["name"]), "pinyin": "", "initials": ""}
        changed = _keep(session, party, "person_id", own)
    elif party.person_id is not None:
        party.person_id = None
        changed = True
    return _keep(session, party, "contact_id", contact) or changed


def _keep(session: Session, party: Party, link: str, values: dict[str, str | None]) -> bool:
    given = {key: value for key, value in values.items() if value is not None}
    if not given:
        return False
    person_id = getattr(party, link)
    if person_id is None:
        setattr(party, link, enter_person(session, **given).id)
        return True
    return correct_person(session, session.get_one(Person, person_id), **given)


def correct_person(session: Session, person: Person, *, reason: str | None = None, **given: str) -> bool:
    """Set personal values right; whether any changed.

    Raises
    ------
    PersonErased
        When they were erased.
    """
    if all(getattr(person, key) == value for key, value in given.items()):
        return False
    if person.erased_on is not None:
        raise PersonErased(day=person.erased_on)
    for key, value in given.items():
        setattr(person, key, value)
    person.pinyin, person.initials = spell(person.name or "")
    person.updated_by = viewer_of(session).account_id
    audit.record(session, "parties.set_contact", person, reason=reason)
    if "name" in given:
        for holder in session.scalars(select(Party).where(Party.person_id == person.id)):
            _mask_again(session, holder, given["name"], reason)
    return True


def _mask_again(session: Session, holder: Party, name: str, reason: str | None) -> None:
    """The holder that a renamed person is."""
    if holder in session.dirty or holder.name == mask_name(name):
        return
    holder.name, holder.updated_by = mask_name(name), viewer_of(session).account_id
    audit.record(session, "parties.correct_party", holder, reason=reason)


def enter_person(
    session: Session, *, name: str | None = None, phone: str | None = None, id_number: str | None = None
) -> Person:
    """A new person; the audit says that there is one, and not who."""
    me = viewer_of(session).account_id
    pinyin, initials = spell(name or "")
    person = Person(
        name=name,
        pinyin=pinyin,
        initials=initials,
        phone=phone,
        id_number=id_number,
        created_by=me,
        updated_by=me,
    )
    session.add(person)
    audit.record(session, "parties.set_contact", person)
    return person


def called(words: str) -> ColumnElement[bool]:
    """The criterion that a holder is the person with exactly this name, its pinyin or identity number.

    Parts of a name find nobody, so that nobody's values are guessed letter by letter.
    """
    plain = "".join(words.split())
    found = [func.plain_name(Person.name) == func.plain_name(plain), Person.id_number == plain_code(plain)]
    if plain.isascii() and plain.isalpha():
        found.append(Person.pinyin == plain.lower())
    return Party.person_id.in_(select(Person.id).where(or_(*found)))
