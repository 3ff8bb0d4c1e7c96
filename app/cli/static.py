"""``xiangtu static``: what browsers are served."""

from __future__ import annotations

from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app import static_files
from app.config import CHECKOUT


@click.group("static")
def group() -> None:
    """Gather scripts, styles and translations."""


@group.command()
def build() -> None:
    """Gather and compress the files and compile the catalogues."""
    for folder in sorted((CHECKOUT / "app" / "translations").glob("*/LC_MESSAGES")):
        compile_catalogues(folder)
    click.echo(f"Built {static_files.build()}.")


def compile_catalogues(folder: Path) -> None:
    """Compile the rooms' ``.po`` files of one language into one ``messages.mo``."""
    together = Catalog()
    for source in sorted(folder.glob("*.po")):
        with source.open("rb") as text:
            for message in read_po(text):
                if message.id and message.string:
                    together[message.id] = message
    with (folder / "messages.mo").open("wb") as binary:
        write_mo(binary, together)
