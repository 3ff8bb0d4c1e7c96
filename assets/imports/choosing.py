"""Which sheets of a source belong to the ledger: the one that names the most fields, and those like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from assets.imports import headings
from assets.imports.fields import Context, Kind
from assets.imports.headings import Headings
from assets.imports.problems import Unreadable
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet

# Share of the fields of either sheet that both have to name.
_ALIKE: Final = 0.6


class NotUnderstood(Unreadable):
    """No sheet has headings that are known; ``sheet`` and ``heads`` are those of the fullest, to be explained."""

    def __init__(self, sheet: Sheet, heads: Headings) -> None:
        fault = headings.not_found(sheet)
        super().__init__(fault.code, **fault.data)
        self.sheet, self.heads = sheet, heads


def choose_sheets(
    sheets: Sequence[Sheet],
    kind: Kind,
    context: Context,
    reading: Reading,
    remembered: Callable[[str], Mapping[str, Any] | None] = lambda _fingerprint: None,
) -> list[tuple[Sheet, Headings]]:
    """Understand the headings of all sheets and keep those of the ledger.

    Parameters
    ----------
    sheets : sequence of Sheet
        As they were read.
    kind, context, reading
        As for :func:`assets.imports.headings.understand`; sheets named in ``reading`` are kept whatever they say.
    remembered : callable, optional
        What people said of a former ledger, by the fingerprint of its headings.

    Returns
    -------
    list of (Sheet, Headings)
        In the order of the file.

    Raises
    ------
    NotUnderstood
        When no sheet has headings that are known.
    """
    understood = []
    for sheet in sheets:
        if reading.sheets and sheet.name not in reading.sheets:
            continue
        heads = headings.understand(sheet, kind, context, reading)
        saved = remembered(heads.fingerprint)
        if saved is not None:
            heads = headings.understand(sheet, kind, context, reading, saved)
        understood.append((sheet, heads))
    known = [(sheet, heads) for sheet, heads in understood if len(_keys(heads)) >= headings.least_known(sheet)]
    if not known:
        fullest = max(understood, key=lambda one: one[0].cells.num_rows, default=None)
        if fullest is None:
            raise Unreadable("headings_not_found", sheet="、".join(reading.sheets), rows="")
        raise NotUnderstood(*fullest)
    if reading.sheets:
        return known
    best = max(known, key=lambda one: (len(_keys(one[1])), one[0].cells.num_rows))
    return [(sheet, heads) for sheet, heads in known if _alike(_keys(heads), _keys(best[1]))]


def _keys(heads: Headings) -> set[str]:
    return {key for key in heads.columns.values() if key}


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= _ALIKE * max(len(one), len(other))
