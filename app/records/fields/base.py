"""What every field of a record form is: text that came in, the value it means, what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from markupsafe import Markup
from wtforms import Field
from wtforms.utils import unset_value

from app.i18n import lazy_gettext as _l
from app.i18n import translated
from assets.errors import RegistryError
from spatial.errors import SpatialError

LONGEST_TEXT = 20_000


def tidy(text: str) -> str:
    """Typed text without what no database holds."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


class EntryField(Field):
    """One field: ``text`` as typed, ``data`` as read; ``kind`` names the macro that draws it.

    Subclasses say how a value is read (:meth:`read`) and written (:meth:`written`). What is
    typed is kept whatever is wrong with it.
    """

    kind: ClassVar[str] = "text"
    missing: ClassVar[Any] = _l("Please fill this in.")

    def __init__(self, label: Any, *, required: bool = False, hint: Any = "", wide: bool = False, **options: Any):
        super().__init__(label, **options)
        self.required, self.hint, self.wide = required, hint, wide
        self.text = ""
        self.posted: Any = None
        self.object_data: Any = None
        self.flags.required = required or None

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take the value the form starts with, then what came in."""
        self.posted = formdata
        super().process(formdata, data, extra_filters)

    def process_data(self, value: Any) -> None:
        """Start with ``value``."""
        self.data = value
        self.text = "" if value is None else self.written(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what came in."""
        self.text = tidy(valuelist[0])[:LONGEST_TEXT] if valuelist else ""
        self.data = None
        self.taken(lambda: self.read(self.text) if self.text else None)

    def taken(self, reading: Any) -> None:
        """Set the value that ``reading()`` gives, or note what is wrong."""
        try:
            self.data = reading()
        except RegistryError as refusal:
            self.process_errors = [*self.process_errors, translated(refusal.message, refusal.data)]
        except SpatialError as refusal:
            self.process_errors = [*self.process_errors, translated(refusal.template, refusal.params)]

    def read(self, text: str) -> Any:
        """The value of ``text``; a domain error says why there is none."""
        return text

    def written(self, value: Any) -> str:
        """The value as it stands in the input."""
        return str(value)

    def shown(self, value: Any) -> str:
        """The value as people read it, for comparing two versions."""
        return "—" if value is None or value == "" else self.written(value)

    def from_json(self, value: Any) -> Any:
        """The value of a column as the history keeps it."""
        return value

    def as_value(self, value: Any) -> Any:
        """What an attribute of a record holds, as this field's value."""
        return value

    def from_record(self, record: Any) -> Any:
        """The value that ``record`` has for this field."""
        return self.as_value(getattr(record, self.name, None))

    def extra_values(self) -> dict[str, Any]:
        """Further keywords for the service that belong to this field."""
        return {}

    def doubts(self) -> Iterator[tuple[str, str]]:
        """What is unlikely about the value: a key and a sentence each."""
        return iter(())

    def pre_validate(self, form: Any) -> None:
        """Refuse a missing value where one is needed."""
        del form
        if self.required and not self.process_errors and (self.data is None or self.data == ()):
            self.errors = [*self.errors, str(self.missing)]

    def digest(self) -> str:
        """What was typed, in short: a confirmation counts for that and nothing else."""
        parts = [self.text, *(self.posted.getlist(name) for name in self.related() if self.posted is not None)]
        return hashlib.sha256(repr(parts).encode(errors="replace")).hexdigest()[:12]

    def related(self) -> tuple[str, ...]:
        """Names of further inputs a confirmation of this field depends on."""
        return ()

    def __call__(self, **_options: Any) -> Markup:
        """Fields are drawn by ``records/_fields.html``."""
        raise TypeError("draw a record form with records/form.html")
