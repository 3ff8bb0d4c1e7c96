"""``xiangtu regions``: the tree of administrative divisions and its borders."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.config import Settings
from assets.db import make_engine, today
from assets.errors import RegistryError
from assets.scope import Viewer, bind_viewer, session_factory
from assets.vocabulary import LEVELS
from spatial.errors import SpatialError

LARGEST_FILE = 256 * 1024 * 1024


@click.group("regions")
def group() -> None:
    """The tree of administrative divisions."""


@group.command()
@click.option("--county", "county", metavar="CODE", help="One county: 6 digits, such as 610327.")
@click.option("--province", "province", metavar="CODE", help="One province: 2 digits, such as 61.")
@click.option("--all", "everything", is_flag=True, help="The whole country, 665,000 rows.")
def load(county: str | None, province: str | None, everything: bool) -> None:
    """Load region codes from the list that comes with the program; again changes nothing."""
    from assets.regions.service import load_tree
    from assets.regions.tree import read_shipped

    if (county is not None) + (province is not None) + everything != 1:
        raise click.UsageError("Say which part: --county CODE, --province CODE or --all.")
    for code, digits in ((county, 6), (province, 2)):
        if code is not None and not (code.isascii() and code.isdigit() and len(code) == digits):
            raise click.UsageError(f"“{code}” is not a code of {digits} digits.")
    with _session() as session:
        try:
            codes = read_shipped(county or province or "")
            with click.progressbar(length=len(codes.rows), label="Loading region codes") as bar:
                loaded = load_tree(session, codes, progress=bar.update)
        except RegistryError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
    click.echo(
        f"{len(codes.rows):,} codes as of {codes.on}: "
        f"{loaded.added:,} added, {loaded.renamed:,} renamed, {loaded.ended:,} ended."
    )


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", default="code", show_default=True, help="The property that holds the region's code.")
@click.option("--level", type=click.Choice(LEVELS[1:]), required=True, help="The level of the borders in the file.")
@click.option("--source", default="", help="Where the borders come from; the file's name if not given.")
@click.option("--schematic", is_flag=True, help="The borders are for overview only; maps then say so.")
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day the codes are in force; today if not given."
)
def attach(file: Path, key: str, level: str, source: str, schematic: bool, on: dt.datetime | None) -> None:
    """Give regions the borders in a GeoJSON file, and those above them the union."""
    from assets.regions.borders import attach_borders

    borders = {}
    with click.progressbar(_features(file), label="Reading borders") as features:
        for feature in features:
            code, border = _border(feature, key)
            borders[code] = border
    with _session() as session:
        try:
            attached = attach_borders(
                session,
                borders,
                level=level,
                day=on.date() if on else today(),
                source=source or file.name,
                schematic=schematic,
            )
        except RegistryError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
    click.echo(f"{attached:,} borders attached.")


@contextmanager
def _session() -> Iterator[Session]:
    engine = make_engine(Settings.from_environment().database_url)
    try:
        with session_factory(engine)() as session:
            yield bind_viewer(session, Viewer.system())
    finally:
        engine.dispose()


def _features(file: Path) -> list[Any]:
    if file.stat().st_size > LARGEST_FILE:
        raise click.ClickException(f"{file.name} is larger than {LARGEST_FILE // 2**20} MB.")
    try:
        features = json.loads(file.read_text(encoding="utf-8-sig"))["features"]
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise click.ClickException(f"{file.name} is no GeoJSON collection of features in UTF-8.") from error
    if not (isinstance(features, list) and features):
        raise click.ClickException(f"{file.name} has no features.")
    return features


def _border(feature: Any, key: str) -> tuple[str, Any]:
    from spatial.geometry import AREAS, read_geometry

    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = str((properties or {}).get(key, "")).strip()
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12):
        raise click.ClickException(f"A feature has no region code in its property “{key}”: “{code[:40]}”.")
    try:
        return code, read_geometry(json.dumps(feature.get("geometry")), allowed=AREAS)
    except SpatialError as error:
        raise click.ClickException(f"{code}: {error}") from error
