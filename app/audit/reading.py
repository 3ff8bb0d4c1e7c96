"""From the address to what is asked for, and from entries to words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from flask import current_app, url_for
from sqlalchemy import Table, func, or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.audit.words import FACTS, TABLES, action_name, fact_value, record_name
from app.i18n import gettext as _
from app.records.naming import column_name, column_value
from app.records.trail import away_by_grant, stood_in
from app.words import KINDS, label
from assets.accounts.models import Account
from assets.audit import AuditEntry
from assets.audit.models import RESULTS
from assets.audit.queries import Asked, Place
from assets.db import OFFICE_ZONE, Base
from assets.grants.authority import known_to
from assets.regions.directory import full_names
from assets.regions.models import Region
from assets.scope import viewer_of

LONGEST = 100
MOST_ACCOUNTS = 50
# Columns that say nothing to people, or say again what stands beside them.
UNTOLD = frozenset({"pinyin", "initials", "plain_name", "scheme", "request_key", "created_by", "created_at", "search"})
_FACT_ORDER = {name: place for place, name in enumerate(FACTS)}
# Facts that are lists, and no before and after.
FACTS_ALONE = frozenset({"sessions"})
# Where a record keeps its name.
NAMES = ("name", "title", "display_name", "number")
PAGES = {
    "account": ("grants.show", "account_id"),
    "asset": ("registry.show", "asset_id"),
    "facility": ("places.show_facility", "facility_id"),
    "fund_document": ("funds.show", "document_id"),
    "natural_village": ("places.show_natural_village", "natural_village_id"),
    "party": ("parties.show", "party_id"),
    "post": ("posts.show", "post_id"),
    "project": ("projects.show", "project_id"),
    "proposal": ("review.show", "proposal_id"),
    "relocation_site": ("places.show_site", "site_id"),
    "village": ("places.show_village", "village_id"),
}


@dataclass
class Question:
    """What is asked for, and what of it cannot be understood."""

    asked: Asked
    before: Place | None = None
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """One entry in words."""

    id: int
    at: dt.datetime
    who: str
    username: str
    area: str
    action: str
    record: str
    name: str
    link: str | None
    changes: Sequence[tuple[str, str | None, str]]
    reason: str
    batch: str
    address: str
    result: str


def read_question(session: Session, args: MultiDict[str, str], area_path: str) -> Question:
    """The question an address asks; what cannot be understood is said beside its field."""
    problems: dict[str, str] = {}

    def text(name: str) -> str:
        return args.get(name, "").replace("\x00", "").strip()[:LONGEST]

    since, until = _day(text("from"), "from", problems), _day(text("to"), "to", problems)
    if since and until and until < since:
        problems["to"] = _("The last day lies before the first.")
    table = text("table") if text("table") in TABLES else ""
    record = _number(text("record"), problems)
    if record is not None and not table:
        problems["record"] = _("Please choose the kind of record as well.")
    accounts = _accounts(session, text("who"), problems)
    asked = Asked(
        area_path,
        accounts=accounts,
        since=_midnight(since) if since else None,
        until=_midnight(until + dt.timedelta(days=1)) if until else None,
        actions=frozenset(filter(None, text("action").split(","))),
        table_name=table,
        record_id=record,
        address=text("address"),
        result=text("result") if text("result") in RESULTS else "",
        words=text("words"),
        batch=text("batch"),
    )
    return Question(asked, _place(args.get("before", "")), problems)


def written_place(place: Place) -> str:
    """A place in the order of time, for an address."""
    return f"{place.at.astimezone(dt.UTC):%Y%m%dT%H%M%S.%f}-{place.id}"


def tell(session: Session, entries: Sequence[AuditEntry], *, day: dt.date) -> list[Told]:
    """Entries in words; names of people, places and records are looked up at once."""
    people = _people(session, entries)
    places = _places(session, entries)
    names = _names(session, entries)
    away = away_by_grant(session, {grant for entry in entries for grant in _stood_in(entry)})
    return [
        Told(
            entry.id,
            entry.at.astimezone(OFFICE_ZONE),
            *people.get(entry.account_id or 0, ("", "")),
            places.get(entry.region_path or "", ""),
            action_name(entry.action),
            record_name(entry.table_name, entry.record_id),
            names.get((entry.table_name, entry.record_id), ""),
            _link(entry, names),
            [*_changes(session, entry, day), *_for_others(entry, away)],
            entry.reason or "",
            entry.batch or "",
            entry.address or "",
            entry.result,
        )
        for entry in entries
    ]


def _stood_in(entry: AuditEntry) -> list[int]:
    return stood_in(entry.changes) if isinstance(entry.changes, dict) else []


def _for_others(entry: AuditEntry, away: Mapping[int, str]) -> list[tuple[str, str | None, str]]:
    """Who was away whose grants were used."""
    who = "、".join(dict.fromkeys(away[grant] for grant in _stood_in(entry) if grant in away))
    return [(str(FACTS["delegated_from"]), None, who)] if who else []


def _changes(session: Session, entry: AuditEntry, day: dt.date) -> list[tuple[str, str | None, str]]:
    table = entry.table_name or ""
    told: list[tuple[str, str | None, str]] = []
    changes = entry.changes if isinstance(entry.changes, dict) else {}
    for name, value in sorted(changes.items(), key=lambda change: _FACT_ORDER.get(change[0], len(_FACT_ORDER))):
        if name in UNTOLD or name.endswith("_id") or value is None:
            continue
        if name == "delegated_from" and isinstance(value, dict):
            continue
        if isinstance(value, list) and len(value) == 2 and name not in FACTS_ALONE:
            before, after = (column_value(session, table, name, one, day=day) for one in value)
            told.append((column_name(table, name), None if value[0] is None else before, after))
        else:
            told.append((str(FACTS.get(name) or column_name(table, name)), None, _fact(value, name)))
    return told


def _fact(value: Any, name: str = "") -> str:
    if isinstance(value, Mapping):
        return "；".join(_narrowing(name, str(one)) for name, one in value.items()) or "—"
    if isinstance(value, list):
        return "、".join(map(_fact, value)) or "—"
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return fact_value(name, value) if isinstance(value, str) else str(value)


def _narrowing(name: str, value: str) -> str:
    """One part of a filter, in the words of its field where it has some."""
    if name not in KINDS:
        return f"{FACTS.get(name, name)}：{value}"
    return f"{KINDS[name]}：" + "、".join(label(name, code) for code in value.split(","))


def _people(session: Session, entries: Sequence[AuditEntry]) -> dict[int, tuple[str, str]]:
    ids = {entry.account_id for entry in entries if entry.account_id is not None}
    rows = session.execute(select(Account.id, Account.display_name, Account.username).where(Account.id.in_(ids)))
    return {row.id: (row.display_name, row.username) for row in rows}


def _places(session: Session, entries: Sequence[AuditEntry]) -> dict[str, str]:
    """Where entries were made, by their paths: the last region of each, as it is called now."""
    last = {path: int(path.rstrip("/").rpartition("/")[2]) for path in {e.region_path for e in entries} if path}
    regions = session.scalars(select(Region).where(Region.id.in_(set(last.values())))).all()
    names = {number: " › ".join(name.split(" › ")[-2:]) for number, name in full_names(session, regions).items()}
    return {path: names.get(number, "") for path, number in last.items()}


def _names(session: Session, entries: Sequence[AuditEntry]) -> dict[tuple[str | None, int | None], str]:
    """The names of records that have a page, as far as the reader sees them."""
    found: dict[tuple[str | None, int | None], str] = {}
    entities = {cast(Table, mapper.local_table).name: mapper.class_ for mapper in Base.registry.mappers}
    for table in PAGES:
        ids = {entry.record_id for entry in entries if entry.table_name == table and entry.record_id is not None}
        entity: Any = entities.get(table)
        column = next((getattr(entity, name) for name in NAMES if hasattr(entity, name)), None)
        if ids and column is not None:
            rows = session.execute(select(entity.id, column).where(entity.id.in_(ids)))
            found |= {(table, row[0]): str(row[1] or "") for row in rows}
    return found


def _link(entry: AuditEntry, names: Mapping[tuple[str | None, int | None], str]) -> str | None:
    if (entry.table_name, entry.record_id) not in names:
        return None
    endpoint, key = PAGES[entry.table_name or ""]
    if endpoint not in current_app.view_functions:
        return None
    route: dict[str, Any] = {key: entry.record_id}
    return url_for(endpoint, **route)


def _accounts(session: Session, who: str, problems: dict[str, str]) -> frozenset[int] | None:
    if not who:
        return None
    name = who.lower()
    called = or_(func.lower(Account.username) == name, Account.display_name.icontains(who, autoescape=True))
    known = select(Account.id).where(called, known_to(viewer_of(session))).order_by(Account.id)
    found = session.scalars(known.limit(MOST_ACCOUNTS)).all()
    if not found:
        problems["who"] = _("There is nobody of this name.")
    return frozenset(found)


def _day(text: str, name: str, problems: dict[str, str]) -> dt.date | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        problems[name] = _("Please give a day like 2026-11-22.")
        return None
    if not 1990 <= day.year <= 2100:
        problems[name] = _("Please give a day like 2026-11-22.")
        return None
    return day


def _number(text: str, problems: dict[str, str]) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) < 2**63):
        problems["record"] = _("Please give the number of a record.")
        return None
    return int(text)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), OFFICE_ZONE)


def _place(text: str) -> Place | None:
    moment, _dash, number = text.rpartition("-")
    try:
        at = dt.datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=dt.UTC)
        return Place(at, min(int(number), 2**63 - 1)) if len(number) < 20 else None
    except ValueError:
        return None
