"""What each tile layer selects at a zoom: features, or counts per region where they crowd."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.maintenance import queries as maintenance
from assets.places import queries as places
from assets.places.models import Facility
from assets.projects import queries as projects
from assets.projects.models import Project
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.vocabulary import ROAD_CLASSES
from spatial.tiles import TileOptions

CROWDED_BELOW = 11
NAMES_FROM = 13
FEW = 800
LEVEL_FROM_ZOOM = ((11, "village"), (9, "town"), (7, "county"), (5, "city"), (0, "province"))
ROADS_FROM_ZOOM = {"national": 0, "provincial": 6, "county": 8, "town": 10, "village": 11}
POINTS = TileOptions(points=True)
ASSETS = TileOptions(mixed=True)
COUNTED_POINTS = TileOptions(points=True, max_features=5_000)


@dataclass(frozen=True)
class Part:
    """One layer inside a tile."""

    name: str
    statement: Select[Any]
    options: TileOptions = field(default_factory=TileOptions)


@dataclass(frozen=True)
class Layer:
    """A tile layer: its parts at a zoom, its attributes, and how it is counted."""

    fields: Mapping[str, str]
    parts: Callable[[Filter, int, str | None], list[Part]]
    counted: Callable[..., Select[Any]] | None = None


def level_at(zoom: int) -> str:
    """The level of regions that a zoom shows."""
    return next(level for lowest, level in LEVEL_FROM_ZOOM if zoom >= lowest)


def features_from(session: Session, layer: Layer, asked: Filter, area: Region) -> int:
    """The first zoom at which a layer shows single features: 0 where only few match in a county."""
    if layer.counted is None:
        return 0
    if area.level not in ("county", "town", "village"):
        return CROWDED_BELOW
    few = layer.counted(asked, literal(1)).limit(FEW + 1).subquery()
    return 0 if (session.scalar(select(func.count()).select_from(few)) or 0) <= FEW else CROWDED_BELOW


def parts_at(session: Session, name: str, asked: Filter, area: Region, zoom: int, level: str | None) -> list[Part]:
    """What a tile of the layer holds: features, or counts per region in place of a crowd."""
    layer = LAYERS[name]
    if layer.counted and zoom < CROWDED_BELOW and zoom < features_from(session, layer, asked, area):
        return [Part(name, regions.counts_tile(layer.counted, asked, level_at(zoom)), COUNTED_POINTS)]
    return layer.parts(asked, zoom, level)


def _regions(asked: Filter, zoom: int, level: str | None) -> list[Part]:
    wanted = level or level_at(zoom)
    borders = regions.border_tile(level=wanted, path=asked.area_path, day=asked.day)
    labels = regions.label_tile(level=wanted, path=asked.area_path, day=asked.day)
    return [Part("regions", borders), Part("region_labels", labels, POINTS)]


def _villages(asked: Filter, zoom: int, _level: str | None) -> list[Part]:
    return [Part("villages", places.village_tile(asked, borders=zoom >= 8))]


def _sites(asked: Filter, _zoom: int, _level: str | None) -> list[Part]:
    return [Part("sites", places.site_tile(asked), POINTS)]


def _projects(asked: Filter, zoom: int, _level: str | None) -> list[Part]:
    return [Part("projects", projects.project_tile(asked, names=zoom >= NAMES_FROM))]


def _assets(asked: Filter, zoom: int, _level: str | None) -> list[Part]:
    return [Part("assets", maintenance.asset_tile(asked, names=zoom >= NAMES_FROM), ASSETS)]


def _facilities(asked: Filter, zoom: int, _level: str | None) -> list[Part]:
    return [Part("facilities", places.facility_tile(asked, names=zoom >= NAMES_FROM), POINTS)]


def _roads(_asked: Filter, zoom: int, _level: str | None) -> list[Part]:
    shown = tuple(road for road in ROAD_CLASSES if zoom >= ROADS_FROM_ZOOM[road])
    return [Part("roads", places.road_tile(shown))]


def _clusters(_asked: Filter, _zoom: int, _level: str | None) -> list[Part]:
    return []


_COUNTS = {"count": "records in the region", "region_id": "region", "code": "region code", "level": "region level"}
LAYERS: dict[str, Layer] = {
    "regions": Layer(
        {"code": "12 digits", "name": "short name", "level": "level", "kind": "village or community"}, _regions
    ),
    "villages": Layer(
        {"name": "name", "class": "village class", "key": "key-assistance", "demonstration": "demonstration"},
        _villages,
    ),
    "sites": Layer({"name": "name", "type": "urban or rural", "persons": "persons moved"}, _sites),
    "projects": Layer(
        {"stage": "stage", "category": "category", "year": "year", "behind": "behind schedule", **_COUNTS},
        _projects,
        lambda asked, *columns: projects.matching(asked, *(columns or (Project.region_path,)), counted=True),
    ),
    "assets": Layer(
        {"class": "class", "operating": "operating status", "status": "upkeep status", "name": "name", **_COUNTS},
        _assets,
        maintenance.counted_assets,
    ),
    "facilities": Layer(
        {"type": "type", "level": "level", "status": "status", "name": "name", **_COUNTS},
        _facilities,
        lambda asked, *columns: places.facilities(asked, *(columns or (Facility.region_path,))),
    ),
    "roads": Layer({"class": "road class", "name": "name", "code": "road number"}, _roads),
    "clusters": Layer({"name": "name"}, _clusters),
}
