"""The steps that are on, by kind of record and area; administrators switch them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, request, url_for

from app import db
from app.area import current_area
from app.i18n import gettext as _
from app.records.answering import answer_form
from app.review.columns import TABS
from app.review.forms import RuleForm
from app.words import label
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.review import rules as service
from assets.review.models import KINDS, STEPS


def show() -> str:
    """The rules in the area, those from above it, and how much waits."""
    area, day = current_area(), db.current_day()
    found = service.rules_of(db.session, area)
    return render_template(
        "review/rules.html",
        area=area,
        day=day,
        tabs=TABS,
        kinds=KINDS,
        steps=STEPS,
        effect={kind: service.steps_for(db.session, kind, area.region_path, "", day=day) for kind in KINDS},
        waiting=service.waiting_in(db.session, area),
        rules=[(rule, place, _period(rule, day)) for rule, place in found],
        may_switch=g.viewer.may(service.KEEPERS, area.region_path),
    )


def _period(rule: Any, day: Any) -> str:
    if rule.valid_to is not None and rule.valid_to <= day:
        return "past"
    return "future" if rule.valid_from > day else "current"


def set_rule() -> Any:
    """Switch the steps of one kind in an area from a day on."""
    area, day = current_area(), db.current_day()
    kind = request.args.get("kind", "asset")
    kind = kind if kind in KINDS else "asset"
    on = service.steps_for(db.session, kind, area.region_path, "", day=day)
    waiting = service.waiting_in(db.session, area)[kind]
    intro = _(
        "Changes that wait now: %(count)s. They finish the steps they were submitted for; the new steps are for "
        "changes from that day on.",
        count=waiting,
    )
    return answer_form(
        RuleForm,
        title=_("Review steps of %(area)s", area=area.short_name),
        intro=intro,
        start={"region_id": area.id, "kind": kind, "valid_from": day, **{step: step in on for step in STEPS}},
        save=lambda form: _save(form),
        done=lambda rule: url_for("review.rules", area=_handle(rule.region_id)),
        saved=lambda rule: _("%(kind)s: %(steps)s.", kind=label("proposal_kind", rule.kind), steps=named(rule.steps)),
        back=url_for("review.rules", area=request.args.get("area")),
        roles=service.KEEPERS,
    )


def named(steps: Sequence[str]) -> str:
    """The steps in words, one after the other."""
    return " → ".join(label("review_step", step) for step in steps) or str(_("saved at once"))


def _save(form: RuleForm) -> Any:
    values = form.values()
    steps = [step for step in STEPS if values[step]]
    return service.set_rule(
        db.session,
        values["region_id"],
        values["kind"],
        steps=steps,
        valid_from=values["valid_from"],
        today=db.current_day(),
    )


def _handle(region_id: int) -> str:
    return regions.handle(db.session.get_one(Region, region_id))
