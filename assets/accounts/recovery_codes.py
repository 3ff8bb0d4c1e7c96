"""Recovery codes: ten words on paper for the day the telephone is lost; each opens once."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from assets.accounts.models import RecoveryCode

HOW_MANY = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


def codes_left(session: Session, account_id: int) -> int:
    """How many are not used yet."""
    unused = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def make_codes(session: Session, account_id: int) -> list[str]:
    """Ten new codes in place of all former ones; told by the entry of what they are made for."""
    remove_codes(session, account_id)
    codes = ["-".join(_group() for _ in range(_GROUPS)) for _ in range(HOW_MANY)]
    session.add_all(RecoveryCode(account_id=account_id, code_hash=_hash(code)) for code in codes)
    return codes


def use_code(session: Session, account_id: int, code: str, *, now: dt.datetime) -> bool:
    """Use a code up; False when it is none, or was used before."""
    used = session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None), RecoveryCode.code_hash == _hash(code)
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).all()
    return bool(used)


def remove_codes(session: Session, account_id: int) -> None:
    """Let no code open any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_GROUP))


def _hash(code: str) -> str:
    # Sixteen random characters: long enough that no slow hash is needed.
    plain = re.sub(r"[\s-]", "", code).lower()
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()
