"""The layers of a handed-over map: the workbench's records with the workbench's symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from app import db
from app.i18n import language
from app.map.layers import LISTED, SHADE_KINDS
from app.map.symbols import BORDER, COUNT, SYMBOLS, plain_symbol
from app.words import KINDS, WORDS
from assets.filters import Filter
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.terms import queries as terms
from assets.vocabulary import LEVELS
from spatial.map_content import MapLayer

TOLD = {
    "assets": ("code", "yuan", "day"),
    "projects": ("code", "yuan", "day"),
    "villages": ("code", "persons"),
    "sites": ("persons",),
    "facilities": (),
}


def layer_name(name: str) -> str:
    """What a layer is called."""
    names = {
        "villages": _("Villages"),
        "facilities": _("Facilities"),
        "sites": _("Relocation sites"),
        "projects": _("Projects"),
        "assets": _("Assets"),
    }
    return str(names[name])


def size(name: str, asked: Filter) -> int:
    """How many of the layer's records have a position."""
    listed = LISTED[name]
    found = listed.matching(asked, listed.geom(asked).label("geom")).subquery()
    return db.session.scalar(select(func.count()).where(found.c.geom.is_not(None))) or 0


def borders(area: Region, asked: Filter) -> MapLayer:
    """The borders one level below the area, with their names."""
    tile = regions.border_tile(level=_below(area), path=area.region_path, day=asked.day).subquery()
    rows = db.session.execute(
        select(tile.c.name, func.ST_AsBinary(tile.c.geom).label("shape")).order_by(tile.c.code)
    ).mappings()
    return MapLayer(
        name=_("Areas"),
        data=_table(rows, "name"),
        symbols={"": replace(BORDER, label=_("Border"))},
        title_field="name",
        names_from_zoom=9,
    )


def counts(name: str, area: Region, asked: Filter) -> MapLayer:
    """How many records of a layer lie in each region one level below the area."""
    listed = LISTED[name]

    def counted(of: Filter, *columns: Any) -> Select[Any]:
        return listed.matching(of, *(columns or (listed.region_path.label("region_path"),)))

    tile = regions.counts_tile(counted, asked, _below(area)).subquery()
    rows = db.session.execute(
        select(tile.c.name, tile.c["count"].label("count"), func.ST_AsBinary(tile.c.geom).label("shape"))
    ).mappings()
    return MapLayer(
        name=layer_name(name),
        data=_table(rows, "name", "count"),
        symbols={"": replace(COUNT, label=_("Number of records per area"))},
        title_field="name",
        fields={"count": _("Number")},
    )


def features(name: str, shade: str, asked: Filter) -> MapLayer:
    """A layer's records, drawn by the column they are coloured by on the workbench."""
    listed = LISTED[name]
    shade = shade if shade in listed.shades else next(iter(listed.shades))
    kind, told = SHADE_KINDS[name, shade], TOLD[name]
    geom = listed.geom(asked)
    rows = db.session.execute(
        listed.matching(
            asked,
            listed.name.label("name"),
            listed.shades[shade](asked).label("shade"),
            func.ST_AsBinary(geom if name == "villages" else func.ST_PointOnSurface(geom)).label("shape"),
            *[column for column in listed.columns(asked) if column.key in told],
        )
        .where(geom.is_not(None))
        .order_by(listed.id)
    ).mappings()
    table = _table(rows, "name", "shade", *told)
    words = _words(kind, asked)
    table["shade_name"] = table["shade"].map(lambda code: words.get(code, "—"))
    known = SYMBOLS.get(kind, {})
    present = [code for code in words if code in set(table["shade"])]
    symbols = {
        code: replace(known.get(code) or plain_symbol(number), label=words[code]) for number, code in enumerate(present)
    }
    titles = {"code": _("Code"), "yuan": _("Amount (yuan)"), "day": _("Due on"), "persons": _("People")}
    return MapLayer(
        name=layer_name(name),
        data=table,
        symbols=symbols or {"": plain_symbol(0)},
        symbol_field="shade",
        title_field="name",
        fields={"shade_name": str(KINDS.get(kind, _("Type"))), **{column: titles[column] for column in told}},
    )


def _below(area: Region) -> str:
    return LEVELS[min(LEVELS.index(area.level) + 1, len(LEVELS) - 1)]


def _words(kind: str, asked: Filter) -> dict[str, str]:
    if kind == "facility_type":
        return terms.names(db.session, kind, day=asked.day, language=language())
    return {code: str(name) for code, name in WORDS[kind].items()}


def _table(rows: Iterable[Mapping[Any, Any]], *columns: str) -> gpd.GeoDataFrame:
    found = list(rows)
    data = {column: [row[column] for row in found] for column in columns}
    shapes = gpd.GeoSeries.from_wkb([bytes(row["shape"]) for row in found], crs=4490)
    return gpd.GeoDataFrame(data, geometry=shapes.array, crs=4490)
