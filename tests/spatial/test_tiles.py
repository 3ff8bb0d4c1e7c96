"""Vector tiles from a real PostGIS, decoded again."""

from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from geoalchemy2 import Geometry
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, Select, func, select, text
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    with_loader_criteria,
)

from spatial import crs, tiles
from spatial.errors import TileAddressError, TileError
from spatial.tiles import TileAddress, TileOptions

POINTS = TileOptions(points=True)
COUNTY_TILE = TileAddress(8, 203, 101)


class Base(DeclarativeBase):
    pass


class Lamp(Base):
    __tablename__ = "lamp"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    kind: Mapped[str | None]
    worth: Mapped[int | None]
    geom: Mapped[Any] = mapped_column(Geometry("GEOMETRY", 4490, spatial_index=True))


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened, opened.begin() as transaction:
        opened.execute(text("SET LOCAL search_path = pg_temp, public"))
        Base.metadata.create_all(opened, checkfirst=False)
        yield opened
        transaction.rollback()


def add(connection: Connection, *shapes: str, first: int = 1, **values: Any) -> None:
    rows = [{"id": n, "geom": f"SRID=4490;{shape}", **values} for n, shape in enumerate(shapes, first)]
    connection.execute(Lamp.__table__.insert(), rows)  # type: ignore[attr-defined]


def scatter(connection: Connection, n: int) -> None:
    """Half the lamps stand in one street, the others all over the tile."""
    west, south, east, north = COUNTY_TILE.bbox()
    rng = np.random.default_rng(1)
    xy = rng.uniform((west, south), (east, north), (n, 2))
    xy[::2] = rng.uniform(1e-3, 2e-3, (len(xy[::2]), 2)) + xy.min(axis=0)
    add(connection, *(f"POINT({x} {y})" for x, y in xy), name="路灯" * 10, worth=0)


def query() -> Select[Any]:
    return select(Lamp.id, Lamp.name, Lamp.kind, Lamp.worth, Lamp.geom)


def fetch(connection: Connection, address: TileAddress, options: TileOptions | None = None) -> bytes:
    found = connection.execute(tiles.tile(query(), address, "lamps", options)).scalar_one()
    assert isinstance(found, bytes)
    return found


def features(tile: bytes) -> list[dict[str, Any]]:
    layers = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return layers["lamps"]["features"] if layers else []


def test_a_tile_carries_ids_attributes_and_positions(connection: Connection) -> None:
    add(connection, "POINT(106.861 34.893)", first=7, name="八渡镇路灯", kind=None, worth=3000)
    (lamp,) = features(fetch(connection, COUNTY_TILE, POINTS))
    assert lamp["id"] == 7
    assert lamp["properties"] == {"name": "八渡镇路灯", "worth": 3000}


@pytest.mark.parametrize("options", [POINTS, TileOptions()])
@pytest.mark.parametrize("z", [0, 5, 9, 14, 18, 22])
def test_a_position_lies_where_web_mercator_puts_it(connection: Connection, z: int, options: TileOptions) -> None:
    lon, lat = 106.8613579, 34.8932468
    add(connection, f"POINT({lon} {lat})")
    east, north = crs.mercator_from_lonlat(lon, lat)
    width = 2 * crs.MERCATOR_HALF_M / 2**z
    across, down = (east + crs.MERCATOR_HALF_M) / width, (crs.MERCATOR_HALF_M - north) / width
    (lamp,) = features(fetch(connection, TileAddress(z, int(across), int(down)), options))
    x, y = lamp["geometry"]["coordinates"]
    # PROJ knows CGCS2000 and WGS 84 apart by a hair, which zoom 22 shows.
    assert (x, y) == pytest.approx((across % 1 * 4096, down % 1 * 4096), abs=1.01)


def test_a_point_belongs_to_exactly_one_tile_wherever_it_lies(connection: Connection) -> None:
    west, south, east, north = TileAddress(12, 3263, 1631).bbox()
    shapes = [
        f"POINT({x!r} {y!r})"
        for x in (west, west + 1e-9, (west + east) / 2, east - 1e-9, east)
        for y in (south, south + 1e-9, (south + north) / 2, north - 1e-9, north)
    ]
    add(connection, *shapes)
    drawn = [
        lamp["id"]
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
        for lamp in features(fetch(connection, TileAddress(12, 3263 + dx, 1631 + dy), POINTS))
        if all(0 <= c < 4096 for c in lamp["geometry"]["coordinates"])
    ]
    assert sorted(drawn) == list(range(1, 26))


def test_lines_and_areas_reach_into_the_buffer_and_no_further(connection: Connection) -> None:
    add(connection, "LINESTRING(100 34.9, 110 34.9)", "POLYGON((90 20,120 20,120 50,90 50,90 20))")
    line, area = features(fetch(connection, COUNTY_TILE, TileOptions(buffer=64)))
    assert sorted(x for x, _ in line["geometry"]["coordinates"]) == [-64, 4160]
    corners = {tuple(c) for c in area["geometry"]["coordinates"][0]}
    assert corners == {(-64, -64), (-64, 4160), (4160, 4160), (4160, -64)}


def test_points_lines_and_areas_share_a_layer(connection: Connection) -> None:
    west, south, east, north = COUNTY_TILE.bbox()
    add(
        connection,
        "POINT(106.8 34.9)",
        f"POINT({east + 1e-4} 34.9)",
        "MULTIPOINT((106.8 34.9),(106.7 34.9))",
        f"LINESTRING({west} {south}, {east} {north})",
        "POLYGON((106 34.5,106.5 34.5,106.5 35,106 34.5))",
    )
    found = features(fetch(connection, COUNTY_TILE, TileOptions(mixed=True)))
    assert {f["id"]: f["geometry"]["type"] for f in found} == {
        1: "Point",
        3: "MultiPoint",
        4: "LineString",
        5: "Polygon",
    }


def test_an_empty_tile_is_no_bytes(connection: Connection) -> None:
    assert fetch(connection, COUNTY_TILE) == b""
    add(connection, "POINT(0 0)")
    assert fetch(connection, COUNTY_TILE, POINTS) == b""


def test_the_filter_of_the_query_holds_in_the_tile(connection: Connection) -> None:
    add(connection, "POINT(106.8 34.9)", kind="old")
    add(connection, "POINT(106.8 34.9)", first=2, kind="new")
    found = tiles.tile(query().where(Lamp.kind == "new"), COUNTY_TILE, "lamps", POINTS)
    (lamp,) = features(connection.execute(found).scalar_one())
    assert lamp["id"] == 2


@pytest.mark.parametrize("max_features", [1, 100])
def test_criteria_added_to_the_session_hold_in_the_tile_thinned_or_not(
    connection: Connection, max_features: int
) -> None:
    add(connection, *["POINT(106.8 34.9)"] * 5, kind="hidden")
    add(connection, *["POINT(106.8 34.9)"] * 2, first=6, kind="seen")
    options = TileOptions(points=True, max_features=max_features)
    found = tiles.tile(query(), COUNTY_TILE, "lamps", options).options(with_loader_criteria(Lamp, Lamp.kind == "seen"))
    with Session(connection) as session:
        shown = {lamp["id"] for lamp in features(session.execute(found).scalar_one())}
    assert shown <= {6, 7}
    assert len(shown) == min(2, max_features)


def test_grouped_queries_make_tiles_too(connection: Connection) -> None:
    add(connection, "POINT(106.8 34.9)", "POINT(106.8 34.9)", kind="lamp")
    grouped = select(func.min(Lamp.id).label("id"), func.count().label("size"), Lamp.geom.label("geom")).group_by(
        Lamp.geom
    )
    (group,) = features(connection.execute(tiles.tile(grouped, COUNTY_TILE, "lamps", POINTS)).scalar_one())
    assert group["properties"] == {"size": 2}


def test_attributes_wait_for_their_zoom(connection: Connection) -> None:
    add(connection, "POINT(106.8 34.9)", name="八渡镇")
    for zoom, names in ((8, {"name"}), (9, set())):
        options = TileOptions(points=True, from_zoom={"name": zoom})
        (lamp,) = features(fetch(connection, COUNTY_TILE, options))
        assert set(lamp["properties"]) == names


def test_a_tile_at_its_limit_is_left_alone(connection: Connection) -> None:
    scatter(connection, 300)
    options = TileOptions(points=True, max_features=300)
    assert len(features(fetch(connection, COUNTY_TILE, options))) == 300


def test_a_crowded_tile_keeps_its_number_and_stays_spread_out(connection: Connection) -> None:
    scatter(connection, 3000)
    kept = features(fetch(connection, COUNTY_TILE, TileOptions(points=True, max_features=500)))
    assert len(kept) == 500
    street = [
        lamp for lamp in kept if lamp["geometry"]["coordinates"][0] < 64 and lamp["geometry"]["coordinates"][1] > 4032
    ]
    assert len(street) < 10


def test_thinning_keeps_the_same_features_every_time(connection: Connection) -> None:
    scatter(connection, 1000)
    options = TileOptions(points=True, max_features=200)
    first = {lamp["id"] for lamp in features(fetch(connection, COUNTY_TILE, options))}
    connection.execute(text("UPDATE lamp SET name = name || '!' WHERE id % 3 = 0"))
    assert first == {lamp["id"] for lamp in features(fetch(connection, COUNTY_TILE, options))}


def test_thinning_keeps_the_best_ranked_of_a_crowd_and_hides_the_rank(
    connection: Connection,
) -> None:
    add(connection, *["POINT(106.8 34.9)"] * 50, worth=9)
    add(connection, "POINT(106.8 34.9)", first=51, worth=1)
    options = TileOptions(points=True, max_features=1, rank="worth")
    (lamp,) = features(fetch(connection, COUNTY_TILE, options))
    assert lamp["id"] == 51
    assert "worth" not in lamp["properties"]


def test_a_tile_too_heavy_is_thinned_below_its_size(connection: Connection) -> None:
    west, south, east, north = COUNTY_TILE.bbox()
    xy = np.random.default_rng(2).uniform((west, south), (east, north), (4000, 2))
    for n, (x, y) in enumerate(xy, 1):
        add(connection, f"POINT({x} {y})", first=n, name=f"{n}号" + "路" * 60)
    heavy = fetch(connection, COUNTY_TILE, TileOptions(points=True, max_bytes=10**9))
    assert len(heavy) > tiles.MAX_TILE_BYTES
    light = fetch(connection, COUNTY_TILE, POINTS)
    assert tiles.MAX_TILE_BYTES / 2 < len(light) <= tiles.MAX_TILE_BYTES


def test_the_query_finds_its_rows_through_the_spatial_index(connection: Connection) -> None:
    scatter(connection, 2000)
    connection.execute(text("ANALYZE lamp"))
    statement = tiles.tile(query(), TileAddress(14, 13050, 6500), "lamps", POINTS)
    sql = statement.compile(connection, compile_kwargs={"literal_binds": True})
    plan = connection.exec_driver_sql(f"EXPLAIN {sql}").scalars().all()
    assert any("idx_lamp_geom" in line for line in plan)


def test_areas_are_simplified_as_far_as_the_zoom_does_not_show(connection: Connection) -> None:
    add(connection, "POINT(106.8 34.9)")
    connection.execute(text("UPDATE lamp SET geom = ST_Buffer(geom, 0.1, 2000)"))
    plain, simple = (
        features(fetch(connection, COUNTY_TILE, TileOptions(simplify_px=px)))[0]["geometry"] for px in (0.0, 0.25)
    )
    assert len(simple["coordinates"][0]) < len(plain["coordinates"][0]) / 3
    reach = [np.ptp(np.array(shape["coordinates"][0]), axis=0) for shape in (plain, simple)]
    assert np.abs(reach[0] - reach[1]).max() <= 8


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (23, 0, 0), (0, 1, 0), (3, 0, 8), (3, -1, 0), (10**9, 0, 0)])
def test_a_tile_outside_the_pyramid_is_refused(z: int, x: int, y: int) -> None:
    with pytest.raises(TileAddressError):
        TileAddress(z, x, y)


@pytest.mark.parametrize("missing", ["id", "geom"])
def test_a_query_without_id_or_geom_is_refused(missing: str) -> None:
    columns = {"id": Lamp.id, "geom": Lamp.geom}
    columns.pop(missing)
    with pytest.raises(TileError) as caught:
        tiles.tile(select(*columns.values()), COUNTY_TILE, "lamps")
    assert caught.value.params == {"column": missing}


@given(z=st.integers(0, 22), data=st.data())
def test_neighbouring_tiles_share_their_edge(z: int, data: st.DataObject) -> None:
    last = 2**z - 1
    x, y = data.draw(st.integers(0, last)), data.draw(st.integers(0, last))
    west, south, east, north = TileAddress(z, x, y).bbox()
    assert west < east
    assert south < north
    if x < last:
        assert TileAddress(z, x + 1, y).bbox()[0] == pytest.approx(east, abs=1e-12)
    if y < last:
        assert TileAddress(z, x, y + 1).bbox()[3] == pytest.approx(south, abs=1e-12)


def test_a_layer_describes_itself() -> None:
    described = tiles.tilejson(
        name="assets",
        tiles=["/tiles/assets/{z}/{x}/{y}.mvt"],
        fields={"class": "String"},
        min_zoom=9,
        bounds=(106.0, 34.0, 107.0, 35.0),
        attribution="演示数据",
    )
    assert described["tilejson"] == "3.0.0"
    assert described["center"] == [106.5, 34.5, 9]
    assert described["attribution"] == "演示数据"
    assert described["vector_layers"][0] == {
        "id": "assets",
        "fields": {"class": "String"},
        "minzoom": 9,
        "maxzoom": 14,
    }
    with pytest.raises(TileAddressError):
        tiles.tilejson(name="a", tiles=[], fields={}, max_zoom=30)
