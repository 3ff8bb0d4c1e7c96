"""The rights in one asset, and the forms that change them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from app import db
from app.i18n import gettext as _
from app.ownership.bands import rights_chart
from app.ownership.forms import (
    CertificateForm,
    EndForm,
    HeldRightForm,
    HeldWholeForm,
    RightForm,
    holders_in,
    shares_form,
)
from app.records.answering import answer_form, may_write
from app.words import label
from assets.editing import require_writer
from assets.errors import NotFound, Problem, Unacceptable
from assets.filters import parse
from assets.ownership import queries, replacing, service
from assets.ownership.certifying import certify_asset
from assets.ownership.models import Right
from assets.ownership.shares import share_of, sum_on
from assets.parties.models import Party
from assets.registry.models import Asset
from assets.registry.queries import get_asset
from assets.vocabulary import SHARED_RIGHTS

bp = Blueprint("ownership", __name__, url_prefix="/registry/<int:asset_id>")
bp.app_template_global("rights_chart")(rights_chart)
_EMPTY_ROWS = 3


@bp.get("/rights/")
def show(asset_id: int) -> str:
    """Everybody who holds or held a right in the asset, and who does on a day."""
    asset = get_asset(db.session, asset_id)
    day = parse({"on": request.args.getlist("on")}, day=db.current_day(), area_path="/").day
    rights = queries.rights_of(db.session, asset_id)
    held = queries.holders_on(db.session, asset_id, day)
    return render_template(
        "ownership/show.html",
        asset=asset,
        day=day,
        today=db.current_day(),
        rights=rights,
        held=held,
        sums={kind: sum_on([r for r in rights if r.kind == kind], day) for kind in SHARED_RIGHTS},
        writable=may_write(asset) and asset.retired_on is None and asset.disposed_on is None,
    )


@bp.route("/rights/new", methods=["GET", "POST"])
def grant(asset_id: int) -> Response | tuple[str, int]:
    """Grant a right."""
    asset = _writable(asset_id)
    return answer_form(
        RightForm,
        title=_("Grant a right in “%(name)s”", name=asset.name),
        save=lambda form: service.grant_right(
            db.session, asset_id, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        done=_back_to_rights,
        saved=lambda right: _("“%(name)s” holds the right now.", name=_holder(right)),
        start={"valid_from": _first_day(asset), "kind": "ownership"},
        back=_rights(asset_id),
    )


@bp.route("/rights/<int:right_id>/correct", methods=["GET", "POST"])
def correct(asset_id: int, right_id: int) -> Response | tuple[str, int]:
    """Correct a right that was entered wrongly."""
    right = _right(asset_id, right_id)
    return answer_form(
        HeldRightForm if right.kind in SHARED_RIGHTS else HeldWholeForm,
        record=right,
        title=_("Correct: %(kind)s of “%(name)s”", kind=label("right", right.kind), name=_holder(right)),
        intro=_("For what was entered wrongly. What has changed hands is ended and granted anew."),
        save=lambda form: service.correct_right(
            db.session,
            right_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        start={"share": share_of(right)},
        done=_back_to_rights,
        saved=_("The right is corrected."),
        back=_rights(asset_id),
    )


@bp.route("/rights/<int:right_id>/end", methods=["GET", "POST"])
def end(asset_id: int, right_id: int) -> Response | tuple[str, int]:
    """End a right."""
    right = _right(asset_id, right_id)
    return answer_form(
        EndForm,
        record=right,
        title=_("End: %(kind)s of “%(name)s”", kind=label("right", right.kind), name=_holder(right)),
        start={"on": db.current_day()},
        button=_("End it"),
        save=lambda form: service.end_right(
            db.session,
            right_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
        ),
        done=_back_to_rights,
        saved=_("The right has ended."),
        back=_rights(asset_id),
    )


@bp.route("/rights/shares", methods=["GET", "POST"])
def replace(asset_id: int) -> Response | tuple[str, int]:
    """Replace all shares of ownership or income together."""
    asset = _writable(asset_id)
    kind = request.args.get("kind", "ownership")
    if kind not in SHARED_RIGHTS:
        raise NotFound
    held = [row for row in queries.holders_on(db.session, asset_id, db.current_day()) if row.kind == kind]
    rows = min(replacing.MOST_HOLDERS, max(len(held) + _EMPTY_ROWS, request.args.get("rows", 0, type=int)))
    start: dict[str, Any] = {"valid_from": db.current_day() if held else _first_day(asset)}
    for number, row in enumerate(held, 1):
        start |= {f"party_{number}": row.party_id, f"share_{number}": share_of(row)}
    return answer_form(
        shares_form(rows),
        title=_("%(kind)s: all shares in “%(name)s”", kind=label("right", kind), name=asset.name),
        intro=_("Who holds what from a day on, all together. The former shares end on that day."),
        save=lambda form: _replace(form, asset_id, kind, rows),
        done=lambda _rights_now: _rights(asset_id),
        saved=_("The shares are set."),
        start=start,
        back=_rights(asset_id),
        template="ownership/shares.html",
        rows=rows,
        more=min(replacing.MOST_HOLDERS, rows + 8),
        asset=asset,
        kind=kind,
        kinds=SHARED_RIGHTS,
    )


@bp.route("/certify", methods=["GET", "POST"])
def certify(asset_id: int) -> Response | tuple[str, int]:
    """Certify the asset."""
    asset = _writable(asset_id)
    return answer_form(
        CertificateForm,
        record=asset if asset.certified_on else None,
        title=_("Certify “%(name)s”", name=asset.name),
        intro=_("Its rights are defined, documented and filed. From then on its shares make the whole on every day."),
        start={} if asset.certified_on else {"certified_on": db.current_day()},
        button=_("Certify"),
        save=lambda form: certify_asset(
            db.session,
            asset_id,
            revision=form.revision.data,
            reason=form.reason.data if asset.certified_on else None,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=lambda _asset: _rights(asset_id),
        saved=lambda made: _("“%(name)s” is certified.", name=made.name),
        back=_rights(asset_id),
    )


def _replace(form: Any, asset_id: int, kind: str, rows: int) -> list[Right]:
    values = form.values()
    try:
        return replacing.set_shares(
            db.session,
            asset_id,
            kind=kind,
            holders=holders_in(values, rows),
            valid_from=values["valid_from"],
            document=values["document"],
            reason=form.reason.data,
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        )
    except Unacceptable as refusal:
        # What is wrong with all holders together is told at the first share.
        raise Unacceptable(
            [
                Problem("share_1" if problem.field == "holders" else problem.field, *_rest(problem))
                for problem in refusal.problems
            ]
        ) from None


def _rest(problem: Problem) -> tuple[str, dict[str, Any], str | None]:
    return problem.message, problem.data, problem.doubt


def _writable(asset_id: int) -> Asset:
    asset = get_asset(db.session, asset_id)
    require_writer(db.session, asset.region_path, asset.sector)
    return asset


def _right(asset_id: int, right_id: int) -> Right:
    _writable(asset_id)
    right = queries.get_right(db.session, right_id)
    if right.asset_id != asset_id:
        raise NotFound
    return right


def _holder(right: Right) -> str:
    return db.session.get_one(Party, right.party_id).name


def _first_day(asset: Asset) -> dt.date:
    return asset.handed_over_on or asset.built_on or db.current_day()


def _rights(asset_id: int) -> str:
    return url_for("ownership.show", asset_id=asset_id)


def _back_to_rights(right: Right) -> str:
    return _rights(right.asset_id)
