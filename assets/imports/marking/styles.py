"""Formats of marked cells: those that were there, with another filling."""

from __future__ import annotations

import re
from typing import Final

from assets.imports.marking.markup import NotMarkable, attribute, count_up, elements, with_attribute

# Nobody picks these by hand, so marks of an earlier return are known by them.
FILLS: Final = {"error": "FFFFC9C4", "doubt": "FFFFE8B3"}


class Styles:
    """The formats of one workbook, to which marked ones are added as they are needed."""

    def __init__(self, text: str) -> None:
        root = re.search(r"<(\w+:)?styleSheet\b", text)
        if root is None:
            raise NotMarkable
        self.text, self.prefix = text, root[1] or ""
        self._fills = elements(self._inner("fills"), self.prefix + "fill")
        self._formats = elements(self._inner("cellXfs"), self.prefix + "xf")
        if not self._formats:
            raise NotMarkable
        self._known = len(self._formats)
        self._added_fills: list[str] = []
        self._fill_of = {name: self._fill(colour) for name, colour in FILLS.items()}
        self._ours = {
            number for number, fill in enumerate(self._fills) if any(f'"{one}"' in fill for one in FILLS.values())
        }
        self._made: dict[tuple[int, str], int] = {}

    def marked(self, style: int, severity: str) -> int:
        """The format ``style`` with the filling of a mark."""
        style = self.unmarked(style)
        made = self._made.get((style, severity))
        if made is None:
            clone = with_attribute(self._format(style), "fillId", str(self._fill_of[severity]))
            made = self._made[style, severity] = self._add(with_attribute(clone, "applyFill", "1"))
        return made

    def unmarked(self, style: int) -> int:
        """The format ``style`` had before it was marked."""
        own = self._format(style)
        if int(attribute(own, "fillId") or 0) not in self._ours:
            return style
        key = (style, "")
        if key not in self._made:
            bare = _but_filling(own)
            alike = [
                number
                for number, other in enumerate(self._formats)
                if int(attribute(other, "fillId") or 0) not in self._ours and _but_filling(other) == bare
            ]
            self._made[key] = alike[0] if alike else self._add(with_attribute(own, "fillId", "0"))
        return self._made[key]

    def wrapped(self) -> int:
        """A format for sentences."""
        if (-1, "") not in self._made:
            name = self.prefix + "alignment"
            self._made[-1, ""] = self._add(
                f'<{self.prefix}xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
                f'<{name} vertical="top" wrapText="1"/></{self.prefix}xf>'
            )
        return self._made[-1, ""]

    def written(self) -> str:
        """The part with what was added."""
        text = self._with("fills", self._added_fills)
        self.text = text
        return self._with("cellXfs", self._formats[self._known :])

    def _format(self, style: int) -> str:
        return self._formats[style] if 0 <= style < len(self._formats) else self._formats[0]

    def _add(self, element: str) -> int:
        self._formats.append(element)
        return len(self._formats) - 1

    def _fill(self, colour: str) -> int:
        for number, fill in enumerate(self._fills):
            if f'"{colour}"' in fill:
                return number
        p = self.prefix
        made = (
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/><{p}bgColor indexed="64"/>'
            f"</{p}patternFill></{p}fill>"
        )
        self._fills.append(made)
        self._added_fills.append(made)
        return len(self._fills) - 1

    def _inner(self, name: str) -> str:
        found = re.search(rf"<{self.prefix}{name}\b[^>]*>(.*?)</{self.prefix}{name}>", self.text, re.DOTALL)
        if found is None:
            raise NotMarkable
        return found[1]

    def _with(self, name: str, added: list[str]) -> str:
        if not added:
            return self.text
        end = f"</{self.prefix}{name}>"
        text = self.text.replace(end, "".join(added) + end, 1)
        return re.sub(rf"<{self.prefix}{name}\b[^>]*>", lambda found: count_up(found[0], len(added)), text, count=1)


def _but_filling(element: str) -> str:
    return re.sub(r'\s(?:fillId|applyFill)="[^"]*"', "", element)
