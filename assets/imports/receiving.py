"""Taking in a file: in pieces, within limits, with its digest."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from assets import audit
from assets.errors import InvalidValue, NotAllowed, NotFound
from assets.imports.kinds import kind_of
from assets.imports.models import ImportBatch, ImportFile
from assets.imports.settings import Reading
from assets.regions.models import Region
from assets.scope import viewer_of

PIECE = 1024 * 1024
LARGEST_FILE = 200 * 1024 * 1024
LONGEST_NAME = 200


def receive_batch(
    session: Session,
    *,
    kind: str,
    region_id: int,
    file_name: str,
    stream: IO[bytes],
    today: dt.date,
    reading: Reading | None = None,
) -> ImportBatch:
    """Take in a ledger; nothing is read of it yet.

    Parameters
    ----------
    session : Session
        Bound to who brings it.
    kind : str
        One of :data:`assets.imports.models.KINDS`.
    region_id : int
        Its rows belong at or below this region.
    file_name : str
        As it was called; only shown.
    stream : file
        Its content.
    today : date
        The office's day.
    reading : Reading, optional
        How it is to be read, where that is known already.

    Returns
    -------
    ImportBatch
        ``received``.

    Raises
    ------
    NotFound
        When the region is not within reach or no longer there.
    NotAllowed
        When the viewer may not bring such ledgers there.
    InvalidValue
        When the file is empty or too large.
    """
    rules = kind_of(kind)
    viewer = viewer_of(session)
    region = session.get(Region, region_id)
    if region is None or not viewer.touches(region.region_path) or (region.valid_to and region.valid_to <= today):
        raise NotFound
    if not viewer.may(rules.roles, region.region_path) or viewer.account_id is None:
        raise NotAllowed
    name = tidy_name(file_name)
    with tempfile.SpooledTemporaryFile(max_size=8 * PIECE) as kept:
        digest, size = hashlib.sha256(), 0
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > LARGEST_FILE:
                raise InvalidValue(
                    "“{name}” is larger than {limit} MB. Please split it, or take out pictures.",
                    field="file",
                    name=name,
                    limit=LARGEST_FILE // 2**20,
                )
            digest.update(piece)
            kept.write(piece)
        if not size:
            raise InvalidValue("“{name}” is empty. Please choose the file again.", field="file", name=name)
        batch = ImportBatch(
            kind=kind,
            region_id=region.id,
            account_id=viewer.account_id,
            file_name=name,
            size_bytes=size,
            digest=digest.hexdigest(),
            settings=(reading or Reading()).kept(),
            created_by=viewer.account_id,
            updated_by=viewer.account_id,
        )
        session.add(batch)
        audit.record(session, "imports.receive_batch", batch, batch=batch_label(batch))
        session.flush()
        kept.seek(0)
        keep_file(session, batch.id, "source", kept)
    return batch


def batch_label(batch: ImportBatch) -> str:
    """What the audit calls everything that one batch does."""
    return f"import {batch.id}"


def keep_file(session: Session, batch_id: int, part: str, stream: IO[bytes]) -> None:
    """Keep a file of a batch, in pieces."""
    number = 0
    while piece := stream.read(PIECE):
        session.execute(insert(ImportFile), {"batch_id": batch_id, "part": part, "number": number, "content": piece})
        number += 1


def pieces_of(session: Session, batch_id: int, part: str) -> Iterator[bytes]:
    """A kept file, piece by piece; nothing where it is gone."""
    numbers = session.scalars(
        select(ImportFile.number)
        .where(ImportFile.batch_id == batch_id, ImportFile.part == part)
        .order_by(ImportFile.number)
    ).all()
    for number in numbers:
        yield session.scalars(
            select(ImportFile.content).where(
                ImportFile.batch_id == batch_id, ImportFile.part == part, ImportFile.number == number
            )
        ).one()


@contextmanager
def spooled(session: Session, batch: ImportBatch, part: str = "source") -> Iterator[Path]:
    """A kept file as a file, for what can only read files; it goes again.

    Raises
    ------
    NotFound
        When its content is no longer kept.
    """
    with tempfile.TemporaryDirectory(prefix="xiangtu-import-") as folder:
        # Its own name may be anything; what is inside decides how it is read.
        path = Path(folder) / "source"
        with path.open("wb") as into:
            for piece in pieces_of(session, batch.id, part):
                into.write(piece)
        if not path.stat().st_size:
            raise NotFound
        yield path


def sent_before(session: Session, batch: ImportBatch) -> Sequence[ImportBatch]:
    """Batches of the same kind with the very same content that the viewer sees, the latest first."""
    return session.scalars(
        select(ImportBatch)
        .where(
            ImportBatch.digest == batch.digest,
            ImportBatch.kind == batch.kind,
            ImportBatch.id != batch.id,
            ImportBatch.status.not_in(("dropped", "unreadable")),
        )
        .order_by(ImportBatch.id.desc())
        .limit(5)
    ).all()


def tidy_name(file_name: str) -> str:
    """The name of a file without folders and signs that cannot be shown."""
    plain = file_name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in plain if sign.isprintable()).strip()
    return shown[-LONGEST_NAME:] or "—"
