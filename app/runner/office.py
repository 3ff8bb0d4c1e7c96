"""The whole of one running Xiangtu: database, web server and job worker of a checkout."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import socket
import stat
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from app.runner.account import Account, service_account
from app.runner.cluster import Cluster
from app.runner.code import Code, prepare_code
from app.runner.database import is_empty, with_driver
from app.runner.place import Place, find_place
from app.runner.port import HOST, ask, reserve
from app.runner.postgres import Server, explain, plain_environment, tail
from app.runner.processes import Identity, end_group, end_orphans, note_identities, start
from app.runner.settings import office_settings
from app.runner.steps import command_line, step, wait_for
from app.runner.words import Problem, say, words

_WEB_WORKERS = 2
_WEB_THREADS = 4
_READY_SECONDS = 90


@dataclass
class Office:
    """What one run has started, so that it can be watched and ended in order."""

    place: Place
    port: int
    external_url: str | None = None
    external_owner_url: str | None = None
    code: Code = field(init=False)
    listening: socket.socket = field(init=False)
    cluster: Cluster | None = None
    database: subprocess.Popen[bytes] | None = None
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        """The account everything runs as."""
        return self.place.account

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{HOST}:{self.port}"

    @property
    def runtime_url(self) -> str:
        """Database address of web and jobs."""
        return self.external_url or self._own_cluster.runtime_url

    @property
    def owner_url(self) -> str:
        """Database address of whoever migrates."""
        if self.external_url:
            return self.external_owner_url or self.external_url
        return self._own_cluster.owner_url

    @property
    def _own_cluster(self) -> Cluster:
        return self.cluster or Cluster(server_of(self.place))

    def environment(self, *, owner: bool = False) -> dict[str, str]:
        """Return the environment of a child; only those that migrate learn the owner's address."""
        values = plain_environment()
        values.pop("DATABASE_OWNER_URL", None)
        values["PYTHONPATH"] = str(self.code.root)
        values["DATABASE_URL"] = self.runtime_url
        values["PORT"] = str(self.port)
        values.setdefault("XIANGTU_VAR", str(self.place.files))
        values.setdefault("XIANGTU_SECRET_KEY_FILE", str(self.place.secret_key))
        if owner:
            values["DATABASE_OWNER_URL"] = self.owner_url
        if not self.account.is_current:
            values["HOME"] = str(self.place.files)
            values["USER"] = values["LOGNAME"] = self.account.name
        return values

    def reserve_place(self) -> None:
        """Make sure that this is the only run of the checkout, and clear up after a killed one."""
        self.place.state.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        orphans = end_orphans(self.place.state / "processes")
        if orphans:
            say(
                f"An earlier run was killed; ended what it left: {', '.join(each.name for each in orphans)}.",
                f"上次运行被强行终止，已结束其残留进程：{'、'.join(each.name for each in orphans)}。",
            )
        self.listening = reserve(self.port)
        self.place.prepare()
        (self.place.state / "lock").write_text(json.dumps({"pid": os.getpid(), "address": self.address}))
        self.code = prepare_code(self.place.checkout, self.place.base, self.account)

    def start_database(self) -> None:
        """Make the cluster at the first run, and start it."""
        if self.external_url:
            return
        server = server_of(self.place)
        if not server.data.exists():
            with step("Making the database", "创建数据库"):
                server.make()
        elif not (server.data / "PG_VERSION").exists():
            raise Problem(
                words(
                    f"{server.data} is not a database; move it away and start again.",
                    f"{server.data} 不是数据库目录，请移走后重新启动。",
                )
            )
        with step("Starting the database", "启动数据库"):
            server.stop()
            server.configure(office_settings(self.place.logs / "postgres"))
            self.database = server.start()
            self.cluster = Cluster(server)
            self.cluster.set_up()

    def migrate(self) -> None:
        """Bring the tables to the version of the program."""
        with step("Bringing the tables up to date", "更新数据表"):
            self._call("xiangtu db upgrade", "db", "upgrade")

    def load_demonstration(self, *, fresh: bool) -> None:
        """Load the demonstration county into an empty database, or again when wished or interrupted."""
        unfinished = self.place.state / "demonstration-unfinished"
        again = fresh or unfinished.exists()
        if not again and not is_empty(self.runtime_url):
            return
        unfinished.touch()
        with step("Loading the demonstration county", "载入演示县"):
            self._call("xiangtu demo load", "demo", "load", *(["--fresh"] if again else []))
        unfinished.unlink()

    def start_worker(self) -> None:
        """Start the background jobs."""
        self._start("worker", command_line(self.code.python, ["jobs", "work"]))

    def start_web(self) -> None:
        """Start the web server on the reserved port."""
        command = [str(self.code.python), "-m", "gunicorn", "app.wsgi:application"]
        command += ["--bind", f"fd://{self.listening.fileno()}", "--worker-class", "gthread", "--keep-alive", "30"]
        command += ["--workers", str(_WEB_WORKERS), "--threads", str(_WEB_THREADS)]
        command += ["--timeout", "120", "--graceful-timeout", "8", "--no-control-socket"]
        memory = Path("/dev/shm")  # noqa: S108
        if memory.is_dir() and memory.stat().st_mode & stat.S_IWOTH:
            # Heartbeats on a busy disk could look like a worker that hangs.
            command += ["--worker-tmp-dir", str(memory)]
        self._start("web", command, pass_fds=(self.listening.fileno(),))

    def wait_until_ready(self) -> None:
        """Wait until pages can be opened."""
        deadline = time.monotonic() + _READY_SECONDS
        answer = ""
        while time.monotonic() < deadline:
            if self.running["web"].poll() is not None:
                log = self.log("web")
                raise Problem(explain(words("The web server", "网站服务"), tail(log, 40), log))
            try:
                status, answer = ask(self.port, "/readyz")
                if status == http.client.OK:
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.1)
        raise Problem(
            words(
                f"The web server does not become ready: {answer or 'no answer'} (details: {self.log('web')})",
                f"网站服务未能就绪：{answer or '没有应答'}（详情见 {self.log('web')}）",
            )
        )

    def logins(self) -> list[str]:
        """Ask the program for the demonstration logins: `name password role area`, one a line."""
        answer = subprocess.run(
            command_line(self.code.python, ["demo", "logins"]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=self.code.root,
            env=self.environment(),
            check=False,
            **self.account.popen_options(),
        )
        return answer.stdout.splitlines() if answer.returncode == 0 else []

    def stop(self) -> None:
        """End everything this run started, and nothing else: first who uses the database, then the database."""
        for name in ("command", "web", "worker"):
            process = self.running.pop(name, None)
            if process is not None:
                end_group(process.pid, lambda process=process: process.poll() is None)  # type: ignore[misc]
        if not self.external_url and self.database is not None:
            server_of(self.place).stop()
            self.database.wait()
        (self.place.state / "processes").unlink(missing_ok=True)

    def log(self, name: str) -> Path:
        """Return the log of one part."""
        return self.place.logs / f"{name}.log"

    def _call(self, title: str, *arguments: str) -> None:
        log = self.log("setup")
        began_at = log.stat().st_size if log.exists() else 0
        self._start("command", command_line(self.code.python, arguments), log="setup", owner=True)
        wait_for(self.running["command"], title, log, began_at)
        del self.running["command"]

    def _start(
        self, name: str, command: list[str], *, log: str = "", owner: bool = False, pass_fds: tuple[int, ...] = ()
    ) -> None:
        self.running[name] = start(
            command,
            account=self.account,
            environment=self.environment(owner=owner),
            folder=self.code.root,
            output=self.log(log or name),
            pass_fds=pass_fds,
        )
        self._note()

    def _note(self) -> None:
        identities = [Identity.of(name, process.pid) for name, process in self.running.items()]
        note_identities(self.place.state / "processes", identities)

    def _take_lock(self) -> None:
        path = self.place.state / "lock"
        self._lock = path.open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            try:
                other = json.loads(path.read_text())
            except ValueError:
                other = {}
            address, number = other.get("address", ""), other.get("pid", "?")
            raise Problem(
                words(
                    f"This Xiangtu is running already{f': {address}' if address else ''} (PID {number}).",
                    f"本系统已在运行{f'：{address}' if address else ''}（PID {number}）。",
                )
            ) from None


def server_of(place: Place) -> Server:
    """Return the database server that belongs to a place, running or not."""
    return Server(place.cluster, place.socket, place.logs / "postgres.log", place.account)


def office_of(checkout: Path, port: int) -> Office:
    """Return the office of a checkout, with the database that the environment names, if it names one."""
    place = find_place(checkout, service_account())
    given = (os.environ.get(name) for name in ("DATABASE_URL", "DATABASE_OWNER_URL"))
    url, owner_url = (with_driver(each) if each else None for each in given)
    return Office(place, port, url, owner_url)
