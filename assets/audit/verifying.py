"""Checking entries against their seals: what was changed, taken out, put in between, or never sealed."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from assets.audit.sealing import BLOCK, FIRST_HASH, SAID, WRITTEN, Key, cluster_identity, hash_of

SEALED_WITHIN = dt.timedelta(minutes=5)
# The law's six months, at their shortest.
LEAST_KEPT = dt.timedelta(days=181)
# Entries that a finding names; of more, their number is told.
NAMED = 20

# The ranges of ids are laid between the entries in order: an entry belongs to the last range begun.
_PLACED = f"""
    WITH ranges AS MATERIALIZED (
        SELECT s.number, lower(r) AS low, upper(r) - 1 AS high FROM audit_seal s, unnest(s.ids) AS r
        WHERE s.archived_at IS NULL AND s.last_id >= :floor
    ), lines AS (
        SELECT low AS id, 0 AS kind, low, NULL::bytea AS hash FROM ranges
        UNION ALL
        SELECT e.id, 1, NULL, sha256(convert_to({WRITTEN}, 'UTF8')) FROM audit_entry e WHERE e.id >= :floor
    ), laid AS (
        SELECT id, kind, hash, max(low) OVER (ORDER BY id, kind ROWS UNBOUNDED PRECEDING) AS low FROM lines
    ), placed AS (
        SELECT laid.id, laid.hash, ranges.number FROM laid
        LEFT JOIN ranges ON ranges.low = laid.low AND laid.id <= ranges.high WHERE laid.kind = 1
    )
"""
_BY_SEAL = text(
    _PLACED
    + f"""
    , block AS (
        SELECT number, id / {BLOCK} AS block, count(*) AS entries,
               sha256(string_agg(hash, ''::bytea ORDER BY id)) AS hash
        FROM placed GROUP BY 1, 2
    )
    SELECT number, sum(entries)::bigint AS entries,
           CASE WHEN number IS NOT NULL
                THEN encode(sha256(string_agg(hash, ''::bytea ORDER BY block)), 'hex') END AS digest
    FROM block GROUP BY number ORDER BY number NULLS FIRST
    """
)
_UNSEALED = text(
    """
    SELECT e.id, e.at, e.transaction, coalesce(e.transaction < :high, true) AS ended
    FROM audit_entry e
    WHERE e.id >= :floor AND NOT e.id <@ (SELECT coalesce(range_agg(ids), '{}'::int8multirange) FROM audit_seal)
    ORDER BY e.id
    """
)
_GONE = text(
    """
    SELECT n AS id FROM audit_seal s, unnest(s.ids) AS r, generate_series(lower(r), upper(r) - 1) AS n
    WHERE s.number = :number AND NOT EXISTS (SELECT FROM audit_entry e WHERE e.id = n) ORDER BY n LIMIT :most
    """
)
_SEALS = text(
    "SELECT number, sealed_at, first_id, last_id, entries, ids::text AS ids, from_transaction, to_transaction, "
    "after_id, cluster, digest, previous_hash, hash, key_id, signature, archived_at, archive "
    "FROM audit_seal WHERE number >= :first ORDER BY number"
)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sealed.

    ``kind`` is ``changed``, ``deleted``, ``added``, ``unsealed`` (entries); ``seal_missing``,
    ``seal_altered``, ``seal_forged``, ``seal_unknown_key``, ``seal_differs`` (seals);
    ``archived_early``, ``archived_untold`` (entries said to be carried off).
    """

    kind: str
    seal: int | None = None
    ids: tuple[int, ...] = ()
    count: int = 0
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass
class Verification:
    """What a check has seen, and what it found."""

    seals: int = 0
    entries: int = 0
    archived: int = 0
    waiting: int = 0
    newest: int = 0
    newest_hash: str = ""
    sealed_at: dt.datetime | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything is as it was sealed."""
        return not self.findings


def verify(
    session: Session,
    keys: Collection[Key],
    *,
    now: dt.datetime,
    since: dt.datetime | None = None,
    noted: Mapping[int, str] | None = None,
) -> Verification:
    """Compute all hashes anew and compare them.

    Parameters
    ----------
    session : Session
        The program's own.
    keys : collection of Key
        The installation's key, and former ones.
    now : datetime
        The moment, with time zone.
    since : datetime, optional
        Check only what was sealed from then on.
    noted : mapping of int to str, optional
        Hashes of seals by number that were kept outside.
    """
    found = Verification()
    first = _first_seal(session, since)
    floor = _floor(session, first)
    session.execute(text("SELECT set_config('work_mem', '128MB', true)"))
    # What is sealed while this runs is left for the next time.
    seals = session.execute(_SEALS, {"first": max(first - 1, 0)}).all()
    high = session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")) or 0
    computed = {row.number: row for row in session.execute(_BY_SEAL, {"floor": floor})}
    told = _told_archived(session)
    _check_seals(session, found, seals, first, computed, keys, told)
    _check_noted(session, found, noted or {})
    _check_archived(found, seals)
    _check_unsealed(session, found, floor, high, now, seals)
    return found


def _first_seal(session: Session, since: dt.datetime | None) -> int:
    if since is None:
        return 1
    after_all = "(SELECT max(number) + 1 FROM audit_seal)"
    sql = f"SELECT coalesce(min(number), {after_all}, 1) FROM audit_seal WHERE sealed_at >= :since"
    return int(session.scalar(text(sql), {"since": since}) or 1)


def _floor(session: Session, first: int) -> int:
    if first <= 1:
        return -(2**63)
    sql = "SELECT min(first_id) FROM audit_seal WHERE number >= :first"
    lowest = session.scalar(text(sql), {"first": first})
    if lowest is None:
        lowest = (session.scalar(text("SELECT max(last_id) FROM audit_seal")) or 0) + 1
    return int(lowest)


def _check_seals(
    session: Session,
    found: Verification,
    seals: Collection[Row[Any]],
    first: int,
    computed: Mapping[int | None, Row[Any]],
    keys: Collection[Key],
    told_archived: int,
) -> None:
    by_id = {key.id: key for key in keys}
    expected, previous = (1, FIRST_HASH) if first <= 1 else (None, None)
    for seal in seals:
        if seal.number < first:
            expected, previous = seal.number + 1, seal.hash
            continue
        if expected is not None and seal.number != expected:
            found.findings.append(Finding("seal_missing", expected, count=seal.number - expected))
        elif previous is not None and seal.previous_hash != previous:
            found.findings.append(Finding("seal_altered", seal.number))
        expected, previous = seal.number + 1, seal.hash
        found.seals += 1
        found.newest, found.newest_hash, found.sealed_at = seal.number, seal.hash, seal.sealed_at
        found.findings += _seal_itself(seal, by_id)
        if seal.archived_at is not None:
            found.archived += seal.entries
            if seal.number > told_archived:
                found.findings.append(Finding("archived_untold", seal.number, count=seal.entries))
            continue
        found.entries += seal.entries
        found.findings += _batch(session, seal, computed.get(seal.number))


def _seal_itself(seal: Row[Any], keys: Mapping[str, Key]) -> Iterator[Finding]:
    said = {name: getattr(seal, name) for name in (*SAID, "sealed_at")}
    if hash_of(said) != seal.hash:
        yield Finding("seal_altered", seal.number)
    elif (key := keys.get(seal.key_id)) is None:
        yield Finding("seal_unknown_key", seal.number)
    elif not hmac.compare_digest(key.sign(seal.hash), seal.signature):
        yield Finding("seal_forged", seal.number)


def _batch(session: Session, seal: Row[Any], computed: Row[Any] | None) -> Iterator[Finding]:
    period = {"since": None, "until": seal.sealed_at}
    there = computed.entries if computed else 0
    if there < seal.entries:
        gone = session.scalars(_GONE, {"number": seal.number, "most": NAMED}).all()
        yield Finding("deleted", seal.number, tuple(gone), seal.entries - there, **period)
    elif computed is None or computed.digest != seal.digest:
        yield Finding("changed", seal.number, (seal.first_id, seal.last_id), seal.entries, **period)


def _check_noted(session: Session, found: Verification, noted: Mapping[int, str]) -> None:
    for number, expected in noted.items():
        known = session.scalar(text("SELECT hash FROM audit_seal WHERE number = :number"), {"number": number})
        if known is None or not hmac.compare_digest(known, expected.strip().lower()):
            found.findings.append(Finding("seal_differs", number))


def _told_archived(session: Session) -> int:
    """Up to which seal the trail itself tells that entries were carried off."""
    sql = "SELECT max((changes ->> 'up_to_seal')::bigint) FROM audit_entry WHERE action = 'audit.trim'"
    return int(session.scalar(text(sql)) or 0)


def _check_archived(found: Verification, seals: Collection[Row[Any]]) -> None:
    for seal in seals:
        if seal.archived_at is not None and seal.archived_at - seal.sealed_at < LEAST_KEPT:
            found.findings.append(Finding("archived_early", seal.number, count=seal.entries))


def _check_unsealed(
    session: Session, found: Verification, floor: int, high: int, now: dt.datetime, seals: Collection[Row[Any]]
) -> None:
    """Entries under no seal: fresh ones wait; one whose transaction was passed over was put in afterwards."""
    newest = next(iter(sorted(seals, key=lambda seal: -seal.number)), None)
    same_server = newest is not None and newest.cluster == cluster_identity(session)
    passed = newest.to_transaction if newest is not None and same_server else 0
    added: list[Any] = []
    late: list[Any] = []
    for entry in session.execute(_UNSEALED, {"floor": floor, "high": high}):
        if newest is not None and same_server and (entry.transaction is None or entry.transaction < passed):
            added.append(entry)
        elif entry.ended and entry.at < now - SEALED_WITHIN:
            late.append(entry)
        else:
            found.waiting += 1
    for kind, entries in (("added", added), ("unsealed", late)):
        if entries:
            named = tuple(entry.id for entry in entries[:NAMED])
            moments = [entry.at for entry in entries]
            found.findings.append(Finding(kind, None, named, len(entries), min(moments), max(moments)))
