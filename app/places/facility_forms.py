"""The form of a facility."""

from __future__ import annotations

from app.i18n import lazy_gettext as _l
from app.records.fields import (
    POINTS,
    choice_field,
    date_field,
    geometry_field,
    integer_field,
    number_field,
    region_field,
    term_field,
    text_field,
)
from app.records.form import RecordForm
from assets.vocabulary import FACILITY_LEVELS, FACILITY_STATUSES


class FacilityForm(RecordForm):
    """What people enter of a facility; names are those of the columns and of the service."""

    name = text_field(_l("Name"), required=True, least=2, most=100, hint=_l("As it stands on its sign."))
    type = term_field(_l("Facility type"), kind="facility_type", required=True)
    level = choice_field(_l("Facility level"), kind="facility_level", codes=FACILITY_LEVELS, required=True)
    status = choice_field(_l("Facility status"), kind="facility_status", codes=FACILITY_STATUSES, required=True)
    region_id = region_field(_l("Place"), required=True, hint=_l("Left empty, it follows from the position."))
    geom = geometry_field(_l("Position"), allowed=POINTS)
    area_m2 = number_field(_l("Floor area"), decimals=1, most=10**6, unit=_l("m²"))
    capacity = integer_field(_l("Capacity"), most=10**6, hint=_l("Beds, places or seats, by its type."))
    staff = integer_field(_l("Staff"), most=10**5, unit=_l("persons"))
    opened_on = date_field(_l("Opened on"), first=None, future=True)
    closed_on = date_field(_l("Closed on"), first=None)
    source = text_field(_l("Source of the record"), most=200, hint=_l("The document or survey it is taken from."))

    sections = (
        (_l("What it is"), ("name", "type", "level", "status")),
        (_l("Where it lies"), ("region_id", "geom")),
        (_l("What it offers"), ("area_m2", "capacity", "staff")),
        (_l("Since when"), ("opened_on", "closed_on", "source")),
    )
