"""The console command ``xiangtu``: one group per room."""

from __future__ import annotations

import importlib

import click

GROUPS = {
    "accounts": "The first administrator of an area.",
    "audit": "The trail of who did what: check it, carry it off.",
    "db": "Create and change the tables.",
    "demo": "The demonstration county.",
    "imports": "Ledgers in, and back out again.",
    "jobs": "Work on background jobs.",
    "personal": "Personal values: how long they are kept.",
    "regions": "The tree of administrative divisions.",
    "runner": "Start everything an office needs on one machine.",
    "static": "Gather scripts, styles and translations.",
}


class Rooms(click.Group):
    """Loads a room's commands when they are asked for, so that starting stays quick."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Name the rooms."""
        return sorted(GROUPS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import one room."""
        if name not in GROUPS:
            return None
        command: click.Command = importlib.import_module(f"app.cli.{name}").group
        return command

    def invoke(self, context: click.Context) -> object:
        """Run a command; say in one line which setting it cannot work with."""
        from app.config import UnfitSetting

        try:
            return super().invoke(context)
        except UnfitSetting as unfit:
            raise click.ClickException(str(unfit)) from None

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the rooms without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(GROUPS.items()))


@click.group(cls=Rooms)
def main() -> None:
    """Xiangtu 乡图: registry and planning desk for rural counties."""
