"""``xiangtu db``: the tables."""

from __future__ import annotations

import click
from sqlalchemy import make_url

from app.cli import migrations
from app.config import Settings
from assets.db import make_engine


@click.group("db")
def group() -> None:
    """Create and change the tables."""


@group.command()
@click.option("--revision", default="head", show_default=True)
def upgrade(revision: str) -> None:
    """Run the migrations that are missing, as the owner of the database."""
    settings = Settings.from_environment()
    runtime = make_url(settings.database_url).username
    owner = make_url(settings.database_owner_url).username
    try:
        with make_engine(settings.database_owner_url).begin() as connection:
            migrations.upgrade(connection, runtime if runtime != owner else None, revision)
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
