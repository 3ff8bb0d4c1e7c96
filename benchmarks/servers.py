"""The application and its peer as real servers on loopback."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "var" / "benchmark-peers"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def application(database_url: str, today: str, var: Path) -> Iterator[int]:
    """Gunicorn as ``bin/run`` starts it; yields its port."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "XIANGTU_VAR": str(var),
        "XIANGTU_TODAY": today,
        "XIANGTU_SECRET_KEY": "benchmark-key-of-no-importance-at-all",
    }
    command = [sys.executable, "-m", "gunicorn", "app.wsgi:application", "--worker-class", "gthread"]
    command += [
        "--workers",
        "2",
        "--threads",
        "4",
        "--keep-alive",
        "30",
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "warning",
    ]
    with _running(command, environment, port, "/healthz"):
        yield port


@contextmanager
def tipg(database_url: str, table: str) -> Iterator[int]:
    """The peer: tipg on uvicorn with as many workers, from a lock file, in an environment of its own."""
    python = _peer_environment()
    port = free_port()
    url = make_url(database_url)
    host, port_of_database = str(url.query["host"]), url.query.get("port", 5432)
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{url.username}@{quote(host, safe='')}:{port_of_database}/{url.database}",
        "TIPG_DB_TABLES": f'["public.{table}"]',
        "TIPG_DB_DATETIME_EXTENT": "false",
        "TIPG_MAX_FEATURES_PER_TILE": "50000",
        "TIPG_CATALOG_TTL": "100000",
    }
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--workers", "2"]
    with _running([*command, "--log-level", "error"], environment, port, "/healthz"):
        yield port


def _peer_environment() -> Path:
    python = PEERS / "bin" / "python"
    lock = ROOT / "benchmarks" / "requirements.lock"
    stamp = PEERS / "lock"
    if not (stamp.is_file() and stamp.read_text() == lock.read_text()):
        uv = shutil.which("uv") or str(next((ROOT / "var").glob("tools*/bin/uv")))
        subprocess.run([uv, "venv", "-q", "--clear", "--python", "/usr/bin/python3", str(PEERS)], check=True)
        subprocess.run(
            [uv, "pip", "sync", "-q", "--require-hashes", "--python", str(PEERS), str(lock)],
            check=True,
            env=os.environ | {"UV_PYTHON_DOWNLOADS": "never"},
        )
        stamp.write_text(lock.read_text())
    return python


@contextmanager
def _running(command: list[str], environment: dict[str, str], port: int, probe: str) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
    try:
        for _ in range(300):
            if process.poll() is not None:
                raise RuntimeError(f"{command[2]} ended with {process.returncode}")
            try:
                if Client(port).get(probe)[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


class Client:
    """A keep-alive HTTP client that can sign in."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = ""

    def get(self, path: str) -> tuple[int, bytes]:
        """The status and body of a page."""
        self.connection.request("GET", path, headers={"Cookie": self.cookie} if self.cookie else {})
        response = self.connection.getresponse()
        self._keep(response)
        return response.status, response.read()

    def sign_in(self, username: str, password: str) -> None:
        """Sign in through the form."""
        _, page = self.get("/login")
        token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        fields = {"username": username, "password": password, "csrf_token": token[1].decode() if token else ""}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        self.connection.request("POST", "/login", urlencode(fields), headers)
        response = self.connection.getresponse()
        response.read()
        self._keep(response)
        if response.status != 302:
            raise RuntimeError(f"{username} cannot sign in: {response.status}")

    def _keep(self, response: http.client.HTTPResponse) -> None:
        for value in response.headers.get_all("Set-Cookie") or ():
            self.cookie = value.split(";")[0]
