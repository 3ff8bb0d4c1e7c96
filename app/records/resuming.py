"""A change that came back from review, opened again in its form: ``?proposal=ID``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from app import db
from assets.errors import NotFound
from assets.review.proposing import given_values, replacing, returned_to


def resumed(start: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What the form starts with: the values that were returned, before those it starts with otherwise.

    What is sent takes the place of the returned proposal.

    Raises
    ------
    NotFound
        When the proposal named in the address is not the viewer's, not returned, or of another form.
    """
    text = request.args.get("proposal", "")
    if not text:
        return start
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound
    proposal = returned_to(db.session, int(text))
    if (proposal.page or "").partition("?")[0] != request.path:
        raise NotFound
    replacing(db.session, proposal.id)
    values = given_values(proposal)
    # Holders and their shares are numbered in the form.
    for number, (party_id, share) in enumerate(values.pop("holders", ()), 1):
        values |= {f"party_{number}": party_id, f"share_{number}": share}
    return dict(start or {}) | {name: value for name, value in values.items() if name != "revision"}


def page_of_form() -> str:
    """The address of the form that was sent, without the proposal it took the place of."""
    asked = {name: values for name, values in request.args.lists() if name != "proposal"}
    return f"{request.path}?{urlencode(asked, doseq=True)}" if asked else request.path
