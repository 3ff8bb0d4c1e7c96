"""Small edits of XML as text, so that whatever is not understood stays as it is."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

# What XML does not take for text: all that controls a printer, halves of signs, and two that are none.
_NO_TEXT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotMarkable(Exception):
    """The workbook is written in a way these edits do not know."""


def attribute(element: str, name: str) -> str | None:
    """An attribute of the first tag of ``element``."""
    found = _attribute(name).search(element[: element.find(">") + 1])
    return found[1] if found else None


def with_attribute(element: str, name: str, value: str | None) -> str:
    """``element`` with an attribute of its first tag set, or taken away."""
    end = element.find(">")
    tag = _attribute(name).sub("", element[:end])
    if value is not None:
        slash = "/" if tag.endswith("/") else ""
        tag = f'{tag.removesuffix("/").rstrip()} {name}="{escape(value)}"{slash}'
    return tag + element[end:]


def elements(inner: str, name: str) -> list[str]:
    """The elements of this name, one after the other; none lies in another."""
    return [found[0] for found in _element(name).finditer(inner)]


def count_up(tag: str, by: int) -> str:
    """A tag whose ``count`` is greater by so many."""
    count = attribute(tag, "count")
    return tag if count is None or not count.isdigit() else with_attribute(tag, "count", str(int(count) + by))


def insert_before(text: str, names: str, added: str, *, prefix: str, root: str) -> str:
    """``text`` with ``added`` before the first of the elements ``names`` (a|b|c), or at the end of the root."""
    found = re.search(rf"<{prefix}(?:{names})\b", text)
    at = found.start() if found else text.rfind(f"</{prefix}{root}>")
    if at < 0:
        raise NotMarkable
    return text[:at] + added + text[at:]


def plain_text(text: str) -> str:
    """``text`` as the text of an element."""
    return escape(_NO_TEXT.sub("", text), quote=False)


def letters_of(column: int) -> str:
    """The letters of a column, counted from 0."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@lru_cache(maxsize=65_536)
def column_of(letters: str) -> int:
    """The number of a column, from 0, by its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


@lru_cache(maxsize=64)
def _attribute(name: str) -> re.Pattern[str]:
    return re.compile(rf'\s{name}="([^"]*)"')


@lru_cache(maxsize=64)
def _element(name: str) -> re.Pattern[str]:
    return re.compile(rf"<{name}\b(?:[^>]*/>|[^>]*>.*?</{name}>)", re.DOTALL)
