"""One session per request, bound to its viewer, rolled back unless a view commits."""

from __future__ import annotations

import datetime as dt
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from app.config import Settings
from assets.db import make_engine, today
from assets.scope import Viewer, bind_viewer, session_factory


def init_app(app: Flask, settings: Settings) -> None:
    """Connect the application to its database."""
    engine = make_engine(
        settings.database_url,
        parallel=False,
        limit_s=settings.query_seconds,
        pool_size=8,
        max_overflow=4,
        pool_timeout=10,
    )
    app.extensions["engine"] = engine
    app.extensions["sessions"] = session_factory(engine)
    app.teardown_appcontext(_close)


def engine() -> Engine:
    """The engine of the running application."""
    return cast(Engine, current_app.extensions["engine"])


def system_session() -> Session:
    """A session of the program itself, for signing in and for jobs; the caller closes it."""
    return bind_viewer(current_app.extensions["sessions"](), Viewer.system())


def current_day() -> dt.date:
    """Today in the office, or the day a test has fixed."""
    settings = cast(Settings, current_app.extensions["settings"])
    return settings.today or today()


def _session() -> Session:
    if "session" not in g:
        g.session = bind_viewer(current_app.extensions["sessions"](), g.get("viewer") or Viewer())
    return cast(Session, g.session)


def _close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()


session = cast(Session, LocalProxy(_session))
