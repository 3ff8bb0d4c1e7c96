"""A server whose data stay in a folder, so that one province serves many measurements."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.runner.account import service_account
from app.runner.cluster import Cluster
from app.runner.postgres import Server


@contextlib.contextmanager
def kept_cluster(folder: Path, settings: Mapping[str, str | int]) -> Iterator[Cluster]:
    """Start the server of ``folder``, making it when the folder is new; stop it afterwards."""
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    server = Server(folder / "data", folder / "socket", folder / "server.log", service_account())
    if new:
        server.make(durable=False)
        server.configure(settings)
    process = server.start()
    try:
        cluster = Cluster(server)
        cluster.set_up()
        yield cluster
    finally:
        server.stop()
        process.wait()
