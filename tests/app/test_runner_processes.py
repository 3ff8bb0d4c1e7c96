"""Processes that the runner starts, watches and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.runner.account import current_account
from app.runner.port import read_port, reserve
from app.runner.postgres import explain
from app.runner.processes import Identity, end_group, end_orphans, note_identities, start
from app.runner.supervisor import Restarts, up
from app.runner.words import Problem, words

STUBBORN = "trap '' TERM; echo ready; while true; do sleep 1; done"


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child in a session of its own."""
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come true."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within 20 seconds"
        time.sleep(0.02)


def test_what_a_killed_run_left_is_ended(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    note = tmp_path / "processes"
    note_identities(note, [Identity.of("web", sleeper.pid)])
    assert [orphan.name for orphan in end_orphans(note)] == ["web"]
    assert sleeper.wait() == -signal.SIGTERM
    assert not note.exists()


def test_a_number_that_now_belongs_to_another_process_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    note = tmp_path / "processes"
    now = Identity.of("web", sleeper.pid)
    for earlier in (Identity("web", now.number, "1", now.boot), Identity("web", now.number, now.started, "other")):
        note_identities(note, [earlier])
        assert end_orphans(note) == []
    assert sleeper.poll() is None


def test_a_note_that_cannot_be_read_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "processes").write_text('[{"pid": 1')
    assert end_orphans(tmp_path / "processes") == []


def test_a_process_that_does_not_listen_is_ended_all_the_same(tmp_path: Path) -> None:
    output = tmp_path / "log"
    process = start(
        ["sh", "-c", STUBBORN], account=current_account(), environment=os.environ, folder=tmp_path, output=output
    )
    wait_until(lambda: output.read_text() == "ready\n")
    end_group(process.pid, lambda: process.poll() is None, patience_s=0.2)
    assert process.wait() == -signal.SIGKILL


def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys, time\n"
        "from app.runner.account import current_account\n"
        "from app.runner.processes import start\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "child = start(['sleep', '60'], account=current_account(), environment=os.environ, folder=folder,"
        " output=folder / 'log')\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = Identity.of("child", int(parent.stdout.readline()))
        assert child.is_alive()
        parent.kill()
        wait_until(lambda: not child.is_alive())


def test_a_port_in_use_is_refused_with_the_name_of_who_uses_it() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with pytest.raises(Problem) as refusal:
            reserve(port)
    assert f"Port {port} is in use by" in str(refusal.value)
    assert f"(PID {os.getpid()})" in str(refusal.value)
    assert "bin/run" in str(refusal.value)


@pytest.mark.parametrize("nonsense", ["", "abc", "0", "65536", "-1", "8000 ", "８０００"])
def test_nonsense_for_a_port_is_refused(nonsense: str) -> None:
    with pytest.raises(Problem, match="PORT must be a number"):
        read_port(nonsense)


def test_a_part_that_dies_in_a_row_is_started_ever_more_slowly_and_then_given_up() -> None:
    history = Restarts(began=0.0)
    assert [history.note_death(now=1.0 * turn) for turn in range(5)] == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert not history.hopeless
    history.note_death(now=6.0)
    assert history.hopeless


def test_a_part_that_lived_long_is_started_at_once() -> None:
    history = Restarts(began=0.0, deaths=5)
    assert history.note_death(now=1000.0) == 1.0
    assert not history.hopeless


def test_a_full_disk_is_called_by_its_name() -> None:
    output = "initdb: error: could not write: No space left on device\nremoving data directory"
    assert explain("initdb", output, Path("/x")).startswith("The disk is full")


def test_a_chinese_terminal_is_spoken_to_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert words("Port", "端口") == "端口"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", "DATABASE_URL is not an address"),
        ("postgresql://a:geheim@127.0.0.1:1/x", "does not answer"),
    ],
)
def test_a_wrong_database_address_ends_in_one_sentence_without_the_password(
    address: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    assert up(tmp_path, "8000") == 1
    said = capsys.readouterr().out
    assert sentence in said
    assert "geheim" not in said
    assert len(said.splitlines()) == 1
