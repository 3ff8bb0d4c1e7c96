"""Headings as offices write them, and which field each of them names."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from assets.imports.fields import Context, Field, Kind

# What a heading may say of its numbers, as money (assets.imports.cells.money) and quantities are scaled.
UNITS: Final[Mapping[str, str]] = {
    "元": "yuan",
    "人民币元": "yuan",
    "yuan": "yuan",
    "cny": "yuan",
    "rmb": "yuan",
    "百元": "bai",
    "千元": "qian",
    "万元": "wan",
    "万": "wan",
    "人民币万元": "wan",
    "10kyuan": "wan",
    "wanyuan": "wan",
    "百万元": "baiwan",
    "亿元": "yi",
    "亿": "yi",
}
MONEY: Final = frozenset(UNITS.values())
# What says nothing of a record: the running number, and the column that we write into a ledger that goes back.
SILENT: Final = frozenset(
    {"序号", "序", "行号", "no", "number", "问题说明", "problems", "fid", "ogcfid", "objectid", "id"}
)
_NUMBERING: Final = re.compile(
    r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、)](?=\D)|^[(](?:\d{1,2}|[一二三四五六七八九十]{1,2})[)]"
)
_BRACKETS: Final = re.compile(r"\(([^()]*)\)")
_SIGNS: Final = re.compile(r"[\s*★☆_:·,;。\"'“”]+|[.、]$")
_TAIL_UNIT: Final = re.compile(r"[/\-—](\w{1,4})$|(人民币万元|百万元|万元|千元|亿元)$")
_UNIT_ABOVE: Final = re.compile(r"(?:金额)?单位[:：]?\s*(?:人民币)?\s*((?:百万|亿|万|千|百)?元)")
# Words that open a heading in one office and are left out in the next.
_OPENINGS: Final = ("帮扶项目资产", "帮扶资产", "项目资产", "资产", "项目", "其中", "所在", "所属", "是否")
_ENDINGS: Final = ("名称", "情况", "信息", "姓名")
# What a lower heading may say without saying of what.
_GENERAL: Final = frozenset({"名称", "姓名", "全称", "单位名称", "name"})
_LEAST_CUT: Final = 3
_CUT_BYTES: Final = 10


@dataclass(frozen=True)
class Guess:
    """A field that a heading may name; the lower the rank, the surer."""

    key: str
    rank: int


def plain(text: str) -> str:
    """A heading without blanks, marks and case; signs in full width as plain ones."""
    folded = unicodedata.normalize("NFKC", text or "").lower().replace("【", "(").replace("】", ")")
    folded = folded.replace("[", "(").replace("]", ")").replace("〔", "(").replace("〕", ")")
    return _SIGNS.sub("", folded)


def unit_of(text: str) -> str | None:
    """The unit of money that a heading names, as a scale; None where it names none."""
    folded = unicodedata.normalize("NFKC", text or "").lower()
    for within in reversed(_BRACKETS.findall(re.sub(r"\s+", "", folded))):
        named = within.removeprefix("单位").lstrip(":")
        if named in UNITS:
            return UNITS[named]
    tail = _TAIL_UNIT.search(re.sub(r"\s+", "", folded))
    return UNITS.get(tail.group(1) or tail.group(2)) if tail else None


def unit_above(text: str) -> str | None:
    """The unit that a line over the table names for all of its amounts: 单位：万元."""
    found = _UNIT_ABOVE.search(unicodedata.normalize("NFKC", text))
    return UNITS.get(found.group(1)) if found else None


class Vocabulary:
    """Every heading by which the fields of a kind are known.

    Parameters
    ----------
    kind : Kind
        Whose fields.
    context : Context
        Their titles in every language.
    """

    def __init__(self, kind: Kind, context: Context) -> None:
        self.fields = {one.key: one for one in kind.fields}
        self._known: dict[str, list[Guess]] = {}
        self._guessed: dict[str, list[Guess]] = {}
        for one in kind.fields:
            titles = (one.title, *context.titles.get(one.title, ()))
            self._learn(one, titles, 0)
            self._learn(one, one.headings, 1)
            self._learn(one, (one.key,), 2)

    def _learn(self, field: Field, texts: Iterable[str], rank: int) -> None:
        for text in texts:
            guesses = self._known.setdefault(plain(text), [])
            if all(guess.key != field.key for guess in guesses):
                guesses.append(Guess(field.key, rank))

    def guesses(self, text: str) -> list[Guess]:
        """The fields that a heading may name, the surest first."""
        if text in self._guessed:
            return self._guessed[text]
        found: dict[str, int] = {}
        for rank, spelling in enumerate(_spellings(text)):
            for guess in self._known.get(spelling, ()):
                found.setdefault(guess.key, rank * 10 + guess.rank)
        self._guessed[text] = _surest_first(found)
        return self._guessed[text]

    def joined(self, parts: tuple[str, ...]) -> list[Guess]:
        """The fields that headings standing one above the other may name together."""
        parts = tuple(part for part in parts if plain(part))
        if len(parts) < 2:
            return self.guesses(parts[0]) if parts else []
        found: dict[str, int] = {}
        ways: list[tuple[int, str]] = [(0, "".join(parts))]
        if len(parts) > 2:
            ways += [(100, "".join(parts[-2:])), (150, parts[0] + parts[-1])]
        lowest = plain(_BRACKETS.sub("", plain(parts[-1])))
        ways += [(200, parts[-2])] if lowest in _GENERAL else [(200, parts[-1])]
        for rank, text in ways:
            for guess in self.guesses(text):
                found.setdefault(guess.key, rank + guess.rank)
        return _surest_first(found)

    def cut(self, name: str) -> list[Guess]:
        """The fields whose heading a Shapefile may have cut to this name of at most ten bytes."""
        start = plain(name.rstrip("�"))
        whole = max(len(name.encode()), len(name.encode("gb18030", "replace")))
        if len(start) < _LEAST_CUT or whole < _CUT_BYTES - 2:
            return []
        keys = {guess.key for known, guesses in self._known.items() if known.startswith(start) for guess in guesses}
        return [Guess(key, 300) for key in keys] if len(keys) == 1 else []

    def nearest(self, text: str) -> str | None:
        """The field whose heading looks most like this one, where any does."""
        near = difflib.get_close_matches(plain(text), self._known, n=1, cutoff=0.6)
        return self._known[near[0]][0].key if near else None


def _surest_first(found: Mapping[str, int]) -> list[Guess]:
    return sorted((Guess(key, rank) for key, rank in found.items()), key=lambda guess: guess.rank)


def _spellings(text: str) -> list[str]:
    """A heading with less and less of what offices add to it."""
    whole = plain(text)
    found = [whole]

    def add(spelling: str) -> None:
        if spelling and spelling not in found:
            found.append(spelling)

    bare = _NUMBERING.sub("", whole)
    if _BRACKETS.fullmatch(bare):
        bare = bare[1:-1]
    add(bare)
    without = _BRACKETS.sub("", bare)
    add(without)
    add(_TAIL_UNIT.sub("", without))
    add(_TAIL_UNIT.sub("", bare))
    for opening in _OPENINGS:
        if without.startswith(opening):
            add(_TAIL_UNIT.sub("", without.removeprefix(opening)))
    for ending in _ENDINGS:
        if without.endswith(ending):
            add(without.removesuffix(ending))
    return found
