"""`xiangtu runner`: the commands behind `bin/run`."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from app.runner.office import office_of
from app.runner.port import read_port
from app.runner.supervisor import up as run_until_ended
from app.runner.words import Problem

CHECKOUT = Path(__file__).resolve().parents[2]


@click.group("runner")
def group() -> None:
    """Run database, web server and jobs of this checkout."""


@group.command()
@click.option("--fresh-demo", is_flag=True, help="Replace all data by a fresh demonstration county.")
def up(fresh_demo: bool) -> None:
    """Start everything and stay until Ctrl-C."""
    sys.exit(run_until_ended(CHECKOUT, os.environ.get("PORT") or "8000", fresh_demo=fresh_demo))


@group.command()
def environment() -> None:
    """Print the settings for a shell: eval "$(xiangtu runner environment)"."""
    try:
        office = office_of(CHECKOUT, read_port(os.environ.get("PORT") or "8000"))
    except Problem as problem:
        raise click.ClickException(str(problem)) from None
    values = {
        "DATABASE_URL": office.runtime_url,
        "DATABASE_OWNER_URL": office.owner_url,
        "XIANGTU_VAR": str(office.place.files),
        "XIANGTU_SECRET_KEY_FILE": str(office.place.secret_key),
    }
    for name, value in values.items():
        click.echo(f"export {name}={shlex.quote(value)}")
