"""A clerk who acts, one transaction at a time, and takes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, literal_column, select, text
from sqlalchemy.orm import Session

from assets import audit
from assets.maintenance.models import Inspection, UpkeepPeriod
from assets.ownership.models import Right
from assets.parties.models import Party
from assets.registry.models import Asset, ValueEvent
from assets.scope import ScopedSession, Viewer, bind_viewer
from assets.undo import current_transaction, undo, undoable
from tests import factories
from tests.people import Office

WRITTEN = (Party, Asset, ValueEvent, Inspection, Right)


@dataclass
class Desk:
    """A clerk's desk: every ``action`` is one transaction of its own."""

    office: Office
    viewer: Viewer
    transactions: list[int] = field(default_factory=list)

    @contextmanager
    def action(self, viewer: Viewer | None = None) -> Iterator[Session]:
        with ScopedSession(self.office.engine, expire_on_commit=False) as session:
            bind_viewer(session, viewer or self.viewer)
            yield session
            self.transactions.append(current_transaction(session))
            session.commit()

    def undo(self, transaction: int | None = None, **how: Any) -> None:
        viewer, now = how.get("viewer"), how.get("now", dt.datetime.now(dt.UTC))
        with self.action(viewer) as session:
            undo(session, transaction or self.transactions[-1], now=now)

    def can_undo(self, viewer: Viewer | None = None, now: dt.datetime | None = None) -> bool:
        with ScopedSession(self.office.engine) as session:
            bind_viewer(session, viewer or self.viewer)
            return undoable(session, self.transactions[-1], now=now or dt.datetime.now(dt.UTC)) is not None

    def everything(self) -> dict[str, list[Any]]:
        """Every row of the tables these tests write to, to the last bit."""
        with self.office.session() as session:
            return {
                entity.__tablename__: list(
                    session.execute(
                        select(
                            func.to_jsonb(literal_column(f'"{entity.__tablename__}"'))
                            .op("-")(text("'{updated_at,revision}'::text[]"))
                            .label("row"),
                            *([func.ST_AsEWKB(entity.geom)] if hasattr(entity, "geom") else []),
                        )
                        .select_from(entity)
                        .order_by(entity.id)
                    )
                )
                for entity in WRITTEN
            } | {
                "upkeep": list(
                    session.execute(
                        select(UpkeepPeriod.asset_id, UpkeepPeriod.valid_from, UpkeepPeriod.value_yuan).order_by(
                            UpkeepPeriod.asset_id, UpkeepPeriod.valid_from
                        )
                    )
                )
            }


def register(session: Session, where: Any, **values: Any) -> Asset:
    asset = factories.asset(session, where, **values)
    audit.record(session, "registry.register_asset", asset)
    return asset
