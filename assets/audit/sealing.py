"""Putting entries under seal: a hash over each batch and the seal before, signed with a key kept elsewhere.

A batch holds the entries of transactions that have ended: every number below the oldest one still
at work. Nothing waits for anything, and an entry that a long transaction commits late falls into
the batch of the minute in which that transaction has ended.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, insert, literal, select, text
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE
from sqlalchemy.orm import Session

from assets.audit.models import AuditSeal

LOCK = 7_240_004
FIRST_HASH = "0" * 64

# One entry in one way of writing, whatever the server's settings: it is what the digests are over.
WRITTEN = (
    "jsonb_build_array(e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.transaction, e.account_id, e.address, "
    "e.action, e.table_name, e.record_id, e.changes, e.reason, e.batch, e.region_path, e.sector, e.result)::text"
)
# Ids are taken together in blocks, so that a batch of any size is hashed in bounded memory.
BLOCK = 65_536

# What a seal's hash is over, besides the moment.
SAID = (
    *("number", "first_id", "last_id", "entries", "ids", "from_transaction", "to_transaction", "after_id"),
    *("cluster", "digest", "previous_hash", "key_id"),
)

_DIGEST = f"""
    WITH written AS (
        SELECT e.id, sha256(convert_to({WRITTEN}, 'UTF8')) AS hash FROM audit_entry e WHERE {{criteria}}
    ), block AS (
        SELECT id / {BLOCK} AS block, count(*) AS entries, min(id) AS first_id, max(id) AS last_id,
               range_agg(int8range(id, id, '[]')) AS ids, sha256(string_agg(hash, ''::bytea ORDER BY id)) AS hash
        FROM written GROUP BY 1
    )
    SELECT coalesce(sum(entries), 0)::bigint AS entries, min(first_id) AS first_id, max(last_id) AS last_id,
           range_agg(ids)::text AS ids, encode(sha256(string_agg(hash, ''::bytea ORDER BY block)), 'hex') AS digest
    FROM block
"""
_SEALED = "(SELECT coalesce(range_agg(ids), '{}'::int8multirange) FROM audit_seal)"
# What was there before this server's count of transactions began is told by its id.
_ENDED = f"e.transaction >= :low AND e.transaction < :high AND (e.id > :after_id OR NOT e.id <@ {_SEALED})"
_ANYTHING_UNSEALED = f"NOT e.id <@ {_SEALED}"
_BOUNDS = text(
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS low, "
    "pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS high"
)


@dataclass(frozen=True)
class Key:
    """What seals are signed with; made from the installation's secret, never in the database."""

    secret: bytes

    @classmethod
    def of(cls, secret_key: str) -> Key:
        """The key of an installation's secret key."""
        return cls(hmac.new(secret_key.encode(), b"xiangtu: seals over the audit, 1", hashlib.sha256).digest())

    @property
    def id(self) -> str:
        """Tells keys apart without telling anything of them."""
        return hashlib.sha256(b"id" + self.secret).hexdigest()[:12]

    def sign(self, digest: str) -> str:
        """The signature of a seal's hash."""
        return hmac.new(self.secret, digest.encode(), hashlib.sha256).hexdigest()


def seal_finished(session: Session, key: Key) -> AuditSeal | None:
    """Seal the entries of all transactions that have ended since the last seal.

    Parameters
    ----------
    session : Session
        The program's own, at the isolation level of each statement for itself; the caller commits.
    key : Key
        Signs the seal.

    Returns
    -------
    AuditSeal or None
        None where there is nothing to seal, or another session is at it.
    """
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}):
        return None
    last = newest_seal(session)
    server = cluster_identity(session)
    bounds = session.execute(_BOUNDS).one()
    # Carried to another server, transactions are counted from anew there.
    anew = last is None or last.cluster != server or last.to_transaction > bounds.high
    low, after_id = (0, 0) if last is None or anew else (last.to_transaction, last.after_id)
    limits = {"low": low, "high": bounds.low, "after_id": after_id}
    statement = _DIGEST.format(criteria=_ANYTHING_UNSEALED if anew else _ENDED)
    batch = session.execute(text(statement), {} if anew else limits).one()
    if not batch.entries:
        return None
    if anew:
        # Asked last: it is never less than what the batch has seen.
        after_id = session.scalar(text("SELECT last_value FROM audit_entry_id_seq")) or 0
    sealed = {
        "number": last.number + 1 if last else 1,
        "sealed_at": session.scalar(text("SELECT clock_timestamp()")),
        "first_id": batch.first_id,
        "last_id": batch.last_id,
        "entries": batch.entries,
        "ids": batch.ids,
        "from_transaction": low,
        "to_transaction": bounds.low,
        "after_id": after_id,
        "cluster": server,
        "digest": batch.digest,
        "previous_hash": last.hash if last else FIRST_HASH,
        "key_id": key.id,
    }
    sealed["hash"] = hash_of(sealed)
    sealed["signature"] = key.sign(sealed["hash"])
    written = sealed | {"ids": cast(literal(batch.ids, Text), INT8MULTIRANGE)}
    session.execute(insert(AuditSeal).values(written))
    return session.get(AuditSeal, sealed["number"])


def newest_seal(session: Session) -> AuditSeal | None:
    """The last seal; its number and hash, kept elsewhere, hold everything before it."""
    return session.scalars(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)).first()


def hash_of(seal: Mapping[str, Any]) -> str:
    """The hash of a seal over all it says, its ids as PostgreSQL writes them, and the seal before."""
    said = [seal[name] for name in SAID]
    said.append(seal["sealed_at"].astimezone(dt.UTC).isoformat(timespec="microseconds"))
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def cluster_identity(session: Session) -> str:
    """Which server this is, as far as the role may ask; a dump restored elsewhere has another."""
    allowed = session.scalar(text("SELECT has_function_privilege('pg_control_system()', 'execute')"))
    if not allowed:
        return ""
    return str(session.scalar(text("SELECT system_identifier FROM pg_control_system()")))
