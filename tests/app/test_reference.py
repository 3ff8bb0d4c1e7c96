"""docs/reference.md names every route, setting and command."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from app.cli import main
from app.config import Settings
from tests.people import Office

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference.md").read_text(encoding="utf-8")


def commands(group: click.Group, prefix: str) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}"


def test_every_route_is_documented(office: Office) -> None:
    missing = [rule.rule for rule in office.app.url_map.iter_rules() if f"`{rule.rule}`" not in REFERENCE]
    assert missing == []


def test_every_command_is_documented() -> None:
    assert [command for command in commands(main, "xiangtu") if f"`{command}" not in REFERENCE] == []


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Settings)])
def test_every_setting_is_documented(field: str) -> None:
    if field == "testing":
        return
    name = field.upper() if field.startswith("database") else f"XIANGTU_{field.upper()}"
    assert f"`{name}`" in REFERENCE
