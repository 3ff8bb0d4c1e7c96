"""One body under several names: doubted, with the name that is meant, before it is entered twice."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Table, Text, and_, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from assets.imports.beside import beside, fill
from assets.imports.parties import TO_COUNTY, Holders
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.parties.likeness import ENDINGS
from assets.parties.models import Party
from assets.parties.visibility import seen_by
from assets.regions.models import Region
from assets.scope import viewer_of
from assets.vocabulary import PEOPLE

declare(
    {
        "holder_similar": "“{value}” may be “{known}”, which is entered already. "
        "Please write that name, or confirm that it is another.",
        "holder_written_otherwise": "“{other}”, as other rows say, may be the same as “{value}”. "
        "Please write one name, or confirm that they are two.",
    }
)
_ABOVE = "^([^省市县区]{2,3}(省|市|县|区))+"
_LEAST = 2


def check_likely(staging: Staging, holders: Holders, fields: tuple[str, ...]) -> None:
    """Doubt new bodies that seem to be one that is there, or one that other rows write otherwise.

    A village has one body of its own, whatever it is called; others are compared by what tells a
    name apart, without the county before it and the kind of body behind, within one county.
    """
    entries = holders.entries
    meant = _meant(staging, entries, _known(staging, entries))
    lines = holders.lines
    here = lines.join(meant, meant.c.entry == lines.c.entry)
    for field in fields:
        there = {"known": meant.c.known}
        rules = [
            Rule(
                "holder_similar",
                field,
                meant.c.known.is_not(None),
                severity="doubt",
                value=lines.c.name,
                suggestion=meant.c.known,
                data=there,
            ),
            Rule(
                "holder_written_otherwise",
                field,
                and_(meant.c.known.is_(None), meant.c.usual.is_not(None)),
                severity="doubt",
                value=lines.c.name,
                suggestion=meant.c.usual,
                data={"other": meant.c.usual},
            ),
        ]
        tell_all(staging, rules, lines.c.number, here, lines.c.field == field)


def _core(plain: Any) -> Any:
    return func.regexp_replace(func.regexp_replace(plain, _ABOVE, ""), f"({ENDINGS})$", "")


def _key(entries: Table) -> Any:
    """What bodies that may be one have in common; nothing where a name says too little."""
    core = _core(entries.c.plain)
    own = entries.c.seat != entries.c.county_path
    found = case(
        (entries.c.person, None),
        (own, entries.c.seat),
        (func.char_length(core) >= _LEAST, func.concat(entries.c.county_path, core)),
    )
    return cast(found, Text)


def _known(staging: Staging, entries: Table) -> Table:
    """The bodies that are there, in the villages and counties of those to be entered."""
    county = func.substring(Region.region_path, TO_COUNTY)
    own = select(cast(entries.c.seat, BigInteger)).where(entries.c.seat != entries.c.county_path, ~entries.c.person)
    others = select(entries.c.county_path).where(entries.c.seat == entries.c.county_path)
    collective = Party.type == "village_collective"
    key = case((collective, cast(Party.region_id, Text)), else_=func.concat(county, _core(Party.plain_name)))
    statement = (
        select(key.label("key"), Party.name)
        .join(Region, Region.id == Party.region_id)
        .where(Party.retired_on.is_(None), Party.valid_to.is_(None), Party.type.not_in(PEOPLE))
        .where(or_(and_(collective, Party.region_id.in_(own)), and_(~collective, county.in_(others))))
        .where(seen_by(viewer_of(staging.session)))
    )
    table = beside(staging, "staged_similar", Column("key", Text), Column("name", Text))
    fill(staging, table, ({"key": one.key, "name": one.name} for one in staging.session.execute(statement)))
    return table


def _meant(staging: Staging, entries: Table, known: Table) -> Table:
    """For each new body that may be another: the one that is there, or the name most rows write."""
    keyed = select(entries.c.entry, entries.c.name, entries.c.uses, _key(entries).label("key")).subquery("keyed")
    usual = (
        select(
            keyed.c.key,
            func.array_agg(aggregate_order_by(keyed.c.name, keyed.c.uses.desc(), keyed.c.entry))[1].label("name"),
        )
        .where(keyed.c.key.is_not(None))
        .group_by(keyed.c.key)
        .having(func.count() > 1)
        .subquery("usual")
    )
    there = select(known.c.key, func.min(known.c.name).label("name")).group_by(known.c.key).subquery("there")
    return beside(
        staging,
        "staged_meant",
        Column("entry", BigInteger),
        Column("known", Text),
        Column("usual", Text),
        of=select(keyed.c.entry, there.c.name, case((usual.c.name != keyed.c.name, usual.c.name)))
        .outerjoin(there, there.c.key == keyed.c.key)
        .outerjoin(usual, usual.c.key == keyed.c.key)
        .where(or_(there.c.name.is_not(None), usual.c.name != keyed.c.name)),
    )
