"""The page of one ledger, which follows its state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request, url_for
from sqlalchemy import func, select

from app import db
from app.i18n import translated
from app.imports import preview, tiles
from app.imports.desk import desk_of
from app.imports.entering import LEAVE_OUT, entering, outcome_of, sentence_for, undoing_for
from app.imports.findings import facts_of, findings_of, questions_of, tabs_of
from app.imports.kinds import COMPARED, ICONS, LISTS, RECORDS, facts_of_record
from app.imports.preview import Asked
from app.imports.rows import lines_of
from app.imports.wording import Wording
from app.imports.working import AT_WORK, ended_badly, work_on
from assets.accounts.models import Account
from assets.db import OFFICE_ZONE
from assets.errors import NotFound, RegistryError
from assets.imports.fields import Kind
from assets.imports.holding import OPEN
from assets.imports.kinds import kind_of
from assets.imports.models import VERDICTS, ImportBatch, ImportRow
from assets.imports.problems import sentence_of
from assets.imports.reviewing import steps_of
from assets.imports.undoing import require_may_undo
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.review.models import Proposal

ENTERED = frozenset({"committed", "undoing", "undone"})
TABS = ("rows", "columns", "places", "settings")


def at_office(moment: dt.datetime | None) -> str:
    """A moment as the office's clock shows it."""
    return "" if moment is None else f"{moment.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """How many rows become what, as the last check has counted."""
    told = batch.counts.get("verdicts") or batch.counts
    return {verdict: int(told.get(verdict) or 0) for verdict in VERDICTS}


def state_key(batch: ImportBatch) -> str:
    """Differs whenever the page would show something else."""
    return f"{batch.status}.{batch.revision}"


def own(batch: ImportBatch) -> bool:
    """Whether the viewer brought it."""
    return bool(g.viewer.unbounded or batch.account_id == g.viewer.account_id)


def batch_page(batch: ImportBatch, refusal: RegistryError | None = None) -> str:
    """The page of a ledger as it stands."""
    kind, mine = kind_of(batch.kind), own(batch)
    has_rows = batch.checked_at is not None and batch.status not in (*ENTERED, "unreadable", "dropped")
    context = progress_context(batch) | {
        "kind": kind,
        "kind_icons": ICONS,
        "above": _above(batch),
        "who": db.session.scalar(select(Account.display_name).where(Account.id == batch.account_id)),
        "checked_at": batch.checked_at if has_rows else None,
        "refusal": translated(refusal.message, refusal.data) if refusal else None,
        "ended_badly": None if batch.status == "unreadable" else ended_badly(batch),
        "may_change": mine and batch.status in OPEN,
        "may_drop": mine and batch.status in OPEN,
        "returns": mine and has_rows and batch.status in OPEN and bool(counts_of(batch)["rejected"]),
        "proposal": _proposal_of(batch) if batch.status == "waiting" else None,
        "preview": has_rows,
        "state_key": state_key(batch),
        "words": Wording(kind),
    }
    if batch.status == "unreadable":
        context |= {"unreadable": _sentences(batch), **findings_of(batch, kind), "leave_rejected": LEAVE_OUT}
    elif batch.status in ENTERED:
        context |= _entered(batch, kind)
    elif has_rows:
        context |= preview_context(batch, kind, mine)
    return render_template("imports/show.html", **context)


def preview_part(batch: ImportBatch) -> str:
    """The preview alone, for a page that is open already."""
    kind, mine = kind_of(batch.kind), own(batch)
    context = progress_context(batch) | preview_context(batch, kind, mine)
    context |= {"kind": kind, "may_change": mine and batch.status in OPEN, "state_key": state_key(batch)}
    return render_template("imports/_preview.html", **context)


def progress_context(batch: ImportBatch) -> dict[str, Any]:
    """What the strip on top tells of the work that goes on."""
    at_work = batch.status in AT_WORK
    return {
        "batch": batch,
        "asked": Asked.of(request.args),
        "at_work": at_work,
        "at_office": at_office,
        "work": work_on(batch, may_cancel=own(batch)) if at_work else None,
    }


def preview_context(batch: ImportBatch, kind: Kind, mine: bool) -> dict[str, Any]:
    """Counts, problems and one page of rows."""
    words, asked = Wording(kind), Asked.of(request.args)
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else "rows"
    all_counts = preview.counts(db.session, batch, Asked(), kind)
    reviewed = bool(steps_of(db.session, batch, today=db.current_day())[0])
    context: dict[str, Any] = {
        "words": words,
        "tab": tab,
        "tabs": tabs_of(batch, kind),
        "counts_all": all_counts,
        "may_commit": mine and batch.status in ("checked", "reading"),
        "commit": entering(batch, all_counts, reviewed=reviewed, at_work=batch.status != "checked"),
        "leave_rejected": LEAVE_OUT,
        "kind_icons": ICONS,
        "desk": desk_of(batch),
        "questions": questions_of(batch),
    }
    if tab != "rows":
        return context | findings_of(batch, kind)
    found = preview.page(db.session, batch, asked, kind)
    columns, lines = lines_of(found.rows, words)
    counts = preview.counts(db.session, batch, asked, kind) if asked.is_narrowed else all_counts
    return context | {
        "counts": counts,
        "groups": preview.groups(batch),
        "values": _values(batch, asked, kind, words),
        "most_values": preview.MOST_VALUES,
        "found": found,
        "columns": columns,
        "rows": lines,
        "bounds": tiles.extent(db.session, batch, kind, asked),
    }


def row_context(batch: ImportBatch, number: int) -> dict[str, Any]:
    """Everything about one row."""
    kind, asked = kind_of(batch.kind), Asked.of(request.args)
    town = Region.__table__.alias("town")
    found = db.session.execute(
        select(ImportRow, Region.short_name, Region.level, town.c.short_name)
        .outerjoin(Region, Region.id == ImportRow.region_id)
        .outerjoin(town, town.c.id == Region.parent_id)
        .where(ImportRow.batch_id == batch.id, ImportRow.number == number)
    ).one_or_none()
    if found is None:
        raise NotFound
    words = Wording(kind)
    columns, (line,) = lines_of([found], words)
    return {
        "batch": batch,
        "kind": kind,
        "asked": asked,
        "row": found[0],
        "line": line,
        "columns": columns,
        "words": words,
        "told": [words.told(one) for one in found[0].problems],
        "record": record_address(batch, found[0].record_id),
        "alike": _alike(batch, words, found[0]),
        "part": request.args.get("part"),
        "may_change": own(batch) and batch.status in OPEN,
    }


def _alike(batch: ImportBatch, words: Wording, row: ImportRow) -> list[dict[str, Any]]:
    """Records that are there already and may be the same, each beside what the row says."""
    found = []
    for one in row.problems:
        number = (one.get("data") or {}).get("record_id")
        if not isinstance(number, int) or number == row.record_id:
            continue
        known = facts_of_record(batch.kind, number)
        if known is None:
            continue
        read = row.read or {}
        pairs = [
            (words.title(key), words.text(key, read.get(key)), words.text(key, known.get(key))) for key in COMPARED
        ]
        found.append(
            {
                "id": number,
                "name": known["name"],
                "address": record_address(batch, number),
                "pairs": [pair for pair in pairs if pair[1] or pair[2]],
            }
        )
    return found


def record_address(batch: ImportBatch, record_id: int | None) -> str | None:
    """The page of the record a row speaks of."""
    page = RECORDS.get(batch.kind)
    return url_for(page[0], **{page[1]: record_id}) if page and record_id else None  # type: ignore[arg-type]


def _values(batch: ImportBatch, asked: Asked, kind: Kind, words: Wording) -> list[dict[str, Any]]:
    field = words.fields.get(asked.field or "")
    # How often a personal value stands there would tell it.
    if not asked.problem or (field and field.personal):
        return []
    found = []
    for one in preview.values(db.session, batch, asked, kind):
        told = words.told({"code": asked.problem, "field": asked.field, "value": one.text, "data": one.data})
        found.append({"text": one.text, "suggestion": one.suggestion, "rows": one.rows, "sentence": told.sentence})
    same = {one["sentence"] for one in found}
    return [one | {"sentence": ""} for one in found] if len(same) == 1 and len(found) > 1 else found


def _entered(batch: ImportBatch, kind: Kind) -> dict[str, Any]:
    counts = counts_of(batch)
    written = (ImportRow.batch_id == batch.id, ImportRow.verdict.in_(("new", "changed")))
    after = Asked.of(request.args).after
    found = db.session.execute(
        select(ImportRow, Region.short_name, Region.level, Region.short_name)
        .outerjoin(Region, Region.id == ImportRow.region_id)
        .where(*written, ImportRow.number > after)
        .order_by(ImportRow.number)
        .limit(preview.PER_PAGE + 1)
    ).all()
    total = db.session.scalar(select(func.count()).select_from(ImportRow).where(*written)) or 0
    return {
        "outcome": outcome_of(counts),
        "undo_tells": undoing_for(counts),
        "may_undo": batch.status == "committed" and bool(counts["new"] or counts["changed"]) and _may_undo(batch),
        "entered_rows": found[: preview.PER_PAGE],
        "entered_total": total,
        "later": found[preview.PER_PAGE - 1][0].number if len(found) > preview.PER_PAGE else None,
        "left": [_left(batch, one) for one in batch.left],
        "facts": facts_of(batch, kind),
        "record_address": lambda row: record_address(batch, row.record_id),
        **_addresses(batch),
    }


def _proposal_of(batch: ImportBatch) -> Proposal | None:
    return db.session.scalars(
        select(Proposal)
        .where(Proposal.table_name == ImportBatch.__tablename__, Proposal.record_id == batch.id)
        .order_by(Proposal.id.desc())
        .limit(1)
    ).first()


def _may_undo(batch: ImportBatch) -> bool:
    try:
        require_may_undo(db.session, batch.id, today=db.current_day())
    except RegistryError:
        return False
    return True


def _left(batch: ImportBatch, one: Mapping[str, Any]) -> dict[str, Any]:
    address = record_address(batch, one.get("id")) if one.get("table") == batch.kind else None
    told = {key: one.get(key) or "" for key in ("who", "at")}
    return {"name": one.get("name") or one.get("id"), "address": address, **told}


def _addresses(batch: ImportBatch) -> dict[str, str | None]:
    endpoint, layer = LISTS[batch.kind]
    handle = regions.handle(db.session.get_one(Region, batch.region_id))
    return {
        "list_address": None if endpoint == "map.index" else url_for(endpoint, area=handle),
        "map_address": url_for("map.index", area=handle, layers=f"{layer},villages,regions,roads,basemap"),
    }


def _above(batch: ImportBatch) -> list[Region]:
    region = db.session.get_one(Region, batch.region_id)
    return [one for one in regions.ancestors(db.session, region) if one.level in ("county", "town", "village")]


def _sentences(batch: ImportBatch) -> list[str]:
    return [translated(sentence_of(one["code"]), one.get("data") or {}) for one in batch.problems]


__all__ = ["batch_page", "counts_of", "preview_part", "sentence_for"]
