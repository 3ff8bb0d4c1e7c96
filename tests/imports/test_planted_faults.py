"""A thousand rows with forty faults of twenty kinds: exactly those are found, and mended they are entered."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from sqlalchemy import func, select

from app.ledger_sentences import sentence
from app.ledger_words import context_of
from assets.imports.committing import commit_batch
from assets.imports.handing_back import hand_back
from assets.imports.models import ImportBatch
from assets.imports.receiving import receive_batch
from assets.registry.models import Asset
from tests import factories
from tests.imports import faulty_ledger
from tests.imports.bringing import Desk
from tests.imports.faulty_ledger import COLUMN, PLANTS, County, Fault
from tests.imports.test_returning import marked

ROWS = 1_000


@pytest.fixture
def place(desk: Desk) -> County:
    return faulty_ledger.county(desk.session, desk.tree)


def bring(desk: Desk, place: County, content: bytes) -> ImportBatch:
    batch = receive_batch(
        desk.acts(desk.account("planner", "planner", place.county)),
        kind="asset",
        region_id=place.county.id,
        file_name="台账.xlsx",
        stream=io.BytesIO(content),
        today=factories.DAY,
    )
    return desk.check(batch)


def cells_of(faults: list[Fault]) -> set[str]:
    return {f"{get_column_letter(COLUMN[name] + 1)}{fault.row}" for fault in faults for name in fault.cells}


def handed_back(desk: Desk, batch: ImportBatch) -> bytes:
    target = io.BytesIO()
    context = context_of(desk.session, "asset", today=factories.DAY)
    hand_back(desk.session, batch.id, context=context, tell=partial(sentence, "zh"), language="zh", target=target)
    return target.getvalue()


def mended(content: bytes, faults: list[Fault]) -> bytes:
    """The workbook that came back, with the marked cells set right by its owner."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet: Any = book.worksheets[0]
    for fault in faults:
        for name, value in fault.mended.items():
            sheet.cell(fault.row, COLUMN[name] + 1).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_exactly_the_planted_faults_are_found_marked_and_mended(desk: Desk, place: County, tmp_path: Path) -> None:
    rows = faulty_ledger.rows_of(place, ROWS)
    faults = faulty_ledger.plant(rows, place)
    assert len(faults) == 40
    assert len({fault.kind for fault in faults}) == len(PLANTS) == 20
    path = faulty_ledger.write(rows, tmp_path / "台账.xlsx")
    batch = bring(desk, place, path.read_bytes())
    wrong = {row.row for row in desk.rows(batch) if row.verdict == "rejected"}
    assert wrong == {fault.row for fault in faults}
    assert desk.verdicts(batch).count("new") == ROWS - 40

    returned = handed_back(desk, batch)
    sheet = openpyxl.load_workbook(io.BytesIO(returned)).worksheets[0]
    assert set(marked(sheet)) == cells_of(faults)

    before = desk.session.scalar(select(func.count()).select_from(Asset))
    again = bring(desk, place, mended(returned, faults))
    assert set(desk.verdicts(again)) == {"new"}
    desk.acts(desk.account("planner"))
    commit_batch(desk.session, again.id, context=context_of(desk.session, "asset", today=factories.DAY))
    assert again.status == "committed"
    assert desk.session.scalar(select(func.count()).select_from(Asset)) == (before or 0) + ROWS


def test_the_same_ledger_once_more_changes_nothing(desk: Desk, place: County, tmp_path: Path) -> None:
    path = faulty_ledger.write(faulty_ledger.rows_of(place, 200), tmp_path / "台账.xlsx")
    batch = bring(desk, place, path.read_bytes())
    desk.acts(desk.account("planner"))
    commit_batch(desk.session, batch.id, context=context_of(desk.session, "asset", today=factories.DAY))
    assert set(desk.verdicts(bring(desk, place, path.read_bytes()))) == {"same"}
