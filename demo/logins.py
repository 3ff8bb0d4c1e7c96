"""The demonstration's logins, one for each way of working."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Login:
    """A demonstration account with its one grant."""

    username: str
    display_name: str
    role: str
    area: str
    sector: str | None = None
    may_unmask: bool = False

    @property
    def password(self) -> str:
        """Known to everyone, and only good where everything is invented."""
        return f"xiangtu-{self.username}"


LOGINS: Final = (
    Login("planner", "规划员", "planner", "陇县"),
    Login("leader", "县领导", "leader", "陇县"),
    Login("badu", "八渡镇专干", "clerk", "八渡镇", may_unmask=True),
    Login("guguan", "固关镇专干", "clerk", "固关镇"),
    Login("dali", "大力村管护员", "caretaker", "大力村"),
    Login("water", "水利局专干", "department", "陇县", "water"),
    Login("auditor", "审计员", "auditor", "陇县"),
    Login("admin", "系统管理员", "administrator", "陇县", may_unmask=True),
    Login("approver", "县级审核员", "approver", "陇县"),
    Login("guguan_approver", "固关镇审核员", "approver", "固关镇"),
)
CARETAKER: Final = LOGINS[4]
# Goes on leave next week, and whom the work is handed to.
ON_LEAVE: Final = LOGINS[[login.username for login in LOGINS].index("approver")]
STANDS_IN: Final = LOGINS[0]
