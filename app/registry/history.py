"""The history of an asset, and the asset as it was known at a moment."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, render_template, request

from app import db
from app.registry.chronicle import read_steps
from app.registry.known import read_known
from app.registry.wording import tell
from assets.db import OFFICE_ZONE
from assets.errors import InvalidValue
from assets.registry.queries import get_asset

LAST_PAGE = 400


def add_to(bp: Blueprint) -> None:
    """Give the room the pages of this module."""
    bp.add_url_rule("/<int:asset_id>/history", "history", history)
    bp.add_url_rule("/<int:asset_id>/known", "known", known)


def history(asset_id: int) -> str:
    """Every change of an asset and of what belongs to it: before and after, when, by whom, why."""
    asset = get_asset(db.session, asset_id)
    page = max(1, min(request.args.get("page", 1, type=int), LAST_PAGE))
    steps, more = read_steps(db.session, asset_id, page=page)
    return render_template(
        "registry/history.html",
        asset=asset,
        told=tell(db.session, steps, day=db.current_day()),
        page=page,
        more=more,
        now=dt.datetime.now(OFFICE_ZONE),
    )


def known(asset_id: int) -> str:
    """What the registry knew of an asset at a moment, beside what it knows now."""
    asset = get_asset(db.session, asset_id)
    moment = _moment(request.args.get("at", ""))
    return render_template(
        "registry/known.html",
        asset=asset,
        moment=moment,
        known=read_known(db.session, asset, moment, today=db.current_day()),
    )


def _moment(text: str) -> dt.datetime:
    """A moment as the form writes it (2026-11-22T10:00), in the office's time."""
    try:
        moment = dt.datetime.fromisoformat(text[:32])
    except ValueError:
        raise InvalidValue(
            "“{value}” is not a moment; write it as 2026-11-22 10:00.", value=text[:40], field="at"
        ) from None
    if not 1990 <= moment.year <= 2100:
        raise InvalidValue("The date {value} lies outside 1990–2100.", value=text[:40], field="at")
    return moment if moment.tzinfo else moment.replace(tzinfo=OFFICE_ZONE)
