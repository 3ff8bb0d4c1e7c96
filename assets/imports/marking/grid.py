"""The rows of one sheet: cells marked, reasons at the right, rows without problems hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from assets.imports.cells.texts import guarded
from assets.imports.marking.markup import (
    NotMarkable,
    attribute,
    column_of,
    insert_before,
    letters_of,
    plain_text,
    with_attribute,
)
from assets.imports.marking.styles import Styles

_LONGEST: Final = 32_000
_WIDTH: Final = 60
# What may stand between the rows and the filter.
_BEFORE_FILTER: Final = "sheetCalcPr|sheetProtection|protectedRanges|scenarios"


@dataclass(frozen=True)
class SheetMarks:
    """What is to be marked in one sheet; rows from 1 and columns from 0, as spreadsheets show them.

    ``cells`` by row: the severity by column. ``reasons`` by row. ``heading`` are the first and the
    last row of the headings, ``last`` the last row of the sheet. ``column`` is where the reasons
    stand; ``returned`` says that it is there from an earlier return. ``title`` is its heading,
    ``comments`` by row and column what is said of single cells.
    """

    name: str
    cells: Mapping[int, Mapping[int, str]]
    reasons: Mapping[int, str]
    heading: tuple[int, int]
    last: int
    column: int
    title: str
    returned: bool = False
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)


class Grid:
    """The XML of one sheet."""

    def __init__(self, text: str, marks: SheetMarks, styles: Styles) -> None:
        root = re.search(r"<(\w+:)?worksheet\b[^>]*>", text)
        if root is None:
            raise NotMarkable
        self.p = root[1] or ""
        self.marks, self.styles = marks, styles
        start = re.search(rf"<{self.p}sheetData\s*>", text)
        end = text.rfind(f"</{self.p}sheetData>")
        if start is None or end < 0:
            raise NotMarkable
        self.head, self.body, self.tail = text[: start.end()], text[start.end() : end], text[end:]
        # A table has a filter of its own, and two of them on the same cells are a damaged workbook.
        self.filters = f"<{self.p}tablePart" not in self.tail

    def written(self) -> str:
        """The sheet with its marks."""
        body = "".join(self._rows())
        self._widen()
        if self.filters:
            self._filter()
        return self.head + body + self.tail

    def _rows(self) -> Iterable[str]:
        pattern = re.compile(rf"<{self.p}row\b(?:[^>]*/>|[^>]*>.*?</{self.p}row>)", re.DOTALL)
        number = 0
        for found in pattern.finditer(self.body):
            row = found[0]
            number = int(attribute(row, "r") or number + 1)
            yield self._row(row, number)

    def _row(self, row: str, number: int) -> str:
        marks, first = self.marks, self.marks.heading[0]
        wrong = number in marks.reasons
        below = number > marks.heading[1]
        if not below and number != first and not marks.returned:
            return row
        if below and self.filters:
            row = with_attribute(row, "hidden", None if wrong else "1")
        elif wrong or (below and marks.returned):
            row = with_attribute(row, "hidden", None)
        if wrong or number == first or marks.returned:
            row = self._with_cells(row, number, below=below)
        return row

    def _with_cells(self, row: str, number: int, *, below: bool) -> str:
        """The cells of a row, those that are wrong marked, and the reason behind them."""
        marks, end = self.marks, row.find(">")
        tag = with_attribute(row[: end + 1], "spans", None)
        inner = "" if tag.endswith("/>") else row[end + 1 : row.rfind("</")]
        tag = tag.removesuffix("/>").rstrip() + ">" if tag.endswith("/>") else tag
        cells = self._cells(inner)
        wrong = marks.cells.get(number, {})
        if below and marks.returned:
            for column, cell in cells.items():
                style = int(attribute(cell, "s") or 0)
                bare = self.styles.unmarked(style)
                if bare != style:
                    cells[column] = with_attribute(cell, "s", str(bare))
        for column, severity in wrong.items():
            cell = cells.get(column) or f'<{self.p}c r="{letters_of(column)}{number}"/>'
            style = int(attribute(cell, "s") or attribute(tag, "s") or 0)
            cells[column] = with_attribute(cell, "s", str(self.styles.marked(style, severity)))
        if number == marks.heading[0]:
            left = cells.get(marks.column) or (cells[max(cells)] if cells else "")
            cells[marks.column] = self._text(number, marks.title, attribute(left, "s") if left else None)
        elif number in marks.reasons:
            cells[marks.column] = self._text(number, marks.reasons[number], str(self.styles.wrapped()))
        elif below:
            cells.pop(marks.column, None)
        return tag + "".join(cells[column] for column in sorted(cells)) + f"</{self.p}row>"

    def _cells(self, inner: str) -> dict[int, str]:
        pattern = re.compile(rf"<{self.p}c\b(?:[^>]*/>|[^>]*>.*?</{self.p}c>)", re.DOTALL)
        cells: dict[int, str] = {}
        column = -1
        for found in pattern.finditer(inner):
            named = attribute(found[0], "r")
            column = column_of(re.sub(r"\d", "", named)) if named else column + 1
            cells[column] = found[0]
        return cells

    def _text(self, number: int, text: str, style: str | None) -> str:
        p, shown = self.p, plain_text(guarded(text[:_LONGEST]))
        cell = f'<{p}c r="{letters_of(self.marks.column)}{number}"'
        cell += f' s="{style}"' if style else ""
        return f'{cell} t="inlineStr"><{p}is><{p}t xml:space="preserve">{shown}</{p}t></{p}is></{p}c>'

    def _widen(self) -> None:
        """Make room for the column of reasons, unless the sheet has said how wide it is."""
        p, column = self.p, self.marks.column + 1
        whole = f"A1:{letters_of(self.marks.column)}{self.marks.last}"
        self.head = re.sub(rf'(<{p}dimension\b[^>]*\bref=")[^"]*"', rf'\g<1>{whole}"', self.head, count=1)
        mine = f'<{p}col min="{column}" max="{column}" width="{_WIDTH}" customWidth="1"/>'
        listed = re.search(rf"<{p}cols\b[^>]*>(.*?)</{p}cols>", self.head, re.DOTALL)
        if listed is None:
            self.head = insert_before(self.head, "sheetData", f"<{p}cols>{mine}</{p}cols>", prefix=p, root="worksheet")
            return
        spans = [
            (int(attribute(one, "min") or 0), int(attribute(one, "max") or 0), one)
            for one in re.findall(rf"<{p}col\b[^>]*/>", listed[1])
        ]
        if any(least <= column <= most for least, most, _ in spans):
            return
        kept = sorted([*spans, (column, column, mine)], key=lambda span: span[0])
        inner = "".join(one for _, _, one in kept)
        self.head = self.head[: listed.start(1)] + inner + self.head[listed.end(1) :]

    def _filter(self) -> None:
        """A filter over the table that lets through what has a reason."""
        p, marks = self.p, self.marks
        over = f"A{marks.heading[1]}:{letters_of(marks.column)}{marks.last}"
        made = (
            f'<{p}autoFilter ref="{over}"><{p}filterColumn colId="{marks.column}"><{p}customFilters>'
            f'<{p}customFilter operator="notEqual" val=" "/></{p}customFilters></{p}filterColumn></{p}autoFilter>'
        )
        tail = re.sub(rf"<{p}autoFilter\b(?:[^>]*/>|[^>]*>.*?</{p}autoFilter>)", "", self.tail, flags=re.DOTALL)
        start = len(f"</{p}sheetData>")
        part = rf"\s*<{p}(?:{_BEFORE_FILTER})\b(?:[^>]*/>|[^>]*>.*?</{p}(?:{_BEFORE_FILTER})>)"
        while found := re.compile(part, re.DOTALL).match(tail, start):
            start = found.end()
        self.tail = tail[:start] + made + tail[start:]
        properties = re.search(rf"<{p}sheetPr\b[^>]*>", self.head)
        if properties:
            marked = with_attribute(properties[0], "filterMode", "1")
            self.head = self.head.replace(properties[0], marked, 1)
        else:
            root = re.search(rf"<{p}worksheet\b[^>]*>", self.head)
            at = root.end() if root else 0
            self.head = f'{self.head[:at]}<{p}sheetPr filterMode="1"/>{self.head[at:]}'

    def link_drawing(self, relation: str) -> None:
        """Say where the shapes of comments are."""
        if f"<{self.p}legacyDrawing " in self.tail:
            return
        space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        self.tail = insert_before(
            self.tail,
            "legacyDrawingHF|picture|oleObjects|controls|webPublishItems|tableParts|extLst",
            f'<{self.p}legacyDrawing xmlns:r="{space}" r:id="{relation}"/>',
            prefix=self.p,
            root="worksheet",
        )
