"""The words ledgers may hold, in every language, for the floor below that knows only codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from flask_babel import force_locale, gettext

from app import db
from app.dated_words import RENAMED
from app.i18n import LANGUAGES
from app.imports.spellings import SPELLINGS
from app.term_names import term_names
from app.words import WORDS, label
from assets.imports.fields import Context, Field, Kind
from assets.terms import queries as terms

DATUMS = {"cgcs2000": "CGCS2000", "wgs84": "WGS 84", "gcj02": "GCJ-02", "bd09": "BD-09"}


def context_of(kind: Kind, *, today: dt.date) -> Context:
    """What checks of one kind of ledger need to know of the day and of words."""
    return Context(today, labels_of(kind.fields, today=today), titles_of(kind.fields))


def labels_of(fields: Iterable[Field], *, today: dt.date) -> dict[str, dict[str, str]]:
    """By kind of words: each label in every language, office spellings and the codes, with its code.

    The first label of a code in a language is its usual one.
    """
    found: dict[str, dict[str, str]] = {}
    for field in fields:
        if field.words and field.words not in found:
            found[field.words] = _labels(field.words, fixed=field.type == "word", today=today)
    return found


def _labels(kind: str, *, fixed: bool, today: dt.date) -> dict[str, str]:
    labels: dict[str, str] = {}
    for tongue, locale in LANGUAGES.items():
        given = terms.names(db.session, RENAMED.get(kind, kind), day=today, language=tongue)
        with force_locale(locale):
            usual = {code: str(word) for code, word in _words(kind).items()}
        if fixed:
            given = {code: word for code, word in given.items() if code in usual}
        for code, word in (*given.items(), *usual.items()):
            labels.setdefault(word, code)
    for code, spellings in SPELLINGS.get(kind, {}).items():
        for spelling in spellings:
            labels.setdefault(spelling, code)
    for code in dict.fromkeys(labels.values()):
        labels.setdefault(code, code)
    return labels


def _words(kind: str) -> Mapping[str, object]:
    return DATUMS if kind == "datum" else WORDS.get(kind, {})


def titles_of(fields: Iterable[Field]) -> dict[str, tuple[str, ...]]:
    """The title of each field in every language."""
    messages = list(dict.fromkeys(field.title for field in fields))
    texts: dict[str, list[str]] = {message: [message] for message in messages}
    for locale in LANGUAGES.values():
        with force_locale(locale):
            for message in messages:
                if (text := str(gettext(message))) not in texts[message]:
                    texts[message].append(text)
    return {message: tuple(found) for message, found in texts.items()}


def choices_of(fields: Iterable[Field], *, today: dt.date) -> dict[str, list[str]]:
    """By kind of words: what may be chosen, in the reader's language and the order of its codes."""
    found: dict[str, list[str]] = {}
    for field in fields:
        if not field.words or field.words in found:
            continue
        if field.words == "datum":
            found["datum"] = list(DATUMS.values())
        elif field.type == "word":
            found[field.words] = [label(field.words, code) for code in WORDS[field.words]]
        else:
            found[field.words] = list(term_names(field.words, day=today).values())
    return found
