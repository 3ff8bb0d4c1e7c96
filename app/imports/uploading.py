"""Taking in a file that somebody brings."""

from __future__ import annotations

import re

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app import db
from app.area import current_area
from app.i18n import translated
from app.jobs.asking import ask_check
from app.security import csrf
from assets.editing import find_submission, keep_submission
from assets.errors import InvalidValue, NotAllowed, RegistryError
from assets.imports.models import KINDS
from assets.imports.receiving import LARGEST_FILE, receive_batch

ACCEPTED = ".xlsx,.xls,.csv,.txt,.gpkg,.geojson,.json,.zip,.kml,.kmz"
# What surrounds the file in the form.
_AROUND = 64 * 1024
_KEY = re.compile(r"[0-9a-f]{32}")


@csrf.exempt  # type: ignore[untyped-decorator]
def take_in() -> Response | tuple[str, int]:
    """Keep the file and have it read; the same sending twice leads to the same ledger.

    The form is looked at here and not before, so that nobody but those who may bring ledgers
    can make the server take in as much.
    """
    request.max_content_length = LARGEST_FILE + _AROUND
    csrf.protect()
    file, kind = request.files.get("file"), request.form.get("kind", "")
    key = request.form.get("request_key", "")
    key = f"import-{key}" if _KEY.fullmatch(key) else ""
    if key and (address := find_submission(db.session, key)) is not None:
        return redirect(address, 303)
    try:
        if kind not in KINDS:
            raise InvalidValue("Please choose what the ledger is about.", field="kind")
        if file is None or not file.filename:
            raise InvalidValue("Please choose a file.", field="file")
        batch = receive_batch(
            db.session,
            kind=kind,
            region_id=current_area().id,
            file_name=file.filename,
            stream=file.stream,
            today=db.current_day(),
        )
        ask_check(db.session, batch.id)
        address = url_for("imports.show", batch_id=batch.id)
        if key:
            keep_submission(db.session, key, address)
        db.session.commit()
    except RegistryError as refusal:
        db.session.rollback()
        return _refused(refusal)
    return redirect(address, 303)


def _refused(refusal: RegistryError) -> tuple[str, int]:
    from app.imports.views import index_page

    status = 403 if isinstance(refusal, NotAllowed) else 400 if isinstance(refusal, InvalidValue) else 409
    return index_page(translated(refusal.message, refusal.data)), status
