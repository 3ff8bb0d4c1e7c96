"""Whether the process lives, and whether it can work."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from app import db
from app.cli.migrations import pending

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """Database, migrations and queue are in order."""
    try:
        with db.engine().connect() as connection:
            waiting = pending(connection)
            connection.execute(text("SELECT 1 FROM procrastinate_jobs LIMIT 1"))
    except Exception as error:  # noqa: BLE001 - any fault means "not ready"
        return {"status": "unavailable", "database": type(error).__name__}, 503
    if waiting:
        return {"status": "migrations pending"}, 503
    return {"status": "ok", "database": "ok", "migrations": "ok", "queue": "ok"}, 200
