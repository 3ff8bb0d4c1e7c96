"""How the values of a list are written for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from app.area import current_filter
from app.i18n import figure, wan
from app.i18n import gettext as _
from app.lists.columns import Column, Listing
from app.term_names import term_names
from app.words import label
from assets.vocabulary import MISSING_FIELDS

_UNKNOWN = Markup('<td class="{}"><span class="unknown">—</span></td>')
_NAME = Markup('<th scope="row"><a href="{}">{}</a></th>')
_BADGE = Markup('<td><span class="badge-status {}-{}"><i aria-hidden="true"></i>{}</span></td>')
_DAY = Markup('<td class="day"><time datetime="{0}">{0}</time></td>')
_PLAIN = Markup('<td class="{}">{}</td>')


class Writer:
    """Writes cells in the reader's language; terms are read once per page."""

    def __init__(self) -> None:
        self._terms: dict[str, Mapping[str, str]] = {}

    def cells(self, listing: Listing, columns: tuple[Column, ...], record_id: int, values: Any) -> Markup:
        """The cells of one row; a page has hundreds, so they are written without a template."""
        return Markup("").join(
            self._cell(listing, column, record_id, value) for column, value in zip(columns, values, strict=True)
        )

    def _cell(self, listing: Listing, column: Column, record_id: int, value: Any) -> Markup:
        numeric = "num" if column.numeric else ""
        if column.show == "name":
            key: dict[str, Any] = {listing.record_key: record_id}
            return _NAME.format(url_for(listing.record, **key), value)
        if value is None:
            return _UNKNOWN.format(numeric)
        if column.show == "badge":
            return _BADGE.format(column.words, value, label(column.words, value))
        if column.show == "date":
            return _DAY.format(value)
        return _PLAIN.format(numeric, escape(self.text(column, value)))

    def text(self, column: Column, value: Any) -> str:
        """The value as plain text, empty where nothing is known."""
        if value is None:
            return ""
        if column.show in ("badge", "word"):
            return label(column.words, value)
        if column.show == "words":
            return "、".join(label(column.words, code) for code in value)
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
        """All labels of one kind of terms, as they are on the day of the list."""
        if kind not in self._terms:
            self._terms[kind] = term_names(kind, day=current_filter().day)
        return self._terms[kind]
