"""What a browser calls itself, in a few words a person recognises."""

from __future__ import annotations

import datetime as dt
import re

from flask import Flask

from app.i18n import gettext as _
from assets.db import OFFICE_ZONE

# The first that fits; most of them also claim to be those below.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    (r"QIHU|360SE|360EE", "360"),
    ("QQBrowser", "QQ"),
    ("UBrowser|UCBrowser", "UC"),
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/", "Opera"),
    (r"Firefox|FxiOS", "Firefox"),
    (r"Chrome|CriOS|Chromium", "Chrome"),
    (r"Safari/", "Safari"),
)
SYSTEMS = (
    (r"HarmonyOS|OpenHarmony", "HarmonyOS"),
    (r"Android", "Android"),
    (r"iPhone|iPad", "iOS"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"UOS|Uos", "UOS"),
    (r"Kylin|kylin", "Kylin"),
    (r"Linux|X11", "Linux"),
)


def init_app(app: Flask) -> None:
    """Give templates the filters ``browser_name`` and ``office_time``."""
    app.jinja_env.filters |= {"browser_name": browser_name, "office_time": office_time}


def office_time(moment: dt.datetime) -> str:
    """A moment by the office's clock."""
    return moment.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")


def browser_name(agent: str | None) -> str:
    """“Edge · Windows”; “Unknown browser” for what says nothing known."""
    parts = [
        next((name for sign, name in known if re.search(sign, agent or "")), None) for known in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(part for part in parts if part) or str(_("Unknown browser"))
