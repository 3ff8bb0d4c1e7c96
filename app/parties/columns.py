"""The list of holders."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.i18n import lazy_gettext as _l
from app.lists.columns import Choice, Column, Listing, in_order, place_columns
from assets.filters import Filter
from assets.maintenance.models import Duty
from assets.ownership.models import Right
from assets.ownership.queries import in_force
from assets.parties import queries
from assets.parties.models import Party
from assets.vocabulary import PARTY_TYPES

_SUCCESSOR = aliased(Party)


def _matching(asked: Filter, *columns: Any) -> Select[Any]:
    return queries.matching(asked, g.viewer, *columns)


def _rights(asked: Filter, kind: str) -> Any:
    return (
        select(func.count())
        .where(Right.party_id == Party.id, Right.kind == kind, in_force(Right, asked.day))
        .correlate(Party)
        .scalar_subquery()
    )


def _duties(asked: Filter) -> Any:
    return (
        select(func.count())
        .where(Duty.body_party_id == Party.id, in_force(Duty, asked.day))
        .correlate(Party)
        .scalar_subquery()
    )


PARTIES = Listing(
    name="parties",
    title=_l("Holders"),
    endpoint="parties.index",
    export="parties.export",
    record="parties.show",
    record_key="party_id",
    layer="",
    matching=_matching,
    id=Party.id,
    region_id=Party.region_id,
    columns=(
        Column("name", _l("Name"), lambda _asked: Party.name, show="name"),
        Column(
            "type",
            _l("Party type"),
            lambda _asked: Party.type,
            show="word",
            words="party_type",
            order=lambda _asked: in_order(Party.type, PARTY_TYPES),
        ),
        Column("code", _l("Unified social credit code"), lambda _asked: Party.code),
        *place_columns(),
        Column("owned", _l("Assets owned"), lambda asked: _rights(asked, "ownership"), show="number", sortable=False),
        Column("run", _l("Assets operated"), lambda asked: _rights(asked, "operation"), show="number", sortable=False),
        Column("kept", _l("Assets kept"), _duties, show="number", sortable=False),
        Column("ended", _l("Ended on"), lambda _asked: Party.valid_to, show="date"),
        Column(
            "successor",
            _l("Successor"),
            lambda _asked: select(_SUCCESSOR.name).where(_SUCCESSOR.id == Party.successor_id).scalar_subquery(),
            sortable=False,
            usual=False,
        ),
    ),
    usual_sort="name",
    choices=(Choice("party_type", "party_type", PARTY_TYPES),),
)
