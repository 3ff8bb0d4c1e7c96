"""The process that works on jobs, as ``bin/run`` starts it beside the server."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def working(database_url: str, today: dt.date, var: Path) -> Iterator[None]:
    """One worker until the end."""
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "XIANGTU_VAR": str(var),
        "XIANGTU_TODAY": today.isoformat(),
        "XIANGTU_SECRET_KEY": "a-key-for-tests-of-no-importance",
    }
    with (var / "worker.log").open("w") as output:
        command = [sys.executable, "-m", "app.cli", "jobs", "work"]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=output)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)
