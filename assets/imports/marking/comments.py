"""Comments beside marked cells, and the shapes spreadsheets draw them in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from assets.imports.marking.markup import attribute, column_of, elements, letters_of, plain_text

AUTHOR: Final = "乡图 Xiangtu"
# A workbook with more shapes than this takes long to open; the reasons say everything anyway.
MOST: Final = 5_000
_LONGEST: Final = 1_000
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
EMPTY: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<comments xmlns="{_MAIN}"><authors></authors><commentList></commentList></comments>'
)
# Declared at each shape, since programs write the drawing they are added to with prefixes of their own.
_SPACES: Final = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_KIND: Final = (
    f'<v:shapetype {_SPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
# Identities of shapes come in blocks, and each sheet names its own.
_BLOCK: Final = 1024
_BLOCKS: Final = MOST // _BLOCK + 2


def empty_drawing(number: int) -> str:
    """A drawing without shapes, the so manieth of its workbook."""
    first = 1 + number * _BLOCKS
    blocks = ",".join(str(block) for block in range(first, first + _BLOCKS))
    layout = f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/></o:shapelayout>'
    return f"<xml {_SPACES}>{layout}{_KIND}</xml>"


def with_comments(text: str, drawing: str, comments: Mapping[tuple[int, int], str]) -> tuple[str, str]:
    """Both parts without our former comments, and with the new ones where nobody else has commented."""
    root = re.search(r"<(\w+:)?comments\b", text)
    p = (root[1] or "") if root else ""
    text, gone = _without_ours(text, p)
    drawing = _without_shapes(drawing, gone)
    text, author = _with_author(text, p)
    taken = {attribute(one, "ref") for one in elements(text, f"{p}comment")}
    identity = _next_identity(drawing)
    added: list[str] = []
    shapes: list[str] = []
    for (row, column), said in sorted(comments.items())[:MOST]:
        place = f"{letters_of(column)}{row}"
        if place in taken:
            continue
        shown = plain_text(said[:_LONGEST])
        added.append(
            f'<{p}comment ref="{place}" authorId="{author}"><{p}text><{p}r><{p}t xml:space="preserve">{shown}</{p}t>'
            f"</{p}r></{p}text></{p}comment>"
        )
        shapes.append(_shape(row, column, identity + len(shapes)))
    text = text.replace(f"<{p}commentList/>", f"<{p}commentList></{p}commentList>")
    text = text.replace(f"</{p}commentList>", "".join(added) + f"</{p}commentList>")
    kind = "" if "_x0000_t202" in drawing else _KIND
    return text, drawing.replace("</xml>", kind + "".join(shapes) + "</xml>")


def _without_ours(text: str, p: str) -> tuple[str, set[tuple[int, int]]]:
    authors = elements(text, f"{p}author")
    ours = {str(number) for number, author in enumerate(authors) if AUTHOR in author}
    gone: set[tuple[int, int]] = set()

    def kept(found: re.Match[str]) -> str:
        if attribute(found[0], "authorId") not in ours:
            return found[0]
        if place := re.fullmatch(r"([A-Z]+)(\d+)", attribute(found[0], "ref") or ""):
            gone.add((int(place[2]), column_of(place[1])))
        return ""

    return (re.sub(rf"<{p}comment\b.*?</{p}comment>", kept, text, flags=re.DOTALL) if ours else text), gone


def _without_shapes(drawing: str, gone: set[tuple[int, int]]) -> str:
    if not gone:
        return drawing

    def kept(found: re.Match[str]) -> str:
        row = re.search(r"<\w+:Row>\s*(\d+)\s*</", found[0])
        column = re.search(r"<\w+:Column>\s*(\d+)\s*</", found[0])
        return "" if row and column and (int(row[1]) + 1, int(column[1])) in gone else found[0]

    return re.sub(r"<(\w+):shape\b.*?</\1:shape>", kept, drawing, flags=re.DOTALL)


def _with_author(text: str, p: str) -> tuple[str, int]:
    authors = elements(text, f"{p}author")
    for number, author in enumerate(authors):
        if AUTHOR in author:
            return text, number
    text = text.replace(f"<{p}authors/>", f"<{p}authors></{p}authors>")
    added = f"<{p}author>{AUTHOR}</{p}author></{p}authors>"
    return text.replace(f"</{p}authors>", added, 1), len(authors)


def _next_identity(drawing: str) -> int:
    """The first identity after those of the shapes that are there, else of the drawing's blocks."""
    there = [int(one) for one in re.findall(r"_x0000_s(\d+)", drawing)]
    block = re.search(r'\bdata="(\d+)', drawing)
    return max([*there, _BLOCK * int(block[1]) if block else _BLOCK]) + 1


def _shape(row: int, column: int, identity: int) -> str:
    top = max(0, row - 2)
    return (
        f'<v:shape {_SPACES} id="_x0000_s{identity}" type="#_x0000_t202" '
        'style="position:absolute;margin-left:0;margin-top:0;width:240pt;height:80pt;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
        '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{column + 1}, 15, {top}, 10, {column + 5}, 15, {top + 5}, 4</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
