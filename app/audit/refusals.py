"""What somebody signed in tried and may not do is noted in the trail."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from app import db
from assets import audit

log = logging.getLogger(__name__)
LONGEST = 300


def init_app(app: Flask) -> None:
    """Note every answer that refuses."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    if response.status_code == 403 and "account" in g:
        try:
            # What was begun before the refusal is not kept.
            db.session.rollback()
            tried = {"path": request.path[:LONGEST], "method": request.method}
            audit.note(db.session, "access.refused", result="refused", **tried)
            db.session.commit()
        except SQLAlchemyError as error:
            log.warning("a refusal could not be noted: %s", error)
    return response
