"""Both languages are complete: whatever can be shown has its Chinese words."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from assets import imports
from assets.imports.problems import sentences
from spatial.errors import MESSAGES

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "app/translations/zh_Hans_CN/LC_MESSAGES").glob("*.po"))
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    words: dict[str, str] = {}
    for path in CATALOGUES:
        with path.open("rb") as text:
            for message in read_po(text):
                for key in (message.id,) if isinstance(message.id, str) else message.id:
                    if key and message.string:
                        words[key] = message.string if isinstance(message.string, str) else message.string[0]
    return words


def shown_by_the_application() -> Iterator[tuple[str, str]]:
    found = extract_from_dir(str(ROOT / "app"), METHODS, keywords=KEYWORDS)
    for name, line, message, _comments, _context in found:
        for key in (message,) if isinstance(message, str) else message:
            yield f"app/{name}:{line}", key


def said_by_lower_floors() -> Iterator[tuple[str, str]]:
    for key in MESSAGES.values():
        yield "spatial/errors.py", key
    for module in pkgutil.walk_packages(imports.__path__, "assets.imports."):
        import_module(module.name)
    for code, sentence in sentences().items():
        yield f"assets/imports: {code}", sentence
    for path in sorted((ROOT / "assets").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    if isinstance(item, ast.Assign) and getattr(item.targets[0], "id", "") == "message":
                        yield f"{path.name}:{item.lineno}", ast.literal_eval(item.value)
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("refuse", "doubt"):
                for argument in node.args:
                    # Keys and field names have no spaces; what is said to people has.
                    if isinstance(argument, ast.Constant) and " " in str(argument.value):
                        yield f"{path.name}:{node.lineno}", str(argument.value)
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                first = node.exc.args[0]
                # A word without spaces is the code of a sentence that is declared.
                said = isinstance(first, ast.Constant) and isinstance(first.value, str) and " " in first.value
                if said and "runtime" not in path.name:
                    yield f"{path.name}:{node.lineno}", first.value


def test_every_word_of_the_pages_has_its_chinese(chinese: dict[str, str]) -> None:
    missing = sorted({f"{where}: {key}" for where, key in shown_by_the_application() if key not in chinese})
    assert not missing


def test_every_refusal_of_the_lower_floors_has_its_chinese(chinese: dict[str, str]) -> None:
    missing = sorted({f"{where}: {key}" for where, key in said_by_lower_floors() if key not in chinese})
    assert not missing


def test_translations_keep_their_places_for_values(chinese: dict[str, str]) -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))

    assert [key for key, word in chinese.items() if places(key) != places(word)] == []


def test_one_english_word_has_one_chinese_word_in_all_rooms() -> None:
    words: dict[str, tuple[str, str]] = {}
    different = []
    for path in CATALOGUES:
        with path.open("rb") as text:
            for message in read_po(text):
                if not message.id or not isinstance(message.id, str):
                    continue
                known = words.setdefault(message.id, (path.name, str(message.string)))
                if known[1] != message.string:
                    different.append(f"{message.id}: {known} / {path.name} {message.string}")
    assert different == []
