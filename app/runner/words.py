"""Sentences for the terminal: English by default, Chinese when the terminal speaks it."""

from __future__ import annotations

import os
import sys


class Problem(Exception):
    """Something a person can act on; its text is one clear sentence in their language."""


def words(english: str, chinese: str) -> str:
    """Choose the sentence that suits the terminal."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return chinese if locale.lower().startswith("zh") else english


def say(english: str, chinese: str) -> None:
    """Print one sentence at once, so that a waiting person sees it before the work ends."""
    try:
        print(words(english, chinese), flush=True)
    except (BrokenPipeError, OSError):
        # The terminal is gone; what runs must still be ended in order.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    except UnicodeEncodeError:
        print(english.encode("ascii", "replace").decode(), flush=True)
