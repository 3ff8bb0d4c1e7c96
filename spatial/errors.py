"""What can be wrong with something spatial.

Every error carries a stable ``key`` and ``params``; the English sentence is only the
default. ``MESSAGES`` lists every key, so that a catalogue can be checked for completeness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MESSAGES: Final[dict[str, str]] = {
    "crs.unknown_datum": "{datum} is not a known map datum. Choose one of: {known}.",
    "crs.not_gauss_kruger": "EPSG:{srid} is not a CGCS2000 3-degree Gauss-Kruger zone.",
    "crs.unknown_srid": "EPSG:{srid} is not a known coordinate system.",
    "crs.no_zone": "Longitude {lon} lies outside the 3-degree zones of China (73.5 to 136.5).",
    "crs.zone_missing": ("Eastings such as {x} carry no zone number. Name the central meridian of the survey."),
    "crs.cannot_tell": ("Coordinates such as {x}, {y} fit no system used in China. Name the coordinate system."),
    "crs.transform_failed": "Coordinates {x}, {y} cannot be converted from EPSG:{srid}.",
    "geometry.missing": "There is no geometry. Draw one, or give coordinates, WKT or GeoJSON.",
    "geometry.unreadable": "The text could not be read as {format}.",
    "geometry.no_coordinates": ("“{found}” could not be read. Write longitude and latitude, such as 106.861, 34.893."),
    "geometry.odd_numbers": "{size} numbers make no pairs of longitude and latitude.",
    "geometry.same_axis": "Two longitudes or two latitudes follow each other at pair {pair}.",
    "geometry.unclosed": "A ring must end at the point where it starts.",
    "geometry.several": "The text holds {size} features where one is needed.",
    "geometry.too_long": "The text has {size} characters; at most {limit} are read.",
    "geometry.too_many_vertices": "The geometry has {size} vertices; at most {limit} are allowed.",
    "geometry.too_many_parts": "The geometry has {size} parts; at most {limit} are allowed.",
    "geometry.empty": "The geometry is empty.",
    "geometry.not_finite": "Vertex {vertex} is not a number.",
    "geometry.wrong_type": "A {found} was given where one of these is needed: {allowed}.",
    "geometry.too_few_points": ("A {found} needs at least {needed} different points; this one has {size}."),
    "geometry.out_of_range": (
        "Vertex {vertex} ({lon}, {lat}) is no longitude and latitude. "
        "Longitude comes first; projected coordinates need their coordinate system."
    ),
    "geometry.swapped": (
        "Vertex {vertex} ({lon}, {lat}) seems to have latitude before longitude. "
        "Swapped, it would lie at {swapped_lon}, {swapped_lat}."
    ),
    "geometry.outside_china": "Vertex {vertex} ({lon}, {lat}) lies outside China.",
    "geometry.self_crossing": "The border crosses or touches itself near {lon}, {lat}.",
    "geometry.invalid": "A hole or a part lies where it may not, near {lon}, {lat}.",
    "geometry.no_area": "The polygon encloses no area.",
    "bbox.not_four_numbers": ("An extent is four numbers, west,south,east,north, such as 106.4,34.6,107.3,35.2."),
    "bbox.out_of_range": "The extent {bbox} lies outside the range of longitude and latitude.",
    "bbox.upside_down": "In the extent {bbox}, north must be above south.",
    "bbox.inside_out": "In the extent {bbox}, east must lie east of west.",
    "tile.zoom_out_of_range": "Zoom level {z} is outside 0 to {max_zoom}.",
    "tile.out_of_range": ("Tile {z}/{x}/{y} does not exist: at zoom {z}, x and y go from 0 to {last}."),
    "tile.no_geom": "A tile needs a query with the column {column}.",
    "tessellation.no_points": "A partition needs at least one point.",
    "tessellation.bad_outline": "The outline must be one valid polygon with an area.",
    "tessellation.outside": "Point {index} ({lon}, {lat}) lies outside the outline.",
    "tessellation.duplicate": "Points {first} and {second} share one position.",
    "tessellation.swallowed": "Point {index} is too close to its neighbours to have a cell.",
    "tessellation.unmatched": "There are {cells} cells but {labels} labels.",
    "map.package_missing": "The package {package} is not installed: {path} does not exist.",
    "map.no_geometry": "The layer {layer} has no active geometry column or no coordinate system.",
    "map.unknown_field": "The layer {layer} has no column {field}.",
    "map.too_many": (
        "The map would hold {size} features; at most {limit} are handed over in one file. "
        "Narrow the filters, or hand over counts per region."
    ),
}


class SpatialError(ValueError):
    """Something spatial that cannot be accepted, and what to do about it.

    Parameters
    ----------
    code
        Short name of the fault; with the class's ``area`` it makes the message key.
    **params
        Values named in the message, numbers and short strings only; ``detail``, where it
        is given, is what the library said, for the log.

    Raises
    ------
    KeyError
        If the key is not in ``MESSAGES``.
    """

    area: ClassVar[str] = ""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.key = f"{self.area}.{code}"
        self.template = MESSAGES[self.key]
        self.params = params
        super().__init__(self.template.format(**params))


class CRSError(SpatialError):
    """A coordinate system that is unknown, unsuitable or cannot be told."""

    area = "crs"


class GeometryError(SpatialError):
    """A geometry from outside that cannot be stored.

    Attributes
    ----------
    repaired
        What was probably meant, to be offered and never stored unasked; None where there
        is no good guess.
    """

    area = "geometry"
    repaired: BaseGeometry | None = None


class BBoxError(SpatialError):
    """An extent that is not west, south, east, north."""

    area = "bbox"


class TileError(SpatialError):
    """A tile request that cannot be answered."""

    area = "tile"


class TileAddressError(TileError):
    """A tile address outside the pyramid: there is no such tile."""


class TessellationError(SpatialError):
    """Points or an outline that cannot be made into a coverage."""

    area = "tessellation"


class MapError(SpatialError):
    """A hand-over map that cannot be drawn."""

    area = "map"
