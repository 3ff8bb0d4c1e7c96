"""What templates of ledgers let people choose, in the reader's language."""

from __future__ import annotations

import datetime as dt

from app.ledger_words import DATUMS
from app.term_names import term_names
from app.words import WORDS, label
from assets.imports.fields import Kind


def choices_of(kind: Kind, *, today: dt.date) -> dict[str, list[str]]:
    """By kind of words: what may be chosen, in the order of its codes."""
    found: dict[str, list[str]] = {}
    for field in kind.fields:
        if not field.words or field.words in found:
            continue
        if field.words == "datum":
            found["datum"] = list(DATUMS.values())
        elif field.type == "word":
            found[field.words] = [label(field.words, code) for code in WORDS[field.words]]
        else:
            found[field.words] = list(term_names(field.words, day=today).values())
    return found
