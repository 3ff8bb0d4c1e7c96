"""The one table from what went wrong to what is answered."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from psycopg.errors import DataError as PsycopgDataError
from psycopg.errors import QueryCanceled
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from app.i18n import lazy_gettext as _l
from app.i18n import translated
from assets.errors import InvalidValue, NotAllowed, NotFound, RegistryError
from spatial.errors import MESSAGES, SpatialError

log = logging.getLogger(__name__)

STATUS: dict[type[Exception], int] = {
    NotFound: 404,
    NotAllowed: 403,
    InvalidValue: 400,
    RegistryError: 409,
    SpatialError: 400,
    CSRFError: 400,
}

ADVICE = {
    400: _l("Something in the address or the form cannot be used."),
    401: _l("Please sign in first."),
    403: _l("Your account may not do this."),
    404: _l("There is no such page or record, or it lies outside your area."),
    405: _l("This address cannot be used in this way."),
    409: _l("This cannot be done as things stand."),
    413: _l("What was sent is too large."),
    414: _l("The address is too long."),
    431: _l("The browser sends too much with the address. Please clear the cookies of this site and try again."),
    429: _l("Too many tries. Please wait a little."),
    500: _l("Something went wrong on our side. It has been written to the log; nothing was saved."),
    503: _l("The database does not answer just now. Please try again in a moment; nothing was lost."),
}
STALE_FORM = _l("This form is too old, or you have signed out since. Please open the page again; nothing was saved.")


class RecordNumber(IntegerConverter):
    """A number in an address that the database can hold; a larger one names no record."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **({"max": 2**63 - 1} | options))


def init_app(app: Flask) -> None:
    """Answer every error in the reader's language."""
    app.url_map.converters["int"] = RecordNumber
    for kind, status in STATUS.items():
        app.register_error_handler(kind, lambda error, status=status: _domain(error, status))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(TimeoutError, _database)
    app.register_error_handler(UnicodeError, lambda _error: answer(400))
    app.register_error_handler(Exception, _unforeseen)


def answer(status: int, message: str | None = None) -> Response:
    """An error page, a fragment for htmx, or JSON for scripts and tiles."""
    g.pop("area", None)
    text = message or str(ADVICE.get(status, ADVICE[500 if status >= 500 else 400]))
    if _wants_json():
        response = make_response({"error": text, "status": status}, status)
    else:
        template = "errors/fragment.html" if "HX-Request" in request.headers else "errors/page.html"
        response = make_response(render_template(template, status=status, message=text), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/tiles/") or request.path.endswith(".json") or best == "application/json"


def _domain(error: Exception, status: int) -> Response:
    if isinstance(error, RegistryError):
        return answer(status, translated(error.message, error.data))
    if isinstance(error, SpatialError):
        return answer(status, translated(MESSAGES[error.key], error.params))
    return answer(status, str(STALE_FORM) if isinstance(error, CSRFError) else None)


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    response = answer(error.code or 500)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _database(error: Exception) -> Response:
    cause = getattr(error, "orig", None)
    if isinstance(error, DBAPIError) and not isinstance(error, OperationalError) and not error.connection_invalidated:
        # psycopg refuses NUL in a text before the server sees it, without a state.
        unfit = ("22021", "22P05", "22003", "22008", None)
        if isinstance(cause, PsycopgDataError) and cause.sqlstate in unfit:
            return answer(400)
        return _unforeseen(error)
    if isinstance(cause, QueryCanceled):
        log.warning("a query took too long: %s", request.path)
    else:
        log.error("the database does not answer: %s", cause or error)
    response = answer(503)
    response.headers["Retry-After"] = "5"
    return response


def _unforeseen(error: Exception) -> Response:
    log.exception("unforeseen at %s", request.path, exc_info=error)
    return answer(500)
