"""Sentences for the terminal: English by default, Chinese when the terminal speaks it."""

from __future__ import annotations

import contextlib
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
    put(words(english, chinese) + "\n")


def put(text: str) -> None:
    """Write to the terminal, whatever it can show and even if it has gone: what runs must still end in order."""
    with contextlib.suppress(OSError):
        try:
            sys.stdout.write(text)
        except UnicodeEncodeError:
            sys.stdout.write(text.encode("ascii", "replace").decode())
        sys.stdout.flush()
