"""Registering, correcting and withdrawing facilities."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app import db
from app.i18n import gettext as _
from app.places.facility_forms import FacilityForm
from app.records.answering import answer_form
from app.records.form import RetireForm
from assets.places import facilities as service
from assets.places import queries
from assets.places.models import Facility


def register() -> Any:
    """Register a facility."""
    return answer_form(
        FacilityForm,
        title=_("Register a facility"),
        save=lambda form: service.register_facility(
            db.session, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        done=_address,
        saved=lambda facility: _("“%(name)s” is registered.", name=facility.name),
        start={"level": "village", "status": "in_use"},
        back=url_for("places.facilities"),
    )


def correct(facility_id: int) -> Any:
    """Correct a facility."""
    facility = queries.get_facility(db.session, facility_id)
    return answer_form(
        FacilityForm,
        record=facility,
        title=_("Correct “%(name)s”", name=facility.name),
        save=lambda form: service.correct_facility(
            db.session,
            facility_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=_address,
        saved=lambda made: _("“%(name)s” is corrected.", name=made.name),
    )


def retire(facility_id: int) -> Any:
    """Withdraw a facility: closed for good, or entered by mistake."""
    facility = queries.get_facility(db.session, facility_id)
    return answer_form(
        RetireForm,
        record=facility,
        title=_("Withdraw “%(name)s”", name=facility.name),
        intro=_("It will no longer stand in lists and on the map from that day on; what was before stays."),
        start={"on": db.current_day()},
        button=_("Withdraw"),
        save=lambda form: service.retire_facility(
            db.session,
            facility_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
        ),
        done=_address,
        saved=lambda made: _("“%(name)s” is withdrawn.", name=made.name),
    )


def _address(facility: Facility) -> str:
    return url_for("places.show_facility", facility_id=facility.id)
