"""The rows in which the headings of a sheet stand: below titles and notes, one to three deep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assets.imports.sheets import Sheet
from assets.imports.titles import Vocabulary, plain

_SEARCHED: Final = 40
_DEEPEST: Final = 3
# So many columns have to be known before a row is taken for headings.
LEAST_KNOWN: Final = 2
_LONGEST: Final = 40
# A heading that is known by its lower part alone counts less, and so does each further row.
_SURE: Final = 200
_LESS_SURE: Final = 0.8
_PER_ROW: Final = 0.01
_FIGURE: Final = re.compile(r"^[-+]?[\d.,%\s:年月日/-]+$")
_LEAST_TEXTS: Final = 3


@dataclass(frozen=True)
class Place:
    """The rows of the headings by index, and each column's heading in parts, from top to bottom."""

    rows: tuple[int, ...]
    parts: tuple[tuple[str, ...], ...]
    score: float = 0.0


def find(sheet: Sheet, words: Vocabulary) -> Place:
    """Find the rows that name the most fields.

    Where hardly any field is named, the first row that looks like headings is given, with a score of 0.
    """
    top = [row_of(sheet, index) for index in range(min(_SEARCHED, sheet.cells.num_rows))]
    knows = [any(text and words.guesses(text) for text in row) for row in top]
    best = Place((), ())
    for start in range(len(top)):
        for depth in range(1, min(_DEEPEST, len(top) - start) + 1):
            if not any(knows[start : start + depth]) and depth == 1:
                continue
            place = joined(top[start : start + depth], tuple(range(start, start + depth)))
            score = _score(place, words)
            if score > best.score:
                best = Place(place.rows, place.parts, score)
    if best.score >= LEAST_KNOWN - 0.5:
        return best
    return _by_shape(top)


def joined(texts: list[list[str]], rows: tuple[int, ...]) -> Place:
    """Put the parts of each column's heading together."""
    filled = [list(row) for row in texts]
    for at, row in enumerate(filled[:-1]):
        # A heading over several columns stands in the first of them only.
        for column in range(1, len(row)):
            if not row[column] and row[column - 1] and any(lower[column] for lower in filled[at + 1 :]):
                row[column] = row[column - 1]
    width = len(texts[0]) if texts else 0
    return Place(rows, tuple(tuple(row[column] for row in filled) for column in range(width)))


def row_of(sheet: Sheet, index: int) -> list[str]:
    """The texts of one row."""
    return [column[index].as_py() or "" for column in sheet.cells.columns]


def _score(place: Place, words: Vocabulary) -> float:
    ranks: dict[str, int] = {}
    for parts in place.parts:
        if len(parts[-1]) <= _LONGEST:
            for guess in words.joined(parts)[:1]:
                ranks[guess.key] = min(guess.rank, ranks.get(guess.key, 1000))
    known = sum(1.0 if rank < _SURE else _LESS_SURE for rank in ranks.values())
    return known - _PER_ROW * len(place.rows)


def _by_shape(top: list[list[str]]) -> Place:
    """The first row of short and different texts that is as wide as the table below it."""
    for index, row in enumerate(top):
        texts = [plain(text) for text in row if text]
        widest = max((sum(1 for text in below if text) for below in top[index + 1 : index + 6]), default=0)
        short = all(len(text) <= _LONGEST and not _FIGURE.match(text) for text in texts)
        if len(texts) >= max(_LEAST_TEXTS, widest * 0.6) and short and len(set(texts)) == len(texts):
            return joined([row], (index,))
    return Place((), tuple(("",) for _ in (top[0] if top else ())))
