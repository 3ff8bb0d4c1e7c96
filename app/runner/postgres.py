"""One PostgreSQL server over one data folder: made, configured, started and stopped.

The server listens on a socket only, and asks the operating system who is calling (peer authentication).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.runner.account import Account, current_account
from app.runner.processes import end_with_parent
from app.runner.words import Problem, words

SUPERUSER = "postgres"
OWNER = "xiangtu_owner"
RUNTIME = "xiangtu"
PORT = 5432
START_SECONDS = 180
STOP_SECONDS = 30
_INSTALLATIONS = Path("/usr/lib/postgresql")
_STILL_IN_USE = "pre-existing shared memory block"


@dataclass(frozen=True)
class Installation:
    """The programs of one major version of PostgreSQL."""

    version: int
    programs: Path


def find_installation(version: int | None = None) -> Installation:
    """Find the newest PostgreSQL that has PostGIS, or the one version that existing data needs."""
    found = []
    for folder in _INSTALLATIONS.glob("*/bin/initdb"):
        number = folder.parents[1].name
        extensions = Path("/usr/share/postgresql") / number / "extension"
        if number.isdigit() and (extensions / "postgis.control").exists():
            found.append(Installation(int(number), folder.parent))
    if version is not None:
        found = [each for each in found if each.version == version]
    if not found:
        wanted = "" if version is None else str(version)
        package = f"postgresql-{wanted or 'NN'} postgresql-{wanted or 'NN'}-postgis-3"
        raise Problem(
            words(
                f"PostgreSQL {wanted} with PostGIS is not installed: sudo apt-get install {package}",
                f"未安装带 PostGIS 的 PostgreSQL {wanted}，请执行：sudo apt-get install {package}",
            )
        )
    return max(found, key=lambda each: each.version)


def plain_environment() -> dict[str, str]:
    """Return this process's environment without what would bend a connection (PGPORT, PGUSER, …)."""
    return {name: value for name, value in os.environ.items() if not re.fullmatch(r"PG[A-Z]+", name)}


@dataclass(frozen=True)
class Server:
    """One data folder, the account that owns it and the folder of its socket."""

    data: Path
    socket: Path
    log: Path
    account: Account

    @property
    def version(self) -> int:
        """The major version that wrote the data folder."""
        return int((self.data / "PG_VERSION").read_text().strip())

    def make(self, *, durable: bool = True) -> None:
        """Make the data folder; an interrupted attempt leaves nothing that looks finished."""
        unfinished = self.data.with_name(self.data.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        self.account.own_folder(unfinished)
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=peer", f"--username={SUPERUSER}"]
        if not durable:
            options.append("--no-sync")
        made = self._call("initdb", f"--pgdata={unfinished}", *options, installation=find_installation())
        if made.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise Problem(explain("initdb", made.stdout + made.stderr, self.log))
        unfinished.rename(self.data)

    def configure(self, settings: Mapping[str, str | int]) -> None:
        """Write the configuration afresh, so that a moved folder carries no old path."""
        callers = {self.account.name, current_account().name}
        roles = (SUPERUSER, OWNER, RUNTIME)
        values = {"listen_addresses": "", "unix_socket_directories": str(self.socket), "port": PORT, **settings}
        lines = [f"{name} = '{str(value).replace(chr(39), chr(39) * 2)}'" for name, value in values.items()]
        files = {
            "xiangtu.conf": lines,
            "pg_hba.conf": ["local all all peer map=office"],
            "pg_ident.conf": [f'office "{caller}" "{role}"' for caller in sorted(callers) for role in roles],
        }
        main = self.data / "postgresql.conf"
        if "include = 'xiangtu.conf'" not in main.read_text():
            files["postgresql.conf"] = [main.read_text(), "include = 'xiangtu.conf'"]
        for name, content in files.items():
            self._write(name, "\n".join(content) + "\n")

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it accepts connections."""
        self.account.own_folder(self.socket)
        self._drop_stale_lock()
        for _ in range(10):
            process = self._spawn()
            if self._wait_until_ready(process):
                return process
            if _STILL_IN_USE not in tail(self.log):
                break
            # Back ends of a killed server notice its death within a second or two.
            time.sleep(1)
        raise Problem(explain("PostgreSQL", tail(self.log), self.log))

    def running(self) -> int | None:
        """Return the process number of the server that holds the data folder, if there is one."""
        lines = self._lock_lines()
        if not lines or not lines[0].strip().isdigit():
            return None
        number = int(lines[0])
        try:
            folder = Path(f"/proc/{number}/cwd").readlink()
        except OSError:
            return None
        return number if folder == self.data.resolve() else None

    def stop(self) -> None:
        """Stop the server, politely first; open connections are cut, committed data is safe."""
        for sign in (signal.SIGINT, signal.SIGQUIT):
            deadline = time.monotonic() + STOP_SECONDS
            number = self.running()
            if number is None:
                return
            os.kill(number, sign)
            while time.monotonic() < deadline:
                if self.running() is None or _is_zombie(number):
                    return
                time.sleep(0.05)

    def _spawn(self) -> subprocess.Popen[bytes]:
        programs = find_installation(self.version).programs
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(programs / "postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **self._process_options(),
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGINT),
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None:
            lines = self._lock_lines()
            if len(lines) >= 8 and lines[0].strip() == str(process.pid) and lines[7].strip() == "ready":
                return True
            if time.monotonic() > deadline:
                process.send_signal(signal.SIGQUIT)
                process.wait()
            time.sleep(0.02)
        return False

    def _drop_stale_lock(self) -> None:
        """Remove the lock of a killed server, whose process number may by now be somebody else's."""
        if self.running() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            for left in self.socket.glob(".s.PGSQL.*"):
                left.unlink(missing_ok=True)

    def _lock_lines(self) -> Sequence[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _write(self, name: str, content: str) -> None:
        path = self.data / name
        if path.exists() and path.read_text() == content:
            return
        fresh = self.data / (name + ".new")
        fresh.write_text(content)
        fresh.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(fresh, self.account.uid, self.account.gid)
        fresh.replace(path)

    def _call(self, program: str, *arguments: str, installation: Installation) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(installation.programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._process_options(),
        )

    def _process_options(self) -> dict[str, Any]:
        environment = {**plain_environment(), "LC_ALL": "C.UTF-8"}
        return {"cwd": "/", "env": environment, **self.account.popen_options()}


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log file."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def explain(program: str, output: str, log: Path) -> str:
    """Turn a failed program's output into one sentence."""
    if "No space left on device" in output:
        return words(
            f"The disk is full, so {program} could not work. Free some space and start again.",
            f"磁盘已满，{program} 无法工作。请清理磁盘后重新启动。",
        )
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "")
    return words(
        f"{program} could not work: {last or 'it said nothing'} (details: {log})",
        f"{program} 无法工作：{last or '没有给出原因'}（详情见 {log}）",
    )


def _is_zombie(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
