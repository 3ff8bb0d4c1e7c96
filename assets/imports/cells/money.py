"""Amounts of money, and the unit their column counts in."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from assets import entries
from assets.imports.cells import numbers
from assets.imports.cells.found import Cell, Column, Refusals, noted, refused
from assets.imports.problems import declare

declare({"money_rounded": "“{value}” was rounded to {rounded} yuan."})
REFUSALS: Final = Refusals(
    {
        "money_unreadable": "“{value}” cannot be read as an amount. Write it such as 125000, 125,000 or 12.5万.",
        "money_too_large": "“{value}” is more than can be meant: {limit} yuan at most.",
    }
)
# What a heading may say that its amounts are counted in, in yuan.
SCALES: Final = {
    "": 1,
    "yuan": 1,
    "bai": 100,
    "qian": 1_000,
    "wan": 10_000,
    "baiwan": 1_000_000,
    "yi": 100_000_000,
}
_CENT: Final = Decimal("0.01")
_NAMED: Final = re.compile(r"[万亿千百元圆块wW¥]|yuan|rmb|cny", re.IGNORECASE)
_BELOW_ZERO: Final = re.compile(r"[(\[](?P<inner>[^+\-−()].*)[)\]]|负(?P<word>[^+\-−].*)|(?P<before>[^+\-−(].*)[-−]")


def read_money(text: str, column: Column) -> Cell:
    """Yuan, to the cent: a bare number counts in the unit of the heading, a named unit in its own."""
    written = entries.plain(text)
    bare = numbers.scalar(written)
    try:
        value = bare * SCALES.get(column.scale, 1) if bare is not None else _named(written)
    except entries.Unreadable as refusal:
        return REFUSALS.cell(refusal, _nearly(written))
    if abs(value) > entries.MOST_YUAN:
        limit = f"{entries.MOST_YUAN:,}"
        return refused("money_too_large", limit=limit)
    cents = value.quantize(_CENT, ROUND_HALF_UP)
    return Cell(cents) if cents == value else noted(cents, "money_rounded", rounded=f"{cents:,}")


def names_unit(text: str) -> bool:
    """Whether an amount says itself what it is counted in."""
    return _NAMED.search(text) is not None


def _named(written: str) -> Decimal:
    """An amount with its unit; one below zero may stand in brackets or have its minus behind."""
    found = _BELOW_ZERO.fullmatch(written)
    if found:
        return -numbers.without_noise(entries.read_amount(found["inner"] or found["word"] or found["before"]))
    return numbers.without_noise(entries.read_amount(written))


def _nearly(written: str) -> str | None:
    """The amount in 约12万 and 12万左右."""
    inner = re.sub(r"^(?:约|大约|近|合计|共|计)|(?:左右|以上|上下|/年|每年)$", "", written)
    try:
        entries.read_yuan(inner)
    except entries.Unreadable:
        return None
    return inner if inner != written else None
