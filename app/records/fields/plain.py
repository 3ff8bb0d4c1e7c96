"""Fields of text, choices and yes or no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from app import db
from app.i18n import gettext as _
from app.i18n import language
from app.i18n import lazy_gettext as _l
from app.records.fields.base import EntryField
from app.words import label as word
from assets.errors import InvalidValue
from assets.terms import queries as terms


class TextEntry(EntryField):
    """A line of text, blanks between words taken as one."""

    kind = "text"

    def __init__(self, label: Any, *, least: int = 0, most: int = 200, **options: Any):
        super().__init__(label, **options)
        self.least, self.most = least, most

    def read(self, text: str) -> str:
        """The text, if it is neither too short nor too long."""
        text = " ".join(text.split())
        if len(text) < self.least:
            raise InvalidValue("Please write {limit} characters at least.", limit=self.least)
        if len(text) > self.most:
            raise InvalidValue("{size} characters are too many: {limit} at most.", size=len(text), limit=self.most)
        return text


class LongTextEntry(TextEntry):
    """Text of several lines."""

    kind = "long"

    def read(self, text: str) -> str:
        """The text with its lines."""
        super().read(text)
        return text


class ChoiceEntry(EntryField):
    """One code of a list, named by ``app.words``."""

    kind = "choice"
    missing = _l("Please choose one.")

    def __init__(self, label: Any, *, words: str, codes: Sequence[str], **options: Any):
        super().__init__(label, **options)
        self.words, self.codes = words, tuple(codes)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Codes with their names."""
        return [(code, word(self.words, code)) for code in self.codes]

    @property
    def as_radios(self) -> bool:
        """Whether few enough to be seen at once."""
        return len(self.codes) <= 5

    def read(self, text: str) -> str:
        """The code, if it is one of the list."""
        known = dict(self.choices)
        if text not in known:
            raise InvalidValue("“{value}” is not one of the choices.", value=text[:40])
        return text

    def shown(self, value: Any) -> str:
        """The word for a code."""
        return "—" if value is None else dict(self.choices).get(value, str(value))


class TermEntry(ChoiceEntry):
    """One code of the dated terms of a kind, as of today; a record's ended term may stay."""

    kind = "choice"

    def __init__(self, label: Any, *, terms_of: str, parent: str | None = None, **options: Any):
        super().__init__(label, words="", codes=(), **options)
        self.terms_of, self.parent = terms_of, parent

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The terms of today, and the one the record has."""
        found = terms.names(db.session, self.terms_of, day=self.day, language=language())
        kept = self.object_data
        if isinstance(kept, str) and kept and kept not in found:
            found[kept] = _("%(name)s (ended)", name=kept)
        return list(found.items())

    @property
    def day(self) -> dt.date:
        """The day whose terms are offered."""
        return db.current_day()

    @property
    def as_radios(self) -> bool:
        """Terms are a list to choose from."""
        return False


class YesEntry(EntryField):
    """A box to tick; with ``unknown`` yes, no, or not known."""

    kind = "yes"

    def __init__(self, label: Any, *, unknown: bool = False, **options: Any):
        super().__init__(label, **options)
        self.unknown = unknown

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """A box that was not ticked does not come in at all."""
        text = valuelist[0] if valuelist else ""
        self.text = text if text in ("yes", "no") else ""
        self.data = {"yes": True, "no": False}.get(self.text, None if self.unknown else False)

    def written(self, value: Any) -> str:
        """``yes`` or ``no``."""
        return "yes" if value else "no"

    def shown(self, value: Any) -> str:
        """Yes or no in words."""
        return "—" if value is None else _("Yes") if value else _("No")


def text_field(label: Any, *, required: bool = False, least: int = 0, most: int = 200, hint: Any = "") -> Any:
    """A line of text; empty is None."""
    return TextEntry(label, required=required, least=least, most=most, hint=hint)


def long_text_field(label: Any, *, required: bool = False, most: int = 2000, hint: Any = "") -> Any:
    """Several lines of text; empty is None."""
    return LongTextEntry(label, required=required, most=most, hint=hint)


def choice_field(label: Any, *, kind: str, codes: Sequence[str], required: bool = False, hint: Any = "") -> Any:
    """One of ``codes``, named by ``app.words.WORDS[kind]``; up to five as radio buttons."""
    return ChoiceEntry(label, words=kind, codes=codes, required=required, hint=hint)


def term_field(label: Any, *, kind: str, required: bool = False, hint: Any = "") -> Any:
    """One of today's dated terms of ``kind``; thirty and more are searched by typing."""
    return TermEntry(label, terms_of=kind, required=required, hint=hint)


def yes_field(label: Any, *, unknown: bool = False, hint: Any = "") -> Any:
    """A box to tick (bool); with ``unknown``, yes, no or not known (bool or None)."""
    return YesEntry(label, unknown=unknown, hint=hint)
