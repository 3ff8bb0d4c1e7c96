"""Start everything, watch it, and end it when asked."""

from __future__ import annotations

import contextlib
import errno
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from app.runner.database import check_reachable
from app.runner.office import Office, office_of, server_of
from app.runner.port import read_port
from app.runner.postgres import tail
from app.runner.steps import step
from app.runner.words import Problem, say, words

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HEALTHY_SECONDS = 60
_LONGEST_PAUSE_S = 30
_TRIES = 6


class Stopped(BaseException):
    """Somebody asked for the end: Ctrl-C, a closed terminal, or `kill`."""


@dataclass
class Restarts:
    """How often one part died in a row, and when it may be started again."""

    began: float = 0.0
    deaths: int = 0

    def note_death(self, now: float) -> float:
        """Return how many seconds to wait before the next start."""
        self.deaths = 1 if now - self.began > _HEALTHY_SECONDS else self.deaths + 1
        self.began = now
        return float(min(2 ** (self.deaths - 1), _LONGEST_PAUSE_S))

    @property
    def hopeless(self) -> bool:
        """Whether another start makes no sense."""
        return self.deaths >= _TRIES


def up(checkout: Path, port: str, *, fresh_demo: bool = False) -> int:
    """Run Xiangtu until somebody ends it, and return the exit status."""
    log = checkout / "var" / "log" / "runner.log"
    office: Office | None = None
    status = 1
    with _stopping_on_signals() as ignore_signals:
        try:
            office = office_of(checkout, read_port(port))
            _start(office, fresh_demo=fresh_demo)
            _watch(office)
        except Stopped:
            status = 0
        except Problem as problem:
            say(str(problem), str(problem))
        except Exception as error:  # noqa: BLE001 - nobody shall see a traceback
            _explain_surprise(error, log)
        finally:
            ignore_signals()
            if office is not None:
                _end(office, log)
    return status


def _start(office: Office, *, fresh_demo: bool) -> None:
    began = time.monotonic()
    if office.external_url:
        check_reachable(office.runtime_url)
        check_reachable(office.owner_url)
    with step("Preparing", "准备"):
        office.reserve_place()
    office.start_database()
    office.migrate()
    office.load_demonstration(fresh=fresh_demo)
    with step("Starting jobs and web server", "启动后台任务和网站"):
        office.start_worker()
        office.start_web()
        logins = office.logins()
        office.wait_until_ready()
    seconds = time.monotonic() - began
    say(
        f"\nXiangtu is ready after {seconds:.1f} s: {office.address}",
        f"\n乡图已就绪（{seconds:.1f} 秒）：{office.address}",
    )
    for line in logins:
        say(line, line)
    say("\nCtrl-C ends it.", "\n按 Ctrl-C 结束。")


def _watch(office: Office) -> None:
    """Start again whatever dies, ever more slowly, until it is plain that it cannot live."""
    starters: dict[str, Callable[[], None]] = {"web": office.start_web, "worker": office.start_worker}
    history = {name: Restarts(time.monotonic()) for name in (*starters, "database")}
    due: dict[str, float] = {}
    while True:
        time.sleep(0.3)
        now = time.monotonic()
        if office.database is not None and office.database.poll() is not None:
            _note_death("database", history["database"], server_of(office.place).log)
            office.start_database()
        for name, starter in starters.items():
            if name in due:
                if now >= due[name]:
                    del due[name]
                    starter()
            elif office.running[name].poll() is not None:
                due[name] = now + _note_death(name, history[name], office.log(name))


def _note_death(name: str, history: Restarts, log: Path) -> float:
    pause = history.note_death(time.monotonic())
    english, chinese = _PARTS[name]
    if history.hopeless:
        last = tail(log, 1)
        raise Problem(
            words(
                f"{english} dies again and again, so everything ends: {last} (details: {log})",
                f"{chinese}反复退出，系统停止运行：{last}（详情见 {log}）",
            )
        )
    say(f"{english} has died and is started again.", f"{chinese}意外退出，正在重新启动。")
    return pause


_PARTS = {
    "web": ("The web server", "网站服务"),
    "worker": ("The job worker", "后台任务"),
    "database": ("The database", "数据库"),
}


@contextlib.contextmanager
def _stopping_on_signals() -> Iterator[Callable[[], None]]:
    """Turn signals into `Stopped`, until the caller ignores them to end in peace."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        ignore()
        raise Stopped

    def ignore() -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)

    before = {each: signal.signal(each, stop) for each in _SIGNALS}
    try:
        yield ignore
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(office: Office, log: Path) -> None:
    try:
        if office.running or office.database:
            with step("Stopping", "正在停止"):
                office.stop()
    except Exception as error:  # noqa: BLE001
        _explain_surprise(error, log)


def _explain_surprise(error: Exception, log: Path) -> None:
    """Say in one sentence what nobody foresaw, and keep the details for whoever mends it."""
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        say("The disk is full. Free some space and start again.", "磁盘已满，请清理后重新启动。")
    elif isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        say(f"Not allowed to write {error.filename}.", f"没有写入 {error.filename} 的权限。")
    else:
        reason = str(error).strip().splitlines()
        last = reason[0] if reason else type(error).__name__
        say(f"Something unforeseen happened: {last} (details: {log})", f"发生意外错误：{last}（详情见 {log}）")
