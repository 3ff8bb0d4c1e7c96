"""The names of dated terms in the reader's language, kept while nothing changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from app import db
from app.i18n import language
from app.kept import remembered
from assets.terms import queries as terms


def term_names(kind: str, *, day: dt.date) -> Mapping[str, str]:
    """Code and name of the terms of one kind that hold on ``day``."""
    reader = language()
    return remembered(("terms", kind, day, reader), lambda: terms.names(db.session, kind, day=day, language=reader))
