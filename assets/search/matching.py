"""How typed words find named records: part of the name, code, pinyin or initials."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, cast, func, or_, true
from sqlalchemy.dialects.postgresql import array


def named_like(entity: Any, words: str, *, compares_names: bool = False) -> ColumnElement[bool]:
    """The criterion that every word of ``words`` fits the record's name, code, pinyin or initials.

    ``compares_names`` looks at every name instead of looking words up.
    """
    return and_(true(), *(_fits(entity, word, compares_names) for word in words.split()[:8]))


def _marks(plain: str) -> list[str]:
    """The parts of a word that its names are looked up by: its first and last two characters.

    All of them would find no other names, but let a planner, which takes each for another chance,
    believe that hardly any name has them all.
    """
    return list(dict.fromkeys((plain[:2], plain[-2:])))


def _fits(entity: Any, word: str, compares_names: bool) -> ColumnElement[bool]:
    plain = word.lower()
    part = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    contains = func.lower(entity.name).like(f"%{part}%")
    looked_up = func.name_bigrams(entity.name).op("@>")(cast(array(_marks(plain)), ARRAY(Text)))
    # The cheap comparison stands first: where no index is used, few names reach the other.
    found = [contains if compares_names else and_(contains, looked_up)]
    if plain.isascii() and plain.isalnum():
        found += [entity.pinyin.like(f"{part}%"), entity.initials.like(f"{part}%")]
    if hasattr(entity, "code") and plain.isascii() and plain.replace("-", "").isalnum():
        found.append(entity.code.like(f"{part.upper()}%"))
    return or_(*found)
