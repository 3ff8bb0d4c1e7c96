"""Shares of one, and lists of holders with theirs."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from assets import entries
from assets.imports.cells import numbers
from assets.imports.cells.found import Cell, Column, Refusals, doubted, refused
from assets.imports.problems import declare
from assets.masks import is_masked
from assets.ownership.shares import is_rounding, proposal

declare(
    {
        "share_rounded": "“{value}” is not quite {guess}. Did you mean {guess}?",
        "shares_rounded": "The shares in “{value}” are rounded and make {sum}. Did you mean {guess}?",
        "shares_beyond": "The shares in “{value}” make {sum}, more than the whole.",
        "shares_equal": "“{value}” names {size} holders and no shares. Do they hold equal parts?",
        "shares_some": "“{value}” gives some holders a share and others none. Please put in all of them.",
        "shares_twice": "“{value}” names {name} twice.",
        "shares_no_name": "“{value}” has a share without a holder.",
    }
)
REFUSALS: Final = Refusals(
    {
        "share_unreadable": "“{value}” is not a share. Write it such as 1/3 or 50%.",
        "share_not_within": "A share is more than nothing and at most the whole: “{value}”.",
        "share_too_fine": "“{value}” is finer than can be kept: a millionth at most.",
    }
)
_SEPARATORS: Final = re.compile(r"[、,，;；\n|]+")
_SHARE: Final = (
    r"\d{1,9}/\d{1,9}|\d{1,3}(?:\.\d{1,9})?%?|[一二三四五六七八九十\d]{1,3}分之[一二三四五六七八九十\d]{1,3}"
)
_HOLDER: Final = re.compile(
    rf"(?P<name>.*?)[\s:：=]*(?:(?P<open>[(（\[])\s*)?(?:占|持股|占比|持有)?\s*(?P<share>{_SHARE})(?(open)\s*[)）\]])"
)
_PERCENT: Final = re.compile(r"\d{1,3}(?:\.\d+)?")


def read_share(text: str, column: Column) -> Cell:
    """A fraction, written n/d; a bare number above one is in percent."""
    del column
    written = entries.plain(text)
    try:
        share = _share(written)
    except entries.Unreadable as refusal:
        return REFUSALS.cell(refusal)
    guess = entries.probable_fraction(written)
    if guess is not None:
        return doubted(_written(share), "share_rounded", _written(guess), guess=_written(guess))
    return Cell(_written(share))


def read_shares(text: str, column: Column) -> Cell:
    """Holders with their shares, written 甲村集体 1/2、乙村集体 1/2; one alone holds the whole."""
    holders: list[tuple[str, Fraction | None]] = []
    for part in _parts(text):
        try:
            holders.append(_holder(part))
        except entries.Unreadable as refusal:
            return REFUSALS.cell(refusal)
    names = [name for name, _ in holders]
    if any(map(is_masked, names)) or ("*" in text and column.field.personal):
        return Cell()
    if not holders or not all(names):
        return refused("shares_no_name")
    if twice := next((name for name in names if names.count(name) > 1), None):
        return refused("shares_twice", name=twice)
    given = [share for _, share in holders if share is not None]
    if not given:
        equal = _canonical(names, [Fraction(1, len(names))] * len(names))
        return Cell(equal) if len(names) == 1 else doubted(equal, "shares_equal", equal, size=len(names))
    if len(given) < len(names):
        return refused("shares_some")
    total, exact = sum(given, Fraction()), _canonical(names, given)
    meant = proposal(given) if is_rounding(given) else None
    if meant:
        guess = _canonical(names, meant)
        told = {"sum": _percent(total), "guess": guess}
        return (
            doubted(exact, "shares_rounded", guess, **told) if total < 1 else refused("shares_rounded", guess, **told)
        )
    if total > 1:
        return refused("shares_beyond", sum=_percent(total))
    return Cell(exact)


def _parts(text: str) -> list[str]:
    return [part for one in _SEPARATORS.split(text) if (part := one.strip())]


def _holder(part: str) -> tuple[str, Fraction | None]:
    """A name and its share; digits that end a name are part of it unless something sets them apart."""
    found = _HOLDER.fullmatch(part)
    if found is None:
        return _name(part), None
    share, name = found["share"], found["name"]
    bare = _PERCENT.fullmatch(share) is not None
    apart = found["open"] or part[len(name) : len(name) + 1] in " :：=\t占持" or not name
    if bare and not apart:
        return _name(part), None
    return _name(name), _share(entries.plain(share))


def _name(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" :：=")


def _share(written: str) -> Fraction:
    """:func:`assets.entries.read_share`, which takes no bare percentages."""
    bare = numbers.scalar(written)
    if bare is not None and 1 < bare <= 100:
        return entries.read_share(f"{written}%" if _PERCENT.fullmatch(written) else f"{bare:f}%")
    return entries.read_share(written)


def _canonical(names: list[str], shares: list[Fraction]) -> str:
    return "、".join(f"{name} {_written(share)}" for name, share in zip(names, shares, strict=True))


def _written(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.4f}".rstrip("0").rstrip(".") + " %"
