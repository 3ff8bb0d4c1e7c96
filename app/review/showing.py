"""The pages of one proposal and of a batch: everything that is needed to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely
from flask import g, render_template, url_for

from app import db
from app.i18n import translated
from app.lists.selection import read_selection
from app.records.locator import locate
from app.records.proposed import ProposedRow, told_rows
from app.review.columns import MINE, own_authority
from app.term_names import term_names
from assets.accounts.models import Account
from assets.db import OFFICE_ZONE
from assets.errors import NotFound, Problem, RegistryError, Unacceptable
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.regions.positions import to_column
from assets.review import queries
from assets.review.carrying_out import Standing, standing
from assets.review.deciding import MOST_AT_ONCE
from assets.review.models import Proposal

# Where the record a proposal is about is shown.
PAGES = {
    "asset": ("registry.show", "asset_id"),
    "project": ("projects.show", "project_id"),
    "village": ("places.show_village", "village_id"),
    "natural_village": ("places.show_natural_village", "natural_village_id"),
    "relocation_site": ("places.show_site", "site_id"),
    "facility": ("places.show_facility", "facility_id"),
    "import_batch": ("imports.show", "batch_id"),
}


@dataclass(frozen=True)
class Station:
    """One step of the chain: passed, where it stands now, or still to come."""

    step: str
    state: str
    who: str = ""
    day: str = ""


def proposal_page(proposal: Proposal, *, refusal: RegistryError | None = None) -> str:
    """The page of a proposal, with what was refused about it just now."""
    session, day = db.session, db.current_day()
    decisions = queries.decisions_of(session, proposal.id)
    above = regions.ancestors(session, session.get_one(Region, proposal.region_id))
    own = proposal.submitted_by == g.viewer.account_id
    authority = own_authority()
    decides = proposal.status == "pending" and not own and bool(authority.reaches_for(proposal))
    stands_in = decides and proposal.submitted_by in authority.stands_in_for
    now = _standing(proposal) if proposal.status == "pending" else None
    submitter = session.get_one(Account, proposal.submitted_by)
    return render_template(
        "review/show.html",
        proposal=proposal,
        rows=told_rows(session, proposal.differences, day=day),
        above=above,
        submitter=submitter,
        submitted_at=proposal.submitted_at.astimezone(OFFICE_ZONE),
        decisions=[(one, name, one.at.astimezone(OFFICE_ZONE)) for one, name in decisions],
        stations=_stations(proposal, decisions),
        sector=term_names("sector", day=day).get(proposal.sector or "", proposal.sector),
        own=own,
        decides=decides and not stands_in,
        stands_in=stands_in,
        standing=now,
        meanwhile=_meanwhile(proposal, now),
        fits=now is None or not now.clashes,
        record=_record_address(proposal),
        again=_again(proposal) if own and proposal.status == "returned" else None,
        following=_next_of(proposal),
        drawings=_drawings(proposal, above[-1]),
        refusal=translated(refusal.message, refusal.data)
        if refusal and not isinstance(refusal, Unacceptable)
        else None,
        problems=[_told(problem) for problem in refusal.problems] if isinstance(refusal, Unacceptable) else [],
    )


def batch_page() -> str:
    """All chosen proposals on one page, each with what it would change."""
    chosen = read_selection(MINE, most=MOST_AT_ONCE)
    session, day = db.session, db.current_day()
    proposals = queries.many(session, chosen.ids)
    return render_template(
        "review/batch.html",
        chosen=chosen,
        found=[(one, told_rows(session, one.differences, day=day), _changed_meanwhile(one)) for one in proposals],
        places=regions_of(proposals),
    )


def regions_of(proposals: Any) -> dict[int, str]:
    """The short names of the regions of proposals."""
    return queries.region_names(db.session, {one.region_id for one in proposals})


def _standing(proposal: Proposal) -> Standing | None:
    try:
        return standing(db.session, proposal)
    except NotFound:
        return None


def _changed_meanwhile(proposal: Proposal) -> bool:
    now = _standing(proposal)
    return bool(now and now.changes)


def _meanwhile(proposal: Proposal, now: Standing | None) -> list[ProposedRow]:
    """What others changed of the record since, in words."""
    row_of = proposal.entered.get("row")
    if now is None or not now.changes or row_of is None:
        return []
    changes = {change.field: [change.before, _kept(change.theirs)] for change in now.changes}
    changed = {"table": row_of[0], "id": row_of[1], "done": "changed", "changes": changes}
    return told_rows(db.session, [changed], day=db.current_day())


def _kept(value: Any) -> Any:
    if hasattr(value, "desc"):
        return value.desc
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _stations(proposal: Proposal, decisions: Any) -> list[Station]:
    approved = {one.step: (one, name) for one, name in decisions if one.verdict == "approve"}
    stations = []
    for step in proposal.steps:
        if step in approved:
            one, name = approved[step]
            stations.append(Station(step, "done", name or "", f"{one.at.astimezone(OFFICE_ZONE):%Y-%m-%d}"))
        else:
            stations.append(Station(step, "current" if step == proposal.step else "later"))
    return stations


def _record_address(proposal: Proposal) -> str | None:
    page = PAGES.get(proposal.table_name)
    if proposal.record_id is None or page is None:
        return None
    return url_for(page[0], **{page[1]: proposal.record_id})  # type: ignore[arg-type]


def _again(proposal: Proposal) -> str | None:
    if not proposal.page:
        return None
    return f"{proposal.page}{'&' if '?' in proposal.page else '?'}proposal={proposal.id}"


def _next_of(proposal: Proposal) -> str | None:
    """The change that waits longest for the viewer, other than this one."""
    found = queries.next_for(db.session, own_authority(), but=proposal.id)
    return None if found is None else url_for("review.show", proposal_id=found)


def _drawings(proposal: Proposal, region: Region) -> list[Any]:
    """Where it would lie, and where it lies in force: only if the position is part of the change."""
    for row in proposal.differences:
        sides = row["changes"].get("geom")
        if sides:
            return [
                locate(db.session, region, to_column(shapely.from_wkb(side)), day=db.current_day())[:1]
                for side in reversed(sides)
                if side is not None
            ]
    return []


def _refused(refusal: RegistryError | None) -> dict[str, Any]:
    if isinstance(refusal, Unacceptable):
        return {"refusal": None, "problems": [_told(problem) for problem in refusal.problems]}
    return {"refusal": translated(refusal.message, refusal.data) if refusal else None, "problems": []}


def _told(problem: Problem) -> tuple[str, str | None]:
    return translated(problem.message, problem.data), problem.doubt
