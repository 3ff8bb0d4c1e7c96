"""Which account of the operating system the server runs under, and how a process becomes it."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.runner.words import Problem, words

NAME = "xiangtu"
# PostgreSQL brings the second with it; the last exists everywhere.
FALLBACKS = ("postgres", "nobody")
_CAN_READ = 'for path; do [ -r "$path" ] || exit 1; [ ! -d "$path" ] || cd "$path" || exit 1; done'


@dataclass(frozen=True)
class Account:
    """An account of the operating system."""

    name: str
    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        """Whether this process already runs as it."""
        return os.geteuid() == self.uid

    def popen_options(self) -> dict[str, Any]:
        """Return what `subprocess` needs to start a child as this account."""
        if self.is_current:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_read(self, *paths: Path) -> bool:
        """Tell whether the account can reach and read files, or list folders."""
        probe = subprocess.run(
            ["/bin/sh", "-c", _CAN_READ, "sh", *map(str, paths)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **self.popen_options(),
        )
        return probe.returncode == 0

    def own_folder(self, path: Path, mode: int = 0o700) -> Path:
        """Make a folder that belongs to this account, with the parents it needs."""
        path.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)
        return path


def current_account() -> Account:
    """Return the account this process runs as."""
    uid = os.geteuid()
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Problem(
            words(
                f"The account number {uid} has no name on this machine, which PostgreSQL needs. "
                "Add it with useradd, or run as another account.",
                f"本机没有编号为 {uid} 的账户名，PostgreSQL 无法启动。请用 useradd 添加，或换一个账户运行。",
            )
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def service_account() -> Account:
    """Return the account for server, web and jobs: never root, otherwise whoever calls."""
    if os.geteuid() != 0:
        return current_account()
    with _alone():
        found = _find(NAME) or _create(NAME)
    for name in FALLBACKS:
        found = found or _find(name)
    if found is None:
        raise Problem(
            words(
                f"PostgreSQL refuses to run as root and there is no other account: "
                f"useradd --system --no-create-home {NAME}",
                f"PostgreSQL 不能以 root 运行，本机又没有其他账户，请先执行：useradd --system --no-create-home {NAME}",
            )
        )
    return found


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: while one adds an account, another may find it half made."""
    folder = os.open("/etc", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create(name: str) -> Account | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run(
        [useradd, *options, "--shell", "/usr/sbin/nologin", name],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return _find(name)
