"""Rights over time as bands: shares stacked by their size, other rights in lanes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from app.i18n import gettext as _
from app.words import label
from assets.ownership.shares import sum_on
from assets.vocabulary import RIGHT_KINDS, SHARED_RIGHTS

WIDTH = 1000
SHARED_HEIGHT = 46
LANE = 16
TONES = 8
_ROOM_FOR_A_SIGN = 13


@dataclass(frozen=True)
class Band:
    """One holder's right in one stretch of time; ``tone`` None is the share nobody is known to hold."""

    x: float
    width: float
    y: float
    height: float
    tone: int | None
    name: str
    title: str

    @property
    def shown(self) -> str:
        """As much of the name as there is room for."""
        signs = int((self.width - 8) / _ROOM_FOR_A_SIGN)
        if signs < 2 or self.height < 11:
            return ""
        return self.name if len(self.name) <= signs else self.name[: signs - 1] + "…"


@dataclass
class Strip:
    """All bands of one kind of right."""

    kind: str
    height: float
    bands: list[Band] = field(default_factory=list)


@dataclass(frozen=True)
class Chart:
    """Strips below each other over one axis of years."""

    strips: list[Strip]
    years: list[tuple[float, int]]
    now: float
    first: dt.date
    last: dt.date
    day: dt.date


def rights_chart(rights: Sequence[Any], day: dt.date) -> Chart | None:
    """The chart of rights with ``kind``, holder (``holder`` or ``asset``), shares and days; None for nothing."""
    if not rights:
        return None
    first: dt.date = min(right.valid_from for right in rights)
    ends = [*(right.valid_to or right.valid_from for right in rights), day]
    last: dt.date = max(max(ends), first + dt.timedelta(365)) + dt.timedelta(60)
    scale = float(WIDTH) / (last - first).days

    def at(moment: dt.date | None) -> float:
        days: int = ((last if moment is None else min(moment, last)) - first).days
        return round(days * scale, 1)

    names = list(dict.fromkeys(_name(right) for right in sorted(rights, key=lambda r: (r.valid_from, _name(r)))))
    tones = {name: number % TONES for number, name in enumerate(names)}
    strips = []
    for kind in RIGHT_KINDS:
        held = [right for right in rights if right.kind == kind]
        if held:
            draw = _stacked if kind in SHARED_RIGHTS else _lanes
            strips.append(draw(kind, held, at, tones, last))
    years = [(at(dt.date(year, 1, 1)), year) for year in range(first.year + 1, last.year + 1)]
    # A year's name needs room to the right of its line.
    years = [year for year in years if year[0] < 0.96 * WIDTH]
    step = max(1, -(-len(years) // 12))
    return Chart(strips, years[::step], at(day), first, last, day)


def _stacked(kind: str, held: Sequence[Any], at: Any, tones: dict[str, int], last: dt.date) -> Strip:
    """Between two changes the holders lie on each other, each as high as its share."""
    strip = Strip(kind, SHARED_HEIGHT)
    order = {name: place for place, name in enumerate(tones)}
    days = sorted({*(r.valid_from for r in held), *(r.valid_to for r in held if r.valid_to)})
    for start, end in zip(days, [*days[1:], None], strict=True):
        now = [r for r in held if r.valid_from <= start and (r.valid_to is None or r.valid_to > start)]
        x, width, y = at(start), at(end) - at(start), 0.0
        for right in sorted(now, key=lambda r: order[_name(r)]):
            share = Fraction(right.share_numerator, right.share_denominator)
            height = float(share) * SHARED_HEIGHT
            name = _name(right)
            strip.bands.append(Band(x, width, y, height, tones[name], name, _told(kind, name, right, start, end)))
            y += height
        rest = 1 - sum_on(held, start)
        if rest > 0 and (end is not None or start < last):
            title = _("%(kind)s: %(share)s not certain", kind=label("right", kind), share=rest)
            strip.bands.append(Band(x, width, y, float(rest) * SHARED_HEIGHT, None, _("not certain"), title))
    return strip


def _lanes(kind: str, held: Sequence[Any], at: Any, tones: dict[str, int], _last: dt.date) -> Strip:
    """Each holder in a lane, where another is not past it."""
    strip, ends = Strip(kind, 0), list[float]()
    for right in sorted(held, key=lambda r: (r.valid_from, _name(r))):
        x, until = at(right.valid_from), at(right.valid_to)
        lane = next((number for number, end in enumerate(ends) if end <= x), len(ends))
        if lane == len(ends):
            ends.append(until)
        ends[lane] = until
        name = _name(right)
        title = _told(kind, name, right, right.valid_from, right.valid_to)
        strip.bands.append(Band(x, until - x, lane * LANE, LANE - 2, tones[name], name, title))
    strip.height = len(ends) * LANE - 2
    return strip


def _name(right: Any) -> str:
    return str(getattr(right, "holder", None) or right.asset)


def _told(kind: str, name: str, right: Any, start: dt.date, end: dt.date | None) -> str:
    share = Fraction(right.share_numerator, right.share_denominator)
    what = label("right", kind) + (f" {share}" if kind in SHARED_RIGHTS and share != 1 else "")
    until = end or _("today")
    return str(_("%(name)s: %(what)s, %(start)s to %(end)s", name=name, what=what, start=start, end=until))
