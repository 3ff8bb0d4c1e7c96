"""Fields that name another record: a holder, found or entered anew, and a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import db
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.records.fields.base import EntryField, tidy
from app.words import label as word
from assets.errors import InvalidValue
from assets.parties.codes import plain_code
from assets.parties.models import Party
from assets.parties.service import find_or_create_party, named_exactly
from assets.parties.visibility import may_see
from assets.projects.models import Project
from assets.vocabulary import PARTY_TYPES

_MOST = 200


@dataclass(frozen=True)
class PartyChoice:
    """A holder that is there already (``id``), or one to be found or entered by name, type and code."""

    id: int | None = None
    name: str = ""
    type: str = ""
    code: str = ""


class PartyEntry(EntryField):
    """A holder; ``form.values()`` gives its id, entering it first where it is new."""

    kind = "party"
    missing = _l("Please choose a holder, or enter a new one.")

    def __init__(self, label: Any, *, types: Sequence[str] = PARTY_TYPES, **options: Any):
        super().__init__(label, **options)
        self.types = tuple(types)
        self.new_type = self.new_code = ""

    def related(self) -> tuple[str, ...]:
        """Everything that says who is meant."""
        return tuple(f"{self.name}-{part}" for part in ("words", "type", "code"))

    def process_data(self, value: Any) -> None:
        """Start with a holder's id, or a choice."""
        super().process_data(self.as_value(value))

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """The chosen id where the name still says the same; else a new holder, or one found by its name."""
        chosen = valuelist[0] if valuelist else ""
        words, kind, code = (tidy(" ".join(self.posted.getlist(name)))[:_MOST] for name in self.related())
        self.text, self.new_type, self.new_code = words, kind if kind in PARTY_TYPES else "", code
        self.data = None
        if chosen or words:
            self.taken(lambda: self._choice(chosen, words))

    def _choice(self, chosen: str, words: str) -> PartyChoice:
        found = record_by_id(Party, chosen)
        if found is not None and words in ("", found.name) and self._may_name(found):
            return PartyChoice(id=found.id)
        if not self.new_type:
            same = named_exactly(db.session, words)
            if len(same) == 1:
                return PartyChoice(id=same[0].id)
            raise InvalidValue(
                "“{value}” is not among the holders yet. Choose one from the list, or say what it is to enter it anew.",
                value=words[:80],
            )
        return PartyChoice(name=words, type=self.new_type, code=self.new_code)

    def _may_name(self, party: Party) -> bool:
        """Holders are seen through records, or known by their exact code."""
        if party.id == self.object_data or (party.code and plain_code(self.new_code) == party.code):
            return True
        return may_see(db.session, party.id)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Types of holders with their names."""
        return [(code, word("party_type", code)) for code in self.types]

    @property
    def is_new(self) -> bool:
        """Whether the part for a new holder is open."""
        return bool(self.new_type or self.process_errors)

    def written(self, value: Any) -> str:
        """The holder's name."""
        if value.id is None:
            return str(value.name)
        found = db.session.get(Party, value.id)
        return found.name if found else ""

    def shown(self, value: Any) -> str:
        """The name; new ones say so."""
        if value is None:
            return "—"
        return self.written(value) if value.id else _("%(name)s (new)", name=value.name)

    def from_json(self, value: Any) -> Any:
        """Columns hold the id."""
        return PartyChoice(id=value) if value is not None else None

    def as_value(self, value: Any) -> Any:
        """The record holds the id."""
        return PartyChoice(id=value) if isinstance(value, int) else value

    def settle(self, **context: Any) -> int | None:
        """The id, after a new holder was found or entered with ``context``."""
        choice = self.data
        if choice is None or choice.id is not None:
            return choice.id if choice else None
        made = find_or_create_party(db.session, name=choice.name, type=choice.type, code=choice.code or None, **context)
        return int(made.id)


class ProjectEntry(EntryField):
    """A project, by its id."""

    kind = "project"
    missing = _l("Please choose a project.")

    def related(self) -> tuple[str, ...]:
        """The typed name goes with the id."""
        return (f"{self.name}-words",)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """The chosen id, where the name still says the same; else the project with that name or code."""
        chosen = valuelist[0] if valuelist else ""
        self.text = tidy(" ".join(self.posted.getlist(f"{self.name}-words")))[:_MOST]
        self.data = None
        if chosen or self.text:
            self.taken(lambda: self._project_id(chosen))

    def _project_id(self, chosen: str) -> int:
        found = record_by_id(Project, chosen)
        if found is not None and self.text in ("", self.written(found.id)):
            return int(found.id)
        same = db.session.scalars(
            select(Project.id).where((Project.code == self.text) | (Project.name == self.text)).limit(2)
        ).all()
        if len(same) == 1:
            return same[0]
        if same:
            raise InvalidValue(
                "Several projects are called “{value}”. Please choose one from the list.", value=self.text
            )
        raise InvalidValue("There is no project “{value}” in your area.", value=self.text)

    def written(self, value: Any) -> str:
        """Its name with its code."""
        found = record_by_id(Project, str(value))
        return f"{found.name} {found.code}" if found else ""


def record_by_id(entity: Any, text: str) -> Any:
    """The record of the viewer's reach with the id that was sent."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return db.session.scalars(select(entity).where(entity.id == int(text))).first()


def party_field(label: Any, *, required: bool = False, types: Sequence[str] = PARTY_TYPES, hint: Any = "") -> Any:
    """A holder, found or entered anew; ``data`` is a :class:`PartyChoice`, ``values()`` gives the id."""
    return PartyEntry(label, required=required, types=types, hint=hint)


def project_field(label: Any, *, required: bool = False, hint: Any = "") -> Any:
    """A project within the viewer's reach; an id, or None."""
    return ProjectEntry(label, required=required, hint=hint)
