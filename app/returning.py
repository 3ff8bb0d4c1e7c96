"""Where a page leads on to: a page of this house, and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import url_for


def own_page(target: str) -> str:
    """``target`` if it is a page of this server, the first view otherwise."""
    try:
        parts = urlsplit(target.replace("\\", "/"))
    except ValueError:
        return url_for("home.index")
    safe = target.startswith("/") and not target.startswith("//") and not parts.scheme and not parts.netloc
    return target if safe and target.isprintable() else url_for("home.index")
