"""The room of money: fund documents, what is arranged from them, and what is paid."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app import db
from app.area import current_area, current_filter
from app.funds import documents, movements
from app.funds.columns import FUNDS
from app.i18n import gettext as _
from app.i18n import language
from app.i18n import lazy_gettext as _l
from app.lists.answers import show_list
from app.lists.sending import send_list
from app.records.answering import may_write
from app.records.trail import trail_of
from assets.indicators.fund_chain import assets_of_document
from assets.indicators.project_progress import fund_progress, fund_progress_by, fund_progress_of
from assets.projects import exceptions, money
from assets.projects.documents import FUND_ROLES
from assets.projects.fees import highest_fee
from assets.projects.models import FundDocument
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.terms import queries as terms
from assets.vocabulary import FUND_SOURCES

bp = Blueprint("funds", __name__, url_prefix="/funds")
BOTH = ["GET", "POST"]
LINES_SHOWN = 40
TABS = (
    ("funds.index", _l("Fund documents")),
    ("funds.overview", _l("Money by year")),
    ("funds.list_exceptions", _l("Exceptions")),
)
for address, name, view in (
    ("/new", "register", documents.register),
    ("/<int:document_id>/correct", "correct", documents.correct),
    ("/<int:document_id>/retire", "retire", documents.retire),
    ("/<int:document_id>/close-year", "close_year", documents.close_year),
    ("/<int:document_id>/years/<int:year>/open", "open_year", documents.open_year),
    ("/<int:document_id>/arrange", "arrange", movements.arrange),
    ("/allocations/<int:allocation_id>/adjust", "adjust", movements.adjust),
    ("/allocations/<int:allocation_id>/return", "give_back", movements.give_back),
    ("/allocations/<int:allocation_id>/pay", "pay", movements.pay),
    ("/allocations/<int:allocation_id>/strike", "strike_line", movements.strike_line),
    ("/payments/<int:payment_id>/correct", "correct_payment", movements.correct_payment),
    ("/payments/<int:payment_id>/strike", "strike_payment", movements.strike_payment),
    ("/exceptions/<kind>/<int:line_id>", "explain", movements.explain),
):
    bp.add_url_rule(address, name, view, methods=BOTH)


@bp.get("/")
def index() -> str | Response:
    """The fund documents."""
    new = url_for("funds.register", area=request.args.get("area")) if may_write(roles=FUND_ROLES) else None
    return show_list(FUNDS, tabs=TABS, tabs_name=_("Funds"), new=new)


@bp.get("/export.<form>")
def export(form: str) -> str | Response:
    """The fund documents as a file of that form."""
    return send_list(FUNDS, form)


@bp.get("/overview")
def overview() -> str:
    """Received, arranged and paid by budget year and source."""
    session, asked = db.session, current_filter()
    return render_template(
        "funds/overview.html",
        area=current_area(),
        total=fund_progress(session, asked),
        years=fund_progress_by(session, asked, FundDocument.budget_year),
        sources=_in_order(fund_progress_by(session, asked, FundDocument.budget_year, FundDocument.source)),
        unexplained=exceptions.count_unexplained(session, asked.area_path, asked.day),
        day=asked.day,
    )


@bp.get("/exceptions")
def list_exceptions() -> str:
    """Money beyond its limits, until explained."""
    asked, explained = current_filter(), request.args.get("explained") == "1"
    return render_template(
        "funds/exceptions.html",
        rows=exceptions.exceptions(db.session, asked.area_path, asked.day, explained=explained),
        explained=explained,
        fund_roles=FUND_ROLES,
        day=asked.day,
    )


@bp.get("/<int:document_id>")
def show(document_id: int) -> str:
    """One fund document: what it received, every allocation and payment, and how its years ended."""
    session, asked = db.session, current_filter()
    day = asked.day
    document = money.get_document(session, document_id)
    project_id = request.args.get("project", type=int)
    ledger = money.ledger_of(session, document_id, day, project_id=project_id)
    return render_template(
        "funds/show.html",
        document=document,
        fund_roles=FUND_ROLES,
        above=regions.ancestors(session, session.get_one(Region, document.region_id)),
        sums=fund_progress_of(session, document, day),
        rows=money.allocations_of(session, document_id, day),
        ledger=ledger,
        shown=ledger if project_id or request.args.get("lines") == "all" else ledger[-LINES_SHOWN:],
        project_id=project_id,
        years=money.years_closed(session, document_id),
        paid_by_year=money.paid_by_year(session, document_id, day),
        exceptions=exceptions.exceptions(session, document.region_path, day, explained=True, document_id=document_id),
        highest_fee=highest_fee(session, document, day),
        assets=assets_of_document(session, document_id),
        complete=g.viewer.covers(document.region_path),
        fund_names=terms.names(session, "fund_name", day=document.received_on, language=language()),
        day=day,
        trail=trail_of(session, document, document_id),
    )


def _in_order(sums: dict[Any, Any]) -> dict[Any, Any]:
    """Years from the latest on, sources from above to below."""
    return dict(sorted(sums.items(), key=lambda item: (-item[0][0], FUND_SOURCES.index(item[0][1]))))
