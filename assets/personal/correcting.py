"""Setting personal values right without seeing them: what is left empty stays as it is."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from assets import editing
from assets.checking import Checks
from assets.errors import InvalidValue
from assets.parties.codes import read_identity_number, read_phone
from assets.parties.holding import get_party, require_keeper
from assets.parties.models import Person
from assets.parties.people import correct_person
from assets.parties.rules import LONGEST_NAME, tidy_name
from assets.personal.reading import Through, find_through


def correct_values(
    session: Session,
    person_id: int,
    *,
    through: str,
    reason: str,
    today: dt.date,
    person_name: str | None = None,
    phone: str | None = None,
    id_number: str | None = None,
) -> Person:
    """Set right what is kept of a person whom a record of the editor names.

    Parameters
    ----------
    session : Session
        Bound to somebody who writes the record.
    person_id : int
        Whose values.
    through : str
        The record that names the person, such as ``post-12``.
    reason : str
        Why; needed, and kept without the values.
    today : date
        The office's day.
    person_name, phone, id_number : str, optional
        The right values; an empty one leaves the kept one.

    Raises
    ------
    NotFound, NotAllowed, Unacceptable, ReasonNeeded, PersonErased
        See their messages.
    """
    require_editor(session, find_through(session, person_id, through, today=today))
    reason = editing.check_reason(reason)
    checks, given = Checks(), {}
    name = tidy_name(person_name or "")
    if name:
        if not 2 <= len(name) <= LONGEST_NAME:
            checks.refuse("person_name", "Please fill in the name, 2 to {limit} characters.", limit=LONGEST_NAME)
        if "*" in name:
            message = "Please fill in the whole name; what is shown with stars is only its mask."
            checks.refuse("person_name", message)
        given["name"] = name
    for field, text, reader in (("phone", phone, read_phone), ("id_number", id_number, read_identity_number)):
        if (text or "").strip():
            try:
                given[field] = reader(text or "")
            except InvalidValue as refusal:
                checks.refuse(field, refusal.message, **refusal.data)
    if not given and not checks.problems:
        checks.refuse("phone", "Nothing was filled in; empty fields leave what is kept.")
    checks.settle()
    person = session.get_one(Person, person_id)
    correct_person(session, person, reason=reason, **given)
    return person


def require_editor(session: Session, through: Through) -> None:
    """Refuse unless the viewer writes the record that names the person."""
    if through.table == "party":
        require_keeper(session, get_party(session, through.record_id).region_id)
    else:
        editing.require_writer(session, through.region_path or "/", through.sector)
