"""How names are spelled for finding, of all names at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Select, Table, Text

from assets.imports.beside import beside, fill
from assets.imports.staging import Staging
from assets.search.words import spell_many


def spelled(staging: Staging, name: str, names: Select[Any]) -> Table:
    """The pinyin and initials of the names that are selected, each once."""
    table = beside(
        staging, name, Column("name", Text, primary_key=True), Column("pinyin", Text), Column("initials", Text)
    )
    found = spell_many(staging.session.scalars(names.distinct()))
    fill(staging, table, ({"name": one, "pinyin": said[0], "initials": said[1]} for one, said in found.items()))
    return table
