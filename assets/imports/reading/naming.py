"""Parsers that go by a file's name are shown one that says what it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def under_name(path: Path, name: str) -> Iterator[str]:
    """Another name for a file, whatever its own is; gone afterwards."""
    with TemporaryDirectory() as folder:
        link = Path(folder) / name
        link.symlink_to(path.resolve())
        yield str(link)
