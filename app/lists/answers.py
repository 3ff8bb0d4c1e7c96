"""What the views of a list answer: the page, its totals, the choice of columns."""

from __future__ import annotations

from flask import current_app, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from app import db
from app.area import KEPT, current_area, current_filter, keeping
from app.kept import remembered
from app.lists import page as pages
from app.lists.columns import BulkAction, Column, Listing
from app.lists.files import FORMS, LOOK
from app.lists.walk import Asked
from app.lists.writing import Writer
from assets.filters import Filter

_YEAR_SECONDS = 365 * 24 * 3600


def show_list(listing: Listing, **more: object) -> str | Response:
    """The page of a list; a choice of columns is kept for this browser."""
    if "columns" in request.args:
        return _keep_columns(listing)
    if request.args.get("part") == "totals":
        return _totals_row(listing)
    columns = _columns(listing)
    asked = Asked(
        listing,
        current_area(),
        current_filter(),
        columns,
        sort=request.args.get("sort", "")[:40],
        number=max(1, request.args.get("page", 1, type=int)),
        after=request.args.get("after", "")[:600],
        before=request.args.get("before", "")[:600],
    )
    found = pages.read_page(db.session, asked, is_small=lambda: _is_small(listing, asked.filter))
    return render_template(
        "lists/index.html",
        listing=listing,
        found=found,
        writer=Writer(),
        sort=found.sort if "sort" in request.args else None,
        actions=_actions(listing),
        forms=[
            (LOOK if form.key == "zip" else form.key, form)
            for form in FORMS
            if listing.geom is not None or not form.spatial
        ],
        carried={name: value for name in KEPT if (value := ",".join(request.args.getlist(name)))},
        sorted_at_most=pages.sorted_at_most(listing, asked.filter),
        **more,
    )


def _is_small(listing: Listing, asked: Filter) -> bool:
    limit = pages.sorted_at_most(listing, asked)
    narrowed = listing.large.narrowed(asked) if listing.large else asked
    key = ("small", listing.name, limit, narrowed, g.viewer.fingerprint)
    return remembered(key, lambda: pages.is_small(db.session, listing, asked))


def _totals_row(listing: Listing) -> str:
    """Count and sums of all that match, for a page that was shown before they were known."""
    asked, columns = current_filter(), _columns(listing)
    key = ("totals", listing.name, asked, tuple(column.key for column in columns), g.viewer.fingerprint)
    total, totals = remembered(key, lambda: pages.count(db.session, listing, asked, columns))
    return render_template(
        "lists/_totals.html", listing=listing, columns=columns, total=total, totals=totals, writer=Writer()
    )


def _actions(listing: Listing) -> list[BulkAction]:
    """What the reader is offered to do with a selection."""
    roles = g.viewer.roles
    return [
        action
        for action in listing.actions
        if action.endpoint in current_app.view_functions and action.offered_to(roles)
    ]


def _columns(listing: Listing) -> tuple[Column, ...]:
    return listing.chosen(request.cookies.get(f"columns_{listing.name}", ""))


def _keep_columns(listing: Listing) -> Response:
    known = {column.key for column in listing.columns}
    asked = request.args.getlist("columns")
    chosen = [] if "usual" in asked else [key for key in asked if key in known]
    response = make_response(redirect(keeping(listing.endpoint, sort=request.args.get("sort") or None)))
    cookie = f"columns_{listing.name}"
    if chosen:
        response.set_cookie(cookie, ".".join(chosen), max_age=_YEAR_SECONDS, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(cookie)
    return response
