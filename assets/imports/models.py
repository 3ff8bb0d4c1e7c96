"""What was handed in, how its rows are read and what is wrong with them, and what people answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Placed, Recorded, one_of
from assets.scope import Viewer, scoped_by

KINDS = ("asset", "project", "village", "site", "facility", "inspection", "border", "road")
STATUSES = (
    "received",  # the file is here, nothing was read yet
    "reading",  # a job reads and checks it
    "unreadable",  # it could not be read; ``problems`` say why
    "checked",  # every row was looked at: this is the preview
    "waiting",  # submitted for review
    "approved",  # a job will commit it
    "committing",  # a job commits it
    "committed",
    "undoing",  # a job takes it back
    "undone",
    "dropped",  # given up; its rows and file are gone
)
VERDICTS = ("new", "changed", "same", "rejected", "left_out")
PARTS = ("source", "returned")
SEVERITIES = ("error", "doubt", "note")
ANSWERS = ("cell", "confirm", "same_as", "left_out")
# Besides whoever brought it: those who decide about it, and those who look after the area.
READERS = frozenset({"approver", "department", "administrator", "auditor"})


class ImportBatch(Placed, Recorded, Base):
    """One file that somebody brought, to be entered below one region."""

    __tablename__ = "import_batch"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("status", STATUSES),
        Index("ix_import_batch_account_id", "account_id", "created_at"),
        Index("ix_import_batch_region_path", "region_path", "status"),
        Index("ix_import_batch_digest", "digest"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    status: Mapped[str] = mapped_column(server_default="received")
    file_name: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    # How it is to be read: :class:`assets.imports.settings.Reading`, as people have corrected it.
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    # What was found of it as a whole: format, sheets, headings, coordinates, their evidence.
    found: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    # What is wrong with it as a whole.
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    # By verdict and by problem: how many rows.
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    checked_at: Mapped[dt.datetime | None]
    committed_at: Mapped[dt.datetime | None]
    # The transaction that wrote it and the one that took it back, as the history numbers them.
    transaction: Mapped[int | None] = mapped_column(BigInteger)
    undone_at: Mapped[dt.datetime | None]
    undone_by: Mapped[int | None] = mapped_column(BigInteger)
    # What undoing left, since it was edited meanwhile: table, id, name, who, at.
    left: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")


class ImportFile(Base):
    """A piece of a file: as it was brought, or as it goes back with its cells marked."""

    __tablename__ = "import_file"
    __table_args__ = (one_of("part", PARTS),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """One row of a ledger as it was understood, and what would become of it.

    ``read`` holds its values by field; ``differences`` before and after, of a record that is there;
    ``problems`` each with field, code, severity, value, suggestion and data. ``drawn`` is a position
    that cannot be kept as it is.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        one_of("verdict", VERDICTS),
        Index("ix_import_row_verdict", "batch_id", "verdict", "number"),
        Index("ix_import_row_geom", "geom", postgresql_using="gist"),
        Index("ix_import_row_drawn", "drawn", postgresql_using="gist", postgresql_where="drawn IS NOT NULL"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str]
    # As the spreadsheet numbers it.
    row: Mapped[int]
    verdict: Mapped[str]
    name: Mapped[str | None]
    region_id: Mapped[int | None] = mapped_column(BigInteger)
    record_id: Mapped[int | None] = mapped_column(BigInteger)
    record_revision: Mapped[int | None]
    read: Mapped[dict[str, Any]] = mapped_column(JSONB)
    differences: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    position_quality: Mapped[str | None]
    source_datum: Mapped[str | None]
    geom: Mapped[Any | None] = mapped_column(Geometry("GEOMETRY", srid=4490, spatial_index=False))
    drawn: Mapped[Any | None] = mapped_column(Geometry("GEOMETRY", srid=4490, spatial_index=False))


class ImportAnswer(Base):
    """What somebody said in the preview about one row, or about all rows that say the same.

    ``cell``: read ``answer`` instead of what stands in ``field`` (of row ``number``, or wherever
    ``found`` stands). ``confirm``: the doubt ``code`` is right as it is. ``same_as``: the row is the
    record ``answer`` (empty: it is another one than was thought). ``left_out``: the row stays outside.
    """

    __tablename__ = "import_answer"
    __table_args__ = (
        one_of("kind", ANSWERS),
        CheckConstraint("kind <> 'cell' OR field IS NOT NULL", name="cell_has_a_field"),
        UniqueConstraint("batch_id", "kind", "number", "field", "found", "code", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    kind: Mapped[str]
    number: Mapped[int | None]
    field: Mapped[str | None]
    found: Mapped[str | None]
    code: Mapped[str | None]
    answer: Mapped[str | None]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class ImportProgress(Base):
    """How far a job has come; written beside its transaction, so that it is seen before the end."""

    __tablename__ = "import_progress"

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    step: Mapped[str] = mapped_column(server_default="")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    started_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    cancelled_by: Mapped[int | None] = mapped_column(BigInteger)
    # How it ended, where not well: a message and its data.
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class HeadingChoice(Recorded, Base):
    """What the columns of one source mean, kept for its next ledger: by the fingerprint of its headings."""

    __tablename__ = "heading_choice"
    __table_args__ = (UniqueConstraint("account_id", "kind", "fingerprint"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    fingerprint: Mapped[str]
    name: Mapped[str | None]
    choices: Mapped[dict[str, Any]] = mapped_column(JSONB)


def _brought_or_in_reach(viewer: Viewer) -> ColumnElement[bool]:
    """Whoever brought a ledger sees it, and those who decide about or look after all of its area."""
    reaches = tuple(reach for reach in viewer.reaches if reach.role in READERS and reach.sectors is None)
    readers = Viewer(reaches=reaches, unbounded=viewer.unbounded)
    return or_(ImportBatch.account_id == (viewer.account_id or 0), readers.narrow(ImportBatch.region_path, None))


def _of_a_seen_batch(entity: Any) -> Any:
    return lambda viewer: entity.batch_id.in_(select(ImportBatch.id).where(_brought_or_in_reach(viewer)))


scoped_by(ImportBatch, _brought_or_in_reach)
for _entity in (ImportFile, ImportRow, ImportAnswer, ImportProgress):
    scoped_by(_entity, _of_a_seen_batch(_entity))
scoped_by(HeadingChoice, lambda viewer: HeadingChoice.account_id == (viewer.account_id or 0))
