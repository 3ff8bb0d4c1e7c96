"""Borders of regions: polygons for divisions that are there, with where they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Numeric,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased

from assets.imports import auditing
from assets.imports.beside import analyze, beside
from assets.imports.fields import POSITION_FIELDS, REGION_FIELDS, Field, Kind
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.regions.borders import refresh_shapes
from assets.regions.models import Region
from assets.regions.queries import valid_on
from assets.scope import viewer_of
from spatial.validity import AREAS

declare(
    {
        "border_area": "Please give the border as an area.",
        "border_not_named": "The border names no region. Please give its code.",
        "border_outside": "{percent} % of {region} would lie outside {parent}. Is that right?",
        "border_overlap": "{region} would overlap {others}, by up to {percent} %. Is that right?",
    }
)
# Neighbouring borders that were drawn apart never meet exactly.
_SLACK = 0.01
# Above this all shapes are derived anew, which is no slower then.
_FEW = 20_000
FIELDS = (
    *(one for one in REGION_FIELDS if one.key != "place"),
    Field("schematic", "Schematic border", "yes", ("示意", "是否示意", "示意图", "schematic")),
    Field("source", "Source of the record", "text", ("备注", "说明", "数据来源", "来源"), most=500),
    *(one for one in POSITION_FIELDS if one.key in ("position", "source_datum")),
    Field("name", "Name", "name", ("名称", "全称", "name"), derived=True),
    Field("level", "Level", "text", derived=True),
)


def existing(staging: Staging) -> Select[Any]:
    """The regions in force: a border has no record of its own."""
    return select(
        Region.id.label("record_id"),
        Region.revision,
        Region.short_name.label("name"),
        Region.id.label("region_id"),
        case((Region.geom.is_not(None), Region.is_schematic)).label("schematic"),
        Region.geom.label("geom"),
    ).where(valid_on(staging.context.today))


def check(staging: Staging) -> None:
    """Tell what is no border; doubt what lies outside the region above, or across a neighbour."""
    rows = staging.rows
    staging.set({"geom": None, "position_quality": None}, rows.c.position_quality == "village_point")
    # As the register keeps it, so that the same file again is no change.
    staging.set({"geom": func.ST_Multi(rows.c.geom)}, func.GeometryType(rows.c.geom) == "POLYGON")
    area = func.GeometryType(rows.c.geom) == "MULTIPOLYGON"
    missing = and_(
        rows.c.geom.is_(None), rows.c.drawn.is_(None), or_(Region.geom.is_(None), rows.c.schematic.is_(None))
    )
    rules = [
        Rule("border_area", "position", or_(~area, missing)),
        Rule("border_not_named", "region_code", and_(rows.c.record_id.is_(None), rows.c.region_id.is_not(None))),
    ]
    tell_all(staging, rules, rows.c.number, rows.outerjoin(Region, Region.id == rows.c.record_id))
    drawn = _drawn(staging)
    _compare_with_parents(staging, drawn)
    _compare_with_neighbours(staging, drawn)


def _drawn(staging: Staging) -> Table:
    """The new borders, and those of the neighbours and parents that get none."""
    rows, today = staging.rows, staging.context.today
    geometry = Geometry("GEOMETRY", srid=4490, spatial_index=False)
    columns = (
        *(Column("number", Integer), Column("region_id", BigInteger), Column("parent_id", BigInteger)),
        *(Column("name", Text), Column("geom", geometry)),
    )
    new = (
        select(rows.c.number, Region.id, Region.parent_id, Region.short_name, func.ST_MakeValid(rows.c.geom))
        .join(Region, Region.id == rows.c.record_id)
        .where(rows.c.geom.is_not(None), func.ST_Dimension(rows.c.geom) == 2)
    )
    named = select(rows.c.record_id).where(rows.c.geom.is_not(None))
    above = aliased(Region)
    parents = select(above.parent_id).where(above.id.in_(named))
    kept = select(literal(None, Integer), Region.id, Region.parent_id, Region.short_name, Region.shape).where(
        Region.shape.is_not(None),
        Region.id.not_in(named),
        valid_on(today),
        or_(and_(Region.parent_id.in_(parents), Region.geom.is_not(None)), Region.id.in_(parents)),
    )
    both: Any = union_all(new, kept)
    table = beside(staging, "staged_border", *columns, of=both)
    staging.session.execute(text("CREATE INDEX ON staged_border USING gist (geom)"))
    analyze(staging, table)
    return table


def _compare_with_parents(staging: Staging, drawn: Table) -> None:
    above = drawn.alias("above")
    outside = func.ST_Area(func.ST_Difference(drawn.c.geom, above.c.geom)) / func.nullif(func.ST_Area(drawn.c.geom), 0)
    rule = Rule(
        "border_outside",
        "position",
        and_(~func.ST_CoveredBy(drawn.c.geom, above.c.geom), outside > _SLACK),
        "doubt",
        data={"percent": _percent(outside), "region": drawn.c.name, "parent": above.c.name},
    )
    source = drawn.join(above, above.c.region_id == drawn.c.parent_id)
    tell_all(staging, [rule], drawn.c.number, source, drawn.c.number.is_not(None))


def _compare_with_neighbours(staging: Staging, drawn: Table) -> None:
    other = drawn.alias("other")
    smaller = func.least(func.ST_Area(drawn.c.geom), func.ST_Area(other.c.geom))
    share = func.ST_Area(func.ST_Intersection(drawn.c.geom, other.c.geom)) / func.nullif(smaller, 0)
    across = (
        select(drawn.c.number, drawn.c.name, other.c.name.label("other"), share.label("share"))
        .select_from(
            drawn.join(
                other,
                and_(
                    other.c.parent_id == drawn.c.parent_id,
                    other.c.region_id != drawn.c.region_id,
                    other.c.geom.op("&&")(drawn.c.geom),
                    func.ST_Intersects(other.c.geom, drawn.c.geom),
                ),
            )
        )
        .where(drawn.c.number.is_not(None))
        .subquery("across")
    )
    listed: Any = func.array_agg(across.c.other)
    told = (
        select(
            across.c.number,
            across.c.name,
            func.array_to_string(listed[1:5], "、").label("others"),
            func.max(across.c.share).label("share"),
        )
        .where(across.c.share > _SLACK)
        .group_by(across.c.number, across.c.name)
        .subquery("told")
    )
    data = {"region": told.c.name, "others": told.c.others, "percent": _percent(told.c.share)}
    rule = Rule("border_overlap", "position", literal(True), "doubt", data=data)
    tell_all(staging, [rule], told.c.number, told)


def _percent(share: Any) -> Any:
    return func.to_char(100 * cast(share, Numeric), "FM990.0")


def write(staging: Staging) -> None:
    """Give regions their borders as :mod:`assets.regions.borders` does, and all above them their shapes."""
    rows, session = staging.rows, staging.session
    since = auditing.latest_version(session)
    drawn = staging.says("geom")
    # A border that does not say so is a real one; one that only learns whether it is keeps its line.
    schematic = case(
        (rows.c.schematic.is_not(None), rows.c.schematic), (drawn, literal(False)), else_=Region.is_schematic
    )
    session.execute(
        update(Region)
        .where(Region.id == rows.c.record_id, staging.changed)
        .values(
            geom=case((drawn, func.ST_Multi(rows.c.geom)), else_=Region.geom),
            is_schematic=schematic,
            updated_by=viewer_of(session).account_id,
        )
        .execution_options(synchronize_session=False)
    )
    auditing.note_changed(
        session,
        staging.batch,
        "regions.attach_borders",
        Region,
        staging.changed,
        since=since,
        of=rows.join(Region, Region.id == rows.c.record_id),
        path=Region.region_path,
        source=func.to_jsonb(func.coalesce(rows.c.source, literal(staging.batch.file_name, Text))),
    )
    changed = session.scalars(select(rows.c.record_id).where(staging.changed).limit(_FEW + 1)).all()
    since = auditing.latest_version(session)
    refresh_shapes(session, changed if len(changed) <= _FEW else None, day=staging.context.today)
    named = select(rows.c.record_id).where(staging.changed)
    auditing.note_changed(
        session,
        staging.batch,
        "regions.derive_shape",
        Region,
        Region.id.not_in(named),
        since=since,
        path=Region.region_path,
    )


def taken_back(session: Session, ids: Collection[int], day: dt.date) -> None:
    """Derive the shapes anew that the borders had given."""
    refresh_shapes(session, ids if len(ids) <= _FEW else None, day=day)


KIND = Kind(
    key="border",
    title="Borders",
    fields=FIELDS,
    identities=("region_id",),
    existing=existing,
    check=check,
    write=write,
    geometry=AREAS,
    position_needed=True,
    roles=frozenset({"planner", "administrator"}),
    levels=("province", "city", "county", "town", "village"),
    given=frozenset(),
    taken_back=taken_back,
)
