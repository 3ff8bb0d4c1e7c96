"""Giving assets into upkeep, one by one and many at once."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from app import db
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.lists.columns import Listing
from app.lists.selection import read_selection
from app.records.answering import answer_form
from app.upkeep_duties.forms import DutyForm, EndForm, HeldDutyForm, ManyDutiesForm
from assets.editing import require_writer
from assets.errors import NotFound
from assets.maintenance import assigning as service
from assets.maintenance import queries as maintenance
from assets.maintenance.duties import get_duty
from assets.maintenance.models import Duty
from assets.registry.models import Asset
from assets.registry.queries import get_asset

bp = Blueprint("upkeep_duties", __name__, url_prefix="/registry")
# The asset ledger, as far as a selection made in it is read again here.
_SELECTED = Listing(
    name="registry",
    title=_l("Asset ledger"),
    endpoint="registry.index",
    export="registry.export",
    record="registry.show",
    record_key="asset_id",
    layer="assets",
    matching=maintenance.matching,
    id=Asset.id,
    region_id=Asset.region_id,
    columns=(),
    usual_sort="code",
    choices=(),
)


@bp.route("/<int:asset_id>/duties/new", methods=["GET", "POST"])
def assign(asset_id: int) -> Response | tuple[str, int]:
    """Give the asset into upkeep."""
    asset = _writable(asset_id)
    return answer_form(
        DutyForm,
        title=_("Upkeep of “%(name)s”", name=asset.name),
        save=lambda form: service.assign_duty(
            db.session, asset_id, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        done=lambda _duty: _address(asset_id),
        saved=_("The upkeep is arranged."),
        start={"valid_from": db.current_day(), "interval_days": 90},
        back=_address(asset_id),
    )


@bp.route("/<int:asset_id>/duties/<int:duty_id>/correct", methods=["GET", "POST"])
def correct(asset_id: int, duty_id: int) -> Response | tuple[str, int]:
    """Correct a duty that was entered wrongly."""
    asset, duty = _duty(asset_id, duty_id)
    return answer_form(
        HeldDutyForm,
        record=duty,
        title=_("Correct the upkeep of “%(name)s”", name=asset.name),
        save=lambda form: service.correct_duty(
            db.session,
            duty_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=lambda _duty: _address(asset_id),
        saved=_("The duty is corrected."),
        back=_address(asset_id),
    )


@bp.route("/<int:asset_id>/duties/<int:duty_id>/end", methods=["GET", "POST"])
def end(asset_id: int, duty_id: int) -> Response | tuple[str, int]:
    """End a duty."""
    asset, duty = _duty(asset_id, duty_id)
    return answer_form(
        EndForm,
        record=duty,
        title=_("End the upkeep of “%(name)s”", name=asset.name),
        start={"on": db.current_day()},
        button=_("End it"),
        save=lambda form: service.end_duty(
            db.session,
            duty_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
        ),
        done=lambda _duty: _address(asset_id),
        saved=_("The duty has ended."),
        back=_address(asset_id),
    )


@bp.route("/duties/assign", methods=["GET", "POST"])
def assign_to_many() -> Response | tuple[str, int]:
    """Give all selected assets into one upkeep."""
    chosen = read_selection(_SELECTED)
    return answer_form(
        ManyDutiesForm,
        title=_("Assign upkeep duty"),
        intro=chosen.sentence,
        save=lambda form: service.assign_duty_to_many(
            db.session, chosen.ids, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        done=lambda _count: chosen.back(),
        saved=lambda count: _("%(count)s assets are in this upkeep now.", count=count),
        start={"valid_from": db.current_day(), "interval_days": 90, "replacing": True},
        back=chosen.back(),
    )


def _writable(asset_id: int) -> Asset:
    asset = get_asset(db.session, asset_id)
    require_writer(db.session, asset.region_path, asset.sector)
    return asset


def _duty(asset_id: int, duty_id: int) -> tuple[Asset, Duty]:
    asset, duty = _writable(asset_id), get_duty(db.session, duty_id)
    if duty.asset_id != asset_id:
        raise NotFound
    return asset, duty


def _address(asset_id: int) -> str:
    return url_for("registry.show", asset_id=asset_id) + "#upkeep"
