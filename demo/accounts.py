"""Accounts and grants of the demonstration's logins."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from demo.logins import LOGINS


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
