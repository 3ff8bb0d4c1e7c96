"""The tabs of the room."""

from app.i18n import lazy_gettext as _l

TABS = (
    ("places.index", _l("Villages")),
    ("places.natural_villages", _l("Natural villages")),
    ("places.sites", _l("Relocation sites")),
    ("places.facilities", _l("Facilities")),
    ("places.key_lists", _l("Key lists")),
    ("places.standards", _l("Below standard")),
)
