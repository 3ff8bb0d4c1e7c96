"""Texts: what is no part of them taken off, and what people write for "nothing"."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from assets.imports.cells.found import Cell, Column, refused
from assets.imports.problems import declare
from assets.masks import is_masked

declare(
    {
        "cell_too_long": "The text has {size} characters; {most} at most are kept here. Please shorten it.",
        "cell_cleared": "What is recorded here will be taken out.",
        "cell_formula": "A formula left {value} here. Please put in its result.",
        "cell_cut": "The spreadsheet shows {value} because the column is too narrow. Please put in what stands there.",
    }
)

CLEAR: Final = frozenset({"清空", "(清空)", "(clear)"})
# Longest text that is told back; what goes beyond is cut.
_LONGEST_SHOWN: Final = 200
# A spreadsheet would take a text that begins so for a formula.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
# Signs without width, marks of direction, and control characters but tab and line break.
UNSEEN: Final = (
    "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\\x{200b}-\\x{200f}\\x{202a}-\\x{202e}\\x{2060}-\\x{2064}\\x{feff}"
)
_UNSEEN: Final = re.compile(re.sub(r"\\x\{(\w+)\}", r"\\u\1", f"[{UNSEEN}]"))
_BREAK: Final = re.compile(r"_x000[dD]_\r?\n?|\r\n?")
_WIDE: Final = {
    sign: sign - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for sign in range(ord(first), ord(last) + 1)
}
_HAN: Final = "\u2e80-\u9fff\uf900-\ufaff"
_BLANKS: Final = re.compile(r"\s+")
_BLANK_BETWEEN_HAN: Final = re.compile(rf"(?<=[{_HAN}])\s*\n\s*(?=[{_HAN}])")
_DASHES: Final = frozenset({"-", "--", "---", "—", "——", "–", "/", "//", "\\"})
_NOTHING: Final = _DASHES | {
    "无",
    "暂无",
    "没有",
    "不详",
    "不明",
    "未知",
    "空",
    "略",
    "无。",
    "(空)",
    "(无)",
    "n/a",
    "null",
}
# Texts of plain signs that do not mean what they say.
SPOKEN: Final = sorted({*_NOTHING, *CLEAR, *(word.upper() for word in (*_NOTHING, *CLEAR)), "（清空）", "(Clear)"})
_ERRORS: Final = re.compile(
    r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!)"
)


def guarded(text: str) -> str:
    """``text`` as it may be written into a spreadsheet: shown, and never run."""
    return "'" + text if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """``text`` without the guard that :func:`guarded` puts before it."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def tidy(text: str) -> str:
    """``text`` without its guard and without what nobody sees."""
    seen = _UNSEEN.sub("", _BREAK.sub("\n", unguarded(text.lstrip("\ufeff\u200b"))))
    return seen.encode("utf-8", "replace").decode().strip()


def shown(text: str) -> str:
    """``text`` as a problem tells it."""
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def is_nothing(text: str) -> bool:
    """Whether a tidy text stands for an empty cell: 无, —, 暂无."""
    return unicodedata.normalize("NFKC", text).lower() in _NOTHING


def is_dash(text: str) -> bool:
    """Whether a tidy text is a stroke through an empty cell."""
    return text in _DASHES


def asks_to_clear(text: str) -> bool:
    """Whether a tidy text asks for what is recorded to be taken out."""
    return len(text) < 10 and unicodedata.normalize("NFKC", text).lower() in CLEAR


def formula_error(text: str) -> Cell | None:
    """What an error of a formula, or a column too narrow for its number, gives."""
    if _ERRORS.fullmatch(text.upper()):
        return refused("cell_formula")
    return refused("cell_cut") if re.fullmatch("#{3,}", text) else None


def read_text(text: str, column: Column) -> Cell:
    """A text: digits and letters in half width, everything else as it is."""
    return _fitting(text.translate(_WIDE), column)


def read_name(text: str, column: Column) -> Cell:
    """A name: on one line, with single blanks."""
    name = _BLANKS.sub(" ", _BLANK_BETWEEN_HAN.sub("", text.translate(_WIDE)))
    if is_masked(name) or ("*" in name and column.field.personal):
        return Cell()
    return _fitting(name, column)


def _fitting(text: str, column: Column) -> Cell:
    most = column.field.most
    if most and len(text) > most:
        return refused("cell_too_long", size=len(text), most=most)
    return Cell(text)
