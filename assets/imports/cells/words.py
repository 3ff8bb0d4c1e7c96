"""Fixed words and dated terms by any of their labels, and yes and no."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from assets.imports.cells.found import Cell, Column, refused
from assets.imports.problems import declare

declare(
    {
        "word_unknown": "“{value}” is not known here. Possible are: {possible}.",
        "yes_unreadable": "“{value}” is neither yes nor no. Please put in one of the two.",
    }
)
_YES: Final = frozenset({*"是有对已真需yvt1√✓✔☑■●", "yes", "true", "ok", "1.0", "正确", "需要", "属于"})
_NO: Final = frozenset(
    {*"否无不未没错假非nfx0×✗✘☒□☐", "no", "false", "0.0", "没有", "不是", "不需要", "不属于", "不涉及", "暂无"}
)
# 已确权, 未确权: what was done stands behind.
_DONE: Final = re.compile("已(?!经?不|经?没|未).{1,8}")
_NOT_DONE: Final = re.compile("(?:未|尚未|还未|没有|暂未|无需).{1,8}")
_HAN: Final = re.compile("[\u3400-\u9fff]")
# Kept with every row that is wrong, so few of them; templates offer all.
_MOST_TOLD: Final = 8


def plain_label(label: str) -> str:
    """A label in the form labels are compared in: half width, small letters, no blanks and brackets."""
    return re.sub(r"[\s()\[\]（）·\-–—_、,，.。:：/]+", "", unicodedata.normalize("NFKC", label).lower())


def plain_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels of one kind in plain form, each with its code; of two alike the first."""
    found: dict[str, str] = {}
    for label, code in labels.items():
        found.setdefault(plain_label(label), code)
    return found


def read_word(text: str, column: Column) -> Cell:
    """The code of a label."""
    code = column.known.get(plain_label(text))
    if code is not None:
        return Cell(code)
    labels = column.context.labels.get(column.field.words, {})
    meant = closest(text, labels) if column.patience else None
    return refused("word_unknown", meant, **possible(labels, labels.get(meant) if meant else None))


def closest(text: str, labels: Mapping[str, str]) -> str | None:
    """The label in the language of ``text`` that was probably meant."""
    wanted, han = plain_label(text), _HAN.search(text) is not None
    alike = {plain_label(one): one for one in labels if (_HAN.search(one) is not None) == han}
    if len(wanted) > 1:
        within = [one for one in alike if len(one) > 1 and (one in wanted or wanted in one)]
        if len(within) == 1:
            return alike[within[0]]
    near = difflib.get_close_matches(wanted[:60], alike, n=1, cutoff=0.5)
    return alike[near[0]] if near else None


def possible(labels: Mapping[str, str], meant: str | None = None) -> dict[str, str]:
    """The first that a word may be, in both languages, for a sentence: the code that was probably ``meant`` leads.

    The first label of a code is its usual one.
    """
    chinese: dict[str, str] = {}
    english: dict[str, str] = {}
    for label, code in labels.items():
        if label != code:
            (chinese if _HAN.search(label) else english).setdefault(code, label)
    listed = {"possible": (chinese, "、"), "possible_en": (english, ", ")}
    return {
        key: _listed(tuple(words.values()), between, words.get(meant or "")) for key, (words, between) in listed.items()
    }


@lru_cache(maxsize=512)
def _listed(labels: tuple[str, ...], between: str, first: str | None) -> str:
    if len(labels) <= _MOST_TOLD:
        return between.join(labels)
    told = [first, *(one for one in labels if one != first)] if first else labels
    return between.join(told[:_MOST_TOLD]) + " …"


def read_yes(text: str, column: Column) -> Cell:
    """Yes or no, as signs and words say it: 是, √, 有, 已确权, N."""
    del column
    written = "".join(unicodedata.normalize("NFKC", text).lower().split())
    if written in _YES:
        return Cell(True)
    if written in _NO:
        return Cell(False)
    if _NOT_DONE.fullmatch(written):
        return Cell(False)
    if _DONE.fullmatch(written):
        return Cell(True)
    return refused("yes_unreadable")
