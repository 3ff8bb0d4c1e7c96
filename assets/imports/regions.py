"""From what rows say of their place to the region they belong to, all rows at once."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, text, true
from sqlalchemy.orm import aliased

from assets.imports import region_choice, region_keys, region_nearest, region_texts
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.regions.models import Region
from assets.scope import viewer_of, within
from assets.vocabulary import LEVELS

declare(
    {
        "region_missing": "Please say where it belongs: its town and village, or the code of 12 digits.",
        "region_unknown": "{area} has no place “{value}”. Please write it as the list of codes does.",
        "region_ambiguous": "“{value}” may be {candidates}. Please give the town as well, or the code of 12 digits.",
        "region_contradiction": "The code “{code}” is that of {region}, but the row says “{written}”. "
        "Please set one of the two right.",
        "region_not_there": "There is no “{value}” there, but {candidates}. Please set the town or the village right.",
        "region_merged": "{region} ended on {day} and became {successors}. Please give the place that is in force.",
        "region_ended": "{region} ended on {day}. Please give the place that is in force.",
        "region_outside": "{region} lies outside {area}, for which this ledger is brought. Please leave the row out.",
        "region_unreachable": "{region} is not yours to enter records for.",
        "region_level": "{region} is not of the level that such records are filed under. "
        "Please give a lower or a higher place.",
        "region_code_eaten": "“{value}” has lost digits to a number format. "
        "Please make the column text and enter the whole code.",
        "region_code_unknown": "There is no region with the code “{value}” in force. Please look the code up.",
        "region_town_only": "“{value}” names no known village; it would be filed under {region}. Is that right?",
        "region_other_kind": "“{value}” is taken for {region}. Is that right?",
        "region_several": "“{value}” names several places; it would be filed under {region}. Is that right?",
    }
)

_KEYS: Final = ("region_code", "county", "town", "village", "place")


def resolve(staging: Staging) -> None:
    """Find ``region_id`` and ``region_path`` of every row, or tell why there is none.

    Every distinct way of naming a place is looked at once: by code, by the names of county, town
    and village, or by a text such as 陇县八渡镇大力村三组. A row that names nothing known stays
    empty without a word where its record or its position may still say it: see :func:`complete`.

    Parameters
    ----------
    staging : Staging
        With loaded rows; regions are looked for within the county of its batch.
    """
    staged = {field.key for field in staging.fields}
    if staging.kind.levels is None or not staged & set(_KEYS):
        return
    session = staging.session
    region_keys.gather(staging)
    region_texts.collect(staging, staged)
    region_texts.find(staging)
    region_choice.choose(staging)
    region_nearest.suggest(staging)
    for table in ("staged_place", "staged_where"):
        session.execute(text(f"ANALYZE {table}"))
    session.execute(_SET)
    session.execute(_TELL, {"area": session.get_one(Region, staging.batch.region_id).short_name})
    _refuse_unreachable(staging)
    staging.analyze()


def complete(staging: Staging) -> None:
    """Tell rows that have no place yet where their position puts them; refuse new ones that stay without.

    Parameters
    ----------
    staging : Staging
        With regions resolved, positions located and records identified.
    """
    rows, today = staging.rows, staging.context.today
    nowhere = and_(rows.c.region_id.is_(None), rows.c.record_id.is_(None), ~_told(staging))
    low = aliased(Region)
    depth = case({level: place for place, level in enumerate(LEVELS)}, value=low.level)
    inside = (
        select(low.id, low.region_path)
        .where(
            low.level.in_(staging.kind.levels or ()),
            func.ST_Intersects(low.shape, func.ST_PointOnSurface(rows.c.geom)),
            low.valid_from <= today,
            or_(low.valid_to.is_(None), low.valid_to > today),
        )
        .order_by(depth.desc(), low.id)
        .limit(1)
        .correlate(rows)
        .lateral("inside")
    )
    found = (
        select(rows.c.number, inside.c.id, inside.c.region_path)
        .select_from(rows.join(inside, true()))
        .where(nowhere, rows.c.geom.is_not(None))
        .cte("found")
    )
    staging.set({"region_id": found.c.id, "region_path": found.c.region_path}, rows.c.number == found.c.number)
    if "place" in rows.c and staging.kind.place_needed:
        # An address without a known town or village, and no position to say more.
        unknown = rows.c.place.is_not(None)
        staging.tell("region_unknown", "place", nowhere, unknown, value=rows.c.place, area=_area(staging))
    if staging.kind.place_needed:
        staging.tell("region_missing", _field_of(staging), nowhere)
    _refuse_unreachable(staging)


def reachable(staging: Staging, path: Any, sector: Any = None) -> ColumnElement[bool]:
    """The criterion that the viewer may write, with a role that brings such ledgers, what lies at ``path``."""
    viewer = viewer_of(staging.session)
    if viewer.unbounded:
        return true()
    clauses = []
    for reach in viewer.reaches:
        if reach.role not in staging.kind.roles:
            continue
        clause = within(path, reach.path)
        if reach.sectors is not None and sector is not None:
            clause = and_(clause, or_(sector.is_(None), sector.in_(sorted(reach.sectors))))
        clauses.append(clause)
    return or_(false(), *clauses)


def _refuse_unreachable(staging: Staging) -> None:
    rows = staging.rows
    sector = rows.c.sector if "sector" in rows.c else None
    staging.tell(
        "region_unreachable",
        _field_of(staging),
        rows.c.region_path.is_not(None),
        ~reachable(staging, rows.c.region_path, sector),
        ~_told(staging),
        Region.id == rows.c.region_id,
        of=rows.join(Region, Region.id == rows.c.region_id),
        region=Region.short_name,
    )


def _told(staging: Staging) -> ColumnElement[bool]:
    found = staging.found
    wrong = select(found.c.number).where(
        found.c.number == staging.rows.c.number, found.c.code.startswith("region_"), found.c.severity == "error"
    )
    return wrong.exists()


def _area(staging: Staging) -> str:
    return staging.session.get_one(Region, staging.batch.region_id).short_name


def _field_of(staging: Staging) -> str | None:
    """Where it is told that a place is missing: the lowest field the kind has."""
    return next((key for key in ("village", "place", "town", "region_code") if staging.kind.field(key)), None)


_SET: Final = text("""
UPDATE staged_row AS s SET region_id = p.region_id, region_path = p.region_path
FROM staged_where AS w JOIN staged_place AS p ON p.id = w.place_id
WHERE w.number = s.number AND p.region_id IS NOT NULL
""")

_TELL: Final = text("""
INSERT INTO staged_problem (number, field, code, severity, value, suggestion, data)
SELECT w.number, p.field, p.problem, p.severity, p.value, p.suggestion,
       coalesce(p.data, '{}') || jsonb_build_object('area', CAST(:area AS text))
FROM staged_where AS w JOIN staged_place AS p ON p.id = w.place_id
WHERE p.problem IS NOT NULL
""")
