"""How the values of a list are written for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import db
from app.i18n import figure, language, wan
from app.i18n import gettext as _
from app.lists.columns import Column
from app.words import label
from assets.terms import queries as terms
from assets.vocabulary import MISSING_FIELDS


class Writer:
    """Writes cells in the reader's language; terms are read once per page."""

    def __init__(self) -> None:
        self._terms: dict[str, Mapping[str, str]] = {}

    def text(self, column: Column, value: Any) -> str:
        """The value as plain text, empty where nothing is known."""
        if value is None:
            return ""
        if column.show in ("badge", "word"):
            return label(column.words, value)
        if column.show == "missing":
            return "、".join(label("missing", name) for name, bit in MISSING_FIELDS.items() if value & bit)
        if column.show == "term":
            return self.term(column.words, value)
        if column.show == "wan":
            return wan(value, column.decimals)
        if column.show == "number":
            return figure(value, column.decimals)
        if column.show == "yes":
            return _("Yes") if value else ""
        return str(value)

    def term(self, kind: str, code: str) -> str:
        """The label of a dated term."""
        return self.terms(kind).get(code, code)

    def terms(self, kind: str) -> Mapping[str, str]:
        """All labels of one kind of terms that hold today."""
        if kind not in self._terms:
            self._terms[kind] = terms.names(db.session, kind, day=db.current_day(), language=language())
        return self._terms[kind]
