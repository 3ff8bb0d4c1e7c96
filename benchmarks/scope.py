"""What the narrowing to a viewer's area costs: the same question with and without it, in turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import g
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app import create_app, db
from app.config import Settings
from app.lists.page import is_small, read_page
from app.lists.walk import Asked
from app.registry.columns import ASSETS
from app.tiles.layers import parts_at
from assets.filters import Filter
from assets.maintenance.status import status_by_area
from assets.regions.models import Region
from assets.scope import ScopedSession, Viewer, bind_viewer
from benchmarks.people import make_people, viewer_named
from benchmarks.timing import medians_in_turn
from spatial.tiles import TileAddress, tile

VIEWERS = {"town_clerk": "a town's clerk", "nation_viewer": "a nation-wide viewer"}
ZOOM = 12
MIDDLE = """
SELECT floor((ST_X(geom) + 180) / 360 * 2 ^ :zoom)::int AS x,
       floor((1 - asinh(tan(radians(ST_Y(geom)))) / pi()) / 2 * 2 ^ :zoom)::int AS y
FROM upkeep_period WHERE latest AND region_path >= :first AND region_path < :last
GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1
"""


@dataclass(frozen=True)
class Line:
    """One question of one viewer: milliseconds narrowed, and asked by the program itself."""

    who: str
    what: str
    narrowed_ms: float
    open_ms: float

    @property
    def cost(self) -> float:
        """Narrowed over open."""
        return self.narrowed_ms / self.open_ms


def measure(owner: Engine, runtime_url: str, day: dt.date, var: str) -> list[Line]:
    """A tile, a page of the asset ledger and the status by area, for the lowest and the highest viewer."""
    _make_viewers(owner)
    secret = "benchmark-key-of-no-importance-at-all"
    app = create_app(Settings(runtime_url, runtime_url, secret, Path(var), today=day))
    lines = []
    for name, who in VIEWERS.items():
        with app.test_request_context():
            g.viewer = viewer_named(db.session, name, day)
            with ScopedSession(db.engine()) as unbounded:
                bind_viewer(unbounded, Viewer.system())
                region_id = g.viewer.reaches[0].region_id
                area = db.session.scalars(select(Region).where(Region.id == region_id)).one()
                for what, ask in _questions(area, _busiest_tile(owner, area), day).items():
                    sides = [lambda ask=ask: ask(db.session), lambda ask=ask: ask(unbounded)]
                    narrowed, open_ = medians_in_turn(sides, rounds=51)
                    lines.append(Line(who, what, narrowed * 1000, open_ * 1000))
    app.extensions["engine"].dispose()
    return lines


def _make_viewers(owner: Engine) -> None:
    with owner.begin() as connection:
        if connection.execute(text("SELECT id FROM account WHERE username = 'town_clerk'")).first():
            return
        rows = connection.execute(
            text('SELECT a.username, g.region_id FROM account a JOIN "grant" g ON g.account_id = a.id')
        )
        planners = {row.username: row.region_id for row in rows}
        make_people(connection, {"town_clerk": planners["town_planner"]}, role="clerk")
        make_people(connection, {"nation_viewer": planners["nation_planner"]}, role="viewer")


def _questions(area: Region, place: TileAddress, day: dt.date) -> dict[str, Callable[[Session], object]]:
    asked = Filter(day=day, area_path=area.region_path)

    def cut(session: Session) -> object:
        parts = parts_at(session, "assets", asked, area, place.z, None)
        return [session.scalar(tile(part.statement, place, part.name, part.options)) for part in parts]

    def page(session: Session) -> object:
        columns = ASSETS.chosen("")
        question = Asked(ASSETS, area, asked, columns, sort="name")
        return read_page(session, question, is_small=lambda: is_small(session, ASSETS, asked))

    return {
        "tile": cut,
        "page of the ledger": page,
        "status by area": lambda session: status_by_area(session, area, asked),
    }


def _busiest_tile(owner: Engine, area: Region) -> TileAddress:
    bounds = {"first": area.region_path, "last": area.region_path[:-1] + "0", "zoom": ZOOM}
    with owner.connect() as connection:
        row = connection.execute(text(MIDDLE), bounds).one()
    return TileAddress(ZOOM, row.x, row.y)
