"""One search for everything: suggestions in the top bar, and a page of answers."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request

from app import db
from app.search.answers import find
from assets.search.finding import LONGEST_QUERY, clean

bp = Blueprint("search", __name__, url_prefix="/search")


@bp.get("/suggest")
def suggest() -> str:
    """The best answers while a word is being typed."""
    words = clean(request.args.get("q", ""))
    groups = find(db.session, words, viewer=g.viewer, day=db.current_day(), limit=6)
    return render_template("search/_suggestions.html", words=words, groups=groups)


@bp.get("/")
def index() -> str:
    """All answers to a word."""
    asked = request.args.get("q", "")
    words = clean(asked)
    groups = find(db.session, words, viewer=g.viewer, day=db.current_day(), limit=50)
    return render_template(
        "search/index.html", words=words, groups=groups, shortened=len(asked.strip()) > LONGEST_QUERY
    )
