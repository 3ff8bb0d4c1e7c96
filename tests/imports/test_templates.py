"""Empty ledgers: whatever is filled in reads back as it was meant."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from app.ledger_words import translated_to
from assets.imports import headings, templates
from assets.imports.cells import read_cells
from assets.imports.fields import REGION_FIELDS, Context, Kind
from assets.imports.kinds import kind_of
from assets.imports.models import KINDS
from assets.imports.reading import read_source
from assets.imports.settings import Reading
from tests.imports.cell_desk import CONTEXT, KIND

PLACES = [("八渡镇", "大力村"), ("八渡镇", "桃园村"), ("固关镇", "固关街村")]
CHOICES = {"zh": {"class": ["经营性", "公益性", "到户类"]}, "en": {"class": ["Earning", "Public-benefit", "Household"]}}


def template(kind: Kind, folder: Path, language: str = "zh", places: Any = PLACES) -> Path:
    target = folder / "template.xlsx"
    words = templates.TemplateWords(lambda message: translated_to(language, message), CHOICES[language], places)
    with target.open("wb") as file:
        templates.write_template(kind, language=language, words=words, target=file)
    return target


def titles_of(kind: Kind) -> Context:
    titles = {one.title: (one.title, translated_to("zh", one.title)) for one in kind.fields}
    return Context(CONTEXT.today, CONTEXT.labels, titles)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_template_that_was_filled_in_reads_back_cleanly(language: str, tmp_path: Path) -> None:
    path = template(KIND, tmp_path, language)
    book = openpyxl.load_workbook(path)
    sheet: Any = book.worksheets[0]
    columns = {field.key: place for place, field in enumerate(templates.fields_of(KIND, with_places=True), 1)}
    filled = {
        "code": "00123",
        "name": "大力村安全饮水工程",
        "asset_class": CHOICES[language]["class"][1],
        "quantity": 3.2,
        "unit": "公里",
        "life": 20,
        "worth": 450000.5,
        "built_on": dt.date(2024, 3, 5),
        "booked": translated_to(language, "Yes"),
        "owner": "大力村股份经济合作社",
        "phone": "13909171234",
        "longitude": 106.861234,
    }
    for key, value in filled.items():
        sheet.cell(2, columns[key], value)
    book.save(path)
    source = read_source(path, "template.xlsx", Reading())
    context = titles_of(KIND)
    understood = [(one, headings.understand(one, KIND, context, Reading())) for one in source.sheets]
    known = [(one, heads) for one, heads in understood if sum(1 for key in heads.columns.values() if key) > 1]
    assert [one.name for one, _ in known] == [sheet.title]
    made, heads = known[0]
    assert [heads.columns.get(place - 1) for place in columns.values()] == list(columns)
    assert heads.problems == []
    parsed = read_cells(made, heads, KIND, context, [])
    assert parsed.faults == []
    (row,) = parsed.columns.to_pylist()
    assert (row["code"], row["asset_class"], row["phone"]) == ("00123", "public", "13909171234")
    assert (row["quantity"], row["worth"], row["life"]) == (Decimal("3.2"), Decimal("450000.5"), 20)
    assert (row["built_on"], row["booked"]) == (dt.date(2024, 3, 5), True)
    assert row["owner"] == "大力村股份经济合作社 1/1"
    assert parsed.places.to_pylist()[0]["longitude"].startswith("106.861234")


def test_an_empty_template_holds_no_row(tmp_path: Path) -> None:
    source = read_source(template(KIND, tmp_path), "template.xlsx", Reading())
    heads = headings.understand(source.sheets[0], KIND, titles_of(KIND), Reading())
    assert read_cells(source.sheets[0], heads, KIND, CONTEXT, []).columns.num_rows == 0


def test_words_yes_and_places_are_offered_and_notes_stand_beside_the_cells(tmp_path: Path) -> None:
    kind = Kind("asset", "Assets", (*REGION_FIELDS, *KIND.fields), (), None, None, None)  # type: ignore[arg-type]
    book = openpyxl.load_workbook(template(kind, tmp_path))
    sheet: Any = book.worksheets[0]
    notes = sheet.data_validations.dataValidation
    offered = {str(one.sqref).split(":")[0]: one.formula1 for one in notes if one.type == "list"}
    columns = {field.key: place for place, field in enumerate(templates.fields_of(kind, with_places=True), 1)}
    hidden = book["选项"]
    assert hidden.sheet_state == "hidden"

    def choices(key: str) -> str:
        return str(offered[f"{get_column_letter(columns[key])}2"])

    def listed(key: str) -> list[Any]:
        return [cell.value for cell in hidden[choices(key).split("$")[1]] if cell.value]

    assert listed("town") == ["八渡镇", "固关镇"]
    assert listed("asset_class") == CHOICES["zh"]["class"]
    assert choices("village").startswith("OFFSET(")
    assert choices("booked") == '"是,否"'
    assert all(one.promptTitle and one.prompt for one in notes)
    assert len(notes) == len(columns)
    assert sheet.cell(1, columns["name"]).value == "*名称"


def test_codes_and_telephone_numbers_are_formatted_as_texts(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template(KIND, tmp_path))
    sheet: Any = book.worksheets[0]
    columns = {field.key: place for place, field in enumerate(templates.fields_of(KIND, with_places=True), 1)}
    shown = {key: sheet.column_dimensions[get_column_letter(place)].number_format for key, place in columns.items()}
    assert (shown["code"], shown["phone"], shown["built_on"]) == ("@", "@", "yyyy-mm-dd")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_template_whose_headings_are_understood(name: str, language: str, tmp_path: Path) -> None:
    try:
        kind = kind_of(name)
    except ModuleNotFoundError:
        pytest.skip("this kind is not there yet")
    source = read_source(template(kind, tmp_path, language), "template.xlsx", Reading())
    heads = headings.understand(source.sheets[0], kind, titles_of(kind), Reading())
    wanted = [field.key for field in templates.fields_of(kind, with_places=True)]
    assert [heads.columns.get(place) for place in range(len(wanted))] == wanted
    assert all(unit == "yuan" for unit in heads.units.values())


def test_what_is_written_into_templates_has_its_chinese() -> None:
    texts = [*templates.TEXTS.values(), *templates.HOW.values()]
    assert [text for text in texts if translated_to("zh", text) == text] == []
