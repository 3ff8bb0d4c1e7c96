"""Rows of a ledger as they are staged, and what becomes of them, without a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, inspect, select, text
from sqlalchemy.orm import Session

from assets.imports import regions
from assets.imports.cells import tell_required
from assets.imports.fields import REGION_FIELDS, Context, Kind
from assets.imports.identities import identify
from assets.imports.models import ImportBatch
from assets.imports.staging import Staging
from assets.imports.verdicts import settle
from assets.regions.models import Region
from assets.scope import Reach, Viewer, bind_viewer
from tests import factories

DAY = factories.DAY


def _nothing(_staging: Staging) -> Any:
    return None


def place_kind(levels: Sequence[str] = ("town", "village")) -> Kind:
    """A kind whose rows say where they belong and nothing else."""
    return Kind("facility", "Facilities", REGION_FIELDS, (), _nothing, _nothing, _nothing, levels=tuple(levels))


@dataclass
class Ledgers:
    """Ledgers of an area, brought by whoever sits at ``session``."""

    session: Session
    area: Region
    problems: list[Any] = field(default_factory=list)

    def seat(self, role: str, where: Region, sectors: frozenset[str] | None = None) -> None:
        """Let somebody with one role bring the next ledger."""
        reach = Reach(role, where.id, where.region_path, sectors)
        bind_viewer(self.session, Viewer(7, role, "127.0.0.1", (reach,)))

    def stage(self, kind: Kind, rows: Sequence[dict[str, Any]], *, identity: str = "") -> Staging:
        """Rows as they are after reading: ``rows`` by field, typed."""
        account = self.session.scalar(text("SELECT min(id) FROM account"))
        if account is None:
            account = factories.account(self.session, "bringer", "clerk", self.area).id
        batch = ImportBatch(
            kind=kind.key,
            account_id=account,
            region_id=self.area.id,
            file_name="台账.xlsx",
            size_bytes=1,
            digest="0",
            created_by=account,
        )
        self.session.add(batch)
        self.session.flush()
        staging = Staging(self.session, batch, kind, Context(today=DAY), identity=identity)
        for number, row in enumerate(rows, start=1):
            self.session.execute(insert(staging.rows), [{"number": number, "sheet": "1", "row": number + 1, **row}])
        staging.analyze()
        return staging


def told(staging: Staging) -> list[tuple[int, str, str, str | None]]:
    """Row, code, severity and suggestion of every problem."""
    found = staging.found.c
    rows = staging.session.execute(
        select(found.number, found.code, found.severity, found.suggestion).order_by(found.number, found.code)
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def resolved(ledgers: Ledgers, rows: Sequence[dict[str, Any]], levels: Sequence[str] = ("town", "village")) -> Staging:
    """Rows with their regions found."""
    staging = ledgers.stage(place_kind(levels), rows)
    regions.resolve(staging)
    return staging


def places(staging: Staging) -> list[int | None]:
    """The region of every row, by number."""
    rows = staging.rows.c
    return list(staging.session.scalars(select(rows.region_id).order_by(rows.number)))


def looked_at(ledgers: Ledgers, kind: Kind, rows: Sequence[dict[str, Any]]) -> Staging:
    """Rows with all checks done and their verdicts given."""
    staging = ledgers.stage(kind, [{key: value for key, value in row.items() if value is not None} for row in rows])
    regions.resolve(staging)
    identify(staging)
    regions.complete(staging)
    tell_required(staging)
    kind.check(staging)
    settle(staging)
    return staging


def entered(ledgers: Ledgers, kind: Kind, rows: Sequence[dict[str, Any]]) -> list[int | None]:
    """The records that rows became; every row must be in order."""
    staging = looked_at(ledgers, kind, rows)
    wrong = [one for one in told(staging) if one[2] != "note"]
    assert wrong == []
    kind.write(staging)
    ledgers.session.flush()
    ledgers.session.expire_all()
    numbers = staging.rows.c
    return list(ledgers.session.scalars(select(numbers.record_id).order_by(numbers.number)))


def verdicts(staging: Staging) -> list[str]:
    """What becomes of every row."""
    rows = staging.rows.c
    return list(staging.session.scalars(select(rows.verdict).order_by(rows.number)))


def columns_of(record: Any, *but: str) -> dict[str, Any]:
    """What a record says, without what tells it from another of the same words."""
    own = {"id", "created_at", "updated_at", "created_by", "updated_by", "revision", *but}
    return {one.key: getattr(record, one.key) for one in inspect(record).mapper.column_attrs if one.key not in own}
