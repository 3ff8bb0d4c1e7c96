"""What a page says to its reader, and what in it is in the other language."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from babel.messages.pofile import read_po
from playwright.sync_api import Page
from sqlalchemy import Engine, text

CATALOGUES = Path(__file__).parents[2] / "app/translations/zh_Hans_CN/LC_MESSAGES"
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
LATIN = re.compile(r"[A-Za-z]{3,}")
# The other language's name, file formats and scripts' own names stand in both languages.
NEUTRAL = {"中文", "EN", "Excel", "HTML", "PNG", "PDF", "xlsx", "planner", "leader", "badu", "dali", "water", "auditor"}
_SAID = """() => {
  const said = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (holder.closest("script, style, noscript, template")) continue;
    const isShown = holder.closest("option") || holder.checkVisibility({ visibilityProperty: true });
    if (isShown) said.push(walker.currentNode.data);
  }
  for (const holder of document.querySelectorAll("[title], [aria-label], [placeholder], [alt]")) {
    for (const name of ["title", "aria-label", "placeholder", "alt"]) said.push(holder.getAttribute(name) ?? "");
  }
  said.push(document.title);
  return said.map((words) => words.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


def said(page: Page) -> list[str]:
    """Every piece of text a reader sees or hears, options and names of controls too."""
    return list(dict.fromkeys(page.evaluate(_SAID)))


@functools.cache
def catalogue() -> dict[str, str]:
    """English to Chinese, as the interface says it."""
    words = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and isinstance(message.id, str):
                    words[message.id] = str(message.string)
    return words


@functools.cache
def names_in(engine: Engine) -> str:
    """Every Chinese name that is data: places, records, persons, bodies, terms without an English name."""
    columns = {
        "region": ("name", "short_name"),
        "asset": ("name", "unit"),
        "project": ("name",),
        "facility": ("name",),
        "relocation_site": ("name",),
        "account": ("display_name",),
        "party": ("name",),
        "post": ("title",),
    }
    with engine.connect() as connection:
        found = {
            str(name)
            for table, names in columns.items()
            for column in names
            for name in connection.scalars(text(f"SELECT {column} FROM {table}"))
        }
    return "\n".join(sorted(found))


def foreign_words(page: Page, language: str, names: str) -> list[str]:
    """Pieces of the page's text in the other language that are not data."""
    known = set(names.split("\n"))
    pieces = [piece for piece in said(page) if piece not in known]
    if language == "en":
        interface = {chinese for english, chinese in catalogue().items() if chinese != english}
        return [
            piece
            for piece in pieces
            if piece in interface - NEUTRAL
            or any(run not in names for run in CHINESE.findall(piece) if run not in NEUTRAL)
        ]
    untranslated = {english for english, chinese in catalogue().items() if chinese != english}
    return [
        piece
        for piece in pieces
        if piece in untranslated or any(run not in NEUTRAL for run in LATIN.findall(piece) if run not in names)
    ]
