"""Roads: lines with class, surface and width, mostly layers of a map."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from assets.imports import auditing
from assets.imports.fields import POSITION_FIELDS, REGION_FIELDS, Field, Kind
from assets.imports.identities import undecided
from assets.imports.problems import declare
from assets.imports.regions import reachable
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.places.models import Road
from assets.regions.models import Region
from assets.scope import viewer_of
from spatial.validity import LINES

declare(
    {
        "road_twice": "The rows {others} speak of the same road. Please leave one of them.",
        "road_line": "Please give the line of the road.",
        "road_parts": "This road consists of {count} lines that do not meet. Please make each a row of its own.",
        "road_width": "A road is more than 0 and at most {limit} m wide. Please correct it.",
        "road_long": "The line is {length} km long. Is it one road?",
        "road_not_yours": "The road is not yours to change. Please leave the row out.",
    }
)
WIDEST_M = 100
LONGEST_KM = 500
# A hundred-millionth of a degree is a millimetre; files round to it.
_SAME_DEGREES = 2e-7
_COLUMNS = ("name", "code", "road_class", "surface", "width_m", "source")
FIELDS = (
    Field("record_number", "Record number", "code", ("系统编号", "记录号")),
    Field("name", "Name", "name", ("道路名称", "路名", "路线名称", "名称"), most=200),
    Field("code", "Road code", "code", ("路线编号", "道路编号", "路线代码", "线路编码", "ref"), most=40),
    Field(
        "road_class",
        "Road class",
        "word",
        ("道路等级", "技术等级", "公路等级", "行政等级", "等级", "class"),
        required=True,
        words="road_class",
    ),
    Field("surface", "Surface", "text", ("路面", "路面类型", "路面材料"), most=40),
    Field("width_m", "Width", "number", ("路宽", "路面宽度", "宽度", "路基宽度"), unit="m"),
    *REGION_FIELDS,
    Field("source", "Source of the record", "text", ("备注", "说明", "数据来源", "来源"), most=500),
    *(one for one in POSITION_FIELDS if one.key in ("position", "source_datum")),
)


def existing(_staging: Staging) -> Select[Any]:
    """All roads; they are open to everyone."""
    return select(
        Road.id.label("record_id"),
        Road.revision,
        cast(Road.id, Text).label("record_number"),
        *(getattr(Road, name).label(name) for name in _COLUMNS),
        Road.geom,
    )


def _find(staging: Staging) -> None:
    """Find roads by their line, else by code or name where these mean one road only on both sides.

    A road of several pieces bears one code several times, so that a code alone is no key.
    """
    rows = staging.rows
    line = (
        select(rows.c.number, func.min(Road.id).label("record_id"))
        .join(
            Road,
            and_(
                Road.geom.op("&&")(func.ST_Expand(rows.c.geom, _SAME_DEGREES)),
                func.ST_NPoints(Road.geom) == func.ST_NPoints(rows.c.geom),
                func.ST_HausdorffDistance(Road.geom, rows.c.geom) <= _SAME_DEGREES,
            ),
        )
        .where(or_(rows.c.code.is_(None), Road.code.is_(None), Road.code == rows.c.code), undecided(staging))
        .group_by(rows.c.number)
        .cte("line")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    staging.set({"record_id": line.c.record_id}, rows.c.number == line.c.number, rows.c.record_number.is_(None))
    _by_text(staging, rows.c.code, Road.code, Road.code.is_not(None))
    named = and_(Road.code.is_(None), Road.region_id == rows.c.region_id)
    _by_text(staging, case((rows.c.code.is_(None), rows.c.name)), Road.name, named, rows.c.region_id)
    revision = select(Road.revision).where(Road.id == rows.c.record_id).scalar_subquery()
    staging.set({"record_revision": revision}, rows.c.record_id.is_not(None))


def _by_text(staging: Staging, said: Any, recorded: Any, where: ColumnElement[bool], *beside: Any) -> None:
    """The roads that one row and one record alone call so."""
    rows = staging.rows
    free = and_(rows.c.record_id.is_(None), rows.c.record_number.is_(None), said.is_not(None))
    times = func.count().over(partition_by=(said, *beside)).label("times")
    once = (
        select(rows.c.number, said.label("said"), rows.c.region_id, times)
        .where(free, undecided(staging))
        .subquery("once")
    )
    taken = select(rows.c.record_id).where(rows.c.record_id.is_not(None))
    found = (
        select(rows.c.number, func.min(Road.id).label("record_id"), func.count().label("count"))
        .select_from(rows.join(once, once.c.number == rows.c.number).join(Road, and_(recorded == once.c.said, where)))
        .where(once.c.times == 1, Road.id.not_in(taken))
        .group_by(rows.c.number)
        .cte("found")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    staging.set({"record_id": found.c.record_id}, rows.c.number == found.c.number, found.c.count == 1)


def _join_parts(staging: Staging) -> None:
    """Make one line of the parts that meet."""
    rows = staging.rows
    merged = func.ST_LineMerge(rows.c.geom)
    staging.set({"geom": merged}, func.GeometryType(rows.c.geom) == "MULTILINESTRING")


def check(staging: Staging) -> None:
    """Tell what can be no road."""
    rows = staging.rows
    _join_parts(staging)
    staging.set({"geom": None, "position_quality": None}, rows.c.position_quality == "village_point")
    staging.set({"width_m": func.round(rows.c.width_m, 1)}, rows.c.width_m.is_not(None))
    area = select(Region.region_path).where(Region.id == staging.batch.region_id).scalar_subquery()
    staging.set(
        {"region_id": staging.batch.region_id, "region_path": area},
        rows.c.region_id.is_(None),
        rows.c.record_id.is_(None),
    )
    # Only now is it known where rows lie.
    _find(staging)
    _refuse_twice(staging)
    place = Region.__table__.alias("place")
    length = func.ST_Length(func.geography(func.ST_SetSRID(rows.c.geom, 4326))) / 1000
    parts = func.GeometryType(rows.c.geom) != "LINESTRING"
    rules = [
        Rule("road_line", "position", and_(rows.c.geom.is_(None), rows.c.drawn.is_(None), rows.c.record_id.is_(None))),
        Rule("road_parts", "position", parts, data={"count": func.ST_NumGeometries(rows.c.geom)}),
        Rule(
            "road_width",
            "width_m",
            or_(rows.c.width_m <= 0, rows.c.width_m > WIDEST_M),
            value=rows.c.width_m,
            data={"limit": WIDEST_M},
        ),
        Rule("road_long", "position", length > LONGEST_KM, "doubt", data={"length": cast(length, Integer)}),
        Rule(
            "road_not_yours",
            None,
            and_(Road.id.is_not(None), place.c.id.is_not(None), ~reachable(staging, place.c.region_path)),
        ),
    ]
    source = rows.outerjoin(Road, Road.id == rows.c.record_id).outerjoin(place, place.c.id == Road.region_id)
    tell_all(staging, rules, rows.c.number, source)


def _refuse_twice(staging: Staging) -> None:
    rows = staging.rows
    listed: Any = func.array_agg(aggregate_order_by(rows.c.row, rows.c.number))
    alike = (
        select(rows.c.record_id, listed[1:6].label("rows"))
        .where(rows.c.record_id.is_not(None))
        .group_by(rows.c.record_id)
        .having(func.count() > 1)
        .cte("alike")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    others = func.array_to_string(func.array_remove(alike.c.rows, rows.c.row), "、")
    staging.tell("road_twice", None, of=rows.join(alike, alike.c.record_id == rows.c.record_id), others=others)


def write(staging: Staging) -> None:
    """Enter new roads and set right those that are there."""
    rows, session = staging.rows, staging.session
    me = viewer_of(session).account_id
    ordered = select(rows.c.number).where(staging.new).order_by(rows.c.number).subquery()
    next_id = func.nextval(func.pg_get_serial_sequence("road", "id"))
    numbered = select(ordered.c.number, next_id.label("id")).subquery()
    staging.set({"record_id": numbered.c.id}, rows.c.number == numbered.c.number)
    said: dict[str, Any] = {name: rows.c[name] for name in (*_COLUMNS, "region_id", "geom")} | {
        "id": rows.c.record_id,
        "created_by": literal(me, BigInteger),
    }
    chosen = select(*said.values()).where(staging.new).order_by(rows.c.number)
    session.execute(insert(Road).from_select([getattr(Road, name) for name in said], chosen))
    joined = rows.join(Road, Road.id == rows.c.record_id)
    auditing.note_added(session, staging.batch, "places.register_road", Road, staging.new, of=joined)
    since = auditing.latest_version(session)
    values: dict[str, Any] = {
        name: case((staging.says(name), rows.c[name]), else_=getattr(Road, name)) for name in (*_COLUMNS, "geom")
    }
    values["road_class"] = func.coalesce(values["road_class"], Road.road_class)
    session.execute(
        update(Road)
        .where(Road.id == rows.c.record_id, staging.changed)
        .values(values | {"updated_by": me})
        .execution_options(synchronize_session=False)
    )
    auditing.note_changed(session, staging.batch, "places.correct_road", Road, since=since)


KIND = Kind(
    key="road",
    title="Roads",
    fields=FIELDS,
    identities=("record_number",),
    existing=existing,
    check=check,
    write=write,
    geometry=LINES,
    position_needed=True,
    roles=frozenset({"planner", "department", "administrator"}),
    levels=("county", "town", "village"),
    given=frozenset({"record_number"}),
    emptied=frozenset(_COLUMNS) - {"road_class"},
    place_needed=False,
)
