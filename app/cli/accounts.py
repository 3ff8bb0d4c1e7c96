"""``xiangtu accounts``: the first administrator of an area, for whoever installs the program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Settings
from assets.accounts.models import Account, Grant
from assets.db import make_engine, today
from assets.errors import RegistryError
from assets.grants import administering, ways_in
from assets.grants.ways_in import Invited
from assets.regions.models import Region
from assets.regions.queries import valid_on
from assets.scope import Viewer, bind_viewer, session_factory
from assets.terms.queries import in_force


@click.group("accounts")
def group() -> None:
    """Accounts, as far as nobody can sign in to keep them."""


@group.command("create-administrator")
@click.argument("name")
@click.option("--region", "code", required=True, metavar="CODE", help="The area: 2 to 12 digits, such as 610327.")
@click.option("--display-name", help="The person's name as colleagues know it; NAME if it is not given.")
@click.option("--english", is_flag=True, help="Begin in English.")
def create_administrator(name: str, code: str, display_name: str | None, english: bool) -> None:
    """Make an account that administers an area; prints its first password once."""
    with _session() as session:
        try:
            made = administering.invite_account(
                session,
                display_name=display_name or name,
                username=name,
                region_id=_region(session, code).id,
                locale="en" if english else "zh",
                role="administrator",
                sector=None,
                valid_from=today(),
                valid_to=None,
                may_unmask=False,
                today=today(),
                now=dt.datetime.now(dt.UTC),
            )
        except RegistryError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
        _hand_over(made)


@group.command("list")
def list_accounts() -> None:
    """Name every account with its state, area and roles."""
    roles = func.string_agg(Grant.role.distinct(), ", ")
    with _session() as session:
        rows = session.execute(
            select(Account, Region.short_name, roles)
            .outerjoin(Region, Region.id == Account.region_id)
            .outerjoin(Grant, (Grant.account_id == Account.id) & in_force(Grant, today()))
            .group_by(Account.id, Region.short_name)
            .order_by(Account.username)
        ).all()
    for account, area, held in rows:
        state = "closed" if not account.active else "invited" if account.must_change_password else "active"
        click.echo("\t".join((account.username, account.display_name, state, area or "-", held or "-")))


@group.command("reset-password")
@click.argument("name")
@click.option("--reason", default="Reset on the server", show_default=True, help="Why; it stays in the audit.")
def reset_password(name: str, reason: str) -> None:
    """Make a new first password for an account, and sign it out everywhere; prints it once."""
    with _session() as session:
        account = session.scalars(select(Account).where(Account.username == administering.tidy_username(name))).first()
        if account is None:
            raise click.ClickException(f"There is no account “{name}”.")
        try:
            made = ways_in.invite_again(session, account.id, reason=reason, today=today(), now=dt.datetime.now(dt.UTC))
        except RegistryError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
        _hand_over(made)


def _hand_over(made: Invited) -> None:
    until = made.account.password_expires_at
    click.echo(f"Account name:   {made.account.username}")
    click.echo(f"First password: {made.password}")
    click.echo(
        f"It must be changed at the first sign-in{f', by {until:%Y-%m-%d}' if until else ''}. It is not shown again."
    )


def _region(session: Session, code: str) -> Region:
    if not (code.isascii() and code.isdigit() and 1 < len(code) <= 12):
        raise click.UsageError(f"“{code}” is not a code of 2 to 12 digits.")
    found = session.scalars(
        select(Region)
        .where(Region.code == code.ljust(12, "0"), valid_on(today()))
        .order_by(Region.region_path)
        .limit(1)
    ).first()
    if found is None:
        raise click.ClickException(f"There is no region with the code {code}. Load it first: xiangtu regions load.")
    return found


@contextmanager
def _session() -> Iterator[Session]:
    engine = make_engine(Settings.from_environment().database_url)
    try:
        with session_factory(engine)() as session:
            yield bind_viewer(session, Viewer.system())
    finally:
        engine.dispose()
