"""The form of a record: its fields by section, what is wrong with them, what the person confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import uuid4

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField

from app import db
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.i18n import translated
from app.records.fields import date_field, text_field
from app.records.fields.base import EntryField
from app.records.fields.geometry import GeometryEntry
from app.records.fields.parties import PartyEntry
from assets.editing import LONGEST_REASON
from assets.errors import InvalidValue, Problem, Unacceptable
from assets.regions.directory import home_path
from assets.regions.positions import OUTSIDE
from assets.scope import viewer_of
from assets.withheld import PERSONAL

_KEY = re.compile(r"[0-9A-Za-z_-]{8,64}")
_OWN = ("reason",)


@dataclass(frozen=True)
class Told:
    """One problem as it is shown: at which field, in which words; a doubt has the token that confirms it."""

    field: EntryField | None
    message: str
    doubt: str | None = None
    key: str = ""


class RevisionField(Field):
    """The version of the record that is being corrected, as a number; None for anything else."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """A number, or None."""
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class RecordForm(FlaskForm):  # type: ignore[misc]
    """Base of every form that registers or corrects; subclasses add fields and ``sections``.

    ``sections`` is a tuple of (title, (field names…)); a third entry is a hint below the title.
    The constructors of the fields are in :mod:`app.records.fields`.
    """

    sections: ClassVar[tuple[tuple[Any, ...], ...]] = ()
    asks_reason: ClassVar[bool] = False
    # Fields with personal values besides those called so everywhere, and fields whose values are personal
    # unless another field says that they are a body's: no browser keeps them in a draft.
    personal: ClassVar[tuple[str, ...]] = ()
    personal_by: ClassVar[Mapping[str, str]] = {}

    request_key = HiddenField(default=lambda: uuid4().hex)
    revision = RevisionField()
    reason = text_field(_l("Reason"), required=True, least=2, most=LONGEST_REASON, hint=_l("It stays in the history."))

    def __init__(self, *, record: Any = None, start: Mapping[str, Any] | None = None, **options: Any):
        super().__init__(obj=_Start(record, start or {}), **options)
        self.record = record
        self.told: list[Told] = []
        self.confirmed = frozenset(request.form.getlist("confirmed")[:100]) if request.method == "POST" else frozenset()
        if record is None and not self.asks_reason:
            del self.reason
        for field in self.entries():
            if isinstance(field, GeometryEntry) and field.source_datum:
                field.object_datum = getattr(record, field.source_datum, None)

    def is_personal(self, name: str) -> bool:
        """Whether a field takes personal values."""
        return name in self.personal or name in PERSONAL

    @property
    def key(self) -> str:
        """Names this filling in of the form; sent twice, it counts once."""
        key = self.request_key.data or ""
        return key if _KEY.fullmatch(key) else uuid4().hex

    def entries(self) -> Iterator[EntryField]:
        """The fields people fill in, in the order of the sections."""
        named = [name for _title, names, *_rest in self.drawn_sections() for name in names]
        return (self._fields[name] for name in named)

    def drawn_sections(self) -> Sequence[tuple[Any, ...]]:
        """The sections with the fields this form has, the reason last."""
        sections = [
            (title, [name for name in names if name in self._fields], *rest) for title, names, *rest in self.sections
        ]
        if "reason" in self._fields and not any("reason" in names for _title, names, *_rest in sections):
            sections.append((_("Why"), ["reason"]))
        return [section for section in sections if section[1]]

    def values(self) -> dict[str, Any]:
        """What the service is given: a keyword for every field.

        New holders are entered first, in the same transaction, and given by their ids.

        Raises
        ------
        Unacceptable
            When a new holder cannot be; told at its field.
        """
        found: dict[str, Any] = {}
        for field in self.entries():
            if field.name not in _OWN:
                found[field.name] = self._settled(field) if isinstance(field, PartyEntry) else field.data
                found |= field.extra_values()
        return found

    def _settled(self, field: PartyEntry) -> int | None:
        region_id = getattr(self._fields.get("region_id"), "data", None)
        if region_id is None:
            steps = home_path(viewer_of(db.session)).strip("/").split("/")
            region_id = int(steps[-1]) if steps[-1] else None
        try:
            return field.settle(region_id=region_id, today=db.current_day(), confirmed=self.confirmed_keys())
        except Unacceptable as refusal:
            at_field = [Problem(field.name, p.message, p.data, p.doubt) for p in refusal.problems]
            raise Unacceptable(at_field) from None
        except InvalidValue as refusal:
            raise Unacceptable([Problem(field.name, refusal.message, refusal.data)]) from None

    def confirmed_keys(self) -> frozenset[str]:
        """The doubts the person has confirmed, each for the very entry it was about."""
        found = {OUTSIDE for field in self.entries() if isinstance(field, GeometryEntry) and field.keeps_region}
        for token in self.confirmed:
            key, _dot, rest = token.partition("~")
            name, _dot, digest = rest.partition("~")
            field = self._fields.get(name)
            if field is None or not isinstance(field, EntryField) or field.digest() == digest:
                found.add(key)
        return frozenset(found)

    def kept_confirmations(self) -> list[str]:
        """Tokens of doubts confirmed before, which still count and are not asked again now."""
        asked = {told.key for told in self.told}
        current = self.confirmed_keys()
        return sorted(token for token in self.confirmed if token.partition("~")[0] in current - asked)

    def validate(self, extra_validators: Any = None) -> bool:
        """Read everything; problems are then in ``told``."""
        for field in self.entries():
            if isinstance(field, GeometryEntry):
                field.take_region(self)
        sound = bool(super().validate(extra_validators))
        doubts = [Problem(f.name, text, {}, key) for f in self.entries() for key, text in f.doubts()]
        confirmed = self.confirmed_keys()
        for field in self.entries():
            self.told += [Told(field, str(text)) for text in field.errors]
        self.told += [Told(None, str(text)) for text in (*self.form_errors, *self._hidden_errors())]
        self.refuse([doubt for doubt in doubts if doubt.doubt not in confirmed])
        return sound and not self.told

    def _hidden_errors(self) -> Iterator[str]:
        for name in ("csrf_token", "request_key"):
            yield from getattr(self._fields.get(name), "errors", ())

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Tell further problems, found by the rules of the registry."""
        for problem in problems:
            field = self._fields.get(problem.field)
            field = field if isinstance(field, EntryField) else None
            token = None
            if problem.doubt is not None:
                token = f"{problem.doubt}~{problem.field}~{field.digest() if field is not None else ''}"
            self.told.append(Told(field, translated(problem.message, problem.data), token, problem.doubt or ""))
        places: dict[Any, int] = {entry: place for place, entry in enumerate(self.entries())}
        self.told.sort(key=lambda told: places.get(told.field, -1))

    def told_at(self, field: EntryField) -> list[Told]:
        """The problems of one field."""
        return [told for told in self.told if told.field is field]

    def take_theirs(self, record: Any) -> None:
        """Use the record's present value wherever the person chose it over the own one."""
        for field in self.entries():
            if request.form.get(f"take-{field.name}") == "theirs":
                field.process_errors = []
                field.process_data(field.from_record(record))


class RetireForm(RecordForm):
    """From which day a record is no longer there, and why."""

    asks_reason = True
    on = date_field(_l("From which day"), required=True, hint=_l("On earlier days it stays as it was."))
    sections = ((_l("Withdrawal"), ("on", "reason")),)


class _Start:
    """Where a form starts: the values given for it, else the record's."""

    def __init__(self, record: Any, start: Mapping[str, Any]):
        self._record, self._start = record, start

    def __getattr__(self, name: str) -> Any:
        if name in self._start:
            return self._start[name]
        if name in ("request_key", "csrf_token") or self._record is None:
            raise AttributeError(name)
        return getattr(self._record, name)
