"""Nobody takes more than their share of what is costly to make, or worth guessing."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from app import db
from app.config import Settings
from app.errors import answer
from app.i18n import gettext as _
from app.security import moment
from assets.accounts.rates import HOUR, spend

FILES = (".xlsx", ".csv", ".gpkg", ".geojson", ".shp", ".zip", ".pdf", "/handover.html")
SUGGESTING = frozenset({"search.suggest", "records.choices"})
MAKING_KEYS = frozenset({"grants.create_token"})
MOST_UPLOADS = 60
BRINGING = frozenset({"imports.upload"})


@dataclass(frozen=True)
class Rate:
    """So many uses an hour; written down by the lot, since each write empties what is kept."""

    kind: str
    most: int
    lot: int = 1


class Pocket:
    """Uses that are not written down yet, in this process."""

    def __init__(self) -> None:
        self._uses: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def add(self, key: tuple[str, str], lot: int) -> int:
        """One more; the whole lot when it is full, else nothing."""
        with self._lock:
            uses = self._uses.get(key, 0) + 1
            if uses < lot:
                self._uses[key] = uses
                return 0
            self._uses.pop(key, None)
            return uses


def init_app(app: Flask) -> None:
    """Count after the viewer is found and the rule is held; before the page is made."""
    app.extensions["pocket"] = Pocket()
    app.extensions["spent"] = {}
    app.before_request(_count)


def rate_of(endpoint: str | None, method: str, settings: Settings) -> Rate | None:
    """Which rate a request counts towards."""
    if endpoint in SUGGESTING:
        return Rate("suggestions", settings.suggestions_per_hour, 20)
    if endpoint in MAKING_KEYS and method == "POST":
        return Rate("keys", 20)
    if endpoint in BRINGING:
        return Rate("uploads", MOST_UPLOADS)
    if request.url_rule is not None and request.path.endswith(FILES):
        return Rate("files", settings.files_per_hour)
    return None


def _count() -> Response | None:
    settings: Settings = current_app.extensions["settings"]
    rate = rate_of(request.endpoint, request.method, settings)
    if rate is None:
        return None
    who = f"account {g.account.id}" if "account" in g else f"address {request.remote_addr}"
    now = moment()
    hour = now.replace(minute=0, second=0, microsecond=0)
    spent: dict[tuple[str, str], Any] = current_app.extensions["spent"]
    uses = current_app.extensions["pocket"].add((rate.kind, who), rate.lot)
    if uses:
        with db.system_session() as writer:
            used = spend(writer, rate.kind, who, now=now, uses=uses)
            writer.commit()
        if used > rate.most:
            spent[rate.kind, who] = hour
    if spent.get((rate.kind, who)) != hour:
        spent.pop((rate.kind, who), None)
        return None
    wait = int((hour + HOUR - now).total_seconds()) + 1
    refusal = answer(
        429,
        _(
            "That is more than %(most)s in one hour. Please go on in %(minutes)s minutes.",
            most=rate.most,
            minutes=-(-wait // 60),
        ),
    )
    refusal.headers["Retry-After"] = str(wait)
    return refusal
