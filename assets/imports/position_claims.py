"""What rows claim beside their coordinates: the area they are filed under, the record they speak of."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyarrow import csv
from shapely.geometry.base import BaseGeometry
from sqlalchemy import BigInteger, ColumnElement, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from assets.imports.identities import records_of
from assets.imports.staging import Staging, raw_cursor
from assets.regions.models import Region
from spatial.crs import GRID_DEG, FloatArray

IntArray: TypeAlias = NDArray[np.int64]
TextArray: TypeAlias = NDArray[Any]

SAME_DEG: Final = 2 * GRID_DEG
"""As near to each other, two positions are one: files round to the grid."""
# A province says too little of where something lies.
_LEVELS: Final = ("county", "town", "village")
_NUMBERS: Final = ("number", "region_id", "record_id")
_TEXTS: Final = ("name", "source_datum", "position_quality")


@dataclass(frozen=True)
class Area:
    """The border that stands for a claimed region: its own, or that of the nearest region above it."""

    region_id: int
    name: str
    level: str
    shape: BaseGeometry
    schematic: bool


@dataclass(frozen=True)
class Claims:
    """One entry a row, in the order of their numbers; 0 and "" stand for nothing.

    ``area`` is the index of the row's area, -1 where no border is known. ``home`` is that of the
    ledger's own region, which stands in where a row's region is not known.
    """

    number: IntArray
    region_id: IntArray
    record_id: IntArray
    name: TextArray
    source_datum: TextArray
    position_quality: TextArray
    area: IntArray
    areas: tuple[Area, ...]
    home: int

    @property
    def shapes(self) -> list[BaseGeometry | None]:
        """The borders by index."""
        return [area.shape for area in self.areas]

    @property
    def nearest_area(self) -> IntArray:
        """The row's area, or else that of the whole ledger."""
        return np.where(self.area >= 0, self.area, self.home)

    def rows_of(self, numbers: Any) -> IntArray:
        """Where rows of these numbers stand."""
        return np.searchsorted(self.number, np.asarray(numbers, dtype=np.int64))


def read_claims(staging: Staging) -> Claims:
    """Gather what the staged rows claim."""
    staged = _staged(staging)
    region_id = staged["region_id"]
    areas, index = _areas(staging, {*np.unique(region_id).tolist(), staging.batch.region_id} - {0})
    found, inverse = np.unique(region_id, return_inverse=True)
    by_region = np.array([index.get(int(one), -1) for one in found], dtype=np.int64)
    return Claims(
        **staged,
        area=by_region[inverse] if by_region.size else np.full(region_id.shape, -1, dtype=np.int64),
        areas=areas,
        home=index.get(staging.batch.region_id, -1),
    )


@dataclass(frozen=True)
class Stored:
    """Positions of the records that rows speak of, by row; None and "" where there is none."""

    geometry: NDArray[Any]
    source_datum: TextArray
    position_quality: TextArray

    @property
    def there(self) -> NDArray[np.bool_]:
        """Which rows speak of a record with a position."""
        return np.asarray(~shapely.is_missing(self.geometry))

    @property
    def are_points(self) -> NDArray[np.bool_]:
        """Which rows speak of a record whose position is a point."""
        return np.asarray(shapely.get_type_id(self.geometry) == 0)

    def same_as(self, rows: IntArray, lon: FloatArray, lat: FloatArray) -> NDArray[np.bool_]:
        """Whether the points of these rows are those that are held."""
        held = self.geometry[rows]
        apart = np.fmax(np.abs(lon - shapely.get_x(held)), np.abs(lat - shapely.get_y(held)))
        return np.asarray((apart <= SAME_DEG) & np.isfinite(lon))


def read_stored(staging: Staging, claims: Claims) -> Stored:
    """Gather what the register holds of the records that rows speak of."""
    size = len(claims.number)
    geometry = np.full(size, None, dtype=object)
    said = {name: np.full(size, "", dtype=object) for name in ("source_datum", "position_quality")}
    if claims.record_id.any():
        existing, rows = records_of(staging), staging.rows
        if "geom" in existing.c:
            beside = [existing.c[name] for name in said if name in existing.c]
            found = staging.session.execute(
                select(rows.c.number, func.ST_AsBinary(existing.c.geom), *beside)
                .join(existing, existing.c.record_id == rows.c.record_id)
                .where(existing.c.geom.is_not(None))
            ).all()
            if found:
                at = claims.rows_of([one[0] for one in found])
                geometry[at] = shapely.from_wkb([bytes(one[1]) for one in found])
                for place, column in enumerate(beside, start=2):
                    said[column.name][at] = [one[place] or "" for one in found]
    return Stored(geometry, **said)


def _staged(staging: Staging) -> dict[str, Any]:
    """Columns of the staged rows; a copy is many times faster than a cursor."""
    there = [name for name in (*_NUMBERS, *_TEXTS) if name in staging.rows.c]
    listed = ", ".join(f'"{name}"' for name in there)
    buffer = io.BytesIO()
    cursor = raw_cursor(staging.session)
    asked = f'COPY (SELECT {listed} FROM "{staging.rows.name}" ORDER BY number) TO STDOUT (FORMAT csv, HEADER)'
    with cursor, cursor.copy(asked) as out:
        for piece in out:
            buffer.write(piece)
    buffer.seek(0)
    types = {name: pa.int64() for name in _NUMBERS} | {name: pa.string() for name in _TEXTS}
    options = csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
    table = csv.read_csv(buffer, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=options)
    found: dict[str, Any] = {}
    for name in _NUMBERS:
        found[name] = table.column(name).fill_null(0).to_numpy()
    for name in _TEXTS:
        texts = table.column(name).fill_null("") if name in there else pa.array([""] * table.num_rows)
        found[name] = texts.to_numpy(zero_copy_only=False)
    return found


def one_of(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """The criterion that ``column`` is one of ``ids``, of which a nation has more than a statement has parameters."""
    return cast("ColumnElement[bool]", column == any_(literal(sorted(ids), ARRAY(BigInteger))))


def _areas(staging: Staging, region_ids: set[int]) -> tuple[tuple[Area, ...], dict[int, int]]:
    session = staging.session
    paths = session.execute(select(Region.id, Region.region_path).where(one_of(Region.id, region_ids))).all()
    above = {one for _, path in paths for one in _steps(path)}
    bordered = set(
        session.scalars(
            select(Region.id).where(one_of(Region.id, above), Region.shape.is_not(None), Region.level.in_(_LEVELS))
        )
    )
    nearest = {one: next((up for up in reversed(_steps(path)) if up in bordered), 0) for one, path in paths}
    needed = sorted(set(nearest.values()) - {0})
    found = session.execute(
        select(Region.id, Region.short_name, Region.level, func.ST_AsBinary(Region.shape), Region.is_schematic)
        .where(one_of(Region.id, needed))
        .order_by(Region.id)
    ).all()
    areas = tuple(Area(one, name, level, shapely.from_wkb(bytes(wkb)), drawn) for one, name, level, wkb, drawn in found)
    place = {area.region_id: at for at, area in enumerate(areas)}
    return areas, {one: place[up] for one, up in nearest.items() if up in place}


def _steps(path: str) -> list[int]:
    """The regions from the root down to the one of this path."""
    return [int(step) for step in path.strip("/").split("/")]
