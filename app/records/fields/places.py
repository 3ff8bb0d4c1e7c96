"""Fields for regions: one, or several."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import g

from app import db
from app.i18n import lazy_gettext as _l
from app.records.fields.base import EntryField, tidy
from assets.editing import WRITERS
from assets.errors import InvalidValue
from assets.regions import directory
from assets.regions.models import Region
from assets.vocabulary import LEVELS

FILED_UNDER = ("village", "town", "county")
MOST_REGIONS = 200
_SEPARATORS = "、,，;；\n"


class RegionEntry(EntryField):
    """One region: its id in a hidden input, its name as it is typed and shown."""

    kind = "region"
    missing = _l("Please choose the place.")

    def __init__(
        self, label: Any, *, levels: Sequence[str] = FILED_UNDER, roles: Collection[str] = WRITERS, **options: Any
    ):
        super().__init__(label, **options)
        self.levels, self.roles = tuple(levels), frozenset(roles)

    def related(self) -> tuple[str, ...]:
        """The typed name goes with the id."""
        return (f"{self.name}-words",)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """The chosen id, where the name still says the same; else the region that the name means."""
        chosen = valuelist[0] if valuelist else ""
        self.text = tidy(" ".join(self.posted.getlist(f"{self.name}-words")))[:200]
        self.data = None
        if self.text or chosen:
            self.taken(lambda: self.region_id(chosen, self.text))

    def region_id(self, chosen: str, words: str) -> int:
        """The region meant, if the viewer may file there."""
        region = _by_id(chosen)
        if region is None or words not in ("", self.written(region.id)):
            region = self.by_words(words) if words else None
        if region is None or not self.open_to_viewer(region):
            raise InvalidValue("There is no such place in your area. Please choose one from the list.")
        if region.id == self.object_data:
            return region.id
        return directory.region_in_force(db.session, region.id, day=db.current_day()).id

    def open_to_viewer(self, region: Region) -> bool:
        """Whether the viewer may file records there."""
        kept = region.id == self.object_data
        return kept or (region.level in self.levels and g.viewer.may(self.roles, region.region_path))

    def by_words(self, words: str) -> Region | None:
        """The one region that typed words mean; the one with exactly that name before others."""
        found = directory.find_regions(
            db.session, words, viewer=g.viewer, roles=self.roles, day=db.current_day(), levels=LEVELS[1:], limit=20
        )
        plain = words.replace(" ", "")
        exact = [region for region, name in found if plain in (region.short_name, region.code, name.replace(" ", ""))]
        if len(exact) == 1:
            return exact[0]
        if len(exact or found) > 1:
            names = "、".join(name for region, name in found if not exact or region in exact)
            raise InvalidValue("“{value}” may be one of several: {names}. Please choose one.", value=words, names=names)
        if found:
            return found[0][0]
        return directory.find_ended(db.session, words, viewer=g.viewer, roles=self.roles, day=db.current_day())

    def written(self, value: Any) -> str:
        """The name with what stands above."""
        region = db.session.get(Region, value)
        if region is None:
            return ""
        return directory.full_names(db.session, [region], home=directory.home_path(g.viewer))[region.id]

    def take(self, region: Region) -> None:
        """Set the region, as from a position."""
        self.data, self.text, self.process_errors = region.id, self.written(region.id), []


class RegionsEntry(RegionEntry):
    """Several regions, as a tuple of ids."""

    kind = "regions"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """The chosen ids, and the regions that further typed names mean."""
        self.text = tidy(" ".join(self.posted.getlist(f"{self.name}-words")))[:5_000]
        self.data = ()
        self.taken(lambda: self._every(valuelist))

    def _every(self, chosen: Sequence[str]) -> tuple[int, ...]:
        ids = [self.region_id(text, "") for text in chosen[: MOST_REGIONS + 1] if text]
        typed = self.text
        for sign in _SEPARATORS:
            typed = typed.replace(sign, "\n")
        ids += [self.region_id("", line.strip()) for line in typed.split("\n")[: MOST_REGIONS + 1] if line.strip()]
        if len(ids) > MOST_REGIONS:
            raise InvalidValue("{limit} places at most can be chosen.", limit=MOST_REGIONS)
        self.text = ""
        return tuple(dict.fromkeys(ids))

    def process_data(self, value: Any) -> None:
        """Start with these regions."""
        self.data, self.text = tuple(value or ()), ""

    @property
    def chosen(self) -> list[tuple[int, str]]:
        """Ids with names."""
        ids = list(self.data or ())
        if not ids and self.raw_data:
            ids = [region.id for text in self.raw_data[:MOST_REGIONS] if (region := _by_id(text))]
        return [(value, self.written(value)) for value in ids]

    def shown(self, value: Any) -> str:
        """The names."""
        return "、".join(self.written(one) for one in value) if value else "—"


def _by_id(text: str) -> Region | None:
    return db.session.get(Region, int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None


def region_field(
    label: Any, *, required: bool = False, levels: Sequence[str] = FILED_UNDER, hint: Any = "", **options: Any
) -> Any:
    """One region within the viewer's reach; an id, or None.

    With a :func:`geometry_field` of the same form it may stay empty: the position tells.
    """
    return RegionEntry(label, required=required, levels=levels, hint=hint, **options)


def regions_field(
    label: Any, *, required: bool = False, levels: Sequence[str] = FILED_UNDER, hint: Any = "", **options: Any
) -> Any:
    """Several regions within the viewer's reach; a tuple of ids."""
    return RegionsEntry(label, required=required, levels=levels, hint=hint, **options)
