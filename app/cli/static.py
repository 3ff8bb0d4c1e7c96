"""``xiangtu static``: what browsers are served."""

from __future__ import annotations

from pathlib import Path

import click
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
    for source in sorted((CHECKOUT / "app" / "translations").glob("*/LC_MESSAGES/messages.po")):
        compile_catalogue(source)
    click.echo(f"Built {static_files.build()}.")


def compile_catalogue(source: Path) -> None:
    """Compile one ``.po`` into the ``.mo`` beside it."""
    with source.open("rb") as text:
        catalogue = read_po(text)
    with source.with_suffix(".mo").open("wb") as binary:
        write_mo(binary, catalogue)
