"""What every request must hold to before anything is read: the host it asks for, its size; and what every answer says.

Refusals here are given to anybody, so they tell nothing but the rule.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request

from app.config import Settings
from app.errors import answer
from app.i18n import lazy_gettext as _l

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# A long filter with Chinese names is fine; what is longer than this was not made by any page.
LONGEST_ADDRESS = 130_000
LONGEST_HEADERS = 32_768
MOST_BODY = 32 * 1024 * 1024
MOST_FORM_MEMORY = 1024 * 1024
MOST_FORM_PARTS = 500
FORGED_HOST = _l("This address does not belong to Xiangtu. Please open it as your office has told you.")
_UNUSED = ("camera", "microphone", "payment", "usb", "serial", "midi", "display-capture")
PERMISSIONS = ", ".join(["geolocation=(self)", *(f"{name}=()" for name in _UNUSED)])


def init_app(app: Flask, settings: Settings) -> None:
    """Check requests first of all; name what answers may load and be used for."""
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BODY, MAX_FORM_MEMORY_SIZE=MOST_FORM_MEMORY, MAX_FORM_PARTS=MOST_FORM_PARTS
    )
    app.extensions["hosts"] = frozenset(settings.hosts) | LOOPBACK
    app.before_request(_refuse_forged_host)
    app.before_request(_refuse_too_long)
    app.after_request(_add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """The word that lets this response's own scripts run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def is_own_host(host: str, *, listening_on: str = "") -> bool:
    """Whether a request may ask for ``host``: a named one, this machine's, or the address listened on."""
    try:
        parts = urlsplit(f"//{host}")
        name, _port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if not name or parts.netloc != host or "@" in host:
        return False
    allowed = current_app.extensions["hosts"]
    if name in allowed or (listening_on not in ("", "0.0.0.0", "::") and name == listening_on):  # noqa: S104
        return True
    return any(each.startswith(".") and name.endswith(each) for each in allowed)


def _refuse_forged_host() -> Response | None:
    host = request.environ.get("HTTP_HOST", "")
    # What a proxy forwards replaces the server's name too; only its own one says what it listens on.
    own = request.environ.get("werkzeug.proxy_fix.orig", request.environ)
    if is_own_host(host, listening_on=own.get("SERVER_NAME", "")):
        return None
    request.environ["HTTP_HOST"] = "localhost"
    return answer(400, str(FORGED_HOST))


def _refuse_too_long() -> None:
    if len(request.environ.get("PATH_INFO", "")) + len(request.query_string) > LONGEST_ADDRESS:
        abort(414)
    headers = sum(len(name) + len(value) for name, value in request.environ.items() if name.startswith("HTTP_"))
    if headers > LONGEST_HEADERS:
        abort(431)


def _add_headers(response: Response) -> Response:
    settings: Settings = current_app.extensions["settings"]
    given = response.headers
    given.setdefault("Content-Security-Policy", content_policy(settings, csp_nonce()))
    given.setdefault("X-Content-Type-Options", "nosniff")
    given.setdefault("X-Frame-Options", "DENY")
    given.setdefault("Referrer-Policy", "same-origin")
    given.setdefault("Permissions-Policy", PERMISSIONS)
    given.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    given.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if settings.secure_cookies:
        given.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "account" in g and "private" not in given.get("Cache-Control", ""):
        # Files are sent with a rule of their own, which a shared browser or proxy would keep.
        given["Cache-Control"] = "private, no-store"
    return response


def content_policy(settings: Settings, nonce: str) -> str:
    """What a page may load: its own files, its own nonce's scripts and styles, the pictures of the base map."""
    origins = {*_origins(settings.basemap_url), *(["https://*.tianditu.gov.cn"] if settings.tianditu_token else [])}
    pictures = " ".join(["", *sorted(origins)])
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; worker-src 'self' blob:; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:{pictures}; connect-src 'self'{pictures}; "
        "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _origins(url: str) -> list[str]:
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}".replace("{s}", "*")] if parts.netloc else []
