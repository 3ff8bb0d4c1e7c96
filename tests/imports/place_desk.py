"""Rows with positions as they are staged, over a small county of square villages."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from assets.imports import positions
from assets.imports.fields import POSITION_FIELDS, Context, Field, Kind
from assets.imports.models import ImportAnswer, ImportBatch
from assets.imports.settings import Reading
from assets.imports.staging import Staging
from assets.regions.borders import attach_borders
from assets.registry.models import Asset
from spatial.crs import FloatArray
from tests import factories

DAY = factories.DAY
SIDE = 0.02
WEST, SOUTH = 106.8, 34.8


def _existing(_staging: Staging) -> Any:
    names = ("name", "geom", "source_datum", "position_quality")
    return select(Asset.id.label("record_id"), Asset.revision, *(getattr(Asset, name) for name in names))


def _nothing(_staging: Staging) -> None:
    return None


ASSETS = Kind("asset", "Assets", (Field("name", "Name"), *POSITION_FIELDS), (), _existing, _nothing, _nothing)


@dataclass
class Parsed:
    """What cells hand on, as far as positions read it."""

    places: pa.Table
    srid: int | None = None


@dataclass
class Desk:
    """A county whose four villages are squares of two kilometres, side by side from west to east."""

    session: Session
    tree: factories.Tree

    def box(self, village: int) -> tuple[float, float, float, float]:
        """West, south, east, north of a village."""
        return (WEST + village * SIDE, SOUTH, WEST + (village + 1) * SIDE, SOUTH + SIDE)

    def points(self, village: int, count: int, *, inset: float = 0.0, seed: int = 1) -> FloatArray:
        """Made positions inside a village, shape (n, 2)."""
        west, south, east, north = self.box(village)
        random = np.random.default_rng(seed + village)
        spread = (np.array([east - west, north - south]) - 2 * inset) * random.random((count, 2))
        return np.array([west, south]) + inset + spread

    def stage(
        self, rows: Sequence[dict[str, Any]], *, kind: Kind = ASSETS, area: factories.Region | None = None
    ) -> Staging:
        """Rows as they are after reading: ``region`` is a village's number, positions are left to :meth:`locate`."""
        account = self.session.scalar(text("SELECT min(id) FROM account"))
        if account is None:
            account = factories.account(self.session, "bringer", "clerk", self.tree.county).id
        batch = ImportBatch(
            kind=kind.key,
            account_id=account,
            region_id=(area or self.tree.county).id,
            file_name="台账.xlsx",
            size_bytes=1,
            digest="0",
            created_by=account,
        )
        self.session.add(batch)
        self.session.flush()
        staging = Staging(self.session, batch, kind, Context(today=DAY), identity="")
        told = {"name", "source_datum", "position_quality", "record_id"}
        values = []
        for number, row in enumerate(rows, start=1):
            village = row.get("region", 0)
            values.append(
                {"number": number, "sheet": "1", "row": number + 1}
                | {"region_id": None if village is None else self.tree.villages[village].id, "name": f"资产{number}"}
                | {name: row.get(name) for name in told if name in row or name != "name"}
            )
        if values:
            self.session.execute(insert(staging.rows), values)
        staging.analyze()
        return staging

    def locate(
        self,
        rows: Sequence[dict[str, Any]],
        *,
        srid: int | None = None,
        kind: Kind = ASSETS,
        answers: Sequence[ImportAnswer] = (),
        area: factories.Region | None = None,
        **reading: Any,
    ) -> Located:
        """Stage rows and locate them."""
        staging = self.stage(rows, kind=kind, area=area)
        for answer in answers:
            answer.batch_id, answer.account_id = staging.batch.id, staging.batch.account_id
            self.session.add(answer)
        self.session.flush()
        names = [one for one in ("longitude", "latitude", "position", "geometry") if any(one in row for row in rows)]
        places = {"number": pa.array(range(1, len(rows) + 1), pa.int32())}
        for name in names:
            kept = pa.binary() if name == "geometry" else pa.string()
            places[name] = pa.array([row.get(name) for row in rows], kept)
        reading_of = dataclasses.replace(Reading(), **reading)
        evidence = positions.locate(staging, Parsed(pa.table(places), srid), reading_of)
        return Located(staging, evidence)


@dataclass
class Located:
    """What became of the rows."""

    staging: Staging
    evidence: dict[str, Any]

    @property
    def geometries(self) -> list[Any]:
        """The kept geometry of each row."""
        return [one and to_shape(one) for (one,) in self._column("geom")]

    @property
    def drawn(self) -> list[Any]:
        """What is drawn instead."""
        return [one and to_shape(one) for (one,) in self._column("drawn")]

    @property
    def lonlat(self) -> FloatArray:
        """Longitude and latitude of each row that is a point, shape (n, 2)."""
        return np.array([[np.nan] * 2 if one is None else [one.x, one.y] for one in self.geometries])

    @property
    def datums(self) -> list[str | None]:
        """What each row was recorded in."""
        return [one for (one,) in self._column("source_datum")]

    @property
    def qualities(self) -> list[str | None]:
        """How each position was taken."""
        return [one for (one,) in self._column("position_quality")]

    def told(self, *columns: str) -> list[Any]:
        """Number, code and further columns of every problem."""
        found = self.staging.found.c
        chosen = [found.number, found.code, *(found[name] for name in columns)]
        rows = self.staging.session.execute(select(*chosen).order_by(found.number, found.code))
        return [tuple(row) for row in rows]

    @property
    def codes(self) -> dict[str, list[int]]:
        """The rows of each problem."""
        found: dict[str, list[int]] = {}
        for number, code in self.told():
            found.setdefault(code, []).append(number)
        return found

    def data(self, code: str) -> Any:
        """What fills the sentence of the first problem of a code."""
        return next(data for _, one, data in self.told("data") if one == code)

    def _column(self, name: str) -> Any:
        rows = self.staging.rows
        return self.staging.session.execute(select(rows.c[name]).order_by(rows.c.number)).all()


def open_desk(session: Session) -> Desk:
    """The county, with borders."""
    desk = Desk(session, factories.tree(session))
    borders = {village.code: shapely.box(*desk.box(at)) for at, village in enumerate(desk.tree.villages)}
    attach_borders(session, borders, level="village", day=DAY, source="test", schematic=False)
    return desk


def two_columns(points: FloatArray, **values: Any) -> list[dict[str, Any]]:
    """Rows with longitude and latitude as texts."""
    return [{"longitude": f"{lon:.7f}", "latitude": f"{lat:.7f}", **values} for lon, lat in points]
