"""From a name that was proved to a signed-in browser, by way of the second factor."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import redirect, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import db, security
from app.accounts.known import make_known
from app.returning import own_page
from assets.accounts import second_factor
from assets.accounts.models import Account
from assets.scope import Viewer, bind_viewer

WAIT_S = 5 * 60


@dataclass(frozen=True)
class Waiting:
    """Somebody whose name is proved and whose code is not."""

    account: Account
    by: str
    target: str


def writing_session(address: str) -> Session:
    """A system session whose entries in the trail tell where the request came from."""
    writer = db.system_session()
    return bind_viewer(writer, Viewer(username="system", address=address, unbounded=True))


def enter(writer: Session, account: Account, *, by: str, target: str) -> Response:
    """Let somebody in, or ask for a code first."""
    if not second_factor.is_on(writer, account.id):
        return let_in(writer, account, by=by, target=target)
    security.end_signed_in(writer)
    writer.commit()
    security.forget()
    session["waiting"] = {
        "account": account.id,
        "key": _key(account),
        "by": by,
        "target": target,
        "since": int(security.moment().timestamp()),
    }
    return redirect(url_for("accounts.give_code"))


def let_in(writer: Session, account: Account, *, by: str, target: str, with_code: bool = False) -> Response:
    """Let the browser be signed in and lead on."""
    security.remember(writer, account, by=by, second_factor=with_code)
    writer.commit()
    response = redirect(target)
    make_known(response, account.id)
    return response


def waiting(writer: Session) -> Waiting | None:
    """Who waits at this browser; nobody after some minutes, or once the password has changed."""
    kept = session.get("waiting")
    if not isinstance(kept, dict) or security.moment().timestamp() - kept["since"] > WAIT_S:
        return None
    account = writer.get(Account, kept["account"])
    if account is None or not account.active or _key(account) != kept["key"]:
        return None
    return Waiting(account, kept["by"], own_page(kept["target"]))


def _key(account: Account) -> str:
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:24]
