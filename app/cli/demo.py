"""``xiangtu demo``: the demonstration county and its logins."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

import click
import psycopg

from app.config import Settings
from assets.db import make_engine, today
from assets.scope import Viewer, bind_viewer, session_factory

LOCKED = "演示账号停用 (demonstration accounts closed)"


@click.group("demo")
def group() -> None:
    """The demonstration county."""


@group.command()
@click.option("--fresh", is_flag=True, help="Empty the registry first, its audit and history too.")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day it is made for; today if not given.")
@click.option("--seed", type=click.IntRange(0, 2**31), help="Another seed, another county.")
def load(fresh: bool, on: dt.datetime | None, seed: int | None) -> None:
    """Make the county and write it into an empty registry."""
    from demo.county import SEED, make_county
    from demo.load import AlreadyLoaded, refuse_unless_empty
    from demo.load import load as write

    day = on.date() if on else today()
    engine = make_engine(Settings.from_environment().database_owner_url)
    try:
        with engine.connect() as connection:
            raw = cast(psycopg.Connection[Any], connection.connection.driver_connection)
            if not fresh:
                with raw.cursor() as cursor:
                    refuse_unless_empty(cursor)
                raw.rollback()
            with click.progressbar(length=100, label="Loading the county") as bar:
                county = make_county(SEED if seed is None else seed, day)
                bar.update(25)

                def report(_table: str, done: int, total: int) -> None:
                    bar.update(25 + 65 * done // total - bar.pos)

                write(raw, county, fresh=fresh, report=report)
                bar.update(100 - bar.pos)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    except AlreadyLoaded as error:
        raise click.ClickException(
            "The registry is not empty. 'xiangtu demo load --fresh' removes everything in it first."
        ) from error
    finally:
        engine.dispose()
    rows = sum(map(len, county.tables.values()))
    click.echo(f"陇县 as of {day}: {rows:,} rows, {len(county['asset']):,} assets. All of it is demonstration data.")


@group.command()
def logins() -> None:
    """List the demonstration's accounts: name, password, role, area."""
    from demo.logins import LOGINS

    for login in LOGINS:
        click.echo(f"{login.username} {login.password} {login.role} {login.area}")


@group.command()
def lock() -> None:
    """Close the demonstration's accounts, whose passwords everybody knows."""
    from app.demonstration import open_accounts
    from assets.grants.ways_in import close_account

    engine = make_engine(Settings.from_environment().database_url)
    try:
        with session_factory(engine)() as session:
            found = open_accounts(bind_viewer(session, Viewer.system()))
            for account in found:
                close_account(session, account.id, reason=LOCKED, today=today(), now=dt.datetime.now(dt.UTC))
            session.commit()
    finally:
        engine.dispose()
    click.echo(f"{len(found)} demonstration accounts are closed. / 已停用 {len(found)} 个演示账号。")
