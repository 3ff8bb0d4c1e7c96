"""No statement goes round the scope: what could is named here, with its reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.db import Base
from tests.assets.test_scope import SCOPED

ROOT = Path(__file__).parents[2]
TABLES = {entity.__tablename__ for entity in SCOPED}
CLASSES = {entity.__name__ for entity in SCOPED}
NAMED = re.compile(
    r"\b(?:from|join|update|into|only|table)\s+\"?(" + "|".join(sorted(TABLES, key=len, reverse=True)) + r")\b", re.I
)

ALLOWED = {
    ("app/kept.py", "connection"): "asks for the name of the snapshot, and reads no table",
    ("assets/audit/models.py", "table AuditEntry"): "a second name for it, read beside a record that has been shown",
    ("assets/audit/sealing.py", "text audit_entry"): "seals what anybody has done, for the program itself",
    ("assets/audit/trimming.py", "text audit_entry"): "carries off what is old, on the machine alone",
    ("assets/audit/verifying.py", "text audit_entry"): "compares with the seals what anybody has done",
    ("assets/imports/staging.py", "connection"): "copies into temporary tables, which hold what one person brought",
    ("assets/maintenance/queries.py", "table Asset"): "compared with, not read: whether a column is an asset's",
    ("assets/personal/ties.py", "connection"): "whether anybody anywhere still needs a person who asks to be erased",
    ("assets/projects/money.py", "table Allocation"): "a limit counts every line of a document, whoever arranges more",
    ("assets/projects/money.py", "table Payment"): "a limit counts every payment, whoever pays more",
    ("assets/projects/standings.py", "table Allocation"): "a limit counts every line of many documents at once",
    ("assets/projects/standings.py", "table Payment"): "a limit counts every payment of many documents at once",
    ("assets/projects/queries.py", "table FundDocument"): "a document is told to whoever sees an allocation from it",
    ("assets/regions/service.py", "connection"): "loads the tree of regions, which everyone may see",
    ("assets/undo/aggregates.py", "metadata.tables"): "names tables and columns, to say what a row is a part of",
    ("assets/undo/gone_on.py", "text proposal"): "whether anybody has proposed something about rows that would go",
    ("assets/undo/obstacles.py", "metadata.tables"): "names tables and columns, to say what refers to a row",
    ("assets/undo/statement.py", "metadata.tables"): "restores rows the viewer wrote, once all are seen to be in reach",
    ("assets/undo/taken.py", "metadata.tables"): "names what no two rows may say alike",
    ("assets/undo/taken.py", "text audit_entry"): "which transaction last wrote what has taken the place",
}


def python_files() -> list[Path]:
    return [path for floor in ("app", "assets") for path in sorted((ROOT / floor).rglob("*.py"))]


def findings(source: str) -> Iterator[str]:
    """What in a module could read scoped tables unscoped."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"text {name.lower()}" for name in NAMED.findall(node.value) if _is_sql(node.value))
        elif isinstance(node, ast.Attribute) and node.attr == "__table__":
            owner = getattr(node.value, "id", "")
            if owner in CLASSES:
                yield f"table {owner}"
        elif isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "tables":
            yield "metadata.tables"
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "connection":
            yield "connection"
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Session":
            yield "plain Session"


def _is_sql(text: str) -> bool:
    return re.search(r"\b(select|update|delete|insert)\b", text, re.I) is not None


def test_only_what_is_allowed_here_goes_round_the_scope() -> None:
    found = {
        (str(path.relative_to(ROOT)), finding)
        for path in python_files()
        for finding in findings(path.read_text(encoding="utf-8"))
    }
    assert found - set(ALLOWED) == set()


def test_nothing_is_allowed_that_is_not_there() -> None:
    stale = {
        (path, finding) for path, finding in ALLOWED if finding not in set(findings((ROOT / path).read_text("utf-8")))
    }
    assert stale == set()


@pytest.mark.parametrize(
    "source",
    [
        'session.execute(text("SELECT * FROM asset"))',
        'session.execute(text("select 1 from region join project on true"))',
        'session.execute(text("UPDATE inspection SET note = 1"))',
        "session.execute(select(Asset.__table__))",
        'session.execute(select(metadata.tables["asset"]))',
        "session.connection().execute(select(Asset))",
        "Session(engine)",
    ],
)
def test_the_lint_sees_what_goes_round(source: str) -> None:
    assert list(findings(source))


@pytest.mark.parametrize(
    "source",
    [
        "session.execute(select(Asset))",
        'text("SELECT * FROM region")',
        'raise NotFound("There is no asset")',
        '"""Select from the asset list."""',
    ],
)
def test_the_lint_leaves_the_rest_alone(source: str) -> None:
    assert not list(findings(source))


def test_the_lint_knows_real_tables() -> None:
    assert set(Base.metadata.tables) >= TABLES
