"""What the runner has to know about a database it did not make."""

from __future__ import annotations

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from app.runner.words import Problem, words

_TELLTALE_TABLES = ("account", "region")


def with_driver(url: str) -> str:
    """Return a database address in the form this program uses, whichever way it was written."""
    try:
        address = make_url(url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise Problem(
            words(
                "DATABASE_URL is not an address such as postgresql://name:password@host/database.",
                "DATABASE_URL 格式不对，应类似 postgresql://用户:密码@主机/数据库。",
            )
        ) from None
    return address.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def is_empty(url: str) -> bool:
    """Tell whether nobody has put anything into a migrated database."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        for table in _TELLTALE_TABLES:
            known = connection.scalar(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": table})
            if known and connection.scalar(text(f"SELECT EXISTS (SELECT FROM {table})")):
                return False
    return True


def check_reachable(url: str) -> None:
    """Make sure that a database somebody else runs answers, before anything is started."""
    try:
        with create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 10}).connect():
            pass
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        shown = make_url(url).render_as_string(hide_password=True)
        raise Problem(
            words(f"The database {shown} does not answer: {reason}", f"数据库 {shown} 无法连接：{reason}")
        ) from None
