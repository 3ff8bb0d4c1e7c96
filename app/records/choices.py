"""Short lists to choose from while a name is being typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import g, request
from sqlalchemy import Select, select

from app import db
from app.words import label as word
from assets.editing import WRITERS
from assets.maintenance.posts import find_posts
from assets.parties.service import find_parties
from assets.projects.models import Project
from assets.regions.directory import find_ended, find_regions, full_names, heirs_of, home_path
from assets.regions.models import Region
from assets.search.finding import best, clean
from assets.vocabulary import LEVELS

AT_MOST = 10
Found = list[dict[str, Any]]


def offered(kind: str, words: str) -> Found | None:
    """The best choices of ``kind`` for typed words: id, label and a note each; None for an unknown kind."""
    find = _KINDS.get(kind)
    return None if find is None else find(clean(words))


def _regions(words: str) -> Found:
    levels: Sequence[str] = [level for level in request.args.get("levels", "").split(",") if level in LEVELS]
    found = find_regions(
        db.session,
        words,
        viewer=g.viewer,
        roles=WRITERS,
        day=db.current_day(),
        levels=levels or LEVELS[3:],
        limit=AT_MOST,
    )
    return [{"id": region.id, "label": name, "note": region.code} for region, name in found or _heirs(words)]


def _heirs(words: str) -> list[tuple[Region, str]]:
    """What a place that is no more became, when nothing else bears its name."""
    ended = find_ended(db.session, words, viewer=g.viewer, roles=WRITERS, day=db.current_day())
    heirs = (
        [heir for heir in heirs_of(db.session, ended.id) if g.viewer.may(WRITERS, heir.region_path)] if ended else []
    )
    names = full_names(db.session, heirs, home=home_path(g.viewer))
    return [(heir, names[heir.id]) for heir in heirs]


def _parties(words: str) -> Found:
    found = find_parties(db.session, words, limit=AT_MOST)
    # People are told apart by their place, since their names are masked.
    seats = [party.region_id for party in found if party.person_id and party.region_id]
    places = {row.id: row.short_name for row in db.session.execute(_names_of(seats))}
    return [
        {
            "id": party.id,
            "label": party.name,
            "note": f"{word('party_type', party.type)} {party.code or places.get(party.region_id or 0, '')}".strip(),
            "code": party.code or "",
        }
        for party in found
    ]


def _names_of(regions: Sequence[int]) -> Select[int, str]:
    return select(Region.id, Region.short_name).where(Region.id.in_(regions))


def _projects(words: str) -> Found:
    rows = db.session.execute(
        best(select(Project.id, Project.name, Project.code, Project.year), Project, words, limit=AT_MOST)
    )
    return [{"id": row.id, "label": f"{row.name} {row.code}", "note": str(row.year)} for row in rows]


def _posts(words: str) -> Found:
    found = find_posts(db.session, words, limit=AT_MOST)
    return [{"id": row.id, "label": row.title, "note": row.place} for row in found]


_KINDS: dict[str, Callable[[str], Found]] = {
    "regions": _regions,
    "parties": _parties,
    "projects": _projects,
    "posts": _posts,
}
