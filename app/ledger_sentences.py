"""What is wrong with a row, in a given language, outside of any request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.ledger_words import DATUMS, translated_to
from assets.imports.cells.masking import told
from assets.imports.fields import Kind
from assets.imports.problems import sentence_of


def sentence(language: str, kind: Kind, problem: Mapping[str, Any]) -> str:
    """The sentence of one problem, with its value (masked where it is somebody's) and its data."""
    field = kind.field(problem.get("field") or "")
    data: dict[str, Any] = {key: _shown(key, value) for key, value in (problem.get("data") or {}).items()}
    if language == "en":
        data = {key: data.get(f"{key}_en") or value for key, value in data.items()}
    value = problem.get("value") or ""
    title = translated_to(language, field.title) if field else ""
    data = {"value": told(value, field) if field else value, "field": title} | data
    text = translated_to(language, sentence_of(problem["code"]))
    for key, what in data.items():
        text = text.replace("{" + key + "}", str(what))
    return text


def _shown(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return DATUMS.get(value, value)
    if isinstance(value, int) and not isinstance(value, bool) and key not in ("srid", "year"):
        return f"{value:,}"
    return value
