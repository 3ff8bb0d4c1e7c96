"""Numbers and quantities, with whatever unit stands behind them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from assets import entries
from assets.imports.cells.found import Cell, Column, Finding, Refusals, refused
from assets.imports.problems import declare

declare(
    {
        "number_about": "“{value}” is not exact. Please put in one number.",
        "number_rounded": "“{value}” was rounded to {rounded}.",
        "number_converted": "“{value}” was taken as {number} {unit}.",
        "number_unit": "“{value}” is counted in {unit}, here it should be {needed}. Please put in the number only.",
        "number_too_large": "“{value}” is larger than can be kept: {limit} at most.",
        "quantity_unit": "“{value}” was taken apart into the quantity {number} and the unit {unit}.",
        "quantity_unit_differs": "“{value}” is counted in {unit}, but the column beside it says {other}.",
    }
)
REFUSALS: Final = Refusals(
    {
        "number_unreadable": "“{value}” is not a number. Write it in digits, such as 1250.",
        "number_not_whole": "“{value}” must be a whole number.",
    }
)
DECIMALS: Final = 4
_MOST: Final = Decimal(10) ** 15
# What a double keeps of a number; what follows is noise of the spreadsheet's arithmetic.
_KEPT_DIGITS: Final = 15
_SIGN: Final = r"[+\-−]"
_DIGITS: Final = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+"
_NUMBER: Final = re.compile(
    rf"(?P<sign>{_SIGN})?(?P<number>{_DIGITS})(?P<power>[eE][+-]?\d{{1,3}})?(?P<after>-(?=$))?(?P<unit>[^\d.,+\-][^,]{{0,19}})?"
)
_IN_CHINESE: Final = re.compile(
    "(?P<number>[零〇一二两三四五六七八九十百千]+)(?P<unit>[^零〇一二两三四五六七八九十百千几多].{0,9})?"
)
_ABOUT: Final = re.compile(
    r"(?:约|大约|近|超|不到|不足|>=?|<=?|≥|≤|~)(?P<first>.+)"
    r"|(?P<last>.+?)(?:左右|以上|以下|上下|余|多)(?P<unit>\D{0,3})"
)
_SCALES: Final = {"万": Decimal(10_000), "亿": Decimal(10) ** 8}

# One name for the spellings of each unit, and how much it is of the unit that others are measured in.
_UNITS: Final[dict[str, tuple[str, Decimal, tuple[str, ...]]]] = {
    "m": ("m", Decimal(1), ("米", "公尺", "延米", "metre", "metres", "meter", "meters")),
    "km": ("m", Decimal(1000), ("公里", "千米", "kilometre", "kilometres")),
    "里": ("m", Decimal(500), ("华里",)),
    "m²": ("m²", Decimal(1), ("m2", "㎡", "平方米", "平米", "平方", "sqm")),
    "亩": ("m²", Decimal(2000) / 3, ("mu", "市亩")),
    "ha": ("m²", Decimal(10_000), ("公顷", "hm2", "hm²", "hectare", "hectares")),
    "km²": ("m²", Decimal(1_000_000), ("km2", "平方公里", "平方千米")),
    "m³": ("m³", Decimal(1), ("m3", "立方米", "立方", "方", "方量")),
    "kg": ("kg", Decimal(1), ("公斤", "千克")),
    "斤": ("kg", Decimal("0.5"), ("市斤",)),
    "t": ("kg", Decimal(1000), ("吨", "ton", "tons", "tonne", "tonnes")),
    "kW": ("kW", Decimal(1), ("kw", "千瓦")),
    "MW": ("kW", Decimal(1000), ("mw", "兆瓦")),
    "days": ("days", Decimal(1), ("天", "日", "day", "days")),
    "months": ("months", Decimal(1), ("月", "个月", "month")),
    "years": ("months", Decimal(12), ("年", "year")),
    "minutes": ("minutes", Decimal(1), ("分", "分钟", "min", "minute")),
    "hours": ("minutes", Decimal(60), ("小时", "h", "hour")),
    "%": ("%", Decimal(1), ("percent",)),
    "‰": ("%", Decimal("0.1"), ()),
}
_NAMES: Final = {
    spelling.lower(): name for name, (_base, _size, others) in _UNITS.items() for spelling in (name, *others)
}
# Behind a count they say no more than the heading.
_COUNTERS: Final = frozenset("个人户名处座间栋幢口盏台套件批头只羽条家位村项宗块辆根棵株次笔份组")


def read_number(text: str, column: Column) -> Cell:
    """A number, to four decimals."""
    return _read(text, column, whole=False)


def read_integer(text: str, column: Column) -> Cell:
    """A whole number."""
    cell = _read(text, column, whole=True)
    return cell if cell.value is None else cell._replace(value=int(cell.value))


def scalar(written: str) -> Decimal | None:
    """A number as spreadsheets and people write it, exactly; None for what is none or has something behind it.

    Brackets and a minus behind it mean below zero; of a spreadsheet's arithmetic the noise is taken off.
    """
    inner = re.fullmatch(r"[(\[](.+)[)\]]", written)
    found = _NUMBER.fullmatch(inner[1] if inner else written)
    if not found or found["unit"] or (inner and (found["sign"] or found["after"])):
        return None
    value = _value(found)
    return -value if inner else value


def _value(found: re.Match[str]) -> Decimal:
    value = without_noise(Decimal(found["number"].replace(",", "") + (found["power"] or "")))
    negative = (found["sign"] in ("-", "−")) != bool(found["after"])
    return -value if negative and value else value


def without_noise(value: Decimal) -> Decimal:
    """``value`` as a spreadsheet would show it: 0.30000000000000004 is 0.3."""
    if len(value.as_tuple().digits) <= _KEPT_DIGITS or value == value.to_integral_value():
        return value
    places = _KEPT_DIGITS - 1 - value.adjusted()
    return value.quantize(Decimal(1).scaleb(-places)).normalize() if places > 0 else value


def _read(text: str, column: Column, *, whole: bool) -> Cell:
    written = entries.plain(text)
    value, unit = _parts(written)
    if value is None or (unit and _ABOUT.fullmatch(written)):
        return _unreadable(written)
    told: Finding | None = None
    own = column.field.unit
    unit, value = _scaled(unit, value)
    if unit:
        name = _NAMES.get(unit.lower(), unit)
        needed = _NAMES.get(own.lower(), own)
        if column.takes_unit:
            told = Finding("quantity_unit", "note", None, {"number": _plain(value), "unit": unit})
        elif name == "%" and not own:
            value, unit = value / 100, ""
        elif name != needed and not (unit in _COUNTERS and needed not in _UNITS):
            size, here = _UNITS.get(name), _UNITS.get(needed)
            if size is None or here is None or size[0] != here[0]:
                return refused("number_unit", unit=unit, needed=own or "1")
            value = value * size[1] / here[1]
            told = Finding("number_converted", "note", None, {"number": _plain(value), "unit": own})
    limit = Decimal(column.field.most) if column.field.most else _MOST
    if abs(value) > limit:
        return refused("number_too_large", limit=f"{limit:,}")
    rounded = value.quantize(Decimal(1).scaleb(-DECIMALS))
    if whole and rounded != rounded.to_integral_value():
        return REFUSALS.cell(entries.Unreadable("“{value}” must be a whole number.", value=written[:40]))
    if rounded != value and told is None:
        told = Finding("number_rounded", "note", None, {"rounded": _plain(rounded)})
    return Cell(rounded, told, unit if column.takes_unit and unit else None)


def _parts(written: str) -> tuple[Decimal | None, str]:
    """The number and the unit behind it."""
    exact = scalar(written)
    if exact is not None:
        return exact, ""
    if found := _NUMBER.fullmatch(written):
        return _value(found), found["unit"] or ""
    if (found := _IN_CHINESE.fullmatch(written)) and (value := entries.small_number(found["number"])) is not None:
        return Decimal(value), found["unit"] or ""
    return None, ""


def _scaled(unit: str, value: Decimal) -> tuple[str, Decimal]:
    """万人 is ten thousand of 人."""
    if unit[:1] in _SCALES:
        return unit[1:], value * _SCALES[unit[0]]
    return unit, value


def _unreadable(written: str) -> Cell:
    if found := _ABOUT.fullmatch(written):
        value, _unit = _parts(found["first"] or found["last"])
        if value is not None:
            return refused("number_about", (found["first"] or found["last"]) + (found["unit"] or ""))
    return REFUSALS.cell(
        entries.Unreadable("“{value}” is not a number. Write it in digits, such as 1250.", value=written[:40])
    )


def _plain(value: Any) -> str:
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-DECIMALS)).normalize():f}"
