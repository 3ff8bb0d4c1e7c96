"""What of a list a Shapefile cannot hold: told on the page before, and in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from app.i18n import gettext as _
from app.lists.tables import Head, Table

ENCODINGS = ("GBK", "UTF-8")
MOST_BYTES = 254
MOST_NAME_BYTES = 10
MOST_SIGNS = 20
BARE, MIXED = "none", "mixed"
# By shapely's number of a type; a Shapefile holds one kind alone.
_KINDS = ("point", "line", "line", "polygon", "points", "line", "polygon", MIXED, BARE)


@dataclass
class Losses:
    """Losses in one encoding, counted as the rows go by."""

    encoding: str
    rows: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    unwritable: Counter[str] = field(default_factory=Counter)
    signs: dict[str, None] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)

    @property
    def drawn(self) -> list[str]:
        """The kinds of geometry that get a file each."""
        return [kind for kind in self.kinds if kind not in (BARE, MIXED)]

    @property
    def bare(self) -> int:
        """How many records go without a geometry."""
        return self.kinds[BARE] + self.kinds[MIXED]

    def place(self, shapes: Sequence[bytes | None]) -> list[str]:
        """The kind of each geometry, counted."""
        types = shapely.get_type_id(shapely.from_wkb(np.array(shapes, dtype=object)))
        kinds = [_KINDS[int(number)] for number in np.atleast_1d(types)]
        self.rows += len(kinds)
        self.kinds.update(kinds)
        return kinds

    def fit(self, head: Head, values: Sequence[Any]) -> list[Any]:
        """The values of a column as the table holds them."""
        known = [value for value in values if value is not None and value != ""]
        if len(known) < len(values):
            self.unknown[head.title] += len(values) - len(known)
        if head.holds != "text":
            return list(values)
        return [self._fit_text(head.title, value) if value else None for value in values]

    def _fit_text(self, title: str, text: str) -> str:
        if text.isascii() and len(text) <= MOST_BYTES:
            return text
        try:
            packed = text.encode(self.encoding)
        except UnicodeEncodeError:
            self.unwritable[title] += 1
            self._note_signs(text)
            packed = text.encode(self.encoding, errors="replace")
        if len(packed) > MOST_BYTES:
            self.cut[title] += 1
        return packed[:MOST_BYTES].decode(self.encoding, errors="ignore")

    def _note_signs(self, text: str) -> None:
        for sign in set(text):
            if len(self.signs) < MOST_SIGNS and sign.encode(self.encoding, errors="ignore") == b"":
                self.signs[sign] = None

    def told(self, heads: Sequence[Head]) -> Iterator[str]:
        """The losses in the reader's language, one sentence each."""
        names = short_names(heads, self.encoding)
        renamed = sum(name != head.title for head, name in zip(heads, names, strict=True))
        if renamed:
            yield _(
                "%(n)s names of columns were shortened to 10 bytes; the table of fields in the file gives them whole.",
                n=renamed,
            )
        for title, rows in self.cut.items():
            yield _("“%(column)s”: %(n)s texts are cut after 254 bytes.", column=title, n=f"{rows:,}")
        if self.unwritable:
            yield _(
                "%(encoding)s has no such characters as %(signs)s; a question mark stands for them in: %(columns)s.",
                encoding=self.encoding,
                signs=" ".join(self.signs),
                columns="、".join(self.unwritable),
            )
        if self.unknown:
            yield _(
                "Some cells are empty in: %(columns)s. Programs may show 0 or an empty text there.",
                columns="、".join(self.unknown),
            )
        if len(self.drawn) > 1:
            yield _("Points, lines and areas are in files of their own, since a Shapefile holds one kind only.")
        if self.kinds[BARE]:
            yield _("%(n)s records without a position are in a table of their own.", n=f"{self.kinds[BARE]:,}")
        if self.kinds[MIXED]:
            yield _(
                "%(n)s positions mix points, lines and areas; those records are in the table without positions.",
                n=f"{self.kinds[MIXED]:,}",
            )


def look_through(table: Table) -> list[Losses]:
    """What would be lost in each encoding; the rows are read once and nothing is written."""
    found = [Losses(encoding) for encoding in ENCODINGS]
    for portion in table.portions:
        for losses in found:
            losses.place(portion.shapes)
            for place, head in enumerate(table.heads):
                losses.fit(head, [row[place] for row in portion.rows])
    return found


def short_names(heads: Sequence[Head], encoding: str) -> list[str]:
    """Names of 10 bytes at most, each once: the title with its unit, else without it, else its beginning."""
    seen: set[str] = set()
    found = []
    for head in heads:
        whole = head.title.replace("（", "(").replace("）", ")")
        plain = whole.split("(")[0].strip()
        squeezed = "".join(word[:1].upper() + word[1:] for word in plain.split())
        name = next(
            (one for one in (whole, plain, squeezed) if one and " " not in one and _begun(one, encoding) == one),
            _begun(squeezed or "F", encoding),
        )
        stem, number = name, 1
        while name.casefold() in seen:
            number += 1
            name = _begun(stem, encoding, MOST_NAME_BYTES - len(str(number))) + str(number)
        seen.add(name.casefold())
        found.append(name)
    return found


def _begun(text: str, encoding: str, most: int = MOST_NAME_BYTES) -> str:
    """As much of a text as fits into so many bytes."""
    return text.encode(encoding, errors="replace")[:most].decode(encoding, errors="ignore")
