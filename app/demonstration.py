"""Demonstration accounts have passwords that everybody knows: a server that others can reach must not have them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.config import Settings
from app.kept import remembered
from assets.accounts.models import Account
from assets.db import make_engine
from assets.scope import Viewer, bind_viewer, session_factory

REFUSAL = (
    "This server listens on {address}, where others can reach it, and demonstration accounts are open whose\n"
    "passwords everybody knows. Close them with `xiangtu demo lock`, or listen on 127.0.0.1. Only for a show on a\n"
    "closed network: XIANGTU_ALLOW_DEMONSTRATION=1.\n"
    "服务监听在其他机器可以访问的地址 {address}，而演示账号（密码公开）仍然有效。\n"
    "请运行 xiangtu demo lock 关闭演示账号，或只监听 127.0.0.1。\n"
    "仅在封闭网络中演示时，可设置 XIANGTU_ALLOW_DEMONSTRATION=1。"
)


def init_app(app: Flask) -> None:
    """Let the sign-in page say that passwords are known here."""
    app.jinja_env.globals["passwords_are_known"] = passwords_are_known


def passwords_are_known() -> bool:
    """Whether a demonstration account may sign in here."""

    def read() -> tuple[bool]:
        with db.system_session() as reader:
            return (bool(open_accounts(reader)),)

    return remembered(("demonstration accounts",), read)[0]


class DemonstrationInPublic(Exception):
    """Known passwords on an address that others reach."""


def open_accounts(session: Session) -> list[Account]:
    """The demonstration accounts that may sign in."""
    return list(session.scalars(select(Account).where(Account.is_demonstration, Account.active).order_by(Account.id)))


def is_public(address: str) -> bool:
    """Whether others than this machine can reach what listens on ``address``.

    Parameters
    ----------
    address : str
        A host, ``host:port``, ``[host]:port``, a socket's path or ``fd://n``; the last two are somebody else's affair.
    """
    host = address.strip() or "*"
    if host.startswith(("unix:", "fd://", "/")):
        return False
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0] or "*"
    if host.lower() == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def refuse_in_public(addresses: Iterable[str], settings: Settings) -> None:
    """Refuse to serve demonstration accounts where others can reach them; asks the database only then.

    Parameters
    ----------
    addresses : iterable of str
        What the server listens on; names it is reached by and proxies before it count as well.
    settings : Settings
        Those of the installation.

    Raises
    ------
    DemonstrationInPublic
        With what to do, in both languages.
    """
    reached = [*addresses, *settings.hosts, *(["a proxy"] if settings.trusted_proxies else [])]
    public = next(filter(is_public, reached), None)
    if public is None or settings.allow_demonstration:
        return
    engine = make_engine(settings.database_url)
    try:
        with session_factory(engine)() as session:
            if open_accounts(bind_viewer(session, Viewer.system())):
                raise DemonstrationInPublic(REFUSAL.format(address=public))
    finally:
        engine.dispose()
