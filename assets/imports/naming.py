"""What cells say of holders, taken apart: one line a row, field and holder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Select, Table, Text, cast, func, literal, select, true, union_all

from assets.imports.beside import beside
from assets.imports.staging import Staging


@dataclass(frozen=True)
class Naming:
    """A field that names holders: one, or ``many``, with ``shares`` or without."""

    field: str
    many: bool = False


def take_apart(staging: Staging, namings: Sequence[Naming], work: Table) -> Table:
    """The names in ``namings`` of every row, with their shares and where they are named."""
    whole = union_all(*(_parts(staging, naming, work) for naming in namings)).subquery("whole")
    return beside(
        staging,
        "staged_written",
        Column("number", Integer),
        Column("field", Text),
        Column("place", Integer),
        Column("written", Text),
        Column("numerator", Integer),
        Column("denominator", Integer),
        Column("region_id", BigInteger),
        of=select(*whole.c),
    )


def _parts(staging: Staging, naming: Naming, work: Table) -> Select[Any]:
    rows = staging.rows
    said = rows.c[naming.field]
    joined: Any = rows.join(work, work.c.number == rows.c.number)
    name: Any = said
    place: Any = literal(1)
    share: Any = literal("1/1")
    if naming.many:
        each = (
            func.string_to_table(said, "、")
            .table_valued("part", with_ordinality="place")
            .render_derived("each")
            .lateral()
        )
        joined = joined.join(each, true())
        place = cast(each.c.place, Integer)
        share = func.coalesce(func.substring(each.c.part, r" (\d+/\d+)$"), "1/1")
        name = func.regexp_replace(each.c.part, r" \d+/\d+$", "")
    ends = (cast(func.split_part(share, "/", at), Integer).label(f"end{at}") for at in (1, 2))
    return (
        select(
            rows.c.number,
            literal(naming.field).label("field"),
            place.label("place"),
            name.label("written"),
            *ends,
            func.coalesce(work.c.region_id, 0).label("region_id"),
        )
        .select_from(joined)
        .where(said.is_not(None))
    )
