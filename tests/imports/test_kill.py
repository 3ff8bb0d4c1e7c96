"""The worker or the database killed at any moment of entering a ledger: all of it is there, or nothing."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from app.cli import migrations
from app.jobs.importing import perform
from app.runner.cluster import Cluster, temporary_cluster
from assets.db import make_engine
from assets.imports.models import ImportBatch
from assets.imports.progress import begin, find_progress
from assets.places.models import Facility
from assets.scope import ScopedSession, Viewer, bind_viewer
from assets.terms.defaults import load_defaults
from tests import factories
from tests.imports.bringing import Desk, facility_row

MOMENTS = 20
ROWS = 150
SETTINGS: dict[str, str | int] = {
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": 20,
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "jit": "off",
    "timezone": "Asia/Shanghai",
}
processes = multiprocessing.get_context("forkserver")


@dataclass
class Machine:
    """A server on disk that keeps what it has promised, and can be cut off."""

    cluster: Cluster
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def cut_off(self) -> None:
        """Kill the server and every process it has started, and start it again."""
        number = self.cluster.server.running()
        assert number is not None
        children = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError):
                    if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == number:
                        children.append(int(entry.name))
        for one in (number, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        wait_for_end(number)
        self.started.append(self.cluster.server.start())


def wait_for_end(number: int) -> None:
    """Until a process that was killed is really gone, since its number in the data folder keeps others out."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(number, os.WNOHANG)
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)


@pytest.fixture
def machine() -> Iterator[Machine]:
    with temporary_cluster(SETTINGS) as running:
        made = Machine(running)
        owner = make_engine(running.owner_url)
        with owner.begin() as connection:
            migrations.upgrade(connection, "xiangtu")
        owner.dispose()
        yield made
    for process in made.started:
        process.wait()


def enter(url: str, batch_id: int) -> None:
    """What a job's process does."""
    engine = make_engine(url)
    with contextlib.suppress(DBAPIError):
        perform(engine, "commit", batch_id, today=factories.DAY)
    engine.dispose()


def ledgers(engine: Engine) -> list[int]:
    """One ledger for every moment, checked and about to be entered."""
    made = []
    with ScopedSession(engine, expire_on_commit=False) as session:
        tree = factories.tree(bind_viewer(session, Viewer.system()))
        load_defaults(session)
        desk = Desk(session, tree)
        for number in range(MOMENTS):
            batch = desk.bring([facility_row(f"{number}组{row}号卫生室") for row in range(ROWS)])
            assert batch.counts["verdicts"] == {"new": ROWS}
            desk.system()
            batch.status = "committing"
            begin(session, batch.id, job_id=None, total=9)
            made.append(batch.id)
        session.commit()
    return made


def state(engine: Engine, batch_id: int, number: int) -> tuple[str, int, int, int]:
    """Its status, and how many records, entries and additions there are of it."""
    with ScopedSession(engine) as session:
        bind_viewer(session, Viewer.system())
        status = session.scalars(select(ImportBatch.status).where(ImportBatch.id == batch_id)).one()
        records = session.scalar(select(func.count(Facility.id)).where(Facility.name.startswith(f"{number}组")))
        entries = session.scalar(
            text("SELECT count(*) FROM audit_entry WHERE table_name = 'facility' AND batch = :batch"),
            {"batch": f"import {batch_id}"},
        )
        added = session.scalar(
            text(
                "SELECT count(*) FROM "
                "(SELECT unnest(record_ids) AS id FROM addition WHERE table_name = 'facility') AS a "
                "JOIN facility AS f USING (id) WHERE f.name LIKE :name"
            ),
            {"name": f"{number}组%"},
        )
        return status, records or 0, entries or 0, added or 0


def at_work(engine: Engine, batch_id: int) -> bool:
    with ScopedSession(engine) as session:
        told = find_progress(bind_viewer(session, Viewer.system()), batch_id)
        return told is not None and told.step != ""


@pytest.fixture
def kept(machine: Machine) -> Iterator[Engine]:
    """Connections that are closed however the test ends."""
    engine = make_engine(machine.cluster.runtime_url)
    yield engine
    engine.dispose()


def test_killed_at_twenty_moments_it_is_entered_whole_or_not_at_all(machine: Machine, kept: Engine) -> None:
    url, engine = machine.cluster.runtime_url, kept
    batches = ledgers(engine)
    chance = random.Random(5)
    processes.set_forkserver_preload(["tests.imports.test_kill"])
    longest = 0.3
    outcomes = []
    for number, batch_id in enumerate(batches):
        worker = processes.Process(target=enter, args=(url, batch_id))
        worker.start()
        while worker.is_alive() and not at_work(engine, batch_id):
            time.sleep(0.005)
        began = time.monotonic()
        worker.join(chance.uniform(0, longest))
        if number % 2:
            machine.cut_off()
            engine.dispose()
        worker.kill()
        worker.join()
        if worker.exitcode == 0:
            longest = min(longest, time.monotonic() - began)
        found = state(engine, batch_id, number)
        assert found in (("committing", 0, 0, 0), ("committed", ROWS, ROWS, ROWS))
        outcomes.append(found[0])
        # Tried again, it is entered once.
        if number % 5 == 0:
            enter(url, batch_id)
            assert state(engine, batch_id, number) == ("committed", ROWS, ROWS, ROWS)
    assert "committing" in outcomes
