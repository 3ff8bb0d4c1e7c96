"""What is installed is what is locked, under licences that were looked at; what the papers name exists."""

from __future__ import annotations

import ast
import json
import re
import sysconfig
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(.*?)(?=^\S|\Z)", re.M | re.S)
FREE = re.compile(
    r"MIT|BSD|Apache|ISC|Python|PSF|Mozilla|MPL|LGPL|Lesser|HPND|Zlib|CC0|0BSD|BlueOak|Unlicense|CNRI", re.I
)
# Tools of set-up and tests that never reach who uses the program.
TOOLS = {"djlint": "GPL-3.0: checks templates in tests, is not handed on"}
UNLOCKED = {"xiangtu", "pip", "setuptools", "wheel", "uv"}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, set[str]]:
    """The versions of each package: one lock serves all platforms, so some have two."""
    versions: dict[str, set[str]] = {}
    for name, version, _rest in LOCKED.findall((ROOT / "requirements-dev.lock").read_text()):
        versions.setdefault(plain(name), set()).add(version)
    return versions


def installed() -> list[Distribution]:
    return list(distributions(path=[sysconfig.get_paths()["purelib"]]))


def licence(found: Distribution) -> str:
    said = [found.metadata.get("License-Expression") or "", *found.metadata.get_all("Classifier", [])]
    named = [text for text in said if text and (text.startswith("License") or "::" not in text)]
    return " ".join(named) or (found.metadata.get("License") or "")[:200]


def test_every_installed_package_is_locked_at_its_version() -> None:
    wanted = locked()
    have = {plain(found.metadata["Name"]): found.version for found in installed()}
    strange = {name: version for name, version in have.items() if name not in UNLOCKED and name not in wanted}
    other = {name: version for name, version in have.items() if name in wanted and version not in wanted[name]}
    assert (strange, other) == ({}, {})


def test_every_locked_package_has_its_hashes() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        found = LOCKED.findall((ROOT / lock).read_text())
        assert len(found) > 20
        assert [name for name, _version, rest in found if "--hash=sha256:" not in rest] == []


def test_every_package_may_be_handed_on() -> None:
    odd = {
        plain(found.metadata["Name"]): licence(found)
        for found in installed()
        if not FREE.search(licence(found)) and plain(found.metadata["Name"]) not in {*TOOLS, "xiangtu"}
    }
    assert odd == {}


def test_every_module_of_the_browser_is_locked_with_its_hash() -> None:
    wanted = json.loads((ROOT / "static" / "package-lock.json").read_text())["packages"]
    have = json.loads((ROOT / "static" / "node_modules" / ".package-lock.json").read_text())["packages"]
    unsure = [path for path, module in wanted.items() if path and not module.get("integrity", "").startswith("sha512-")]
    changed = [
        path for path, module in have.items() if module.get("integrity") != wanted.get(path, {}).get("integrity")
    ]
    unfree = [path for path, module in wanted.items() if path and not FREE.search(str(module.get("license", "")))]
    assert (unsure, changed, unfree) == ([], [], [])


def test_what_the_security_paper_names_exists() -> None:
    paper = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:app|assets|tests)/[\w/]+\.py)(?:::(\w+))?`", paper)
    assert len(named) > 60
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).is_file() or (test and test not in functions(ROOT / file))
    ]
    assert missing == []


def functions(file: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)}
