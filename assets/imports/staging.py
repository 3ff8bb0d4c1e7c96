"""The rows of one ledger in a temporary table, where all of them are looked at together."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
from geoalchemy2 import Geometry
from pyarrow import csv
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    func,
    insert,
    literal,
    null,
    select,
    text,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import QueryableAttribute, Session
from sqlalchemy.schema import CreateTable, DropTable

from assets.imports.fields import Context, Field, Kind
from assets.imports.models import ImportBatch
from assets.imports.problems import Fault
from assets.scope import criterion, viewer_of

# Staged beside what the fields of a kind say.
_OWN: tuple[tuple[str, Any], ...] = (
    ("sheet", Text),
    ("row", Integer),
    ("region_id", BigInteger),
    ("region_path", lambda: Text(collation="C")),
    ("record_id", BigInteger),
    ("record_revision", Integer),
    ("geom", lambda: Geometry("GEOMETRY", srid=4490, spatial_index=False)),
    ("drawn", lambda: Geometry("GEOMETRY", srid=4490, spatial_index=False)),
    ("position_quality", Text),
    ("source_datum", Text),
    ("verdict", Text),
    ("differences", JSONB),
)
_RAW = frozenset({"longitude", "latitude", "position"})


_PIECE = 50_000
_PLAIN = csv.WriteOptions(include_header=False, quoting_style="needed")
# Sorting a hundred thousand rows takes room; a sample of some thousands tells the planner enough of them; and
# references, asked about row by row, are planned once for all of them.
_AT_WORK = {"work_mem": "64MB", "default_statistics_target": "20", "plan_cache_mode": "auto"}


class Staging:
    """One ledger at work in one transaction.

    ``rows`` has one row a ledger row, ``number`` being its key: a column for every field (null where
    empty) and where it belongs, lies and leads to. ``found`` holds what is wrong, by number.
    Both live until the transaction ends, and hold nothing of anybody else.
    """

    def __init__(self, session: Session, batch: ImportBatch, kind: Kind, context: Context, *, identity: str) -> None:
        self.session, self.batch, self.kind, self.context, self.identity = session, batch, kind, context, identity
        self.rows, self.found = _tables(self.fields)
        for name, value in _AT_WORK.items():
            session.execute(select(func.set_config(name, value, True)))
        for table in (self.rows, self.found):
            session.execute(DropTable(table, if_exists=True))
            session.execute(CreateTable(table))
        session.execute(text(f"CREATE INDEX ON {self.found.name} (number)"))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that are staged; positions are as texts no longer of use once they are read."""
        return tuple(one for one in self.kind.fields if not one.derived and one.key not in _RAW)

    def load(self, columns: pa.Table) -> None:
        """Take in rows in one go: ``number``, ``sheet``, ``row`` and typed columns by field."""
        self.copy(self.rows, columns)
        self.analyze()

    def analyze(self) -> None:
        """Let the planner know the staged rows; call it after a step that fills a column others are joined by."""
        self.session.execute(text(f"ANALYZE {self.rows.name}"))

    def copy(self, table: Table, columns: pa.Table) -> None:
        """Copy a table of columns into a temporary one; the columns are known by their names."""
        if not columns.num_rows:
            return
        listed = ", ".join(f'"{name}"' for name in columns.column_names)
        cursor = raw_cursor(self.session)
        with cursor, cursor.copy(f'COPY "{table.name}" ({listed}) FROM STDIN (FORMAT csv)') as into:
            for at in range(0, columns.num_rows, _PIECE):
                buffer = io.BytesIO()
                csv.write_csv(columns.slice(at, _PIECE), buffer, _PLAIN)
                into.write(buffer.getbuffer())

    def tell_faults(self, faults: Sequence[Fault]) -> None:
        """Take in what was found outside the database."""
        if not faults:
            return
        self.session.execute(
            insert(self.found),
            [
                {
                    "number": one.number,
                    "field": one.field,
                    "code": one.code,
                    "severity": one.severity,
                    "value": one.value,
                    "suggestion": one.suggestion,
                    "data": dict(one.data) or None,
                }
                for one in faults
            ],
        )

    def tell(
        self,
        code: str,
        field: str | None,
        *where: ColumnElement[bool],
        severity: str = "error",
        value: Any = None,
        suggestion: Any = None,
        of: Any = None,
        **data: Any,
    ) -> None:
        """Tell a problem of every row that meets ``where``.

        Parameters
        ----------
        code : str
            Declared with :func:`assets.imports.problems.declare`.
        field : str or None
            The field's key; None for the row as a whole.
        *where : criteria
            On ``rows`` and whatever ``of`` joins to it. What is read of the register must be narrowed
            with :meth:`seen`, since only plain selects are narrowed by the session.
        severity : {"error", "doubt", "note"}
            See :class:`assets.imports.problems.Fault`.
        value, suggestion : column, optional
            What stood there; what could stand there.
        of : FromClause, optional
            A join that begins with ``rows``.
        **data : column or value
            What fills the sentence.
        """
        filled: list[Any] = []
        for name, what in data.items():
            filled += [literal(name), what if isinstance(what, ColumnElement | QueryableAttribute) else literal(what)]
        chosen: Select[Any] = (
            select(
                self.rows.c.number,
                literal(field, Text),
                literal(code, Text),
                literal(severity, Text),
                null() if value is None else sql_cast(value, Text),
                null() if suggestion is None else sql_cast(suggestion, Text),
                func.jsonb_build_object(*filled) if filled else null(),
            )
            .select_from(self.rows if of is None else of)
            .where(*where)
        )
        self.session.execute(
            insert(self.found).from_select(
                ["number", "field", "code", "severity", "value", "suggestion", "data"], chosen
            )
        )

    def seen(self, entity: type[Any]) -> ColumnElement[bool]:
        """The criterion that the viewer sees a record of ``entity`` (a mapped class or an alias of one)."""
        return criterion(viewer_of(self.session), entity)

    def set(self, values: Mapping[str, Any], *where: ColumnElement[bool]) -> None:
        """Set staged columns, from columns of whatever ``where`` joins."""
        self.write(update(self.rows).values(dict(values)).where(*where))

    def write(self, statement: Any) -> None:
        """Run a statement that writes staged tables; what it reads of the register is narrowed with :meth:`seen`."""
        # The session would narrow what an update reads a second time, and names of aliases get lost on the way.
        self.session.flush()
        self.session.connection().execute(statement)

    @property
    def sound(self) -> ColumnElement[bool]:
        """The criterion that nothing keeps a row outside so far; doubts that were confirmed are gone by then."""
        wrong = select(self.found.c.number).where(
            self.found.c.number == self.rows.c.number, self.found.c.severity != "note"
        )
        return ~wrong.exists()

    @property
    def new(self) -> ColumnElement[bool]:
        """The criterion that a row is to be entered as a new record."""
        return self.rows.c.verdict == "new"

    @property
    def changed(self) -> ColumnElement[bool]:
        """The criterion that a row is to change the record it names."""
        return self.rows.c.verdict == "changed"

    def says(self, key: str) -> ColumnElement[bool]:
        """The criterion that the difference of a row is (also) about this field."""
        return and_(self.rows.c.differences.is_not(None), self.rows.c.differences.has_key(key))


@cache
def _tables(fields: tuple[Field, ...]) -> tuple[Table, Table]:
    """The two tables, described once for ledgers alike: what is compiled for one serves the next."""
    here = MetaData()
    own = {name for name, _ in _OWN}
    rows = Table(
        "staged_row",
        here,
        Column("number", Integer, primary_key=True, autoincrement=False),
        *(Column(name, make()) for name, make in _OWN),
        *(Column(field.key, field.sql_type) for field in fields if field.key not in own),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    found = Table(
        "staged_problem",
        here,
        Column("number", Integer, nullable=False),
        Column("field", Text),
        Column("code", Text, nullable=False),
        Column("severity", Text, nullable=False),
        Column("value", Text),
        Column("suggestion", Text),
        Column("data", JSONB),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    return rows, found


def raw_cursor(session: Session) -> Any:
    """A cursor of the driver on the connection of ``session``, for COPY, which nothing above it speaks."""
    driver: Any = session.connection().connection.driver_connection
    return driver.cursor()
