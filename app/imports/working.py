"""How far the work on a ledger has come, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app import db
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.i18n import translated
from assets.imports.models import ImportBatch, ImportProgress
from assets.imports.problems import sentence_of
from assets.imports.progress import find_progress

AT_WORK = frozenset({"received", "reading", "approved", "committing", "undoing"})
TITLES = {
    "received": _l("The file waits to be read"),
    "reading": _l("The file is being read and checked"),
    "approved": _l("The rows wait to be entered"),
    "committing": _l("The rows are being entered"),
    "undoing": _l("The import is being taken back"),
}
STEPS = {
    "open": _l("opening the file"),
    "headings": _l("finding the headings"),
    "cells": _l("reading the cells"),
    "regions": _l("finding towns and villages"),
    "positions": _l("finding positions"),
    "identities": _l("finding records that are there already"),
    "rules": _l("checking the rules"),
    "verdicts": _l("comparing with the register"),
    "keep": _l("putting away what was found"),
    "lock": _l("waiting for others who are writing"),
    "write": _l("writing records, rights and history"),
    "constraints": _l("checking the whole"),
    "find": _l("finding what was entered"),
    "restore": _l("restoring what was there before"),
    "mark": _l("marking the cells"),
}
# How much of the whole time a step has taken when the next one begins, as experience says.
_SHARES = {
    "reading": (0, 0.2, 0.22, 0.45, 0.52, 0.6, 0.66, 0.78, 0.9),
    "committing": (0, 0.05, 0.06, 0.1, 0.14, 0.2, 0.25, 0.9, 0.97),
    "undoing": (0, 0.05, 0.2, 0.95),
}
KNOWN_AFTER_S = 3
MINUTE_S = 60


@dataclass(frozen=True)
class Work:
    """What a job does just now: how far it is, how long it will take, whether it can be stopped."""

    title: str
    done: int
    total: int
    left: str
    cancelled: bool
    may_cancel: bool


def work_on(batch: ImportBatch, *, may_cancel: bool) -> Work:
    """The work on a batch as it stands."""
    told = find_progress(db.session, batch.id)
    title = str(TITLES.get(batch.status, batch.status))
    if told is None:
        return Work(title, 0, 0, "", cancelled=False, may_cancel=may_cancel)
    if told.step in STEPS:
        title = _("%(work)s: %(step)s", work=title, step=STEPS[told.step])
    total = told.total if told.step else 0
    return Work(title, told.done, total, _left(batch, told), told.cancelled_by is not None, may_cancel)


def _left(batch: ImportBatch, told: ImportProgress) -> str:
    spent = (dt.datetime.now(dt.UTC) - told.started_at).total_seconds()
    shares = _SHARES.get(batch.status, ())
    share = shares[told.done] if 0 <= told.done < len(shares) else 0
    if not told.step or spent < KNOWN_AFTER_S:
        return ""
    if not share:
        return str(_("for %(seconds)s seconds so far", seconds=int(spent)))
    left = spent * (1 - share) / share
    if left >= MINUTE_S:
        return str(_("about %(minutes)s minutes left", minutes=-(-int(left) // MINUTE_S)))
    return str(_("about %(seconds)s seconds left", seconds=max(1, int(left))))


def ended_badly(batch: ImportBatch) -> str | None:
    """How the last job ended, where not well."""
    told = find_progress(db.session, batch.id)
    if batch.status in AT_WORK or told is None or not told.refusal:
        return None
    message = told.refusal.get("message") or sentence_of(str(told.refusal.get("code", "")))
    return translated(str(message), told.refusal.get("data") or {}) if message else None
