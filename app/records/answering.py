"""One way to answer every record form: show it, refuse with everything that is wrong, or save and lead on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any

from flask import g, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app import db
from app.broken_rules import broken_rule
from app.i18n import gettext as _
from app.i18n import translated
from app.records import saved as tell
from app.records.conflict import Conflict, compare
from app.records.form import RecordForm, Told
from app.records.resuming import page_of_form, resumed
from assets.editing import (
    WRITERS,
    AlreadyRetired,
    ChangedMeanwhile,
    find_submission,
    keep_submission,
)
from assets.errors import InvalidValue, NotAllowed, Problem, RegistryError, Unacceptable
from assets.review.models import Proposal
from assets.review.proposing import SentForReview
from assets.undo import current_transaction

log = logging.getLogger(__name__)
TEMPLATE = "records/form.html"


def answer_form(
    form_class: type[RecordForm],
    *,
    title: str,
    save: Callable[[Any], Any],
    done: Callable[[Any], str],
    saved: Callable[[Any], str] | str | None = None,
    record: Any = None,
    start: Mapping[str, Any] | None = None,
    back: str | None = None,
    button: str | None = None,
    intro: str | None = None,
    roles: Collection[str] = WRITERS,
    template: str = TEMPLATE,
    undone: str | None = None,
    **context: Any,
) -> Response | tuple[str, int]:
    """Show a form, or take it in.

    Parameters
    ----------
    form_class : type
        The form.
    title : str
        What the page is called, such as “Register an asset”.
    save : callable
        Given the form, calls the service and returns the record; nothing is committed there.
    done : callable
        Given what ``save`` returned, the address to go on to.
    saved : callable or str, optional
        What was saved, in words.
    record : object, optional
        The record that is corrected; it is what the form starts from, and its version is kept.
    start : mapping, optional
        Values the form starts with, before those of ``record``.
    back : str, optional
        Where Cancel leads; where ``done(record)`` does, or the first view.
    button : str, optional
        The words on the button; “Save” otherwise.
    intro : str, optional
        A sentence below the title.
    roles : collection of str
        Who may open the form: over the record's region, or anywhere for a new one.
    template : str
        A template that extends ``records/form.html``.
    undone : str, optional
        Where to go once the saving was undone: ``back`` for new records, ``done(record)`` otherwise.
    **context : Any
        Further names for the template.
    """
    _require(roles, record)
    start = resumed(start)
    back = back or (done(record) if record is not None else url_for("home.index"))
    form = form_class(record=record, start=start)
    page = _Page(template, form, {"title": title, "back": back, "button": button, "intro": intro, **context})
    if getattr(record, "retired_on", None):
        return page.closed(_retired(record))
    if request.method != "POST":
        return page.shown(200)
    try:
        if (address := find_submission(db.session, form.key)) is not None:
            return redirect(address, 303)
    except RegistryError as refusal:
        return page.refused(refusal, 409)
    if record is not None:
        form.take_theirs(record)
    if not form.validate() or (record is not None and form.revision.data is None and page.too_old()):
        return page.shown(400)
    try:
        made = save(form)
        db.session.flush()
        address = done(made)
        words = saved(made) if callable(saved) else saved or _("Saved.")
        transaction = current_transaction(db.session)
        keep_submission(db.session, form.key, address)
        db.session.commit()
    except SentForReview as sent:
        return _waits(form, sent.proposal)
    except ChangedMeanwhile as conflict:
        db.session.rollback()
        return page.compared(compare(form, conflict))
    except AlreadyRetired as refusal:
        db.session.rollback()
        return page.closed(refusal)
    except NotAllowed as refusal:
        db.session.rollback()
        return page.refused(refusal, 403)
    except RegistryError as refusal:
        db.session.rollback()
        return page.refused(refusal, 400 if isinstance(refusal, InvalidValue) else 409)
    except IntegrityError as broken:
        db.session.rollback()
        if (address_ := find_submission(db.session, form.key)) is not None:
            return redirect(address_, 303)
        problem = broken_rule(broken)
        if problem is None:
            raise
        form.refuse([problem])
        return page.shown(409)
    tell.flash_saved(words, href=address, transaction=transaction, draft=request.path, undone=undone or back)
    return redirect(address, 303)


def _waits(form: RecordForm, proposal: Proposal) -> Response:
    """Keep the proposal that the change has become, and lead to it."""
    address = url_for("review.show", proposal_id=proposal.id)
    proposal.page = page_of_form()
    keep_submission(db.session, form.key, address)
    db.session.commit()
    words = _(
        "“%(name)s” is submitted for review. Until it is approved, what was in force stays so.", name=proposal.title
    )
    tell.flash_saved(words, href=address, transaction=None, draft=request.path, undone=address)
    return redirect(address, 303)


def _require(roles: Collection[str], record: Any) -> None:
    path = getattr(record, "region_path", None)
    held = g.viewer.may(roles, path, getattr(record, "sector", None)) if path else _holds_one(roles)
    if not held:
        raise NotAllowed


def _holds_one(roles: Collection[str]) -> bool:
    return bool(g.viewer.unbounded or g.viewer.roles & frozenset(roles))


def may_write(record: Any = None, roles: Collection[str] = WRITERS) -> bool:
    """Whether the viewer may register here, or correct ``record``; for buttons."""
    if record is None:
        return _holds_one(roles)
    path = getattr(record, "region_path", None)
    return path is None or bool(g.viewer.may(roles, path, getattr(record, "sector", None)))


def _retired(record: Any) -> AlreadyRetired:
    name = getattr(record, "name", None) or getattr(record, "title", None) or record.id
    return AlreadyRetired(name=name, day=record.retired_on, reason=record.retired_reason or "")


class _Page:
    """The page of one form in its states."""

    def __init__(self, template: str, form: RecordForm, context: dict[str, Any]):
        self.template, self.form, self.context = template, form, context

    def shown(self, status: int, **more: Any) -> tuple[str, int]:
        """The form, with what is told."""
        return render_template(self.template, form=self.form, **{"conflict": None, **self.context, **more}), status

    def refused(self, refusal: RegistryError, status: int) -> tuple[str, int]:
        """The form with a refusal of the registry, at its fields where it names them."""
        if isinstance(refusal, Unacceptable):
            self.form.refuse(refusal.problems)
        else:
            self.form.refuse([Problem(str(refusal.data.get("field", "")), refusal.message, refusal.data)])
        return self.shown(status)

    def compared(self, conflict: Conflict) -> tuple[str, int]:
        """The form beside what another changed; saved again, it builds on the new version."""
        self.form.revision.data = conflict.revision
        return self.shown(409, conflict=conflict)

    def closed(self, refusal: RegistryError) -> tuple[str, int]:
        """What was typed, to be copied, since the record takes no more changes."""
        typed = [(field.label.text, field.text) for field in self.form.entries() if field.text]
        text = translated(refusal.message, refusal.data)
        page = render_template(
            "records/closed.html", message=text, typed=typed if request.method == "POST" else [], **self.context
        )
        return page, 409

    def too_old(self) -> bool:
        """Tell that the form does not say which version it corrects."""
        self.form.told.append(Told(None, _("This form is too old. Please open the page again.")))
        return True
