"""The field for a position: drawn on the map, or typed in the coordinates at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from app import db
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.records import positions
from app.records.backdrop import backdrop
from app.records.fields.base import EntryField, tidy
from app.records.positions import Reading, read_position
from assets.regions.positions import region_at
from spatial.geometry import ANY_TYPE, AREAS, LINES, MAX_CHARACTERS, POINTS

TYPE_NAMES = {
    "Point": _l("Point"),
    "MultiPoint": _l("Several points"),
    "LineString": _l("Line"),
    "MultiLineString": _l("Several lines"),
    "Polygon": _l("Outline"),
    "MultiPolygon": _l("Several outlines"),
}
__all__ = ["ANY_TYPE", "AREAS", "LINES", "POINTS", "GeometryEntry", "geometry_field"]


class GeometryEntry(EntryField):
    """A shapely geometry in EPSG:4490; the region follows from it where none was chosen."""

    kind = "geometry"
    missing = _l("Please draw the position on the map, or type its coordinates.")

    def __init__(
        self,
        label: Any,
        *,
        allowed: Sequence[str] = ANY_TYPE,
        region: str = "region_id",
        source_datum: str | None = None,
        **options: Any,
    ):
        super().__init__(label, wide=True, **options)
        self.allowed, self.region_field, self.source_datum = tuple(allowed), region, source_datum
        self.datum = "cgcs2000"
        self.reading: Reading | None = None
        self.known_datum: str | None = None

    def related(self) -> tuple[str, ...]:
        """A position may be doubtful for one place and right for another."""
        return (f"{self.name}-datum", self.region_field, f"{self.region_field}-words")

    def process_data(self, value: Any) -> None:
        """Start with a stored or a made geometry."""
        super().process_data(self.as_value(value))

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed or drawn, in the datum that was named; untouched, it stays what it was."""
        before, self.text = self.text, tidy(valuelist[0])[: MAX_CHARACTERS + 1] if valuelist else ""
        datum = (self.posted.getlist(f"{self.name}-datum") or ["cgcs2000"])[0]
        self.datum = datum if datum in positions.KNOWN else "cgcs2000"
        stored, self.data = self.data, None
        if not self.text:
            return
        if stored is not None and self.text == before and self.datum == "cgcs2000":
            self.data, self.known_datum = stored, "as before"
            return
        self.reading = read_position(self.text, self.datum, self.allowed)
        if self.reading.repaired is not None and self.posted.get(f"{self.name}-repair") == self.repair_code:
            self.use(self.reading.repaired)
        elif self.reading.geometry is not None:
            self.data = self.reading.geometry
        else:
            self.process_errors = [*self.process_errors, self.reading.message]

    def use(self, geometry: BaseGeometry) -> None:
        """Take a repaired geometry in place of what was typed."""
        self.data, self.reading, self.process_errors = geometry, None, []
        self.text, self.datum = positions.written(geometry), "cgcs2000"

    @property
    def repair_code(self) -> str:
        """Names the repair that is offered, so that consent is to that one."""
        return f"{self.reading.code}-{self.digest()}" if self.reading and self.reading.repaired is not None else ""

    @property
    def keeps_region(self) -> bool:
        """Whether the person has said that the position lies outside its region and should."""
        return self.posted is not None and self.posted.get(f"{self.name}-region") == "keep"

    def take_region(self, form: Any) -> None:
        """Fill the region from the position, where it is empty or the person asked for it."""
        field = form._fields.get(self.region_field)
        if field is None or self.data is None:
            return
        asked = self.posted is not None and self.posted.get(f"{self.name}-region") == "take"
        if asked or (field.data is None and not field.process_errors):
            region = region_at(db.session, self.data, day=db.current_day())
            if region is not None and field.open_to_viewer(region):
                field.take(region)

    def extra_values(self) -> dict[str, Any]:
        """The datum in which the position was recorded, under the name the service has for it."""
        if self.source_datum is None:
            return {}
        if self.known_datum == "as before":
            return {self.source_datum: self.object_datum}
        return {self.source_datum: self.datum if self.data is not None else None}

    object_datum: str | None = None

    def written(self, value: Any) -> str:
        """As pairs of coordinates, or WKT."""
        return positions.written(value)

    def shown(self, value: Any) -> str:
        """A short description: the kind, and where it begins."""
        if value is None:
            return "—"
        first = positions.written(value).partition("\n")[0] if value.geom_type == "Point" else ""
        middle = value.representative_point()
        name = TYPE_NAMES.get(value.geom_type, value.geom_type)
        return f"{name} {first or _('near %(lon)s, %(lat)s', lon=f'{middle.x:.5f}', lat=f'{middle.y:.5f}')}"

    def from_json(self, value: Any) -> Any:
        """The history keeps GeoJSON, or the text of the database."""
        if isinstance(value, dict):
            return shape(value)
        return to_shape(WKBElement(value)) if isinstance(value, str) else value

    def as_value(self, value: Any) -> Any:
        """A shapely geometry."""
        return to_shape(value) if isinstance(value, WKBElement) else value

    @property
    def datums(self) -> Sequence[tuple[str, Any]]:
        """Datums of longitude and latitude with their names."""
        return positions.LON_LAT

    @property
    def meridians(self) -> Sequence[tuple[str, int]]:
        """Gauss–Krüger zones that are named by their central meridian."""
        return positions.MERIDIANS

    def settings(self) -> dict[str, Any]:
        """What the map's script is told about this field."""
        return {
            "allowed": list(self.allowed),
            "map": backdrop(),
        }


def geometry_field(
    label: Any,
    *,
    allowed: Sequence[str] = ANY_TYPE,
    required: bool = False,
    region: str = "region_id",
    source_datum: str | None = None,
    hint: Any = "",
) -> Any:
    """A position: a shapely geometry in EPSG:4490, or None.

    ``allowed`` is ``POINTS``, ``LINES``, ``AREAS`` or sums of them; ``region`` names the form's
    region field, which the position fills where it is empty; ``source_datum`` the service's
    keyword for the datum, where it takes one.
    """
    return GeometryEntry(label, allowed=allowed, required=required, region=region, source_datum=source_datum, hint=hint)
