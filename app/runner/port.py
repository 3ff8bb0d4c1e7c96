"""The address the server answers on, and who else sits on it."""

from __future__ import annotations

import contextlib
import errno
import http.client
import socket
from pathlib import Path

from app.runner.words import Problem, words

HOST = "127.0.0.1"
_LISTENING = "0A"


def read_port(text: str) -> int:
    """Read a port number as a person typed it."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise Problem(
        words(f"PORT must be a number from 1 to 65535, not {text!r}.", f"PORT 应为 1 到 65535 的数字，而不是“{text}”。")
    )


def reserve(port: int) -> socket.socket:
    """Take the port before anything else is started; the web server inherits it."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        if error.errno == errno.EACCES:
            raise Problem(
                words(
                    f"Only root may use port {port}. Choose another: PORT=8001 bin/run",
                    f"只有 root 才能使用端口 {port}，请换一个：PORT=8001 bin/run",
                )
            ) from None
        if error.errno != errno.EADDRINUSE:
            raise
        who = listener(port)
        another = port + 1 if port < 65535 else 8000
        raise Problem(
            words(
                f"Port {port} is in use{f' by {who}' if who else ''}. Choose another: PORT={another} bin/run",
                f"端口 {port} 已被{f' {who} ' if who else '其他程序'}占用，请换一个：PORT={another} bin/run",
            )
        ) from None
    return taken


def ask(port: int, path: str, timeout_s: float = 10.0) -> tuple[int, str]:
    """Ask the server on this machine for a page, past any proxy; return status and the start of the answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read(300).decode(errors="replace").strip()
    finally:
        connection.close()


def listener(port: int) -> str:
    """Name the process that listens on a port, where this account may know it."""
    inodes = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(str(each.readlink()) in inodes for each in (folder / "fd").iterdir()):
                return f"{(folder / 'comm').read_text().strip()} (PID {folder.name})"
    return ""
