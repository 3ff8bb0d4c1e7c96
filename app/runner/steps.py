"""Steps of a start, each printed with the seconds it took."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.runner.postgres import explain, tail
from app.runner.words import Problem, put, words

_WIDTH = 46


@contextlib.contextmanager
def step(english: str, chinese: str) -> Iterator[None]:
    """Name a piece of work, and say at its end how long it took."""
    name = words(english, chinese)
    began = time.monotonic()
    open_line = sys.stdout.isatty()
    if open_line:
        put(f"  {name} …")
    try:
        yield
    except BaseException:
        if open_line:
            put("\n")
        raise
    wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in name)
    start = "\r" if open_line else ""
    put(f"{start}  {name}{' ' * max(1, _WIDTH - wide)}{time.monotonic() - began:6.1f} s\n")


def wait_for(process: subprocess.Popen[bytes], title: str, log: Path, began_at: int) -> None:
    """Wait for a command to finish; if it failed, say what it said last."""
    if process.wait() == 0:
        return
    with log.open("rb") as file:
        file.seek(began_at)
        output = file.read().decode(errors="replace")
    raise Problem(explain(title, output or tail(log), log))


def command_line(python: Path, arguments: Sequence[str]) -> list[str]:
    """Return the words that call the console command with a Python of one's choice."""
    call = "import sys; from app.cli import main; sys.exit(main(prog_name='xiangtu'))"
    return [str(python), "-c", call, *arguments]
