"""Whose the assets are: rights with their shares, checked and replaced as sets."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    Numeric,
    Table,
    Text,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from assets.imports.beside import beside
from assets.imports.kinds.asset_existing import RIGHT_FIELDS, holder_list
from assets.imports.kinds.asset_work import news
from assets.imports.naming import Naming
from assets.imports.parties import Holders
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, faultless, tell_all
from assets.ownership.models import Contract, Right
from assets.ownership.queries import in_force
from assets.parties.models import Party, Person
from assets.vocabulary import PEOPLE, SHARED_RIGHTS

declare(
    {
        "holder_ambiguous": "“{value}” may be {names}. Please write the name in full, or with its credit code.",
        "holder_name": "“{value}” is no name of a holder: 2 to {limit} characters.",
        "holder_twice": "“{value}” names the same holder twice. Please add the shares up.",
        "holder_ended": "“{value}” ended on {day} and holds nothing after that. Please name {successor}.",
        "holder_gone": "“{value}” ended on {day} and holds nothing after that. Please name another.",
        "not_a_household": "What was given to households belongs to them; “{value}” is none.",
        "owned_by_people": "“{value}” is a household or a person, and this asset is not of the class given to "
        "households. Please check, or confirm that it is really theirs.",
        "shares_incomplete": "The shares add up to {total}; for the rest the holder stays unclear. "
        "Please complete them, or confirm.",
        "shares_not_whole": "The asset is certified: its shares make the whole, and these add up to {total}.",
        "owner_needed": "A certified asset is owned as a whole. Please name its owner, or leave the day of "
        "certification empty.",
        "income_needed": "A certified earning asset has its income rights settled. Please say to whom its income goes, "
        "or leave the day of certification empty.",
        "operator_by_contract": "“{operator}” operates it by a contract. Please change the contract, not the ledger.",
    }
)
NAMINGS = (
    Naming("owner", many=True),
    Naming("income_holders", many=True),
    Naming("operator"),
    Naming("supervisor", many=True),
    Naming("upkeep_body"),
)
LONGEST_NAME = 100


def settle_people(staging: Staging, holders: Holders, work: Table) -> None:
    """People are the holders the record has already, where they are called so."""
    lines = holders.lines
    kinds = case(dict(RIGHT_FIELDS), value=lines.c.field)
    party = aliased(Party)
    found = (
        select(lines.c.number, lines.c.field, lines.c.place, func.min(party.id).label("party_id"))
        .join(work, work.c.number == lines.c.number)
        .join(Right, and_(Right.asset_id == work.c.record_id, Right.kind == kinds))
        .join(party, party.id == Right.party_id)
        .outerjoin(Person, Person.id == party.person_id)
        .where(
            lines.c.party_id.is_(None),
            in_force(Right, staging.context.today),
            or_(func.plain_name(Person.name) == lines.c.plain, party.name == lines.c.written),
        )
        .group_by(lines.c.number, lines.c.field, lines.c.place)
        .subquery("found")
    )
    staging.session.execute(
        update(lines)
        .where(lines.c.number == found.c.number, lines.c.field == found.c.field, lines.c.place == found.c.place)
        .values(party_id=found.c.party_id, entry=None)
    )


def write_plainly(staging: Staging, holders: Holders) -> None:
    """Let rows name holders as the register does, so that the two can be compared."""
    lines, rows = holders.lines, staging.rows
    name = case((lines.c.party_id.is_not(None), Party.name), else_=lines.c.name)
    lists = [
        holder_list(naming.field, name, lines.c.numerator, lines.c.denominator, lines.c.field == naming.field).label(
            naming.field
        )
        for naming in NAMINGS
    ]
    plain = (
        select(lines.c.number, *lists)
        .outerjoin(Party, Party.id == lines.c.party_id)
        .group_by(lines.c.number)
        .subquery("plain")
    )
    staging.set(
        {naming.field: func.coalesce(plain.c[naming.field], rows.c[naming.field]) for naming in NAMINGS},
        rows.c.number == plain.c.number,
    )


def check_rights(staging: Staging, holders: Holders, work: Table, there: Table) -> Table:
    """Whether everyone named may hold what the row says; the sets of rights that are to be written.

    Returns
    -------
    Table
        A line a row and right that says something new: ``number``, ``field``, ``kind``, ``begins``
        and ``replaces``, whether there was such a right before.
    """
    sets = _sets(staging, work, there)
    _check_holders(staging, holders, work, sets)
    _check_sums(staging, holders, work, sets)
    _check_operators(staging, work, sets)
    return sets


def _sets(staging: Staging, work: Table, there: Table) -> Table:
    rows, today = staging.rows, staging.context.today
    parts = []
    for field, kind in RIGHT_FIELDS.items():
        ever = select(Right.id).where(Right.asset_id == work.c.record_id, Right.kind == kind).exists()
        replaces = and_(work.c.record_id.is_not(None), ever)
        parts.append(
            select(
                rows.c.number,
                literal(field),
                literal(kind),
                case((replaces, literal(today)), else_=work.c.start),
                replaces,
            )
            .select_from(rows.join(work, work.c.number == rows.c.number))
            .outerjoin(there, there.c.record_id == work.c.record_id)
            .where(rows.c[field].is_not(None), rows.c[field].is_distinct_from(there.c[field]))
        )
    return beside(
        staging,
        "staged_set",
        Column("number", Integer),
        Column("field", Text),
        Column("kind", Text),
        Column("begins", Date),
        Column("replaces", Boolean),
        of=select(*union_all(*parts).subquery("parts").c),
    )


def _check_holders(staging: Staging, holders: Holders, work: Table, sets: Table) -> None:
    """Everyone by themselves: known, still there, of a kind that fits the class."""
    lines, today = holders.lines, staging.context.today
    successor = aliased(Party)
    here = (
        lines.join(work, work.c.number == lines.c.number)
        .join(sets, and_(sets.c.number == lines.c.number, sets.c.field == lines.c.field))
        .outerjoin(Party, Party.id == lines.c.party_id)
        .outerjoin(successor, successor.id == Party.successor_id)
    )
    type_ = func.coalesce(Party.type, lines.c.type)
    gone = func.coalesce(Party.valid_to, Party.retired_on)
    ended = or_(gone <= sets.c.begins, gone < today)
    people = type_.in_(PEOPLE)
    household = work.c.asset_class == "household"
    for field in RIGHT_FIELDS:
        rules = [
            Rule(
                "holder_ambiguous",
                field,
                lines.c.several.is_not(None),
                value=lines.c.name,
                data={"names": lines.c.several},
            ),
            Rule(
                "holder_name",
                field,
                and_(lines.c.entry.is_not(None), ~func.char_length(lines.c.name).between(2, LONGEST_NAME)),
                value=lines.c.name,
                data={"limit": LONGEST_NAME},
            ),
            Rule(
                "holder_ended",
                field,
                and_(ended, successor.id.is_not(None)),
                value=lines.c.name,
                suggestion=successor.name,
                data={"day": gone, "successor": successor.name},
            ),
            Rule("holder_gone", field, and_(ended, successor.id.is_(None)), value=lines.c.name, data={"day": gone}),
        ]
        if field == "owner":
            rules += [
                Rule("not_a_household", field, and_(household, ~people), value=lines.c.name),
                Rule("owned_by_people", field, and_(~household, people), severity="doubt", value=lines.c.name),
            ]
        tell_all(staging, rules, lines.c.number, here, lines.c.field == field)


def _check_sums(staging: Staging, holders: Holders, work: Table, sets: Table) -> None:
    """Shares make the whole from certification on; nobody is named twice."""
    lines = holders.lines
    total = func.fraction_sum(lines.c.numerator, lines.c.denominator, type_=ARRAY(Numeric))
    who = func.coalesce(lines.c.party_id, -lines.c.entry)
    summed = (
        select(
            lines.c.number,
            lines.c.field,
            func.count(who).label("holders"),
            func.count(who.distinct()).label("different"),
            (total[1] < total[2]).label("short"),
            func.concat(total[1], "/", total[2]).label("total"),
        )
        .where(lines.c.field.in_(RIGHT_FIELDS))
        .group_by(lines.c.number, lines.c.field)
        .subquery("summed")
    )
    here = work.join(sets, sets.c.number == work.c.number).join(
        summed, and_(summed.c.number == sets.c.number, summed.c.field == sets.c.field)
    )
    certified = work.c.certified_on.is_not(None)
    for field, kind in RIGHT_FIELDS.items():
        said_here = staging.rows.c[field]
        rules = [Rule("holder_twice", field, summed.c.different < summed.c.holders, value=said_here)]
        if kind in SHARED_RIGHTS:
            told = {"total": summed.c.total}
            rules += [
                Rule("shares_not_whole", field, and_(certified, summed.c.short), value=said_here, data=told),
                Rule(
                    "shares_incomplete",
                    field,
                    and_(~certified, summed.c.short),
                    severity="doubt",
                    value=said_here,
                    data=told,
                ),
            ]
        tell_all(
            staging,
            rules,
            work.c.number,
            here.join(staging.rows, staging.rows.c.number == work.c.number),
            sets.c.field == field,
        )
    for field, kind, code, needed in (
        ("owner", "ownership", "owner_needed", certified),
        ("income_holders", "income", "income_needed", and_(certified, work.c.asset_class == "earning")),
    ):
        said = select(sets.c.number).where(sets.c.number == work.c.number, sets.c.field == field).exists()
        held = (
            select(Right.id)
            .where(
                Right.asset_id == work.c.record_id,
                Right.kind == kind,
                Right.valid_from <= work.c.certified_on,
                or_(Right.valid_to.is_(None), Right.valid_to > work.c.certified_on),
            )
            .exists()
        )
        lacking = and_(needed, news(work, "certified_on", "asset_class"), ~said, ~held)
        tell_all(staging, [Rule(code, field, lacking)], work.c.number, work, faultless(staging, work.c.number, field))


def _check_operators(staging: Staging, work: Table, sets: Table) -> None:
    """An operator by contract changes with the contract."""
    today = staging.context.today
    here = (
        sets.join(work, work.c.number == sets.c.number)
        .join(Contract, Contract.asset_id == work.c.record_id)
        .join(Party, Party.id == Contract.party_id)
    )
    bound = and_(
        sets.c.field == "operator",
        Contract.starts_on <= today,
        Contract.ends_on > today,
        or_(Contract.ended_early_on.is_(None), Contract.ended_early_on > today),
    )
    rule = Rule("operator_by_contract", "operator", bound, value=Party.name, data={"operator": Party.name})
    tell_all(staging, [rule], work.c.number, here, staging.seen(Contract))
