"""Carrying old entries off into a file, whole batches at a time; their seals stay, and hold for the file."""

from __future__ import annotations

import calendar
import datetime as dt
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from assets.audit.recording import note
from assets.audit.sealing import BLOCK, LOCK, WRITTEN
from assets.errors import RegistryError

_READ_AT_ONCE = 10_000


class BatchDiffers(RegistryError):
    """What is not as it was sealed is not carried off, but looked into."""

    message = "The entries of seal {number} are not as they were sealed; nothing was carried off."


@dataclass(frozen=True)
class Trimmed:
    """What was carried off: up to which seal, how many entries, into which file with which hash."""

    up_to_seal: int
    entries: int
    file: Path
    sha256: str


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` earlier, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def trim(session: Session, *, before: dt.datetime, folder: Path, now: dt.datetime) -> Trimmed | None:
    """Write batches sealed before a moment into a compressed file, then delete them.

    Parameters
    ----------
    session : Session
        The program's own, in the role that owns the tables; the caller commits. Until then the
        file is there and the entries are as well.
    before : datetime
        With time zone.
    folder : Path
        Where the file is put.
    now : datetime
        The moment, with time zone; names the file.

    Returns
    -------
    Trimmed or None
        None where nothing is old enough.

    Raises
    ------
    BatchDiffers
        When entries are not as they were sealed.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    seals = session.execute(
        text(
            "SELECT number, entries, digest, hash FROM audit_seal WHERE archived_at IS NULL AND number < "
            "coalesce((SELECT min(number) FROM audit_seal WHERE sealed_at >= :before), 9223372036854775807) "
            "ORDER BY number"
        ),
        {"before": before},
    ).all()
    if not seals:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"audit-{seals[0].number}-{seals[-1].number}-{now:%Y%m%d%H%M%S}.jsonl.gz"
    unfinished = file.with_name(file.name + ".part")
    try:
        with unfinished.open("xb") as raw:
            unfinished.chmod(0o600)
            with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
                for seal in seals:
                    header = {"seal": seal.number, "entries": seal.entries, "digest": seal.digest, "hash": seal.hash}
                    packed.write(json.dumps(header).encode() + b"\n")
                    if _write_batch(session, seal.number, packed) != seal.digest:
                        raise BatchDiffers(number=seal.number)
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
    span = {"first": seals[0].number, "last": seals[-1].number}
    session.execute(text("SELECT set_config('xiangtu.trimming', 'on', true)"))
    session.execute(
        text(
            "DELETE FROM audit_entry e USING audit_seal s, unnest(s.ids) AS r "
            "WHERE s.number BETWEEN :first AND :last AND s.archived_at IS NULL "
            "AND e.id >= lower(r) AND e.id < upper(r)"
        ),
        span,
    )
    session.execute(
        text(
            "UPDATE audit_seal SET archived_at = :now, archive = :file "
            "WHERE number BETWEEN :first AND :last AND archived_at IS NULL"
        ),
        span | {"now": now, "file": file.name},
    )
    session.execute(text("SELECT set_config('xiangtu.trimming', '', true)"))
    with file.open("rb") as whole:
        digest = hashlib.file_digest(whole, "sha256").hexdigest()
    entries = sum(seal.entries for seal in seals)
    told = {"up_to_seal": seals[-1].number, "entries": entries, "file": file.name, "sha256": digest}
    note(session, "audit.trim", **told)
    return Trimmed(seals[-1].number, entries, file, digest)


def _write_batch(session: Session, number: int, target: gzip.GzipFile) -> str:
    rows = session.execute(
        text(
            f"SELECT e.id, {WRITTEN} AS written FROM audit_seal s, unnest(s.ids) AS r, audit_entry e "
            "WHERE s.number = :number AND e.id >= lower(r) AND e.id < upper(r) ORDER BY e.id"
        ),
        {"number": number},
        execution_options={"yield_per": _READ_AT_ONCE},
    )

    def lines() -> Iterator[tuple[int, bytes]]:
        for row in rows:
            line = row.written.encode()
            target.write(line + b"\n")
            yield row.id, line

    return _digest(lines())


def _digest(lines: Iterator[tuple[int, bytes]]) -> str:
    """The digest of a batch as the database computes it, from its lines in the order of their ids."""
    whole = hashlib.sha256()
    for _block, members in groupby(lines, key=lambda line: line[0] // BLOCK):
        block = hashlib.sha256()
        for _id, line in members:
            block.update(hashlib.sha256(line).digest())
        whole.update(block.digest())
    return whole.hexdigest()


def verify_archive(session: Session, file: Path) -> tuple[int, list[int]]:
    """Compare a file of carried-off entries with the seals that stayed.

    Parameters
    ----------
    session : Session
        The program's own.
    file : Path
        As :func:`trim` wrote it.

    Returns
    -------
    int, list of int
        How many entries were read, and the seals that the file does not fulfil.

    Raises
    ------
    ValueError, OSError, EOFError
        When the file is not one of carried-off entries, or is damaged.
    """
    known = {
        row.number: row.digest
        for row in session.execute(
            text("SELECT number, digest FROM audit_seal WHERE archive = :name"), {"name": file.name}
        )
    }
    read, failed, met = 0, [], set()
    with gzip.open(file, "rb") as packed:
        while header := packed.readline():
            told = json.loads(header)
            if not isinstance(told, dict) or not {"seal", "entries"} <= told.keys():
                raise ValueError(header[:80])
            number = int(told["seal"])
            met.add(number)
            digest = _digest(_numbered(packed, int(told["entries"])))
            read += int(told["entries"])
            if known.get(number) != digest:
                failed.append(number)
    return read, sorted({*failed, *(known.keys() - met)})


def _numbered(packed: gzip.GzipFile, entries: int) -> Iterator[tuple[int, bytes]]:
    for _place in range(entries):
        line = packed.readline().rstrip(b"\n")
        if not line.startswith(b"["):
            raise ValueError(line[:80])
        yield int(json.loads(line)[0]), line
