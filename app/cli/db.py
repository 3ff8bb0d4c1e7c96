"""``xiangtu db``: the tables."""

from __future__ import annotations

import click
from sqlalchemy import Connection, make_url

from app.cli import migrations
from app.config import Settings
from assets.db import make_engine
from assets.scope import ScopedSession, Viewer, bind_viewer
from assets.terms.defaults import load_defaults


@click.group("db")
def group() -> None:
    """Create and change the tables."""


@group.command()
@click.option("--revision", default="head", show_default=True)
def upgrade(revision: str) -> None:
    """Run the migrations that are missing, as the owner of the database.

    Labels, limits, standards, templates and checklists get their defaults where there are none.
    """
    settings = Settings.from_environment()
    runtime = make_url(settings.database_url).username
    owner = make_url(settings.database_owner_url).username
    try:
        with make_engine(settings.database_owner_url).begin() as connection:
            migrations.upgrade(connection, runtime if runtime != owner else None, revision)
            if revision == "head":
                _begin_with_defaults(connection)
    except migrations.MissingExtension as error:
        raise click.ClickException(str(error)) from None
    click.echo("The tables are up to date.")


@group.command()
@click.option("--revision", default="base", show_default=True)
@click.confirmation_option(prompt="This removes tables and what is in them. Go on?")
def downgrade(revision: str) -> None:
    """Take migrations back."""
    with make_engine(Settings.from_environment().database_owner_url).begin() as connection:
        migrations.downgrade(connection, revision)


@group.command()
def check() -> None:
    """Compare the tables with what this code expects."""
    with make_engine(Settings.from_environment().database_owner_url).begin() as connection:
        if migrations.pending(connection):
            raise click.ClickException("Migrations are missing: run “xiangtu db upgrade”.")
        different = migrations.differences(connection)
    if different:
        raise click.ClickException("The tables differ from the code:\n" + "\n".join(map(str, different)))
    click.echo("The tables are as the code expects.")


def _begin_with_defaults(connection: Connection) -> None:
    with ScopedSession(connection, join_transaction_mode="create_savepoint") as session:
        load_defaults(bind_viewer(session, Viewer.system()))
        session.commit()
