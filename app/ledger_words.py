"""What the checks of a ledger need to know of words: labels and titles in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache

from babel.support import NullTranslations, Translations
from sqlalchemy.orm import Session

from app.config import CHECKOUT
from app.dated_words import RENAMED
from app.i18n import LANGUAGES
from app.ledger_spellings import SPELLINGS
from app.words import WORDS
from assets.imports.fields import Context
from assets.imports.kinds import kind_of
from assets.terms import queries as terms
from assets.vocabulary import TERM_KINDS

DATUMS = {"cgcs2000": "CGCS2000", "wgs84": "WGS 84", "gcj02": "GCJ-02", "bd09": "BD-09"}


def context_of(session: Session, kind: str, *, today: dt.date) -> Context:
    """The day and the words for ledgers of one kind.

    Labels are as people read them, each with its code, the usual one of a code and language first; of
    fixed words that administrators have given other names, those as well, then what offices write
    instead, and the codes themselves.
    """
    fields = kind_of(kind).fields
    wanted = {field.words for field in fields if field.words}
    labels: dict[str, dict[str, str]] = {}
    for one in sorted(wanted):
        found = labels.setdefault(one, {})
        for language in LANGUAGES:
            if one in TERM_KINDS or one in RENAMED:
                named = terms.names(session, RENAMED.get(one, one), day=today, language=language)
                for code, name in named.items():
                    if one not in WORDS or code in WORDS[one]:
                        found.setdefault(name, code)
            for code, message in _words(one).items():
                found.setdefault(translated_to(language, str(_message(message))), code)
        for code, spellings in SPELLINGS.get(one, {}).items():
            for spelling in spellings:
                found.setdefault(spelling, code)
        for code in dict.fromkeys(found.values()):
            found.setdefault(code, code)
    messages = {field.title for field in fields} | {field.unit for field in fields if field.unit}
    titles = {message: tuple(translated_to(language, message) for language in LANGUAGES) for message in messages}
    return Context(today, labels, titles)


def _words(kind: str) -> Mapping[str, object]:
    return DATUMS if kind == "datum" else WORDS.get(kind, {})


def translated_to(language: str, message: str) -> str:
    """A message key in one language, outside of any request."""
    return str(_catalogue(language).gettext(message)) if message else ""


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    return Translations.load(str(CHECKOUT / "app" / "translations"), [LANGUAGES[language]])


def _message(lazy: object) -> str:
    """The key behind a lazy text, which would ask for a reader."""
    args = getattr(lazy, "_args", None)
    return str(args[0]) if args else str(lazy)
