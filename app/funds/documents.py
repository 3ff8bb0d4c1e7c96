"""Registering, correcting and withdrawing fund documents, and closing their years."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from app import db
from app.area import current_area
from app.funds.forms import CloseYearForm, DocumentForm, StrikeForm
from app.i18n import gettext as _
from app.records.answering import answer_form, may_write
from app.records.form import RetireForm
from assets.errors import NotAllowed
from assets.projects import carry_over, money
from assets.projects import documents as service
from assets.projects.documents import FUND_ROLES
from assets.projects.models import FundDocument


def register() -> Any:
    """Enter a fund document."""
    area, day = current_area(), db.current_day()
    start: dict[str, Any] = {"budget_year": day.year, "received_on": day}
    if area.level in service.RECEIVING_LEVELS:
        start["region_id"] = area.id
    return answer_form(
        DocumentForm,
        title=_("Enter a fund document"),
        save=lambda form: service.register_document(
            db.session, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        done=address,
        saved=lambda made: _("“%(name)s” is entered.", name=made.number),
        start=start,
        back=url_for("funds.index", area=request.args.get("area")),
        roles=FUND_ROLES,
    )


def correct(document_id: int) -> Any:
    """Correct a fund document."""
    document = money.get_document(db.session, document_id)
    return answer_form(
        DocumentForm,
        record=document,
        title=_("Correct “%(name)s”", name=document.number),
        save=lambda form: service.correct_document(
            db.session,
            document_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=address,
        saved=lambda made: _("“%(name)s” is corrected.", name=made.number),
        roles=FUND_ROLES,
    )


def retire(document_id: int) -> Any:
    """Withdraw a fund document."""
    document = money.get_document(db.session, document_id)
    return answer_form(
        RetireForm,
        record=document,
        title=_("Withdraw “%(name)s”", name=document.number),
        intro=_("For documents entered by mistake or twice, from which nothing is arranged."),
        start={"on": db.current_day()},
        button=_("Withdraw"),
        save=lambda form: service.retire_document(
            db.session,
            document_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
        ),
        done=address,
        saved=lambda made: _("“%(name)s” is withdrawn.", name=made.number),
        roles=FUND_ROLES,
    )


def close_year(document_id: int) -> Any:
    """Decide on what a document had unspent at a year's end."""
    document = own_document(document_id)
    closed = money.years_closed(db.session, document_id)
    year = closed[-1].year + 1 if closed else document.received_on.year
    balance = carry_over.balance_of(db.session, document, year)
    return answer_form(
        CloseYearForm,
        title=_("Close the year"),
        intro=_(
            "%(number)s: %(balance)s yuan unspent at the end of %(year)s.",
            number=document.number,
            balance=f"{balance:,}",
            year=year,
        ),
        save=lambda form: carry_over.close_year(
            db.session, document_id, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        start={"year": year, "carried_yuan": balance, "taken_back_yuan": 0, "decided_on": db.current_day()},
        done=lambda _row: address(document),
        back=address(document),
        roles=FUND_ROLES,
    )


def open_year(document_id: int, year: int) -> Any:
    """Open a closed year again."""
    document = own_document(document_id)
    return answer_form(
        StrikeForm,
        title=_("Open %(year)s again", year=year),
        intro=document.number,
        save=lambda form: carry_over.open_year(db.session, document_id, year, reason=form.reason.data),
        done=address,
        back=address(document),
        button=_("Open again"),
        roles=FUND_ROLES,
    )


def own_document(document_id: int) -> FundDocument:
    """A document whose money the viewer may move."""
    document = money.get_document(db.session, document_id)
    if not may_write(document, FUND_ROLES):
        raise NotAllowed
    return document


def address(document: FundDocument) -> str:
    """The page of a document."""
    return url_for("funds.show", document_id=document.id)
