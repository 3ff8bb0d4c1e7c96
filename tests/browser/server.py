"""The application as ``bin/run`` serves it, on a free port."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30


@contextmanager
def serve(database_url: str, today: dt.date, var: Path) -> Iterator[int]:
    """Gunicorn with two workers of four threads; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "XIANGTU_VAR": str(var),
        "XIANGTU_TODAY": today.isoformat(),
        "XIANGTU_SECRET_KEY": "a-key-for-tests-of-no-importance",
    }
    command = [sys.executable, "-m", "gunicorn", "app.wsgi:application", "--worker-class", "gthread"]
    command += ["--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    log = var / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=output)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", process, log)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server did not start:\n{log.read_text()[-3000:]}") from None
        time.sleep(0.05)
