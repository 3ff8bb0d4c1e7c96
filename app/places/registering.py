"""Registering, correcting and withdrawing villages, natural villages and relocation sites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for

from app import db
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.places.forms import ListForm, NaturalVillageForm, OffListForm, SiteForm, VillageCorrection, VillageForm
from app.records.answering import answer_form
from app.records.form import RecordForm, RetireForm
from assets.places import lists, natural_villages, queries, sites, villages
from assets.regions.models import Designation


@dataclass(frozen=True)
class Kind:
    """One kind of place: its forms, its services, and what its pages are called."""

    name: str
    key: str
    list: str
    register_title: Any
    form: type[RecordForm]
    correction: type[RecordForm]
    get: Callable[..., Any]
    register: Callable[..., Any]
    correct: Callable[..., Any]
    retire: Callable[..., Any]
    start: dict[str, Any]

    def address(self, record: Any) -> str:
        """The page of a record."""
        return url_for(f"places.show_{self.name}", **{self.key: record.id})


KINDS = (
    Kind(
        "village",
        "village_id",
        "places.index",
        _l("Register a village"),
        VillageForm,
        VillageCorrection,
        queries.get_village,
        villages.register_village,
        villages.correct_village,
        villages.retire_village,
        {"kind": "village"},
    ),
    Kind(
        "natural_village",
        "natural_village_id",
        "places.natural_villages",
        _l("Register a natural village"),
        NaturalVillageForm,
        NaturalVillageForm,
        queries.get_natural_village,
        natural_villages.register_natural_village,
        natural_villages.correct_natural_village,
        natural_villages.retire_natural_village,
        {},
    ),
    Kind(
        "site",
        "site_id",
        "places.sites",
        _l("Register a relocation site"),
        SiteForm,
        SiteForm,
        queries.get_site,
        sites.register_site,
        sites.correct_site,
        sites.retire_site,
        {"type": "rural"},
    ),
)


def add_to(bp: Blueprint) -> None:
    """Give the room the forms of every kind, and of the dated lists."""
    for kind in KINDS:
        folder = f"/{kind.name.replace('_', '-')}s"
        one = f"{folder}/<int:{kind.key}>"
        for rule, verb, page in (
            (f"{folder}/new", "register", _register),
            (f"{one}/correct", "correct", _correct),
            (f"{one}/retire", "retire", _retire),
        ):
            bp.add_url_rule(rule, f"{verb}_{kind.name}", page(kind), methods=["GET", "POST"])
    bp.add_url_rule("/villages/<int:village_id>/lists/new", "enter_in_list", enter_in_list, methods=["GET", "POST"])
    bp.add_url_rule(
        "/villages/<int:village_id>/lists/<int:designation_id>/end",
        "take_off_list",
        take_off_list,
        methods=["GET", "POST"],
    )


def _register(kind: Kind) -> Callable[[], Any]:
    def register() -> Any:
        where = request.args.get("region", "")
        start = kind.start | ({"region_id": int(where)} if where.isascii() and where.isdigit() else {})
        return answer_form(
            kind.form,
            title=str(kind.register_title),
            save=lambda form: kind.register(
                db.session, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
            ),
            done=kind.address,
            saved=lambda record: _("“%(name)s” is registered.", name=record.name),
            start=start,
            back=url_for(kind.list),
        )

    return register


def _correct(kind: Kind) -> Callable[..., Any]:
    def correct(**ids: int) -> Any:
        record = kind.get(db.session, ids[kind.key])
        return answer_form(
            kind.correction,
            record=record,
            title=_("Correct “%(name)s”", name=record.name),
            save=lambda form: kind.correct(
                db.session,
                ids[kind.key],
                revision=form.revision.data,
                reason=form.reason.data,
                **form.values(),
                today=db.current_day(),
                confirmed=form.confirmed_keys(),
            ),
            done=kind.address,
            saved=lambda made: _("“%(name)s” is corrected.", name=made.name),
        )

    return correct


def _retire(kind: Kind) -> Callable[..., Any]:
    def retire(**ids: int) -> Any:
        record = kind.get(db.session, ids[kind.key])
        return answer_form(
            RetireForm,
            record=record,
            title=_("Withdraw “%(name)s”", name=record.name),
            intro=_("It will no longer stand in lists and on the map from that day on; what was before stays."),
            start={"on": db.current_day()},
            button=_("Withdraw"),
            save=lambda form: kind.retire(
                db.session,
                ids[kind.key],
                revision=form.revision.data,
                on=form.on.data,
                reason=form.reason.data,
                today=db.current_day(),
            ),
            done=kind.address,
            saved=lambda made: _("“%(name)s” is withdrawn.", name=made.name),
        )

    return retire


def enter_in_list(village_id: int) -> Any:
    """Put a village into a dated list."""
    village = queries.get_village(db.session, village_id)
    address = url_for("places.show_village", village_id=village_id)
    return answer_form(
        ListForm,
        title=_("Enter “%(name)s” in a list", name=village.name),
        save=lambda form: lists.enter_in_list(
            db.session,
            region_id=village.region_id,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=lambda _entry: address,
        saved=lambda _entry: _("“%(name)s” is entered in the list.", name=village.name),
        start={"kind": "key_assistance", "level": "county", "valid_from": db.current_day()},
        back=address,
    )


def take_off_list(village_id: int, designation_id: int) -> Any:
    """End an entry of a dated list."""
    village = queries.get_village(db.session, village_id)
    entry: Designation = queries.get_list_entry(db.session, designation_id, region_id=village.region_id)
    address = url_for("places.show_village", village_id=village_id)
    return answer_form(
        OffListForm,
        record=entry,
        title=_("Take “%(name)s” off the list", name=village.name),
        save=lambda form: lists.take_off_list(
            db.session,
            designation_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
        ),
        done=lambda _entry: address,
        saved=lambda _entry: _("“%(name)s” leaves the list on that day.", name=village.name),
        start={"on": db.current_day()},
        button=_("Take off the list"),
        back=address,
    )
