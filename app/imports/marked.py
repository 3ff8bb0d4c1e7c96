"""A ledger going back to whoever brought it, with the cells marked that are wrong and the reasons beside them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from flask import Response

from app import db
from app.exports import note_export
from app.i18n import gettext as _
from app.i18n import language
from app.imports.sheets import sent
from app.imports.wording import Wording
from app.ledger_words import context_of
from assets.imports.fields import Kind
from assets.imports.handing_back import hand_back
from assets.imports.models import ImportBatch


def send_marked(batch: ImportBatch) -> Response:
    """The workbook that was brought, marked; of large ledgers and other formats a new one of the rejected rows."""
    context = context_of(db.session, batch.kind, today=db.current_day())
    target = io.BytesIO()
    hand_back(db.session, batch.id, context=context, tell=_sentence, language=language(), target=target)
    name = f"{PurePath(batch.file_name).stem}-{_('marked')}.xlsx"
    note_export(name, batch.counts.get("verdicts", {}).get("rejected"), batch=str(batch.id))
    return sent(target.getvalue(), name)


def _sentence(kind: Kind, problem: Mapping[str, Any]) -> str:
    return Wording(kind).told(problem).sentence
