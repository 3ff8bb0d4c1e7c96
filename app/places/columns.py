"""The lists of villages, natural villages, relocation sites and facilities."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app.i18n import lazy_gettext as _l
from app.lists.columns import Choice, Column, Listing, in_order, place_columns
from assets.filters import Filter
from assets.maintenance import queries as maintenance
from assets.maintenance.models import UpkeepPeriod
from assets.places import queries
from assets.places.models import Facility, NaturalVillage, RelocationSite, Village
from assets.regions.models import Region
from assets.vocabulary import FACILITY_LEVELS, SITE_TYPES, VILLAGE_CLASSES


def _of_assets(asked: Filter, what: Any) -> Any:
    """A sum over the assets filed under a village."""
    return (
        select(what)
        .where(UpkeepPeriod.region_path == Village.region_path, maintenance.valid_on(asked.day))
        .correlate(Village)
        .scalar_subquery()
    )


def _number(key: str, title: Any, column: Any, *, usual: bool = True) -> Column:
    return Column(key, title, lambda _asked: column, show="number", adds_up=True, usual=usual)


VILLAGES = Listing(
    name="villages",
    title=_l("Villages"),
    endpoint="places.index",
    export="places.export_villages",
    record="places.show_village",
    record_key="village_id",
    layer="villages",
    geom=Village.geom,
    identity="code",
    matching=queries.villages,
    id=Village.id,
    region_id=Village.region_id,
    columns=(
        Column("code", _l("Region code"), lambda _asked: Region.code),
        Column("name", _l("Name"), lambda _asked: Region.short_name, show="name"),
        place_columns()[0],
        Column("kind", _l("Kind"), lambda _asked: Village.kind, show="word", words="village_kind", usual=False),
        Column(
            "class",
            _l("Village class"),
            lambda _asked: Village.village_class,
            show="word",
            words="village_class",
            order=lambda _asked: in_order(Village.village_class, VILLAGE_CLASSES),
        ),
        Column(
            "key",
            _l("Key-assistance village"),
            lambda asked: queries.designated("key_assistance", asked.day, Village.region_id),
            show="yes",
        ),
        Column(
            "demonstration",
            _l("Demonstration village"),
            lambda asked: queries.designated("demonstration", asked.day, Village.region_id),
            show="yes",
        ),
        Column(
            "lifted", _l("Lifted out of poverty"), lambda _asked: Village.lifted_out_of_poverty, show="yes", usual=False
        ),
        _number("households", _l("Households"), Village.households),
        _number("registered", _l("People registered"), Village.pop_registered, usual=False),
        _number("resident", _l("People resident"), Village.pop_resident),
        Column(
            "income",
            _l("Collective income"),
            lambda _asked: Village.collective_income,
            show="wan",
            unit=_l("10k yuan"),
            decimals=1,
            adds_up=True,
        ),
        Column("industry", _l("Main industry"), lambda _asked: Village.lead_industry),
        Column(
            "assets",
            _l("Assets"),
            lambda asked: _of_assets(asked, func.count()),
            show="number",
            adds_up=True,
        ),
        Column(
            "value",
            _l("Collective asset value"),
            lambda asked: _of_assets(
                asked, func.sum(UpkeepPeriod.value_yuan).filter(UpkeepPeriod.asset_class != "household")
            ),
            show="wan",
            unit=_l("10k yuan"),
            decimals=1,
            adds_up=True,
        ),
        Column("plan", _l("Village plan done"), lambda _asked: Village.plan_done, show="yes", usual=False),
        Column(
            "elevation", _l("Elevation"), lambda _asked: Village.elevation_m, show="number", unit=_l("m"), usual=False
        ),
    ),
    usual_sort="code",
    choices=(Choice("village_class", "village_class", VILLAGE_CLASSES),),
    chips=Choice("key", "key", ("key_assistance", "demonstration")),
)

NATURAL_VILLAGES = Listing(
    name="natural_villages",
    title=_l("Natural villages"),
    endpoint="places.natural_villages",
    export="places.export_natural_villages",
    record="places.show_natural_village",
    record_key="natural_village_id",
    layer="villages",
    geom=NaturalVillage.geom,
    matching=queries.natural_villages,
    id=NaturalVillage.id,
    region_id=NaturalVillage.region_id,
    columns=(
        Column("name", _l("Name"), lambda _asked: NaturalVillage.name, show="name"),
        *place_columns(),
        _number("households", _l("Households"), NaturalVillage.households),
        _number("resident", _l("People resident"), NaturalVillage.pop_resident),
        _number("toilets", _l("Households with sanitary toilets"), NaturalVillage.sanitary_toilets),
        Column("waste", _l("Waste is collected"), lambda _asked: NaturalVillage.waste_collected, show="yes"),
        Column("water", _l("Tap water"), lambda _asked: NaturalVillage.tap_water, show="yes"),
        Column("road", _l("Paved road"), lambda _asked: NaturalVillage.paved_road, show="yes"),
    ),
    usual_sort="village",
    choices=(),
)

SITES = Listing(
    name="sites",
    title=_l("Relocation sites"),
    endpoint="places.sites",
    export="places.export_sites",
    record="places.show_site",
    record_key="site_id",
    layer="sites",
    geom=RelocationSite.geom,
    matching=queries.sites,
    id=RelocationSite.id,
    region_id=RelocationSite.region_id,
    columns=(
        Column("name", _l("Name"), lambda _asked: RelocationSite.name, show="name"),
        *place_columns(),
        Column(
            "type",
            _l("Site type"),
            lambda _asked: RelocationSite.type,
            show="word",
            words="site_type",
            order=lambda _asked: in_order(RelocationSite.type, SITE_TYPES),
        ),
        Column("built_year", _l("Built in"), lambda _asked: RelocationSite.built_year, show="year"),
        _number("units", _l("Dwellings"), RelocationSite.housing_units, usual=False),
        _number("households", _l("Households moved"), RelocationSite.households_moved),
        _number("persons", _l("People moved"), RelocationSite.persons_moved),
        _number("occupied", _l("Households living there"), RelocationSite.households_occupied),
        _number("certificates", _l("Certificates issued"), RelocationSite.certificates_issued, usual=False),
        _number("demolished", _l("Old houses demolished"), RelocationSite.old_houses_demolished, usual=False),
        _number("labour", _l("Labour force"), RelocationSite.labour_force),
        _number("employed", _l("Employed"), RelocationSite.employed),
        _number("without", _l("Households without work"), RelocationSite.zero_employment_households),
        _number("workshops", _l("Workshops"), RelocationSite.workshops),
        Column("body", _l("Management body"), lambda _asked: RelocationSite.management_body, usual=False),
    ),
    usual_sort="-persons",
    choices=(Choice("site_type", "site_type", SITE_TYPES),),
)

FACILITIES = Listing(
    name="facilities",
    title=_l("Facilities"),
    endpoint="places.facilities",
    export="places.export_facilities",
    record="places.show_facility",
    record_key="facility_id",
    layer="facilities",
    geom=Facility.geom,
    matching=queries.facilities,
    id=Facility.id,
    region_id=Facility.region_id,
    columns=(
        Column("name", _l("Name"), lambda _asked: Facility.name, show="name"),
        *place_columns(),
        Column("type", _l("Facility type"), lambda _asked: Facility.type, show="term", words="facility_type"),
        Column(
            "level",
            _l("Facility level"),
            lambda _asked: Facility.level,
            show="word",
            words="facility_level",
            order=lambda _asked: in_order(Facility.level, FACILITY_LEVELS),
        ),
        Column(
            "status",
            _l("Facility status"),
            lambda asked: queries.facility_status_on(asked.day),
            show="badge",
            words="facility_status",
        ),
        Column(
            "area",
            _l("Floor area"),
            lambda _asked: Facility.area_m2,
            show="number",
            unit=_l("m²"),
            decimals=1,
            adds_up=True,
        ),
        _number("capacity", _l("Capacity"), Facility.capacity),
        _number("staff", _l("Staff"), Facility.staff),
        Column("opened_on", _l("Opened on"), lambda _asked: Facility.opened_on, show="date"),
        Column("closed_on", _l("Closed on"), lambda _asked: Facility.closed_on, show="date", usual=False),
    ),
    usual_sort="name",
    choices=(),
)
