"""What was saved, with a way back: the message after a form was taken in, and undoing it."""

from __future__ import annotations

import datetime as dt

from flask import flash


def flash_saved(text: str, *, href: str, transaction: int | None, draft: str, undone: str) -> None:
    """Say on the next page what was saved, and offer to undo it."""
    message = {"text": text, "href": href, "transaction": transaction, "draft": draft, "undone": undone}
    flash(message, "record")  # type: ignore[arg-type]


def now() -> dt.datetime:
    """The moment, for what may be undone within minutes."""
    return dt.datetime.now(dt.UTC)
