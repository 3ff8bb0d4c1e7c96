"""Holders that rows name: found among those the viewer sees, or to be entered; each name looked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)

from assets.imports.beside import analyze, beside, fill
from assets.imports.holder_names import holder_type, is_generic
from assets.imports.known_parties import known_parties
from assets.imports.naming import Naming, take_apart
from assets.imports.staging import Staging
from assets.masks import is_masked
from assets.regions.models import Region
from assets.vocabulary import PEOPLE

# From the nation down to the county.
TO_COUNTY = "^(?:/[^/]+){4}/"


@dataclass(frozen=True)
class Holders:
    """Who is named: ``lines`` one a row, field and holder; ``entries`` those to be entered."""

    lines: Table
    entries: Table


def resolve(staging: Staging, namings: Sequence[Naming], work: Table) -> Holders:
    """Find whom rows name.

    A body is the one of the same name (however its brackets and blanks are written) that the viewer
    sees; of several the one seated nearest. People share names: they are found among the holders of
    the record alone (by its own kind), else entered. 村集体 is the row's own village's.

    Parameters
    ----------
    staging : Staging
        The ledger.
    namings : sequence of Naming
        The fields that name holders.
    work : Table
        ``number``, ``region_id`` and ``region_path`` of every row, as they would be.

    Returns
    -------
    Holders
        ``lines`` with number, field, place (1 first), written, numerator, denominator, region_id,
        plain, name, type, person, and ``party_id``, or ``entry``, or neither where it is unclear.
    """
    written = take_apart(staging, namings, work)
    pairs = _pairs(staging, written, _names(staging, written))
    _find(staging, pairs)
    entries = _entries(staging, pairs, written)
    lines = beside(
        staging,
        "staged_holder",
        Column("number", Integer),
        Column("field", Text),
        Column("place", Integer),
        Column("written", Text),
        Column("numerator", Integer),
        Column("denominator", Integer),
        Column("region_id", BigInteger),
        Column("plain", Text),
        Column("name", Text),
        Column("type", Text),
        Column("person", Boolean),
        Column("several", Text),
        Column("party_id", BigInteger),
        Column("entry", BigInteger),
        of=select(
            *(written.c[name] for name in ("number", "field", "place", "written", "numerator", "denominator")),
            *(pairs.c[name] for name in ("region_id", "plain", "name", "type", "person", "several", "party_id")),
            pairs.c.entry,
        ).join_from(written, pairs, and_(pairs.c.written == written.c.written, _same(pairs, written))),
    )
    return Holders(lines, entries)


def _names(staging: Staging, written: Table) -> Table:
    """What every distinct name says by itself."""
    names = staging.session.scalars(select(written.c.written).distinct()).all()
    table = beside(
        staging,
        "staged_name",
        Column("written", Text),
        Column("type", Text),
        Column("generic", Boolean),
        Column("masked", Boolean),
    )
    fill(
        staging,
        table,
        (
            {"written": name, "type": holder_type(name), "generic": is_generic(name), "masked": is_masked(name)}
            for name in names
        ),
    )
    return table


def _pairs(staging: Staging, written: Table, names: Table) -> Table:
    """Every name at every place, which together say who is meant."""
    distinct = select(written.c.written, written.c.region_id).distinct().subquery("distinct_pair")
    name = case(
        (and_(names.c.generic, Region.level == "village"), Region.short_name.concat("集体")), else_=distinct.c.written
    )
    county = func.coalesce(func.substring(Region.region_path, TO_COUNTY), Region.region_path)
    person = and_(names.c.type.in_(PEOPLE), or_(names.c.type == "individual", names.c.masked))
    return beside(
        staging,
        "staged_pair",
        Column("written", Text),
        Column("region_id", BigInteger),
        Column("region_path", Text(collation="C")),
        Column("county_path", Text(collation="C")),
        Column("village", Text),
        Column("level", Text),
        Column("name", Text),
        Column("plain", Text),
        Column("type", Text),
        Column("person", Boolean),
        Column("masked", Boolean),
        Column("party_id", BigInteger),
        Column("several", Text),
        Column("entry", BigInteger),
        of=select(
            distinct.c.written,
            distinct.c.region_id,
            Region.region_path,
            county,
            Region.short_name,
            Region.level,
            name,
            func.plain_name(name),
            names.c.type,
            person,
            names.c.masked,
            literal(None, BigInteger),
            literal(None, Text),
            literal(None, BigInteger),
        )
        .select_from(distinct)
        .join(names, names.c.written == distinct.c.written)
        .outerjoin(Region, Region.id == distinct.c.region_id),
    )


def _find(staging: Staging, pairs: Table) -> None:
    """The holder of each name that the viewer sees, the nearest of several."""
    known = known_parties(staging, select(pairs.c.plain).where(~pairs.c.person).distinct())
    nearness = case(
        (func.starts_with(pairs.c.region_path, known.c.region_path), func.length(known.c.region_path) + 1000),
        (func.starts_with(known.c.region_path, pairs.c.county_path), 500),
        else_=0,
    )
    ranked = (
        select(
            pairs.c.written,
            pairs.c.region_id,
            known.c.id,
            known.c.told,
            func.rank().over(partition_by=(pairs.c.written, pairs.c.region_id), order_by=nearness.desc()).label("rank"),
        )
        .join(known, known.c.plain == pairs.c.plain)
        # A village's own body is nobody else's, though villages elsewhere have the same name.
        .where(or_(~_own(pairs), known.c.level.is_distinct_from("village"), known.c.region_id == pairs.c.region_id))
        .where(~pairs.c.person)
        .subquery("ranked")
    )
    best = (
        select(
            ranked.c.written,
            ranked.c.region_id,
            func.min(ranked.c.id).label("party_id"),
            func.count().label("count"),
            func.string_agg(ranked.c.told, "、").label("told"),
        )
        .where(ranked.c.rank == 1)
        .group_by(ranked.c.written, ranked.c.region_id)
        .subquery("best")
    )
    staging.session.execute(
        update(pairs)
        .where(pairs.c.written == best.c.written, _same(pairs, best))
        .values(party_id=case((best.c.count == 1, best.c.party_id)), several=case((best.c.count > 1, best.c.told)))
    )


def _entries(staging: Staging, pairs: Table, written: Table) -> Table:
    """Those to be entered: a village's own body at the village, others once for their county."""
    missing = and_(pairs.c.party_id.is_(None), pairs.c.several.is_(None), ~pairs.c.masked, pairs.c.region_id != 0)
    here = cast(pairs.c.region_id, Text)
    seat = case((or_(pairs.c.person, _own(pairs)), here), else_=pairs.c.county_path)
    uses = select(
        written.c.written, written.c.region_id, func.count().label("uses"), func.min(written.c.number).label("first")
    )
    used = uses.group_by(written.c.written, written.c.region_id).subquery("used")
    grouped = (
        select(
            pairs.c.plain,
            seat.label("seat"),
            func.min(pairs.c.name).label("name"),
            func.min(pairs.c.type).label("type"),
            func.bool_or(pairs.c.person).label("person"),
            func.min(pairs.c.region_id).label("region_id"),
            func.min(pairs.c.county_path).label("county_path"),
            func.sum(used.c.uses).label("uses"),
            func.min(used.c.first).label("first"),
        )
        .join(used, and_(used.c.written == pairs.c.written, _same(used, pairs)))
        .where(missing)
        .group_by(pairs.c.plain, seat)
        .subquery("grouped")
    )
    entries = beside(
        staging,
        "staged_entry",
        Column("entry", BigInteger),
        Column("plain", Text),
        Column("seat", Text),
        Column("name", Text),
        Column("type", Text),
        Column("person", Boolean),
        Column("region_id", BigInteger),
        Column("county_path", Text(collation="C")),
        Column("uses", BigInteger),
        Column("first", Integer),
        Column("party_id", BigInteger),
        of=select(
            func.row_number().over(order_by=(grouped.c.first, grouped.c.plain)),
            *(grouped.c[name] for name in ("plain", "seat", "name", "type", "person", "region_id", "county_path")),
            *(grouped.c.uses, grouped.c.first, literal(None, BigInteger)),
        ),
    )
    staging.session.execute(
        update(pairs)
        .where(missing, entries.c.plain == pairs.c.plain, entries.c.seat == seat)
        .values(entry=entries.c.entry)
    )
    analyze(staging, pairs)
    return entries


def _own(pairs: Table) -> Any:
    """The criterion that a name is that of a body of the village it is named at."""
    bare = func.plain_name(func.regexp_replace(pairs.c.village, "(村|社区)$", ""))
    return and_(
        pairs.c.level == "village",
        pairs.c.type == "village_collective",
        func.strpos(pairs.c.plain, bare) > 0,
    )


def _same(one: Any, other: Any) -> Any:
    return one.c.region_id == other.c.region_id
