"""The forms of villages, natural villages, relocation sites and dated lists."""

from __future__ import annotations

from app.i18n import lazy_gettext as _l
from app.records.fields import (
    POINTS,
    choice_field,
    date_field,
    geometry_field,
    integer_field,
    money_field,
    region_field,
    text_field,
    year_field,
    yes_field,
)
from app.records.form import RecordForm
from assets.places import lists
from assets.places.villages import KINDS
from assets.vocabulary import SITE_TYPES, VILLAGE_CLASSES

_SOURCE = _l("The document or survey it is taken from.")


class VillageForm(RecordForm):
    """What people enter of a village; its name, code and border are its region's."""

    region_id = region_field(
        _l("Place"), required=True, levels=("village",), hint=_l("Name, code and border come from the list of codes.")
    )
    kind = choice_field(_l("Kind"), kind="village_kind", codes=KINDS, required=True)
    village_class = choice_field(_l("Village class"), kind="village_class", codes=VILLAGE_CLASSES, required=True)
    lifted_out_of_poverty = yes_field(_l("Lifted out of poverty"))
    plan_done = yes_field(_l("Village plan done"))
    households = integer_field(_l("Households"), most=100_000)
    pop_registered = integer_field(_l("People registered"), most=100_000)
    pop_resident = integer_field(_l("People resident"), most=100_000)
    collective_income = money_field(_l("Collective income"), hint=_l("Of the last full year."))
    lead_industry = text_field(_l("Main industry"), most=100)
    elevation_m = integer_field(_l("Elevation"), most=6_000, unit=_l("m"))
    geom = geometry_field(_l("Position"), allowed=POINTS, hint=_l("Where the village office stands."))
    source = text_field(_l("Source of the record"), most=200, hint=_SOURCE)

    sections = (
        (_l("Which village"), ("region_id", "kind", "village_class")),
        (
            _l("People and income"),
            ("households", "pop_registered", "pop_resident", "collective_income", "lead_industry"),
        ),
        (_l("Marks"), ("lifted_out_of_poverty", "plan_done")),
        (_l("Where it lies"), ("geom", "elevation_m", "source")),
    )


class VillageCorrection(VillageForm):
    """A registered village stays with its region."""

    region_id = None


class NaturalVillageForm(RecordForm):
    """What people enter of a natural village."""

    name = text_field(_l("Name"), required=True, most=60, hint=_l("As people there say it."))
    region_id = region_field(
        _l("Village it belongs to"),
        required=True,
        levels=("village",),
        hint=_l("Left empty, it follows from the position."),
    )
    geom = geometry_field(_l("Position"), allowed=POINTS)
    households = integer_field(_l("Households"), most=5_000)
    pop_resident = integer_field(_l("People resident"), most=20_000)
    sanitary_toilets = integer_field(_l("Households with sanitary toilets"), most=5_000)
    waste_collected = yes_field(_l("Waste is collected"), unknown=True)
    tap_water = yes_field(_l("Tap water"), unknown=True)
    paved_road = yes_field(_l("Paved road"), unknown=True)
    source = text_field(_l("Source of the record"), most=200, hint=_SOURCE)

    sections = (
        (_l("What it is"), ("name",)),
        (_l("Where it lies"), ("region_id", "geom")),
        (_l("Who lives there"), ("households", "pop_resident")),
        (_l("What there is"), ("sanitary_toilets", "waste_collected", "tap_water", "paved_road", "source")),
    )


class SiteForm(RecordForm):
    """What people enter of a relocation site."""

    name = text_field(_l("Name"), required=True, least=2, most=100)
    type = choice_field(_l("Site type"), kind="site_type", codes=SITE_TYPES, required=True)
    region_id = region_field(_l("Place"), required=True, hint=_l("Left empty, it follows from the position."))
    geom = geometry_field(_l("Position"), allowed=POINTS)
    built_year = year_field(_l("Built in"), first=2001)
    housing_units = integer_field(_l("Dwellings"), most=100_000)
    certificates_issued = integer_field(_l("Certificates issued"), most=100_000)
    households_moved = integer_field(_l("Households moved"), most=100_000)
    persons_moved = integer_field(_l("People moved"), most=100_000)
    households_occupied = integer_field(_l("Households living there"), most=100_000)
    old_houses_demolished = integer_field(_l("Old houses demolished"), most=100_000)
    labour_force = integer_field(_l("Labour force"), most=100_000)
    employed = integer_field(_l("Employed"), most=100_000)
    zero_employment_households = integer_field(_l("Households without work"), most=100_000)
    workshops = integer_field(_l("Workshops"), most=200)
    management_body = text_field(_l("Management body"), most=200)
    source = text_field(_l("Source of the record"), most=200, hint=_SOURCE)

    sections = (
        (_l("What it is"), ("name", "type", "built_year")),
        (_l("Where it lies"), ("region_id", "geom")),
        (_l("Dwellings"), ("housing_units", "certificates_issued")),
        (_l("Who moved"), ("households_moved", "persons_moved", "households_occupied", "old_houses_demolished")),
        (_l("Work"), ("labour_force", "employed", "zero_employment_households", "workshops")),
        (_l("Who manages it"), ("management_body", "source")),
    )


class ListForm(RecordForm):
    """An entry in a dated list of key or demonstration villages."""

    kind = choice_field(_l("Key list"), kind="list_kind", codes=lists.KINDS, required=True)
    level = choice_field(_l("Made by"), kind="list_level", codes=lists.LEVELS, required=True)
    valid_from = date_field(_l("From"), required=True, future=True)
    valid_to = date_field(_l("Until"), future=True, hint=_l("The first day without it; empty while it goes on."))
    document = text_field(_l("Document"), most=200, hint=_l("That publishes the list, with its number."))

    sections = ((_l("Entry in a list"), ("kind", "level", "valid_from", "valid_to", "document")),)


class OffListForm(RecordForm):
    """From which day a place no longer stands in a list."""

    asks_reason = True
    on = date_field(_l("From which day"), required=True, future=True, hint=_l("On earlier days it stays as it was."))
    sections = ((_l("Off the list"), ("on", "reason")),)
