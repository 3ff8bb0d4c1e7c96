"""The demonstration's logins, one for each way of working."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pandas as pd


@dataclass(frozen=True)
class Login:
    """A demonstration account with its one grant."""

    username: str
    display_name: str
    role: str
    area: str
    sector: str | None = None

    @property
    def password(self) -> str:
        """Known to everyone, and only good where everything is invented."""
        return f"xiangtu-{self.username}"


LOGINS: Final = (
    Login("planner", "规划员", "planner", "陇县"),
    Login("leader", "县领导", "leader", "陇县"),
    Login("badu", "八渡镇专干", "clerk", "八渡镇"),
    Login("guguan", "固关镇专干", "clerk", "固关镇"),
    Login("dali", "大力村管护员", "caretaker", "大力村"),
    Login("water", "水利局专干", "department", "陇县", "water"),
    Login("auditor", "审计员", "auditor", "陇县"),
)
CARETAKER: Final = LOGINS[4]


def make_accounts(tree: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accounts (their passwords are hashed when they are loaded) and grants."""
    area = dict(zip(tree["short_name"], tree["id"], strict=True))
    accounts = pd.DataFrame(
        {
            "id": range(1, len(LOGINS) + 1),
            "username": [login.username for login in LOGINS],
            "display_name": [login.display_name for login in LOGINS],
            "password": [login.password for login in LOGINS],
            "locale": "zh",
            "active": True,
            "is_demonstration": True,
        }
    )
    grants = pd.DataFrame(
        {
            "id": range(1, len(LOGINS) + 1),
            "account_id": range(1, len(LOGINS) + 1),
            "role": [login.role for login in LOGINS],
            "region_id": [area[login.area] for login in LOGINS],
            "sector": [login.sector for login in LOGINS],
            "valid_from": dt.date(2021, 1, 1),
        }
    )
    return accounts, grants
