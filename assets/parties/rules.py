"""What the record of a holder may say."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.checking import Checks
from assets.errors import InvalidValue
from assets.masks import names_people
from assets.parties.codes import read_credit_code, read_identity_number, read_phone
from assets.parties.likeness import similar_parties
from assets.parties.models import Party, Person
from assets.regions.models import Region
from assets.vocabulary import PARTY_TYPES, PEOPLE

LONGEST_NAME = 100


@dataclasses.dataclass(frozen=True)
class PartyValues:
    """What people fill in."""

    name: str
    type: str
    code: str | None
    region_id: int | None
    valid_to: dt.date | None
    contact_name: str | None
    contact_phone: str | None
    identity_number: str | None


@dataclasses.dataclass(frozen=True)
class PersonValues:
    """Personal values of one person as they are kept; None leaves what is there."""

    name: str | None = None
    phone: str | None = None
    id_number: str | None = None


@dataclasses.dataclass(frozen=True)
class Personal:
    """The personal values of a holder: its own where it ``is_person``, and of its contact."""

    is_person: bool = False
    own: PersonValues = PersonValues()
    contact: PersonValues = PersonValues()


def tidy_name(text: str) -> str:
    """``text`` without blanks that mean nothing."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


class PartyRules:
    """Looks at what a record would say; only what ``before`` did not say already is questioned."""

    def __init__(
        self, checks: Checks, session: Session, values: PartyValues, *, before: Party | None, today: dt.date
    ) -> None:
        self.checks, self.session, self.values, self.before, self.today = checks, session, values, before, today
        self.personal = Personal()

    def check(self) -> dict[str, Any]:
        """Everything; the columns as they would be."""
        given, before = self.values, self.before
        name = tidy_name(given.name)
        if not 2 <= len(name) <= LONGEST_NAME:
            self.checks.refuse("name", "Please fill in the name, 2 to {limit} characters.", limit=LONGEST_NAME)
        if given.type not in PARTY_TYPES:
            self.checks.refuse("type", "Please choose what kind of holder it is.")
        region_id = self._region()
        columns = {
            "name": name,
            "type": given.type,
            "code": self._code(),
            "region_id": region_id,
            "valid_to": given.valid_to,
        }
        if given.valid_to is not None and given.valid_to > self.today and not (before and before.valid_to):
            message = "{value} is still to come: {limit} at the latest."
            self.checks.refuse("valid_to", message, value=given.valid_to, limit=self.today)
        self.personal = self._personal(name)
        if not self.checks.problems and (before is None or before.name != name):
            self._doubt_same(columns)
        return columns

    def _personal(self, name: str) -> Personal:
        given, before = self.values, self.before
        contact_name = tidy_name(given.contact_name or "")[:LONGEST_NAME] or None
        phone = self._read("contact_phone", given.contact_phone, read_phone)
        number = self._identity()
        is_person = names_people(given.type, name)
        same = before is not None and before.person_id is not None and before.name == name
        if "*" in name and not (same and is_person):
            self.checks.refuse("name", "Please fill in the whole name; what is shown with stars is only its mask.")
        if contact_name is not None and "*" in contact_name:
            self.checks.refuse(
                "contact_name", "Please fill in the whole name; what is shown with stars is only its mask."
            )
        if not is_person:
            return Personal(False, contact=PersonValues(contact_name, phone, number))
        # People answer for themselves, unless another is named.
        other = contact_name not in (None, name) or (before is not None and before.contact_id is not None)
        own = PersonValues(None if same else name, None if other else phone, number)
        return Personal(True, own, PersonValues(contact_name, phone) if other else PersonValues())

    def _region(self) -> int | None:
        if self.values.region_id is not None and self.session.get(Region, self.values.region_id) is None:
            self.checks.refuse("region_id", "Please choose the place.")
            return None
        return self.values.region_id

    def _code(self) -> str | None:
        given, before = self.values, self.before
        if not (given.code or "").strip():
            return None
        if before is not None and before.code == given.code:
            return before.code
        if given.type in PEOPLE:
            message = (
                "People have no credit code. An identity number belongs into its own field, where it is protected."
            )
            self.checks.refuse("code", message)
            return None
        code = self._read("code", given.code, read_credit_code)
        other = self.session.scalars(select(Party).where(Party.code == code)).first() if code else None
        if other is not None and (before is None or other.id != before.id):
            self.checks.refuse("code", "The code {code} belongs to “{name}” already.", code=code, name=other.name)
        return code

    def _identity(self) -> str | None:
        number = self._read("identity_number", self.values.identity_number, read_identity_number)
        if number is None:
            return None
        other = self.session.scalars(
            select(Party).join(Person, Person.id == Party.person_id).where(Person.id_number == number)
        ).first()
        if other is not None and (self.before is None or other.id != self.before.id):
            self.checks.refuse("identity_number", "This person is entered already: “{name}”.", name=other.name)
        return number

    def _read(self, field: str, text: str | None, reader: Any) -> str | None:
        if not (text or "").strip():
            return None
        try:
            return str(reader(text))
        except InvalidValue as refusal:
            self.checks.refuse(field, refusal.message, **refusal.data)
            return None

    def _doubt_same(self, columns: dict[str, Any]) -> None:
        alike = similar_parties(
            self.session,
            columns["name"],
            region_id=columns["region_id"],
            people=self.personal.is_person,
            groups=columns["type"] in PEOPLE,
            but=self.before.id if self.before else None,
        )
        if alike:
            self.checks.doubt(
                "party_similar",
                "name",
                "Is it one of these: {names}? Please choose it from the list, or confirm that it is a different one.",
                names="、".join(f"{party.name}（{party.told}）" if party.told else party.name for party in alike),
            )
