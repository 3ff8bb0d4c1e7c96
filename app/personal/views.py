"""Pages about people: showing values for a reason, setting them right, finding, handing over, erasing."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from flask import Blueprint, current_app, g, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app import db
from app.config import Settings
from app.i18n import gettext as _
from app.lists.workbook import CONTENT_TYPE
from app.personal.file import write_file
from app.personal.forms import FindForm, ReadForm, ReasonForm, ValuesForm
from app.records.answering import answer_form
from app.records.trail import ACTIONS
from assets.db import OFFICE_ZONE
from assets.editing import find_submission, keep_submission
from assets.errors import NotAllowed, NotFound, Problem, RegistryError, Unacceptable
from assets.personal import correcting, erasing, finding, reading
from assets.personal.reading import Through

bp = Blueprint("personal", __name__, url_prefix="/personal")
FORM = "personal/form.html"
_RECORDS = {
    "asset": ("registry.show", "asset_id"),
    "party": ("parties.show", "party_id"),
    "post": ("posts.show", "post_id"),
}


@bp.app_template_global("may_unmask")
def may_unmask(path: str | None, sector: str | None = None) -> bool:
    """Whether the viewer may see personal values at a place; for buttons."""
    return reading.may_unmask(g.viewer, path, sector)


@bp.app_template_global("keeps_people")
def keeps_people() -> bool:
    """Whether the viewer may find and erase people; for the way there."""
    return finding.keeps_people(g.viewer)


@bp.app_template_global("may_unmask_holder")
def may_unmask_holder(party_id: int, person_id: int) -> bool:
    """Whether the viewer may see the personal values of a holder, or of its contact."""
    if not any(reach.may_unmask for reach in g.viewer.reaches) and not g.viewer.unbounded:
        return False
    through = reading.find_through(db.session, person_id, f"party-{party_id}", today=db.current_day())
    return reading.allows_unmasking(db.session, through, today=db.current_day())


@bp.route("/<int:person_id>/unmask", methods=["GET", "POST"])
def unmask(person_id: int) -> Response | tuple[str, int]:
    """Show the values of a person once, for a reason."""
    today, reference = db.current_day(), request.args.get("through", "")
    if request.method == "POST":
        return _shown(person_id, reference)
    through = reading.find_through(db.session, person_id, reference, today=today)
    if not reading.allows_unmasking(db.session, through, today=today):
        raise NotAllowed
    return _asked(ReadForm(), person_id, through), 200


def _shown(person_id: int, reference: str) -> Response | tuple[str, int]:
    """The answer to a reason: the values, on this one page."""
    form, today = ReadForm(), db.current_day()
    reason = form.reason.data or ""
    if (address := find_submission(db.session, form.key)) is not None:
        return redirect(address, 303)
    if not form.validate():
        through = reading.find_through(db.session, person_id, reference, today=today)
        return _asked(form, person_id, through), 400
    try:
        values, through = reading.read_person(
            db.session,
            person_id,
            through=reference,
            reason=reason,
            now=dt.datetime.now(dt.UTC),
            today=today,
            per_hour=cast(Settings, current_app.extensions["settings"]).personal_reads_per_hour,
        )
        back = _address(through)
        keep_submission(db.session, form.key, back)
        db.session.commit()
    except RegistryError as refusal:
        db.session.rollback()
        why = type(refusal).__name__
        reading.note_refusal(db.session, person_id, through=reference, reason=reason, why=why, today=today)
        db.session.commit()
        if isinstance(refusal, NotFound | NotAllowed):
            raise
        through = reading.find_through(db.session, person_id, reference, today=today)
        form.refuse([Problem("reason", refusal.message, refusal.data)])
        return _asked(form, person_id, through), 429 if isinstance(refusal, reading.TooManyReads) else 409
    page = render_template("personal/shown.html", values=values, through=through, reason=reason, back=back)
    return _kept_nowhere(make_response(page))


def _asked(form: ReadForm, person_id: int, through: Through) -> str:
    return render_template(
        FORM,
        form=form,
        conflict=None,
        title=_("Show personal values"),
        intro=_("They are shown once. The audit tells that you have seen them, when and why."),
        button=_("Show the values"),
        back=_address(through),
        through=through,
        masked=reading.masked(db.session, person_id),
    )


@bp.route("/<int:person_id>/correct", methods=["GET", "POST"])
def correct(person_id: int) -> Response | tuple[str, int]:
    """Set values of a person right without seeing them."""
    reference = request.args.get("through", "")
    through = reading.find_through(db.session, person_id, reference, today=db.current_day())
    correcting.require_editor(db.session, through)
    masked = reading.masked(db.session, person_id)
    return answer_form(
        ValuesForm,
        title=_("Correct personal values"),
        intro=_("Fill in only what has changed; nobody needs to see the rest for that."),
        save=lambda form: correcting.correct_values(
            db.session,
            person_id,
            through=reference,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
        ),
        done=lambda _person: _address(through),
        saved=_("The personal values are kept; they stay masked."),
        back=_address(through),
        template=FORM,
        through=through,
        masked=masked,
        placeholders={"person_name": masked.name, "phone": masked.phone, "id_number": masked.id_number},
    )


@bp.route("/", methods=["GET", "POST"])
def index() -> Response | tuple[str, int]:
    """Find a person by name and number."""
    if not finding.keeps_people(g.viewer):
        raise NotAllowed
    form, found, status = FindForm(), None, 200
    if request.method == "POST":
        try:
            if form.validate():
                found = finding.find_persons(db.session, **form.values(), today=db.current_day())
                db.session.commit()
        except Unacceptable as refusal:
            form.refuse(refusal.problems)
        status = 400 if form.told else 200
    page = render_template(
        "personal/find.html",
        form=form,
        conflict=None,
        title=_("Find a person"),
        intro=_("By the whole name and a number. The audit tells that you looked; what is found is shown masked."),
        button=_("Find"),
        back=url_for("administration.index"),
        found=found,
    )
    return _kept_nowhere(make_response(page, status))


@bp.get("/<int:person_id>")
def show(person_id: int) -> str:
    """Everything that refers to a person, masked."""
    return render_template(
        "personal/show.html",
        action_name=_called,
        office=OFFICE_ZONE,
        file=finding.file_of(db.session, person_id, today=db.current_day()),
        address=_of_record,
    )


@bp.route("/<int:person_id>/erase", methods=["GET", "POST"])
def erase(person_id: int) -> Response | tuple[str, int]:
    """Erase the values of a person, where nothing needs them any more."""
    found = finding.file_of(db.session, person_id, today=db.current_day())
    back = url_for("personal.show", person_id=person_id)
    return answer_form(
        ReasonForm,
        title=_("Erase personal values"),
        intro=_(
            "Name, telephone and identity number are deleted for good; records, history and audit stay without them."
        ),
        button=_("Erase for good"),
        save=lambda form: erasing.erase_person(db.session, person_id, reason=form.reason.data, today=db.current_day()),
        done=lambda _person: back,
        saved=_("The personal values are erased."),
        back=back,
        roles=finding.ADMINISTRATORS,
        template=FORM,
        masked=found.masked,
    )


@bp.route("/<int:person_id>/file", methods=["GET", "POST"])
def file(person_id: int) -> Any:
    """What is kept of a person, as a file for the person."""
    found = finding.file_of(db.session, person_id, today=db.current_day())
    form, back = ReasonForm(), url_for("personal.show", person_id=person_id)
    if request.method == "POST" and form.validate():
        values, found = finding.hand_over(db.session, person_id, reason=form.reason.data, today=db.current_day())
        db.session.commit()
        book = write_file(values, found, db.current_day())
        name = _("personal values %(number)s", number=person_id) + ".xlsx"
        return _kept_nowhere(send_file(book, CONTENT_TYPE, as_attachment=True, download_name=name))
    page = render_template(
        FORM,
        form=form,
        conflict=None,
        title=_("Hand over a person's own data"),
        intro=_(
            "For the person who asks for it: all values and all that refers to them. The audit tells that you did."
        ),
        button=_("Make the file"),
        back=back,
        masked=found.masked,
        downloads=True,
    )
    return page, 400 if form.told else 200


def _called(action: str) -> str:
    return str(ACTIONS.get(action, action))


def _address(through: Through) -> str:
    return _of_record(through.table, through.record_id) or url_for("home.index")


def _of_record(table: str, record_id: int) -> str | None:
    endpoint, key = _RECORDS.get(table, ("", ""))
    values: dict[str, Any] = {key: record_id}
    return url_for(endpoint, **values) if endpoint else None


def _kept_nowhere(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
