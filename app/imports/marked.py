"""A ledger going back to whoever brought it, with the cells marked that are wrong and the reasons beside them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path, PurePath
from typing import IO, Final

from flask import Response, current_app, g

from app import db
from app.exports import note_export
from app.i18n import gettext as _
from app.i18n import language
from app.imports.sheets import sent
from app.jobs.asking import AT_ONCE
from app.jobs.importing import environment
from app.ledger_sentences import sentence
from app.ledger_words import context_of
from assets.errors import RegistryError
from assets.imports.handing_back import hand_back
from assets.imports.models import ImportBatch

_PATIENCE_S: Final = 300
_PIECE: Final = 1 << 20


class NotMarked(RegistryError):
    """The workbook could not be written."""

    message = "The marked workbook of “{name}” could not be written. Its problems are listed on this page."


def send_marked(batch: ImportBatch) -> Response:
    """The workbook that was brought, marked; of large ledgers and other formats a new one of the rejected rows."""
    rejected = batch.counts.get("verdicts", {}).get("rejected", 0)
    with tempfile.TemporaryFile() as target:
        if batch.counts.get("rows", 0) <= AT_ONCE:
            context = context_of(db.session, batch.kind, today=db.current_day())
            tell = partial(sentence, language())
            hand_back(db.session, batch.id, context=context, tell=tell, language=language(), target=target)
        else:
            _write_apart(batch, target)
        target.seek(0)
        content = target.read()
    name = f"{PurePath(batch.file_name).stem}-{_('marked')}.xlsx"
    note_export(name, rejected, batch=str(batch.id))
    return sent(content, name)


def _write_apart(batch: ImportBatch, target: IO[bytes]) -> None:
    """Have it written by a process of its own, whose memory is limited as that of any that reads a ledger."""
    with tempfile.TemporaryDirectory(prefix="xiangtu-marked-") as folder:
        path = Path(folder) / "marked.xlsx"
        command = [sys.executable, "-m", "app.cli", "imports", "return", str(batch.id), "--to", str(path)]
        command += ["--as", g.account.username, "--language", language(), "--parent", str(os.getpid())]
        try:
            subprocess.run(
                command,
                env=environment(current_app.extensions["settings"]),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE_S,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
            raise NotMarked(name=batch.file_name) from failure
        with path.open("rb") as made:
            while piece := made.read(_PIECE):
                target.write(piece)
