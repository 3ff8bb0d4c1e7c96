"""Accounts and grants of the demonstration's logins."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from demo.logins import LOGINS, ON_LEAVE, STANDS_IN


def make_accounts(tree: pd.DataFrame, on: dt.date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accounts (their passwords are hashed when they are loaded) and grants, one of them handed over for a leave."""
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
            "region_id": [area[login.area] for login in LOGINS],
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
            "may_unmask": [login.may_unmask for login in LOGINS],
        }
    )
    source = grants.loc[LOGINS.index(ON_LEAVE)]
    leave = {
        "id": len(LOGINS) + 1,
        "account_id": LOGINS.index(STANDS_IN) + 1,
        "valid_from": on + dt.timedelta(days=7),
        "valid_to": on + dt.timedelta(days=14),
        "delegated_from": source["id"],
        "reason": "年休假",
    }
    grants = pd.concat([grants, pd.DataFrame([source.to_dict() | leave])], ignore_index=True)
    return accounts, grants.astype({"delegated_from": "Int64"})
