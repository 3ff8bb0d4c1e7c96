"""The bodies that are entered already, among those the viewer sees."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Select, Table, Text, select
from sqlalchemy.orm import aliased

from assets.imports.beside import beside, fill
from assets.imports.staging import Staging
from assets.parties.models import Party
from assets.parties.visibility import seen_by
from assets.regions.models import Region
from assets.scope import viewer_of


def known_parties(staging: Staging, plain: Select[Any]) -> Table:
    """The bodies of these names that the viewer sees; people are found by nobody's name."""
    seat = aliased(Region)
    statement = (
        select(Party.id, Party.plain_name, Party.name, Party.code, Party.region_id, seat.region_path, seat.level)
        .outerjoin(seat, seat.id == Party.region_id)
        .where(Party.plain_name.in_(plain), Party.person_id.is_(None), Party.retired_on.is_(None))
        .where(seen_by(viewer_of(staging.session)))
    )
    table = beside(
        staging,
        "staged_party",
        Column("id", BigInteger),
        Column("plain", Text),
        Column("told", Text),
        Column("region_id", BigInteger),
        Column("region_path", Text(collation="C")),
        Column("level", Text),
    )
    fill(
        staging,
        table,
        (
            {
                "id": one.id,
                "plain": one.plain_name,
                "told": f"{one.name}（{one.code}）" if one.code else one.name,
                "region_id": one.region_id,
                "region_path": one.region_path,
                "level": one.level,
            }
            for one in staging.session.execute(statement)
        ),
    )
    return table
