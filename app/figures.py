"""What the figures of an area are called and shown as, and the formula behind each."""

from __future__ import annotations

from decimal import Decimal

from app.i18n import figure as number
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from assets.indicators.figures import FIGURES, Value

NAMES = {
    "overdue_share": _l("Share overdue"),
    "arranged_share": _l("Upkeep arranged"),
    "unarranged_share": _l("Share without upkeep"),
    "in_order_share": _l("Share in order"),
    "idle_share": _l("Idle or inefficient share"),
    "certified_share": _l("Certified share"),
    "paid_share": _l("Share paid"),
    "assets": _l("Number of assets"),
    "assets_and_value": _l("Assets and original value"),
    "value_yuan": _l("Original value"),
    "overdue": _l("Assets overdue"),
    "unarranged": _l("Assets without upkeep"),
}
FORMULAS = {
    "overdue_share": _l("Overdue ÷ (in order + due soon + overdue): the assets whose upkeep is arranged."),
    "arranged_share": _l("With body, person and money ÷ all but the exempt (household assets and those being built)."),
    "unarranged_share": _l("No body, person or money ÷ all but the exempt (household assets and those being built)."),
    "in_order_share": _l("In order ÷ all but the exempt (household assets and those being built)."),
    "idle_share": _l("Idle or inefficient today ÷ all but the exempt (household assets and those being built)."),
    "certified_share": _l("Certified until the day ÷ all collective assets (household assets left out)."),
    "paid_share": _l("Paid ÷ received in this budget year; below the county: paid ÷ arranged for the area's projects."),
    "assets": _l("All assets of the area on the day, household assets included."),
    "assets_and_value": _l("All assets on the day; the value is that of collective assets, household assets left out."),
    "value_yuan": _l("Original value of collective assets; what was given to households is left out."),
    "overdue": _l("Upkeep is arranged and the last inspection lies further back than the interval."),
    "unarranged": _l("Body, person or money is missing."),
}
UNITS = {"share": "%", "count": _l("assets"), "yuan": _l("10,000 yuan")}


def unit(key: str) -> str:
    """The unit a figure is shown in."""
    return str(UNITS[FIGURES[key].kind])


def shown(value: Value) -> str:
    """A figure as pages and files print it; amounts in 10,000 yuan."""
    if value.kind == "share":
        return "—" if value.percent is None else f"{value.percent} %"
    return number(value.numerator / 10_000, 1) if value.kind == "yuan" else number(value.numerator)


def change_shown(change: Decimal | None, kind: str) -> str:
    """A change with its sign; percentage points for shares."""
    if change is None:
        return "—"
    if not change:
        return str(_("unchanged"))
    sign = "+" if change > 0 else "−"
    if kind == "share":
        return str(_("%(change)s points", change=f"{sign}{abs(change)}"))
    return f"{sign}{number(abs(change) / 10_000 if kind == 'yuan' else abs(change), 1 if kind == 'yuan' else 0)}"
