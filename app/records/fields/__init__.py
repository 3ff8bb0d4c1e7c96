"""The fields record forms are made of; each constructor says what its value is."""

from app.records.fields.figures import (
    date_field,
    integer_field,
    money_field,
    number_field,
    share_field,
    year_field,
)
from app.records.fields.geometry import ANY_TYPE, AREAS, LINES, POINTS, geometry_field
from app.records.fields.parties import PartyChoice, party_field, project_field
from app.records.fields.places import region_field, regions_field
from app.records.fields.plain import choice_field, long_text_field, term_field, text_field, yes_field

__all__ = [
    "ANY_TYPE",
    "AREAS",
    "LINES",
    "POINTS",
    "PartyChoice",
    "choice_field",
    "date_field",
    "geometry_field",
    "integer_field",
    "long_text_field",
    "money_field",
    "number_field",
    "party_field",
    "project_field",
    "region_field",
    "regions_field",
    "share_field",
    "term_field",
    "text_field",
    "year_field",
    "yes_field",
]
