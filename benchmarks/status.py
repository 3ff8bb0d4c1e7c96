"""Status by area in a province: after every write, at midnight, against the plain GROUP BY."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from assets.db import make_engine
from assets.filters import Filter
from assets.maintenance.models import Inspection
from assets.maintenance.status import status_by_area
from assets.regions.models import Region
from assets.scope import ScopedSession, Viewer, bind_viewer
from benchmarks.people import PASSWORD, viewer_named
from benchmarks.servers import Client, application
from benchmarks.timing import medians_in_turn

PLAIN = """
SELECT r.parent_id, upkeep_status(u.exempt, u.missing, u.notice_on, u.due_on, :day), count(*), sum(u.value_yuan)
FROM upkeep_period u JOIN region r ON r.id = u.region_id
WHERE u.valid_from <= :day AND u.valid_to > :day GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    county_ms: float
    province_ms: float


def measure(owner: Engine, runtime_url: str, day: dt.date, var: object) -> tuple[list[Line], float]:
    """The lines, and the milliseconds of the plain GROUP BY over the whole province."""
    engine = make_engine(runtime_url, parallel=False)
    lines = []
    with ScopedSession(engine) as session:
        viewer = viewer_named(session, "province", day)
        county, province = _areas(session)
        asset_id = session.scalar(select(func.min(Inspection.asset_id)))

        def asked(area: Region, on: dt.date) -> Callable[[], object]:
            def ask() -> object:
                return status_by_area(session, area, Filter(day=on, area_path=area.region_path))

            return ask

        bind_viewer(session, viewer)
        lines.append(_line("as of today", asked(county, day), asked(province, day)))
        lines.append(_after_writes(engine, asset_id, day, asked(county, day), asked(province, day)))
        tomorrow = day + dt.timedelta(days=1)
        lines.append(_line("at midnight, no write", asked(county, tomorrow), asked(province, tomorrow)))
    with application(runtime_url, day.isoformat(), var) as port:  # type: ignore[arg-type]
        client = Client(port)
        client.sign_in("province", PASSWORD)
        pages = [f"/maintenance/figures.json?area={area.code}&figure=overdue_share" for area in (county, province)]
        for page in pages:
            status, body = client.get(page)
            if status != 200:
                raise RuntimeError(f"{page}: {status} {body[:200]!r}")
        lines.append(_line("figures through HTTP", *((lambda page=page: client.get(page)) for page in pages)))
    with owner.connect() as connection:
        (plain,) = medians_in_turn([lambda: connection.execute(text(PLAIN), {"day": day}).all()], rounds=5, warm_up=1)
    engine.dispose()
    return lines, plain * 1000


def _line(what: str, county: Callable[[], object], province: Callable[[], object]) -> Line:
    seconds = medians_in_turn([county, province])
    return Line(what, seconds[0] * 1000, seconds[1] * 1000)


def _after_writes(
    engine: Engine, asset_id: int | None, day: dt.date, county: Callable[[], object], province: Callable[[], object]
) -> Line:
    """Each question is asked right after an inspection was committed and nothing was folded."""
    seconds: dict[str, list[float]] = {"county": [], "province": []}
    for turn in range(25):
        for name, ask in (("county", county), ("province", province)):
            _inspect(engine, asset_id, day - dt.timedelta(days=turn))
            begun = time.perf_counter()
            ask()
            seconds[name].append(time.perf_counter() - begun)
    return Line("right after a write", *(statistics.median(seconds[name]) * 1000 for name in ("county", "province")))


def _inspect(engine: Engine, asset_id: int | None, day: dt.date) -> None:
    with ScopedSession(engine) as session:
        bind_viewer(session, Viewer.system())
        session.add(Inspection(asset_id=asset_id, inspected_on=day, result="all_well"))
        session.commit()


def _areas(session: Session) -> tuple[Region, Region]:
    province = session.scalars(select(Region).where(Region.level == "province")).one()
    county = session.scalars(select(Region).where(Region.level == "county", Region.code.like("610327%"))).one()
    return county, province
