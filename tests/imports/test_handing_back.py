"""A batch goes back as its owner's workbook, in the reader's language and for those who may see it."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.ledger_sentences import sentence
from app.ledger_words import context_of
from assets.errors import NotFound
from assets.imports.handing_back import hand_back
from assets.imports.kinds import kind_of
from assets.imports.models import ImportBatch
from assets.imports.receiving import receive_batch
from assets.imports.settings import Reading
from tests import factories
from tests.imports.bringing import Desk, asset_row
from tests.imports.test_returning import marked


def bring(desk: Desk, rows: list[dict[str, Any]]) -> ImportBatch:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "资产台账"
    sheet.append(["八渡镇帮扶项目资产台账"])
    headings = list(dict.fromkeys(key for row in rows for key in row))
    sheet.append(headings)
    for row in rows:
        sheet.append([row.get(key) for key in headings])
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    batch = receive_batch(
        desk.acts(desk.account()),
        kind="asset",
        region_id=desk.tree.north.id,
        file_name="台账.xlsx",
        stream=stream,
        today=factories.DAY,
        reading=Reading(),
    )
    return desk.check(batch)


def handed_back(desk: Desk, batch: ImportBatch, language: str = "zh") -> Any:
    target = io.BytesIO()
    context = context_of(desk.session, "asset", today=factories.DAY)
    hand_back(
        desk.session, batch.id, context=context, tell=partial(sentence, language), language=language, target=target
    )
    return openpyxl.load_workbook(target).worksheets[0]


def test_what_the_preview_rejects_is_marked_in_the_workbook(desk: Desk) -> None:
    rows = [
        asset_row("大力村饮水工程"),
        asset_row("大力村广场", 资产分类="其他类"),
        asset_row("大力村道路", 购建日期="2024年2月30日", 联系电话="1390917"),
    ]
    batch = bring(desk, rows)
    assert desk.verdicts(batch) == ["new", "rejected", "rejected"]
    sheet = handed_back(desk, batch)
    headings = [cell.value for cell in sheet[2]]
    place = {heading: openpyxl.utils.get_column_letter(1 + headings.index(heading)) for heading in headings}
    assert set(marked(sheet)) == {f"{place['资产分类']}4", f"{place['购建日期']}5", f"{place['联系电话']}5"}
    reason = sheet[f"{place['问题说明']}4"].value
    assert reason.startswith("资产分类: 此处不认识“其他类”，可填：经营性、公益性、到户类")
    told = sheet[f"{place['问题说明']}5"].value
    assert "1390917" not in told
    english = handed_back(desk, batch, "en")
    assert "“其他类” is not known here. Possible are: Earning, Public-benefit" in english[f"{place['问题说明']}4"].value


def test_nobody_else_gets_the_workbook(desk: Desk) -> None:
    batch = bring(desk, [asset_row("大力村广场", 资产分类="其他类")])
    desk.acts(desk.account("other", "clerk", desk.tree.north))
    with pytest.raises(NotFound):
        handed_back(desk, batch)


def test_a_sentence_masks_what_is_somebodys() -> None:
    kind = kind_of("asset")
    problem = {
        "code": "word_unknown",
        "field": "person",
        "value": "张三丰",
        "data": {"possible": "甲", "possible_en": "A"},
    }
    assert sentence("zh", kind, problem) == "此处不认识“张**”，可填：甲。"
    assert sentence("en", kind, problem) == "“张**” is not known here. Possible are: A."


def test_template_and_command_are_there(tmp_path: Path) -> None:
    from app.cli.imports import group

    assert "return" in group.commands
