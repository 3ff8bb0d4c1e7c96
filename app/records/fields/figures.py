"""Fields of money, numbers, shares, years and days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app import db
from app.i18n import figure, translated
from app.i18n import gettext as _
from app.records.fields.base import EntryField
from assets import entries

FIRST_DAY = dt.date(2012, 1, 1)


class MoneyEntry(EntryField):
    """An amount in yuan, however it is written; what was understood stands below."""

    kind = "money"

    def __init__(self, label: Any, *, negative: bool = False, most: Decimal = entries.MOST_YUAN, **options: Any):
        super().__init__(label, **options)
        self.negative, self.most = negative, most

    def read(self, text: str) -> Decimal:
        """Yuan."""
        return entries.read_yuan(text, negative=self.negative, most=self.most)

    def written(self, value: Any) -> str:
        """With thousands marks, and fen where there are any."""
        amount = Decimal(value)
        return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"

    def shown(self, value: Any) -> str:
        """With the unit."""
        return "—" if value is None else str(_("%(amount)s yuan", amount=self.written(value)))

    def from_json(self, value: Any) -> Any:
        """Amounts are kept as numbers."""
        return None if value is None else Decimal(str(value))

    @property
    def reading(self) -> str:
        """What was understood: yuan, and 万元."""
        if self.data is None:
            return ""
        tens = (Decimal(self.data) / 10_000).normalize()
        return str(_("= %(yuan)s yuan = %(wan)s 10k yuan", yuan=self.written(self.data), wan=f"{tens:,f}"))


class NumberEntry(EntryField):
    """A number with so many decimals, between two limits."""

    kind = "number"

    def __init__(
        self, label: Any, *, decimals: int = 0, least: Any = 0, most: Any = 10**9, unit: Any = "", **options: Any
    ):
        super().__init__(label, **options)
        self.decimals, self.least, self.most, self.unit = decimals, least, most, unit

    def read(self, text: str) -> Decimal:
        """A decimal number."""
        return entries.read_number(text, decimals=self.decimals, least=self.least, most=self.most)

    def written(self, value: Any) -> str:
        """As short as it can be, without thousands marks."""
        return f"{Decimal(str(value)).normalize():f}"

    def shown(self, value: Any) -> str:
        """With its unit."""
        if value is None:
            return "—"
        return f"{self.written(value)} {self.unit}" if self.unit else self.written(value)

    def from_json(self, value: Any) -> Any:
        """As decimals, whatever JSON made of them."""
        return None if value is None else Decimal(str(value))


class IntegerEntry(NumberEntry):
    """A whole number."""

    def read(self, text: str) -> int:  # type: ignore[override]
        """A whole number."""
        return int(super().read(text))

    def from_json(self, value: Any) -> Any:
        """Whole numbers are kept as they are."""
        return value


class ShareEntry(EntryField):
    """A share of one as a fraction; a rounded third is asked about."""

    kind = "share"

    def read(self, text: str) -> Fraction:
        """A fraction."""
        return entries.read_share(text)

    def written(self, value: Any) -> str:
        """As a fraction."""
        return str(Fraction(value))

    @property
    def reading(self) -> str:
        """The same as a fraction and in percent."""
        if self.data is None:
            return ""
        percent = Decimal(100 * self.data.numerator) / self.data.denominator
        return str(_("= %(fraction)s = %(percent)s %%", fraction=self.data, percent=figure(percent, 2)))

    def doubts(self) -> Iterator[tuple[str, str]]:
        """33.33 % was probably meant to be a third."""
        guess = entries.probable_fraction(self.text) if self.data is not None else None
        if guess is not None:
            told = "{value} is not quite {guess}, and three such shares do not make a whole. Did you mean {guess}?"
            yield f"share-{self.name}", translated(told, {"value": self.text[:20], "guess": guess})


class YearEntry(IntegerEntry):
    """A calendar year."""

    kind = "year"


class DateEntry(EntryField):
    """A day, typed in any usual way or picked."""

    kind = "date"

    def __init__(self, label: Any, *, first: dt.date | None = FIRST_DAY, future: bool = False, **options: Any):
        super().__init__(label, **options)
        self.first, self.future = first, future

    @property
    def last(self) -> dt.date | None:
        """The last day that may be given."""
        return None if self.future else db.current_day()

    def read(self, text: str) -> dt.date:
        """The day, within its limits."""
        return entries.read_day(text, first=self.first, last=self.last)

    def from_json(self, value: Any) -> Any:
        """Days are kept as text."""
        return dt.date.fromisoformat(value) if isinstance(value, str) else value


def money_field(
    label: Any, *, required: bool = False, negative: bool = False, most: Decimal = entries.MOST_YUAN, hint: Any = ""
) -> Any:
    """An amount of money; a Decimal in yuan, or None."""
    return MoneyEntry(label, required=required, negative=negative, most=most, hint=hint)


def number_field(
    label: Any,
    *,
    required: bool = False,
    decimals: int = 2,
    least: Any = 0,
    most: Any = 10**9,
    unit: Any = "",
    hint: Any = "",
) -> Any:
    """A number with decimals; a Decimal, or None."""
    return NumberEntry(label, required=required, decimals=decimals, least=least, most=most, unit=unit, hint=hint)


def integer_field(
    label: Any, *, required: bool = False, least: int = 0, most: int = 10**9, unit: Any = "", hint: Any = ""
) -> Any:
    """A whole number; an int, or None."""
    return IntegerEntry(label, required=required, least=least, most=most, unit=unit, hint=hint)


def share_field(label: Any, *, required: bool = False, hint: Any = "") -> Any:
    """A share of one; a Fraction, or None."""
    return ShareEntry(label, required=required, hint=hint)


def year_field(label: Any, *, required: bool = False, first: int = 2012, last: int = 2100, hint: Any = "") -> Any:
    """A calendar year; an int, or None."""
    return YearEntry(label, required=required, least=first, most=last, hint=hint)


def date_field(
    label: Any,
    *,
    required: bool = False,
    first: dt.date | None = FIRST_DAY,
    future: bool = False,
    hint: Any = "",
) -> Any:
    """A day from ``first`` (2012 unless said otherwise; None for any) to today, or later with ``future``."""
    return DateEntry(label, required=required, first=first, future=future, hint=hint)
