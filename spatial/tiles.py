"""Vector tiles: any SELECT with a ``geom`` column becomes a tile, in one statement.

A crowded tile is thinned by one stated rule. The tile is divided into 64 by 64 cells; every
cell in turn gives its best feature, then its second best, until ``max_features`` are kept, or
as many as fit ``max_bytes``. Best is the lowest ``rank``, then a fixed mix of the id's bits.
A tile below both limits is not touched and pays nothing for the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    LargeBinary,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.sql.selectable import NamedFromClause

from spatial.crs import EARTH_RADIUS_M, METRES_PER_DEGREE, STORAGE_SRID, WEB_MERCATOR_SRID
from spatial.errors import TileError
from spatial.pyramid import TileAddress, tilejson, tolerance_deg

__all__ = [
    "CONTENT_TYPE",
    "MAX_TILE_BYTES",
    "TileAddress",
    "TileOptions",
    "simplified",
    "tile",
    "tilejson",
    "tolerance_deg",
]

MAX_TILE_BYTES: Final = 500_000
CONTENT_TYPE: Final = "application/vnd.mapbox-vector-tile"

_GEOM: Final[ColumnElement[str]] = literal_column("'geom'")
_ID: Final[ColumnElement[str]] = literal_column("'id'")
_NOTHING: Final[ColumnElement[bytes]] = literal_column("''::bytea", LargeBinary)
_CELLS: Final = 64
# Features kept after an overflow may be a little wordier than those measured.
_MARGIN: Final = 0.85


@dataclass(frozen=True)
class TileOptions:
    """How a layer is cut into tiles.

    Parameters
    ----------
    points
        Whether all geometries are single points; they are projected by plain arithmetic
        and each belongs to one tile only.
    mixed
        Whether some geometries are single points; those are projected by plain arithmetic.
    extent
        Units along a tile's side.
    buffer
        Units beyond the sides that lines and areas are kept for.
    max_features
        Number above which a tile is thinned.
    max_bytes
        Uncompressed size above which a tile is thinned.
    rank
        Key of a column that says what to keep when thinning, lowest first; it is not
        written to the tile.
    from_zoom
        Key of a column to the first zoom at which it is written to the tile.
    simplify_px
        Largest deviation of simplified lines and areas, in pixels of a tile of 512; 0 for
        none. Not used for points.
    """

    points: bool = False
    mixed: bool = False
    extent: int = 4096
    buffer: int = 64
    max_features: int = 20_000
    max_bytes: int = MAX_TILE_BYTES
    rank: str | None = None
    from_zoom: Mapping[str, int] = field(default_factory=dict)
    simplify_px: float = 0.25


def tile(
    statement: Select[Any],
    address: TileAddress,
    layer: str,
    options: TileOptions | None = None,
) -> Select[bytes]:
    """Compose the one statement that yields a layer's tile.

    Parameters
    ----------
    statement
        Selects ``id`` (an integer), ``geom`` (EPSG:4490, indexed) and any attributes.
    address
        Which tile.
    layer
        Name of the layer in the tile.
    options
        How to cut; the defaults suit lines and areas.

    Returns
    -------
    Select[bytes]
        One row, one column: the tile, empty bytes where nothing is.

    Raises
    ------
    TileError
        If the statement has no ``id`` or no ``geom``.
    """
    cut = options or TileOptions()
    for key in ("id", "geom"):
        if key not in statement.selected_columns:
            raise TileError("no_geom", column=key)
    found = _nearby(statement, address, cut)
    hidden = {cut.rank, *(key for key, zoom in cut.from_zoom.items() if address.z < zoom)}

    full = found.subquery("hit")
    all_rows = select(*_features(full, address, cut, hidden)).limit(cut.max_features + 1).subquery("every")
    whole = select(_as_mvt(all_rows, layer, cut).label("tile"), func.count().label("size")).subquery("whole")

    size = func.length(whole.c.tile, type_=Integer)
    most, budget = _number(cut.max_features), _number(int(_MARGIN * cut.max_bytes))
    crowded = (whole.c.size > most) | (size > _number(cut.max_bytes))
    fitting = budget * whole.c.size // func.greatest(size, _number(1))
    wanted = func.greatest(_number(1), func.least(most, fitting))

    turns = _in_turns(found.subquery("crowd"), address, cut)
    # The wanted number depends on the full tile, so this branch runs only when taken.
    kept = (
        select(*_features(turns, address, cut, {*hidden, "_turn", "_mix"}))
        .order_by(turns.c["_turn"], turns.c["_mix"])
        .limit(select(wanted).correlate(whole).scalar_subquery())
        .correlate(whole)
        .lateral("kept")
    )
    thinned = select(_as_mvt(kept, layer, cut)).correlate(whole).scalar_subquery()
    return select(case((crowded, thinned), else_=whole.c.tile).label("tile"))


def simplified(geom: ColumnElement[Any], z: int, pixels: float = 0.25) -> ColumnElement[Any]:
    """Simplify a geometry column as far as a zoom does not show.

    Parameters
    ----------
    geom
        Column or expression in degrees.
    z
        Zoom at which it is drawn.
    pixels
        Largest deviation, in pixels of a 512-pixel tile.

    Returns
    -------
    ColumnElement[Any]
        Expression in degrees; what collapses keeps its type.
    """
    return func.ST_Simplify(geom, tolerance_deg(z, pixels), True)


def _nearby(statement: Select[Any], address: TileAddress, cut: TileOptions) -> Select[Any]:
    margin = 0.0 if cut.points else cut.buffer / cut.extent
    # Written into the text, not bound: a plan for any tile would suit no tile.
    corners = [bindparam(None, corner, Double, literal_execute=True) for corner in address.bbox(margin)]
    envelope = func.ST_MakeEnvelope(*corners, _number(STORAGE_SRID))
    geom: ColumnElement[Any] = statement.selected_columns["geom"]
    return statement.where(geom.op("&&")(envelope))


def _features(
    rows: NamedFromClause, address: TileAddress, cut: TileOptions, hidden: set[str | None]
) -> list[ColumnElement[Any]]:
    kept = [c for c in rows.c if c.key != "geom" and c.key not in hidden]
    place = _point_in_tile if cut.points else _either_in_tile if cut.mixed else _shape_in_tile
    return [*kept, place(rows.c.geom, address, cut).label("geom")]


def _point_in_tile(geom: ColumnElement[Any], address: TileAddress, cut: TileOptions) -> ColumnElement[Any]:
    left, top = address.origin_m
    unit = cut.extent / address.width_m
    east = func.ST_X(geom) * literal(METRES_PER_DEGREE * unit, Double) - literal(left * unit, Double)
    slope = func.ln(func.tan(func.radians(_number(45) + func.ST_Y(geom) / _number(2))))
    down = literal(top * unit, Double) - literal(EARTH_RADIUS_M * unit, Double) * slope
    # Rounded down: the far edges belong to the next tile, where clients look for them.
    return func.ST_MakePoint(func.floor(east), func.floor(down))


def _shape_in_tile(geom: ColumnElement[Any], address: TileAddress, cut: TileOptions) -> ColumnElement[Any]:
    if cut.simplify_px > 0.0:
        geom = simplified(geom, address.z, cut.simplify_px)
    return func.ST_AsMVTGeom(
        func.ST_Transform(geom, _number(WEB_MERCATOR_SRID)),
        func.ST_TileEnvelope(address.z, address.x, address.y),
        _number(cut.extent),
        _number(cut.buffer),
        true(),
    )


def _either_in_tile(geom: ColumnElement[Any], address: TileAddress, cut: TileOptions) -> ColumnElement[Any]:
    west, south, east, north = address.bbox()
    inside = (
        (func.ST_X(geom) >= literal(west, Double))
        & (func.ST_X(geom) < literal(east, Double))
        & (func.ST_Y(geom) > literal(south, Double))
        & (func.ST_Y(geom) <= literal(north, Double))
    )
    return case(
        (func.GeometryType(geom) != "POINT", _shape_in_tile(geom, address, cut)),
        (inside, _point_in_tile(geom, address, cut)),
    )


def _in_turns(rows: NamedFromClause, address: TileAddress, cut: TileOptions) -> Subquery:
    west, south, east, north = address.bbox()
    geom = rows.c.geom
    across = (func.ST_XMin(geom) + func.ST_XMax(geom)) / _number(2) - west
    up = (func.ST_YMin(geom) + func.ST_YMax(geom)) / _number(2) - south
    cell = [
        func.floor(across * (_CELLS / (east - west))),
        func.floor(up * (_CELLS / (north - south))),
    ]
    # Knuth's multiplier spreads ids that follow each other.
    mix = (rows.c.id % literal_column("2147483647")) * literal_column("2654435761")
    mix = mix % literal_column("4294967296")
    best = [mix] if cut.rank is None else [rows.c[cut.rank], mix]
    turn = func.row_number().over(partition_by=cell, order_by=best)
    return select(*rows.c, turn.label("_turn"), mix.label("_mix")).subquery("turns")


def _as_mvt(rows: NamedFromClause, layer: str, cut: TileOptions) -> ColumnElement[bytes]:
    encoded = func.ST_AsMVT(rows.table_valued(), layer, _number(cut.extent), _GEOM, _ID, type_=LargeBinary)
    return func.coalesce(encoded, _NOTHING, type_=LargeBinary)


def _number(value: int) -> ColumnElement[int]:
    # What never changes stands in the text: fewer values to bind for every tile.
    return literal_column(str(int(value)), Integer)
