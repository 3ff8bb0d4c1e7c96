"""Registering, correcting and withdrawing assets."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Any

from flask import Blueprint, render_template, request, url_for

from app import db
from app.i18n import gettext as _
from app.records.answering import answer_form
from app.records.form import RetireForm
from app.registry.forms import AssetForm, NewAssetForm
from assets.errors import Problem, Unacceptable
from assets.ownership import service as ownership
from assets.registry import queries, service
from assets.registry.beginning import start_of
from assets.registry.likeness import similar_assets
from assets.registry.models import Asset

_STARTS_WITH = {
    "form": "fixed",
    "depreciation": "straight_line",
    "operating_status": "operating",
    "registered": True,
    "asset_class": "public",
}


def add_to(bp: Blueprint) -> None:
    """Give the room the pages of this module."""
    one = "/<int:asset_id>"
    bp.add_url_rule("/new", "register", register, methods=["GET", "POST"])
    bp.add_url_rule(f"{one}/correct", "correct", correct, methods=["GET", "POST"])
    bp.add_url_rule(f"{one}/retire", "retire", retire, methods=["GET", "POST"])
    bp.add_url_rule("/similar", "similar", similar)


def register() -> Any:
    """Register an asset."""
    return answer_form(
        NewAssetForm,
        title=_("Register an asset"),
        save=_register,
        done=address,
        saved=lambda asset: _("“%(name)s” is registered as %(code)s.", name=asset.name, code=asset.code),
        start=_STARTS_WITH,
        back=url_for("registry.index"),
        template="registry/form.html",
    )


def _register(form: NewAssetForm) -> Asset:
    values = form.values()
    owner_id = values.pop("owner_id")
    today = db.current_day()
    asset = service.register_asset(db.session, **values, today=today, confirmed=form.confirmed_keys())
    if owner_id is not None:
        _own_whole(asset, owner_id, values["document"], confirmed=form.confirmed_keys())
    return asset


def _own_whole(asset: Asset, party_id: int, document: str | None, *, confirmed: Collection[str]) -> None:
    """Let a holder own the whole of a new asset from its first day on."""
    try:
        ownership.grant_right(
            db.session,
            asset.id,
            kind="ownership",
            party_id=party_id,
            share=Fraction(1),
            valid_from=start_of(asset),
            document=document,
            today=db.current_day(),
            # What the value rests on is asked for in the same form, and may be unknown.
            confirmed={*confirmed, "no_document"},
        )
    except Unacceptable as refusal:
        at_owner = [Problem("owner_id", problem.message, problem.data, problem.doubt) for problem in refusal.problems]
        raise Unacceptable(at_owner) from None


def correct(asset_id: int) -> Any:
    """Set right the record of an asset."""
    asset = queries.get_asset(db.session, asset_id)
    return answer_form(
        AssetForm,
        record=asset,
        title=_("Correct “%(name)s”", name=asset.name),
        save=lambda form: service.correct_asset(
            db.session,
            asset_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=address,
        saved=lambda made: _("“%(name)s” is corrected.", name=made.name),
        template="registry/form.html",
    )


def retire(asset_id: int) -> Any:
    """Withdraw a record that was entered twice or in error."""
    asset = queries.get_asset(db.session, asset_id)
    return answer_form(
        RetireForm,
        record=asset,
        title=_("Withdraw “%(name)s”", name=asset.name),
        intro=_(
            "For records entered twice or in error. What happens to the asset itself is its operating status, "
            "or a disposal."
        ),
        start={"on": db.current_day()},
        button=_("Withdraw"),
        save=lambda form: service.retire_asset(
            db.session,
            asset_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
        ),
        done=address,
        saved=lambda made: _("“%(name)s” is withdrawn.", name=made.name),
    )


def similar() -> str:
    """The assets of a village whose names are nearly what is being typed."""
    name = request.args.get("name", "")[:200].replace("\x00", "")
    region_id = request.args.get("region_id", 0, type=int)
    known = name.strip() and 0 < region_id < 2**63
    found = (
        similar_assets(
            db.session,
            name,
            region_id,
            type=request.args.get("type") or None,
            but=request.args.get("but", None, type=int),
        )
        if known
        else ()
    )
    return render_template("registry/_similar.html", found=found)


def address(asset: Asset) -> str:
    """The page of an asset."""
    return url_for("registry.show", asset_id=asset.id)
