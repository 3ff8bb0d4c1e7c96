"""How what was read, what is wrong with it and what would change are written for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext

from app import db
from app.i18n import figure, translated
from app.i18n import gettext as _
from app.jobs import importing
from app.ledger_words import DATUMS
from app.term_names import term_names
from app.words import WORDS, label
from assets.imports import checking, committing
from assets.imports.fields import Field, Kind
from assets.imports.problems import sentence_of
from assets.masks import mask_identity, mask_name, mask_phone

# Whatever can be wrong with a ledger has been declared once these are loaded.
TELLING = (importing, checking, committing)
_PLACE = re.compile(r"[“”]?\{\w+\}[“”]?")


@dataclass(frozen=True)
class Told:
    """One problem as it is shown."""

    code: str
    field: str | None
    severity: str
    sentence: str
    value: str | None
    suggestion: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """One cell of the preview: its text, what it was before, and what is wrong with it."""

    field: str
    text: str
    found: str
    numeric: bool
    before: str | None
    told: tuple[Told, ...]

    @property
    def severity(self) -> str:
        """The gravest of its problems; empty where there is none."""
        return min((one.severity for one in self.told), key=("error", "doubt", "note").index, default="")


class Wording:
    """Writes the rows of one kind of ledger in the reader's language."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.fields = {one.key: one for one in kind.fields}

    def title(self, key: str | None) -> str:
        """What a field is called; the row as a whole for none."""
        if not key:
            return str(_("The row as a whole"))
        field = self.fields.get(key)
        return str(gettext(field.title)) if field else key

    def unit(self, key: str) -> str:
        """The unit of a field, where it has one."""
        field = self.fields.get(key)
        return str(gettext(field.unit)) if field and field.unit else ""

    def text(self, key: str, value: Any) -> str:
        """A value as read, in words."""
        if value is None or value == "":
            return ""
        field = self.fields.get(key)
        return hide(field, self._shown(field, value))

    def _shown(self, field: Field | None, value: Any) -> str:
        if field is None:
            return str(value)
        if field.type == "word" and field.words in WORDS:
            return label(field.words, str(value))
        if field.type == "term" and field.words:
            return term_names(field.words, day=db.current_day()).get(str(value), str(value))
        if field.type in ("money", "number", "integer"):
            return _figure(value)
        if field.type == "yes":
            return str(_("Yes") if value in (True, "true", "t", "1") else _("No"))
        if isinstance(value, list):
            return "、".join(str(one) for one in value)
        return str(value)

    def told(self, problem: Mapping[str, Any]) -> Told:
        """A problem in words."""
        key = problem.get("field")
        data = in_words(problem.get("data"))
        field = self.fields.get(key or "")
        value = hide(field, problem.get("value"))
        sentence = translated(sentence_of(problem["code"]), {"value": value or "", "field": self.title(key)} | data)
        return Told(
            code=problem["code"],
            field=key,
            severity=problem.get("severity", "error"),
            sentence=sentence,
            value=value,
            suggestion=None if field and field.personal else problem.get("suggestion"),
            data=data,
        )

    def general(self, code: str) -> str:
        """The sentence of a problem without what differs from row to row."""
        return _PLACE.sub("…", translated(sentence_of(code)))

    def cell(self, key: str, row: Any, problems: tuple[Told, ...]) -> Cell:
        """One cell of a row; ``problems`` are those of the row."""
        own = tuple(one for one in problems if one.field == key)
        field = self.fields.get(key)
        sides = (row.differences or {}).get(key)
        value = self.text(key, (row.read or {}).get(key))
        found = next((one.value for one in own if one.value is not None), value)
        before = None
        if sides and row.verdict == "changed":
            before, value = self.text(key, _side(sides, 0)), self.text(key, _side(sides, 1))
        return Cell(
            field=key,
            text=value or found,
            found="" if field and field.personal else found,
            numeric=bool(field and field.type in ("money", "number", "integer")),
            before=before,
            told=own,
        )


def in_words(data: Mapping[str, Any] | None) -> dict[str, Any]:
    """What fills a sentence, with codes and figures as people read them."""
    told = dict(data or {})
    for key, value in told.items():
        if isinstance(value, str):
            told[key] = DATUMS.get(value, value)
        elif isinstance(value, int) and not isinstance(value, bool) and key not in ("srid", "year"):
            told[key] = figure(value)
    return told


def hide(field: Field | None, text: str | None) -> str:
    """A personal value as everybody may read it; others as they are."""
    if not text or field is None or not field.personal:
        return text or ""
    if field.type == "phone":
        return mask_phone(text)
    if field.type == "id_number":
        return mask_identity(text)
    return mask_name(text)


def _side(sides: Any, index: int) -> Any:
    if isinstance(sides, Mapping):
        return sides.get(("before", "after")[index])
    return sides[index] if isinstance(sides, list) and len(sides) > index else None


def _figure(value: Any) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    decimals = max(0, -int(number.normalize().as_tuple().exponent)) if number.is_finite() else 0
    return figure(number, min(decimals, 4)) if number.is_finite() else str(value)
