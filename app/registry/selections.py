"""What is done to many assets at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app import db
from app.i18n import gettext as _
from app.lists.selection import read_selection
from app.records.answering import answer_form
from app.records.form import RetireForm
from app.registry.columns import ASSETS
from app.registry.forms import OperatingForm
from assets.registry import operating, service

MOST_CHANGED = 2_000
MOST_RETIRED = 200


def add_to(bp: Blueprint) -> None:
    """Give the room the pages of this module."""
    bp.add_url_rule("/bulk/operating", "set_operating_of_many", set_operating_of_many, methods=["GET", "POST"])
    bp.add_url_rule("/bulk/retire", "retire_many", retire_many, methods=["GET", "POST"])


def set_operating_of_many() -> Any:
    """Say how the selected assets run from a day on."""
    chosen = read_selection(ASSETS, most=MOST_CHANGED)
    return answer_form(
        OperatingForm,
        title=_("Set operating status"),
        intro=chosen.sentence,
        start={"valid_from": db.current_day()},
        save=lambda form: operating.set_operating_status_of_many(
            db.session, chosen.ids, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        done=lambda _count: chosen.back(),
        back=chosen.back(),
        saved=lambda count: _("Assets changed: %(count)s.", count=count),
    )


def retire_many() -> Any:
    """Withdraw the selected records, entered twice or in error."""
    chosen = read_selection(ASSETS, most=MOST_RETIRED)
    return answer_form(
        RetireForm,
        title=_("Withdraw records"),
        intro=chosen.sentence,
        start={"on": db.current_day()},
        button=_("Withdraw"),
        save=lambda form: service.retire_assets(
            db.session, chosen.ids, on=form.on.data, reason=form.reason.data, today=db.current_day()
        ),
        done=lambda _count: chosen.back(),
        back=chosen.back(),
        saved=lambda count: _("Records withdrawn: %(count)s.", count=count),
    )
