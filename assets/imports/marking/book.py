"""The parts of a workbook that bear marks, and all others as they are."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from assets.imports.marking import comments
from assets.imports.marking.grid import Grid, SheetMarks
from assets.imports.marking.markup import NotMarkable, attribute, elements
from assets.imports.marking.styles import Styles
from assets.imports.reading import sheet_xml
from assets.imports.reading.archives import Archive

_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NO_RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_COMMENTS_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_LEVEL: Final = 4


def mark_book(path: Path, name: str, sheets: Sequence[SheetMarks], target: IO[bytes]) -> None:
    """Write a copy of a workbook with its marks.

    Parameters
    ----------
    path : Path
        An .xlsx that was read before.
    name : str
        What people call it.
    sheets : sequence of SheetMarks
        What is to be marked.
    target : binary file
        Where the copy goes.

    Raises
    ------
    NotMarkable
        When it is written in a way that cannot be edited; nothing was written then.
    """
    outline = sheet_xml.outline(Archive(path, name))
    members = {part.name: part.member for part in outline.parts}
    with zipfile.ZipFile(path) as source:
        book = _Book(source)
        for marks in sheets:
            book.mark(members.get(marks.name, ""), marks)
        book.settle()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as copy:
            for member in source.namelist():
                changed = book.changed.pop(member, None)
                copy.writestr(member, source.read(member) if changed is None else changed)
            for member, text in book.changed.items():
                copy.writestr(member, text)


class _Book:
    """What changes of one workbook: its parts by member."""

    def __init__(self, source: zipfile.ZipFile) -> None:
        self.source = source
        self.members = set(source.namelist())
        self.changed: dict[str, str] = {}
        self._styles = next((one for one in self.members if one.endswith("xl/styles.xml")), "xl/styles.xml")
        self.styles = Styles(self._part(self._styles))

    def mark(self, member: str, marks: SheetMarks) -> None:
        """Mark one sheet."""
        grid = Grid(self._part(member), marks, self.styles)
        self._comment(member, grid, marks)
        self.changed[member] = grid.written()

    def settle(self) -> None:
        """What all sheets share."""
        self.changed[self._styles] = self.styles.written()

    def _part(self, member: str) -> str:
        if member in self.changed:
            return self.changed[member]
        if member not in self.members:
            raise NotMarkable
        try:
            return self.source.read(member).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise NotMarkable from error

    def _comment(self, member: str, grid: Grid, marks: SheetMarks) -> None:
        folder, file = posixpath.split(member)
        relations_member = f"{folder}/_rels/{file}.rels"
        relations = self._part(relations_member) if relations_member in self.members else _NO_RELATIONS
        texts, drawing = _related(relations, "/comments", folder), _related(relations, "/vmlDrawing", folder)
        if not marks.comments and texts is None:
            return
        if (texts is None) != (drawing is None):
            # A drawing of buttons or of the page's header: the reasons have to do.
            return
        if texts is None or drawing is None:
            number = len(self.members) + len(self.changed)
            texts, drawing = f"xl/comments{number}.xml", f"xl/drawings/vmlDrawing{number}.vml"
            relations = _with_relation(relations, "xiangtuComments", "comments", f"/{texts}")
            relations = _with_relation(relations, "xiangtuDrawing", "vmlDrawing", f"/{drawing}")
            self.changed[relations_member] = relations
            self._declare(texts)
            grid.link_drawing("xiangtuDrawing")
            said, drawn = comments.EMPTY, comments.empty_drawing(self._drawings())
        else:
            said, drawn = self._part(texts), self._part(drawing)
        self.changed[texts], self.changed[drawing] = comments.with_comments(said, drawn, marks.comments)

    def _drawings(self) -> int:
        """How many drawings of comments there are."""
        return sum(1 for one in {*self.members, *self.changed} if one.endswith(".vml"))

    def _declare(self, member: str) -> None:
        """Say what kind of part the comments are."""
        types = self._part("[Content_Types].xml")
        added = f'<Override PartName="/{member}" ContentType="{_COMMENTS_TYPE}"/>'
        if not re.search(r'Extension="vml"', types, re.IGNORECASE):
            default = f'<Default Extension="vml" ContentType="{_DRAWING_TYPE}"/>'
            types = re.sub(r"<Types\b[^>]*>", lambda found: found[0] + default, types, count=1)
        if "</Types>" not in types:
            raise NotMarkable
        self.changed["[Content_Types].xml"] = types.replace("</Types>", added + "</Types>")


def _related(relations: str, kind: str, folder: str) -> str | None:
    """The member a sheet is related to in this way."""
    for relation in elements(relations, "Relationship"):
        if (attribute(relation, "Type") or "").endswith(kind):
            target = attribute(relation, "Target") or ""
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    return None


def _with_relation(relations: str, name: str, kind: str, target: str) -> str:
    added = f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
    relations = re.sub(r"(<Relationships\b[^>]*)/>", r"\1></Relationships>", relations)
    if "</Relationships>" not in relations:
        raise NotMarkable
    return relations.replace("</Relationships>", added + "</Relationships>")
