"""Child processes: started as the right account, ended together, and recognised after a killed run."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.runner.account import Account

_SET_PARENT_DEATH_SIGNAL = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_LOG_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Identity:
    """A process beyond doubt: numbers are used again, the moment of the start in one boot is not."""

    name: str
    number: int
    started: str
    boot: str

    @classmethod
    def of(cls, name: str, number: int) -> Identity:
        """Describe a process that runs now."""
        return cls(name, number, _started(number), _boot())

    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        return bool(self.started) and self.boot == _boot() and _started(self.number) == self.started


def note_identities(path: Path, identities: Sequence[Identity]) -> None:
    """Write down what runs, for a next run that may have to clear up."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps([asdict(each) for each in identities]))
    fresh.replace(path)


def end_orphans(path: Path) -> list[Identity]:
    """End what a killed run left behind, and return it."""
    try:
        noted = [Identity(**each) for each in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError):
        return []
    orphans = [each for each in noted if each.is_alive()]
    for orphan in orphans:
        end_group(orphan.number, orphan.is_alive)
    path.unlink(missing_ok=True)
    return orphans


def end_group(number: int, is_alive: Callable[[], bool], patience_s: float = 12.0) -> None:
    """End a process and what it started: politely first, then without asking."""
    for sign, seconds in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(number, sign)
        deadline = time.monotonic() + seconds
        while is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        if not is_alive():
            break
    # A leader that is gone may leave members of its group.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(number, signal.SIGKILL)


def end_with_parent(sign: int = signal.SIGTERM) -> Callable[[], None]:
    """Return what a child calls first, so that it receives `sign` when its parent is killed."""

    def call() -> None:
        _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, int(sign))

    return call


def start(
    command: Sequence[str],
    *,
    account: Account,
    environment: Mapping[str, str],
    folder: Path,
    output: Path,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches the parent alone and the order holds."""
    if output.exists() and output.stat().st_size > _LOG_BYTES:
        output.replace(output.with_suffix(".old.log"))
    with output.open("ab") as log:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            pass_fds=pass_fds,
            preexec_fn=end_with_parent(),
            **account.popen_options(),
        )


def _started(number: int) -> str:
    """Return when a process began, in ticks since the boot; empty when it does not run."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
