"""Empty ledgers to fill in: a workbook of one kind with its words and places as drop-downs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from assets.imports.cells.texts import guarded
from assets.imports.fields import CellType, Field, Kind

ROWS: Final = 20_000
# More villages than these are written by hand.
MOST_PLACES: Final = 5_000
# Longest title and text of a note beside a cell.
_TITLE, _NOTE = 32, 255
_ROOM: Final = 12
# Where a template offers the places of one area, the county goes without saying.
_GOES_WITHOUT_SAYING: Final = frozenset({"county", "place"})
_FONT: Final = {"font_name": "Noto Sans CJK SC", "font_size": 10, "valign": "vcenter"}
_HEAD: Final = {"bold": True, "bg_color": "#E3EEF1", "border": 1, "border_color": "#9FB3B9", "text_wrap": True}
_NEEDED: Final = {"bg_color": "#FBE9C9"}
_FORMATS: Final[Mapping[CellType, str]] = {
    "date": "yyyy-mm-dd",
    "money": "#,##0.00",
    "number": "General",
    "integer": "0",
    "year": "0",
    "place": "0.000000",
}
_WIDTHS: Final[Mapping[CellType, int]] = {
    "name": 24,
    "shares": 28,
    "code": 18,
    "phone": 16,
    "id_number": 22,
    "text": 20,
}
# What is written into a template besides the titles of its fields.
HOW: Final[Mapping[CellType, str]] = {
    "text": "Any text.",
    "code": "As text, so that no zeros get lost.",
    "name": "The name as it is recorded.",
    "money": "A number in yuan, or with its unit: 12.5万.",
    "number": "A number.",
    "integer": "A whole number.",
    "date": "Year, month and day: 2024-03-05.",
    "year": "Four digits: 2024.",
    "yes": "Yes or no.",
    "word": "One of the list.",
    "term": "One of the list.",
    "share": "A fraction or a percentage: 1/3, 50%.",
    "shares": "One holder, or several with their shares: 甲村集体 1/2、乙村集体 1/2.",
    "phone": "11 digits, or with the area code.",
    "id_number": "18 digits, as text.",
    "place": "In degrees: 106.861234. Positions of other kinds are understood as well.",
}
TEXTS: Final = {
    "guide": "How to fill it in",
    "lists": "Choices",
    "field": "Column",
    "needed": "Required",
    "how": "How to write it",
    "possible": "Possible",
    "example": "Example",
    "rule": "Columns with * have to be filled in. An empty cell of a record that is there keeps what is recorded; "
    "(clear) takes it out. Columns may be left out or moved, their headings stay as they are.",
    "yes": "Yes",
    "no": "No",
}
_EXAMPLES: Final[Mapping[CellType, str]] = {
    "date": "2024-03-05",
    "year": "2024",
    "money": "125000",
    "number": "3.2",
    "integer": "30",
    "phone": "13900000000",
    "shares": "大力村股份经济合作社",
}


@dataclass(frozen=True)
class TemplateWords:
    """What a template says in the reader's language.

    ``translate`` gives a message in it; ``choices`` what may be chosen by kind of words; ``places``
    towns and villages of the area, in their order.
    """

    translate: Callable[[str], str]
    choices: Mapping[str, Sequence[str]]
    places: Sequence[tuple[str, str]] = ()


def write_template(kind: Kind, *, language: str, words: TemplateWords, target: IO[bytes]) -> None:
    """Write an empty ledger: headings, drop-downs, notes and formats, and a sheet that explains them.

    Parameters
    ----------
    kind : Kind
        What the ledger is of.
    language : {"zh", "en"}
        The language of the examples.
    words : TemplateWords
        Everything else in that language.
    target : binary file
        Where the workbook goes.
    """
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        _Template(book, kind, language, words).write()


def fields_of(kind: Kind, *, with_places: bool) -> list[Field]:
    """The columns of a template: all that can be filled in, what is required first told by its mark."""
    left_out = _GOES_WITHOUT_SAYING if with_places else frozenset[str]()
    return [field for field in kind.fields if not field.derived and (field.required or field.key not in left_out)]


class _Template:
    """One workbook in the making."""

    def __init__(self, book: Any, kind: Kind, language: str, words: TemplateWords) -> None:
        self.book, self.kind, self.english, self.words = book, kind, language == "en", words
        self.fields = fields_of(kind, with_places=bool(words.places))
        self.columns = {field.key: place for place, field in enumerate(self.fields)}
        self.sheet = book.add_worksheet(_sheet_name(words.translate(kind.title)))
        self.guide = book.add_worksheet(_sheet_name(words.translate(TEXTS["guide"])))
        self.lists = book.add_worksheet(_sheet_name(words.translate(TEXTS["lists"])))
        self.lists_name = self.lists.get_name()
        self.listed = 0
        self.plain = book.add_format(_FONT | {"text_wrap": True, "valign": "top"})
        self.head = book.add_format(_FONT | _HEAD)
        self.needed = book.add_format(_FONT | _HEAD | _NEEDED)

    def write(self) -> None:
        """Write all sheets."""
        self.lists.hide()
        self._places()
        for place, field in enumerate(self.fields):
            self._column(place, field)
        self.sheet.set_row(0, 32)
        self.sheet.freeze_panes(1, 1)
        self._explain()

    def title(self, field: Field) -> str:
        """The heading of a column: a mark where it is required, and its unit."""
        text = self.words.translate(field.title)
        unit = f" ({self.words.translate(field.unit)})" if field.unit else ""
        return guarded(("*" if field.required else "") + text + unit)

    def _column(self, place: int, field: Field) -> None:
        shown = _FORMATS.get(field.type, "@")
        style = self.book.add_format(_FONT | {"num_format": shown})
        title = self.title(field)
        width = max(_WIDTHS.get(field.type, 13), min(26, 2 + sum(2 if sign > "\u2e7f" else 1 for sign in title)))
        self.sheet.set_column(place, place, width, style)
        self.sheet.write_string(0, place, title, self.needed if field.required else self.head)
        note = {"input_title": title[:_TITLE], "input_message": self._how(field)[:_NOTE], "ignore_blank": True}
        offered = self._offered(field)
        if offered:
            note |= {"validate": "list", "source": offered, "error_type": self._strict(field)}
        else:
            note |= {"validate": "any"}
        self.sheet.data_validation(1, place, ROWS, place, note)

    def _strict(self, field: Field) -> str:
        """Words are fixed; places may have another name in the ledger, which is asked about later."""
        return "stop" if field.words or field.type == "yes" else "information"

    def _offered(self, field: Field) -> str | list[str] | None:
        """Where the drop-down of a field takes its words from."""
        if field.type == "yes":
            return [self.words.translate(TEXTS["yes"]), self.words.translate(TEXTS["no"])]
        if field.words:
            return self._list(self.words.choices.get(field.words, ()))
        if field.key == "town" and self.towns:
            return self._list(self.towns)
        if field.key == "village" and self.towns:
            return self._villages()
        return None

    def _list(self, words: Sequence[str]) -> str | None:
        """A list of words on the hidden sheet, and where it stands; alike lists stand there each for itself."""
        if not words:
            return None
        self.lists.write_column(0, self.listed, [guarded(word) for word in words], self.plain)
        name = xl_col_to_name(self.listed)
        self.listed += 1
        return f"='{self.lists_name}'!${name}$1:${name}${len(words)}"

    def _places(self) -> None:
        """Towns and villages side by side, so that a town's villages can be looked up."""
        places = self.words.places if len(self.words.places) <= MOST_PLACES else ()
        self.towns = list(dict.fromkeys(town for town, _ in places))
        if not places:
            return
        ordered = sorted(places, key=lambda pair: self.towns.index(pair[0]))
        for line, (town, village) in enumerate(ordered):
            self.lists.write_string(line, 0, guarded(town))
            self.lists.write_string(line, 1, guarded(village))
        self.listed = 2
        self.village_count = len(ordered)

    def _villages(self) -> str:
        """The villages of the town in the same row; all of them where there is no column of towns."""
        sheet, town = f"'{self.lists_name}'!", self.columns.get("town")
        if town is None:
            return f"={sheet}$B$1:$B${self.village_count}"
        cell = f"${xl_col_to_name(town)}2"
        towns = f"{sheet}$A$1:$A${self.village_count}"
        return f"=OFFSET({sheet}$B$1,MATCH({cell},{towns},0)-1,0,COUNTIF({towns},{cell}),1)"

    def _how(self, field: Field) -> str:
        told = [self.words.translate(field.hint)] if field.hint else []
        return " ".join([*told, self.words.translate(HOW[field.type])])

    def _explain(self) -> None:
        """A line for each column, upright and with its letter, so that no reader takes it for a ledger."""
        bold = self.book.add_format(_FONT | {"bold": True, "font_size": 13})
        self.guide.write_string(0, 0, guarded(self.words.translate(self.kind.title)), bold)
        self.guide.merge_range(1, 0, 1, 4, guarded(self.words.translate(TEXTS["rule"])), self.plain)
        self.guide.set_row(1, 48)
        for place, key in enumerate(("field", "needed", "how", "possible", "example")):
            self.guide.write_string(3, place, self.words.translate(TEXTS[key]), self.head)
        for place, field in enumerate(self.fields):
            cells = (
                f"{xl_col_to_name(place)}: {self.words.translate(field.title)}",
                "*" if field.required else "",
                self._how(field),
                self._possible(field),
                field.example[self.english] or _EXAMPLES.get(field.type, ""),
            )
            for column, text in enumerate(cells):
                self.guide.write_string(4 + place, column, guarded(text), self.plain)
        for place, width in enumerate((22, 8, 48, 40, 30)):
            self.guide.set_column(place, place, width)
        self.guide.freeze_panes(4, 0)

    def _possible(self, field: Field) -> str:
        words = self.words.choices.get(field.words, ())
        between = ", " if self.english else "、"
        return between.join(words[:_ROOM]) + (" …" if len(words) > _ROOM else "")


def _sheet_name(title: str) -> str:
    """What a workbook takes as the name of a sheet."""
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31].strip() or "1"
