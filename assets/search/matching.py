"""How typed words find named records: part of the name, code, pinyin or initials."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true


def named_like(entity: Any, words: str) -> ColumnElement[bool]:
    """The criterion that every word of ``words`` fits the record's name, code, pinyin or initials."""
    return and_(true(), *(_fits(entity, word) for word in words.split()[:8]))


def _fits(entity: Any, word: str) -> ColumnElement[bool]:
    plain = word.lower()
    part = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = [
        # The cheap comparison stands first: where no index is used, few names reach the other.
        and_(
            func.lower(entity.name).like(f"%{part}%"),
            func.name_bigrams(entity.name).op("@>")(func.name_bigrams(plain)),
        )
    ]
    if plain.isascii() and plain.isalnum():
        found += [entity.pinyin.like(f"{part}%"), entity.initials.like(f"{part}%")]
    if hasattr(entity, "code") and plain.isascii() and plain.replace("-", "").isalnum():
        found.append(entity.code.like(f"{part.upper()}%"))
    return or_(*found)
