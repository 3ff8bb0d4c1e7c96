"""Which copy of the program the server's account runs.

An account that cannot read the checkout (root's home is closed) gets a copy beside the data: hard links of
the Python packages, and the project's own files, brought up to date at every start.
"""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from app.runner.account import Account

_PACKAGES = ("app", "assets", "spatial", "demo", "migrations")
_NOT_NEEDED = {".git", ".venv", "var", "node_modules", "tests", "benchmarks", "docs"}


@dataclass(frozen=True)
class Code:
    """The project's folder and the Python that runs it."""

    root: Path
    python: Path


def prepare_code(checkout: Path, base: Path, account: Account) -> Code:
    """Return the checkout itself where the account can read it, otherwise a fresh copy in `base`."""
    for package in _PACKAGES:
        compileall.compile_dir(checkout / package, quiet=2)
    environment = checkout / ".venv"
    if account.is_current or account.can_read(checkout / "app/__init__.py", environment / "pyvenv.cfg"):
        return Code(checkout, environment / "bin/python")
    copy_environment(environment, base / "venv")
    copy_project(checkout, base / "code")
    return Code(base / "code", base / "venv/bin/python")


def copy_environment(source: Path, target: Path) -> None:
    """Copy the Python environment by hard links, when it has changed since the last copy."""
    stamp = target.with_name(target.name + ".stamp")
    current = _environment_stamp(source)
    if target.exists() and stamp.exists() and stamp.read_text() == current:
        return
    stamp.unlink(missing_ok=True)
    fresh = target.with_name(target.name + ".unfinished")
    for folder in (target, fresh):
        shutil.rmtree(folder, ignore_errors=True)
    if subprocess.run(["cp", "-al", str(source), str(fresh)], capture_output=True, check=False).returncode:
        # Another file system has no hard links to this one.
        shutil.rmtree(fresh, ignore_errors=True)
        subprocess.run(["cp", "-a", str(source), str(fresh)], check=True)
    subprocess.run(["chmod", "-R", "a+rX", str(fresh)], check=True)
    fresh.rename(target)
    stamp.write_text(current)


def copy_project(source: Path, target: Path) -> None:
    """Make `target` hold what `source` holds, touching only what differs."""
    target.mkdir(mode=0o755, exist_ok=True)
    target.chmod(0o755)
    wanted = {entry.name: entry for entry in os.scandir(source) if entry.name not in _NOT_NEEDED}
    for old in os.scandir(target):
        if old.name not in wanted or old.is_dir(follow_symlinks=False) != wanted[old.name].is_dir():
            shutil.rmtree(old.path) if old.is_dir(follow_symlinks=False) else Path(old.path).unlink()
    for name, entry in wanted.items():
        if entry.is_dir():
            copy_project(Path(entry.path), target / name)
        elif entry.is_file():
            _copy_file(entry, target / name)


def _copy_file(entry: os.DirEntry[str], target: Path) -> None:
    now = entry.stat()
    try:
        then = target.stat()
        if (then.st_size, then.st_mtime_ns) == (now.st_size, now.st_mtime_ns):
            return
    except FileNotFoundError:
        pass
    shutil.copy2(entry.path, target)
    target.chmod(0o755 if now.st_mode & 0o100 else 0o644)


def _environment_stamp(environment: Path) -> str:
    """Describe the environment by the folders that every installation touches."""
    folders = [environment, *environment.glob("lib/python*/site-packages")]
    return "\n".join(f"{folder} {folder.stat().st_mtime_ns}" for folder in folders)
