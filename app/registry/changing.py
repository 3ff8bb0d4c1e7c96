"""Small forms about one asset: its value, operating status, codes elsewhere, households."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from flask import Blueprint, url_for

from app import db
from app.i18n import gettext as _
from app.records.answering import answer_form, may_write
from app.records.form import RecordForm
from app.registry.forms import CodeForm, HouseholdForm, OperatingForm, RemovalForm, ValueForm
from assets.editing import WRITERS
from assets.errors import NotAllowed
from assets.registry import codes, households, operating, queries, values
from assets.registry.models import Asset, HouseholdItem, OutsideCode, ValueEvent


def add_to(bp: Blueprint) -> None:
    """Give the room the pages of this module."""
    one = "/<int:asset_id>"
    for rule, name, page in (
        (f"{one}/values/new", "add_value", add_value),
        (f"{one}/values/<int:event_id>/correct", "correct_value", correct_value),
        (f"{one}/values/<int:event_id>/remove", "remove_value", remove_value),
        (f"{one}/operating", "set_operating", set_operating),
        (f"{one}/codes/new", "note_code", note_code),
        (f"{one}/codes/<int:code_id>/remove", "remove_code", remove_code),
        (f"{one}/households/new", "add_household", add_household),
        (f"{one}/households/<int:item_id>/remove", "remove_household", remove_household),
    ):
        bp.add_url_rule(rule, name, page, methods=["GET", "POST"])


def add_value(asset_id: int) -> Any:
    """Enter a change of an asset's value."""
    return _answer(
        ValueForm,
        asset_id,
        _("Change of value"),
        lambda form: values.add_value(
            db.session, asset_id, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        section="value",
        start={"occurred_on": db.current_day(), "kind": "extension"},
    )


def correct_value(asset_id: int, event_id: int) -> Any:
    """Set right a change of an asset's value."""
    return _answer(
        ValueForm,
        asset_id,
        _("Correct a change of value"),
        lambda form: values.correct_value(
            db.session,
            event_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        section="value",
        part=queries.get_part(db.session, ValueEvent, asset_id, event_id),
    )


def remove_value(asset_id: int, event_id: int) -> Any:
    """Take out a change of value that never was."""
    return _remove(asset_id, ValueEvent, event_id, values.remove_value, _("Take out a change of value"), "value")


def set_operating(asset_id: int) -> Any:
    """Say how an asset runs from a day on."""
    return _answer(
        OperatingForm,
        asset_id,
        _("Set operating status"),
        lambda form: operating.set_operating_status(
            db.session, asset_id, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        section="facts",
        start={"valid_from": db.current_day()},
    )


def note_code(asset_id: int) -> Any:
    """Write down the code of an asset in another system."""
    return _answer(
        CodeForm,
        asset_id,
        _("Code elsewhere"),
        lambda form: codes.note_code(db.session, asset_id, **form.values(), today=db.current_day()),
        section="facts",
    )


def remove_code(asset_id: int, code_id: int) -> Any:
    """Take out a code that is not the asset's."""
    return _remove(asset_id, OutsideCode, code_id, codes.remove_code, _("Take out a code"), "facts")


def add_household(asset_id: int) -> Any:
    """Enter what one household got of a batch."""
    return _answer(
        HouseholdForm,
        asset_id,
        _("Enter a household"),
        lambda form: households.add_household(db.session, asset_id, **form.values(), confirmed=form.confirmed_keys()),
        section="households",
        roles=households.KEEPERS,
    )


def remove_household(asset_id: int, item_id: int) -> Any:
    """Take a household off the list of a batch."""
    return _remove(
        asset_id,
        HouseholdItem,
        item_id,
        households.remove_household,
        _("Take a household off the list"),
        "households",
        roles=households.KEEPERS,
    )


def _answer(
    form: type[RecordForm],
    asset_id: int,
    title: str,
    save: Callable[[Any], Any],
    *,
    section: str,
    part: Any = None,
    roles: Collection[str] = WRITERS,
    **options: Any,
) -> Any:
    """A form about an asset, or (``part``) about one of the rows that belong to it."""
    asset = queries.get_asset(db.session, asset_id)
    there = url_for("registry.show", asset_id=asset_id, _anchor=section)
    if not may_write(asset, roles):
        raise NotAllowed
    return answer_form(
        form,
        record=part,
        title=f"{title} · {asset.name}",
        save=save,
        done=lambda _made: there,
        back=there,
        saved=_("“%(name)s” is changed.", name=asset.name),
        roles=roles,
        **options,
    )


def _remove(
    asset_id: int,
    entity: type[Any],
    part_id: int,
    remove: Callable[..., Asset],
    title: str,
    section: str,
    **options: Any,
) -> Any:
    part = queries.get_part(db.session, entity, asset_id, part_id)
    return _answer(
        RemovalForm,
        asset_id,
        title,
        lambda form: remove(db.session, part_id, revision=form.revision.data, reason=form.reason.data),
        section=section,
        part=part,
        button=_("Take out"),
        **options,
    )
