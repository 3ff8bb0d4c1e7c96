"""``xiangtu personal``: how long personal values are kept."""

from __future__ import annotations

import click

from app.config import Settings
from assets.db import make_engine, today
from assets.scope import Viewer, bind_viewer, session_factory


@click.group("personal")
def group() -> None:
    """Personal values."""


@group.command()
@click.option("--dry", is_flag=True, help="Only tell whose values would be erased.")
def retention(dry: bool) -> None:
    """Erase personal values that nothing has needed for longer than they are kept."""
    from assets.personal.erasing import due_for_erasing, erase_expired

    engine = make_engine(Settings.from_environment().database_url)
    try:
        with session_factory(engine)() as session:
            bind_viewer(session, Viewer.system())
            if dry:
                due = due_for_erasing(session, today=today())
                for row in due:
                    click.echo(f"person {row.id}: nothing has needed it since {row.since}")
                click.echo(f"{len(due):,} would be erased.")
                return
            count = erase_expired(session, today=today())
            session.commit()
            click.echo(f"{count:,} erased.")
    finally:
        engine.dispose()
