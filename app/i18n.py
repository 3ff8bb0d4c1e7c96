"""Chinese by default, English complete."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, g, has_request_context, request, session
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel, get_locale, gettext, lazy_gettext

from app.words import label

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
babel = Babel()


def init_app(app: Flask) -> None:
    """Choose the language per request and give templates their words and figures."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LANGUAGES["zh"])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    # Chinese is a third as long when it is not escaped, and can be read in a log.
    cast(DefaultJSONProvider, app.json).ensure_ascii = False
    babel.init_app(app, locale_selector=_locale)
    app.jinja_env.filters |= {"figure": figure, "wan": wan, "percent": percent}
    app.jinja_env.globals |= {"language": language, "translated": translated, "label": label}


def language() -> str:
    """``zh`` or ``en``."""
    return "en" if str(get_locale() or "").startswith("en") else "zh"


def _locale() -> str:
    if not has_request_context():
        return LANGUAGES["zh"]
    asked = request.args.get("lang") or session.get("lang") or getattr(g.get("account"), "locale", None)
    return LANGUAGES.get(str(asked or "zh"), LANGUAGES["zh"])


def translated(message: str, data: dict[str, Any] | None = None) -> str:
    """A message key of the lower floors in the reader's language, filled with ``data``."""
    text = str(gettext(message))
    data = data or {}
    if language() == "en":
        # Names from the registry come in both languages where it has them.
        data = {key: data.get(f"{key}_en") or value for key, value in data.items()}
    for key, value in data.items():
        text = text.replace("{" + key + "}", str(value))
    return text


def figure(value: Any, decimals: int = 0) -> str:
    """A number with thousands marks; an em dash for none."""
    if value is None:
        return "—"
    # Both languages write numbers alike, and a list has hundreds of them.
    return f"{round(value, decimals):,.{decimals}f}"


def wan(value: Any, decimals: int = 1) -> str:
    """An amount in yuan, shown in 万元."""
    return figure(None if value is None else value / 10_000, decimals)


def percent(part: Any, whole: Any, decimals: int = 1) -> str:
    """``part/whole`` in percent, rounded once, half up; an em dash for a zero denominator."""
    from assets.indicators.ratios import percentage

    shown = percentage(part, whole, decimals)
    return "—" if shown is None else f"{shown} %"


__all__ = [
    "LANGUAGES",
    "babel",
    "figure",
    "gettext",
    "init_app",
    "language",
    "lazy_gettext",
    "percent",
    "translated",
    "wan",
]
