"""Registering, correcting and withdrawing assets."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from app import db
from app.i18n import gettext as _
from app.records.answering import answer_form
from app.records.form import RetireForm
from app.registry.forms import AssetForm, NewAssetForm
from assets.ownership.registering import register_owned_asset
from assets.registry import queries, service
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
    return register_owned_asset(db.session, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys())


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
