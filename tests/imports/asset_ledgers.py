"""Rows of assets at work without a file: what a test says of a ledger goes straight into a staging."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from assets.imports.fields import Context
from assets.imports.identities import identify
from assets.imports.kinds.asset import KIND
from assets.imports.models import ImportBatch
from assets.imports.staging import Staging
from assets.imports.verdicts import settle
from assets.regions.models import Region
from tests import factories


def staged(
    session: Session, rows: Sequence[Mapping[str, Any]], where: Region, *, today: dt.date = factories.DAY
) -> Staging:
    """``rows`` as they stand once they were read, their places were found and their records identified."""
    number = session.info["ledgers"] = session.info.get("ledgers", 0) + 1
    account = factories.account(session, f"importer{number}-{where.id}", "clerk", where)
    batch = ImportBatch(
        kind="asset",
        account_id=account.id,
        file_name="台账.xlsx",
        size_bytes=1,
        digest="0",
        region_id=where.id,
    )
    session.add(batch)
    session.flush()
    staging = Staging(session, batch, KIND, Context(today), identity="")
    for place, row in enumerate(rows, start=1):
        said = {"number": place, "sheet": "资产", "row": place + 1, **row}
        session.execute(insert(staging.rows), [said])
    staging.set({"region_path": Region.region_path}, Region.id == staging.rows.c.region_id)
    staging.analyze()
    identify(staging)
    return staging


def checked(staging: Staging, *, confirmed: Collection[str] = ()) -> list[str]:
    """Check and settle, with some doubts confirmed; the verdict of every row."""
    KIND.check(staging)
    found = staging.found
    staging.session.execute(delete(found).where(found.c.severity == "doubt", found.c.code.in_(sorted(confirmed))))
    settle(staging)
    rows = staging.rows
    return list(staging.session.scalars(select(rows.c.verdict).order_by(rows.c.number)))


def told(staging: Staging, *severities: str) -> set[tuple[int, str | None, str]]:
    """What was told: number, field and code."""
    found = staging.found.c
    chosen = select(found.number, found.field, found.code)
    if severities:
        chosen = chosen.where(found.severity.in_(severities))
    return {(number, field, code) for number, field, code in staging.session.execute(chosen)}


def brought(
    session: Session, rows: Sequence[Mapping[str, Any]], where: Region, *, confirmed: Collection[str] = ()
) -> Staging:
    """Rows that are checked and entered."""
    staging = staged(session, rows, where)
    checked(staging, confirmed=confirmed)
    KIND.write(staging)
    session.expire_all()
    return staging
