"""What a hand-over map holds, in few bytes: every distinct text once, coordinates rounded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from spatial.crs import STORAGE_SRID, WGS84_SRID
from spatial.errors import MapError

Shape: TypeAlias = Literal["circle", "half", "triangle", "diamond", "square", "bar"]

DECIMALS: Final = 6

_KINDS: Final = ("point", "line", "area")


@dataclass(frozen=True)
class Symbol:
    """How one class of features is drawn, and its entry in the legend.

    Parameters
    ----------
    label
        Translated name in the legend.
    color
        ``#rrggbb`` of the fill, the mark or the line.
    shape
        Form of a point's mark; classes of points differ by form, not by colour alone.
    hollow
        Whether a mark is an outline only.
    size
        Radius of a mark, pixels.
    edge
        Colour of an area's border.
    width
        Width of a line or border, pixels.
    opacity
        Opacity of an area's fill, 0 to 1.
    dashed
        Whether a line or border is dashed.
    """

    label: str
    color: str
    shape: Shape = "circle"
    hollow: bool = False
    size: float = 5.0
    edge: str = "#8a949a"
    width: float = 1.0
    opacity: float = 0.6
    dashed: bool = False


@dataclass(frozen=True)
class MapLayer:
    """One layer of a hand-over map.

    Parameters
    ----------
    name
        Translated name.
    data
        Features with a coordinate system; all points, all lines or all areas.
    symbols
        Value of ``symbol_field`` to its symbol, in the order of the legend. Values that
        are not named take the last symbol.
    symbol_field
        Column that chooses the symbol; None where one symbol serves all.
    title_field
        Column with what a feature is called.
    fields
        Column to its translated name, in the order they are told on a click.
    show
        Whether the layer is switched on at first.
    names_from_zoom
        First zoom at which titles stand on the map; None for titles on pointing only.
    """

    name: str
    data: gpd.GeoDataFrame
    symbols: Mapping[Any, Symbol]
    title_field: str
    symbol_field: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    show: bool = True
    names_from_zoom: int | None = None


def encoded_layer(layer: MapLayer) -> dict[str, Any]:
    """Bring a layer into the form the page draws.

    Parameters
    ----------
    layer
        Features with their symbols and fields; features without geometry are left out.

    Returns
    -------
    dict[str, Any]
        ``values`` holds every distinct text once; ``rows`` refers to it by position, first
        the title and then the fields; ``symbol`` names each feature's symbol by position.

    Raises
    ------
    MapError
        If a column or the coordinate system is missing.
    """
    data = layer.data
    _check(layer)
    data = data[~(data.geometry.is_empty | data.geometry.isna())]
    if data.crs is not None and data.crs.to_epsg() not in {STORAGE_SRID, WGS84_SRID}:
        data = data.to_crs(WGS84_SRID)
    shapes = shapely.transform(shapely.force_2d(data.geometry.to_numpy()), lambda xy: np.round(xy, DECIMALS))
    kind = _KINDS[max(int(shapely.get_dimensions(shapes).max()), 0)] if len(shapes) else "point"
    symbols = list(layer.symbols.values())
    chosen = _symbol_numbers(layer, data)
    counts = np.bincount(chosen, minlength=len(symbols))
    columns = [layer.title_field, *layer.fields]
    texts = np.stack([_texts(data[column]) for column in columns], axis=1)
    values, positions = np.unique(texts, return_inverse=True)
    encoded: dict[str, Any] = {
        "name": layer.name,
        "kind": kind,
        "show": layer.show,
        "fields": list(layer.fields.values()),
        "symbols": [{**asdict(symbol), "count": int(counts[n])} for n, symbol in enumerate(symbols)],
        "symbol": chosen.tolist(),
        "values": values.tolist(),
        "rows": positions.reshape(texts.shape).tolist(),
        "geometry": _geometries(shapes, kind),
    }
    if layer.names_from_zoom is not None:
        encoded["namesFrom"] = layer.names_from_zoom
        inside = shapely.get_coordinates(shapely.point_on_surface(shapes))
        encoded["names"] = np.round(inside, DECIMALS).tolist()
    return encoded


def script_json(content: Any) -> str:
    """Write JSON that may stand inside a script element.

    Parameters
    ----------
    content
        What ``json`` can write; numbers must be finite.

    Returns
    -------
    str
        JSON in which no text can end the script or start a comment.
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _check(layer: MapLayer) -> None:
    data = layer.data
    if not isinstance(data, gpd.GeoDataFrame) or data.active_geometry_name is None:
        raise MapError("no_geometry", layer=layer.name)
    if data.crs is None:
        raise MapError("no_geometry", layer=layer.name)
    wanted = [layer.title_field, *layer.fields]
    if layer.symbol_field is not None:
        wanted.append(layer.symbol_field)
    for column in wanted:
        if column not in data.columns:
            raise MapError("unknown_field", layer=layer.name, field=column)


def _symbol_numbers(layer: MapLayer, data: gpd.GeoDataFrame) -> Any:
    last = len(layer.symbols) - 1
    if layer.symbol_field is None:
        return np.full(len(data), last)
    keys = pd.Index(list(layer.symbols), dtype=object)
    found = keys.get_indexer(data[layer.symbol_field].astype(object))
    return np.where(found < 0, last, found)


def _texts(column: Any) -> Any:
    missing = column.isna().to_numpy()
    return np.where(missing, "", column.astype(str).to_numpy(dtype=object)).astype(str)


def _geometries(shapes: Any, kind: str) -> list[Any]:
    if kind == "point" and (shapely.get_type_id(shapes) == 0).all():
        points: list[Any] = shapely.get_coordinates(shapes).tolist()
        return points
    return [json.loads(text) for text in shapely.to_geojson(shapes)]
