"""Arranging, adjusting, returning and paying money; striking what was entered by mistake."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from app import db
from app.funds.documents import own_document
from app.funds.forms import AdjustForm, ArrangeForm, ExplainForm, PayForm, ReturnForm, StrikeForm
from app.i18n import figure
from app.i18n import gettext as _
from app.records.answering import answer_form
from assets.errors import NotFound
from assets.projects import allocations, exceptions, money, payments
from assets.projects.documents import FUND_ROLES
from assets.projects.models import Allocation, FundDocument, Payment
from assets.projects.queries import get_project


def arrange(document_id: int) -> Any:
    """Arrange money of a document for a project."""
    document = own_document(document_id)
    chosen = request.args.get("project", type=int)
    return _answer(
        ArrangeForm,
        document,
        title=_("Arrange money"),
        intro=_("%(number)s: %(free)s yuan are left.", number=document.number, free=_free(document)),
        save=lambda form: allocations.arrange_money(
            db.session, document_id, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        start={"arranged_on": db.current_day(), **({"project_id": chosen} if chosen else {})},
        saved=lambda line: _("%(amount)s yuan are arranged.", amount=f"{line.arranged_yuan:,}"),
    )


def adjust(allocation_id: int) -> Any:
    """Arrange more or less for a project."""
    document, line = _line(allocation_id)
    return _answer(
        AdjustForm,
        document,
        title=_("Adjust what is arranged"),
        intro=_told(document, line),
        save=lambda form: allocations.adjust_allocation(
            db.session, line.id, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        start={"arranged_on": db.current_day()},
    )


def give_back(allocation_id: int) -> Any:
    """Return what a project does not need."""
    document, line = _line(allocation_id)
    return _answer(
        ReturnForm,
        document,
        title=_("Return money"),
        intro=_told(document, line),
        save=lambda form: allocations.return_money(
            db.session, line.id, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        start={"arranged_on": db.current_day()},
    )


def pay(allocation_id: int) -> Any:
    """Pay what was arranged."""
    document, line = _line(allocation_id)
    return _answer(
        PayForm,
        document,
        title=_("Enter a payment"),
        intro=_told(document, line),
        save=lambda form: payments.pay(
            db.session, line.id, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        start={"paid_on": db.current_day()},
        saved=lambda payment: _("%(amount)s yuan are paid.", amount=f"{payment.paid_yuan:,}"),
    )


def correct_payment(payment_id: int) -> Any:
    """Correct a payment."""
    payment = payments.get_payment(db.session, payment_id)
    document, line = _line(payment.allocation_id)
    return _answer(
        PayForm,
        document,
        record=payment,
        title=_("Correct a payment"),
        intro=_told(document, line),
        save=lambda form: payments.correct_payment(
            db.session,
            payment_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
    )


def strike_payment(payment_id: int) -> Any:
    """Strike a payment that never happened."""
    payment = payments.get_payment(db.session, payment_id)
    document, _first = _line(payment.allocation_id)
    return _answer(
        StrikeForm,
        document,
        title=_("Strike a payment"),
        intro=f"{payment.paid_on} · {payment.paid_yuan:,} · {payment.voucher or '—'}",
        save=lambda form: payments.withdraw_payment(
            db.session, payment_id, revision=payment.revision, reason=form.reason.data
        ),
        button=_("Strike"),
    )


def strike_line(allocation_id: int) -> Any:
    """Strike a line of an allocation."""
    document, first = _line(allocation_id)
    line = first if first.id == allocation_id else db.session.get_one(Allocation, allocation_id)
    return _answer(
        StrikeForm,
        document,
        title=_("Strike an arrangement"),
        intro=f"{line.arranged_on} · {line.arranged_yuan:,}",
        save=lambda form: allocations.withdraw_line(
            db.session, allocation_id, revision=line.revision, reason=form.reason.data
        ),
        button=_("Strike"),
    )


def explain(kind: str, line_id: int) -> Any:
    """Say why a line is beyond its limit."""
    if kind not in exceptions.KINDS:
        raise NotFound
    record: Allocation | Payment
    if kind == "paid_over_arranged":
        record = payments.get_payment(db.session, line_id)
        document, line = _line(record.allocation_id)
    else:
        document, line = _line(line_id)
        record = db.session.get_one(Allocation, line_id)
    return answer_form(
        ExplainForm,
        title=_("Explain an exception"),
        intro=_told(document, line),
        save=lambda form: exceptions.explain_excess(
            db.session, kind, line_id, revision=record.revision, excess_reason=form.excess_reason.data
        ),
        start={"excess_reason": record.excess_reason},
        done=lambda _record: url_for("funds.list_exceptions"),
        back=url_for("funds.list_exceptions"),
        roles=FUND_ROLES,
    )


def _answer(form_class: Any, document: FundDocument, **options: Any) -> Any:
    back = url_for("funds.show", document_id=document.id)
    return answer_form(form_class, done=lambda _made: back, back=back, roles=FUND_ROLES, **options)


def _line(allocation_id: int) -> tuple[FundDocument, Allocation]:
    """The document and first line that a line belongs to, for those who may move its money."""
    line = money.get_line(db.session, allocation_id)
    return own_document(line.fund_document_id), line


def _told(document: FundDocument, line: Allocation) -> str:
    project = get_project(db.session, line.project_id)
    arranged = money.arranged_for(db.session, document.id, line.project_id)
    left = arranged - money.paid_for(db.session, document.id, line.project_id)
    return str(
        _(
            "%(project)s, from %(number)s: %(arranged)s yuan arranged, %(left)s not paid.",
            project=project.name,
            number=document.number,
            arranged=figure(arranged, 2),
            left=figure(left, 2),
        )
    )


def _free(document: FundDocument) -> str:
    return figure(money.standing(db.session, document).free, 2)
