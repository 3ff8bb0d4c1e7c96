"""Texts that a spreadsheet shows and never runs."""

from __future__ import annotations

import re

# A text that looks guarded already is guarded once more, so that what takes guards off finds it as it was.
_RUN = re.compile(r"'*[=+\-@\t\r]")
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula.

    Numbers are written as numbers and need none; what reads ledgers takes the apostrophe off again.
    """
    return "'" + text if _RUN.match(text) else text


def fit(text: str) -> str:
    """The text without signs that no workbook can hold."""
    return _UNFIT.sub("", text)
