"""The limits that rules know: what each is counted in, and between which values it makes sense."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Unit = Literal["days", "share", "projects", "yuan", "m", "months", "villages"]


@dataclass(frozen=True)
class Limit:
    """One number that rules compare with."""

    unit: Unit
    least: Decimal
    most: Decimal
    whole: bool = True


def _days(most: int) -> Limit:
    return Limit("days", Decimal(1), Decimal(most))


def _share() -> Limit:
    return Limit("share", Decimal(0), Decimal(1), whole=False)


LIMITS: Final = {
    "due_soon_days": _days(365),
    "contract_expiring_days": _days(365),
    "acceptance_without_assets_days": _days(730),
    "industry_share": _share(),
    "lead_share": _share(),
    "work_relief_projects": Limit("projects", Decimal(0), Decimal(1_000)),
    "management_fee_share_central": _share(),
    "management_fee_share_province": _share(),
    "strong_village_income_yuan": Limit("yuan", Decimal(0), Decimal(100_000_000)),
    "weak_village_income_yuan": Limit("yuan", Decimal(0), Decimal(100_000_000)),
    "natural_village_waste_share": _share(),
    "sanitary_toilet_share": _share(),
    "personal_months_after_end": Limit("months", Decimal(1), Decimal(600)),
    "personal_months_household": Limit("months", Decimal(1), Decimal(600)),
    "import_days_after_end": _days(3_650),
    "import_days_open": _days(3_650),
    "natural_village_distance_m": Limit("m", Decimal(100), Decimal(100_000)),
    "village_plans_target": Limit("villages", Decimal(0), Decimal(100_000)),
}
