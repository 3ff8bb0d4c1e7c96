"""Background jobs: asked for in a transaction, done by a worker, not lost with it."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.jobs import worker
from app.jobs.accounts import tidy
from app.jobs.maintenance import fold
from app.jobs.queue import enqueue, queue
from app.jobs.rescue import stalled
from assets.accounts.models import Account, SignInAttempt
from assets.accounts.queries import find_viewer
from assets.audit import AuditEntry
from assets.maintenance.rollup import unfolded
from assets.scope import ScopedSession, Viewer, bind_viewer
from tests import factories
from tests.people import Office


def work_until_done(office: Office) -> None:
    worker.work(office.app.extensions["settings"], wait=False)


def jobs(session: Session, status: str) -> int:
    return session.execute(
        text("SELECT count(*) FROM procrastinate_jobs WHERE status::text = :status"), {"status": status}
    ).scalar_one()


def test_a_worker_folds_the_changes_into_the_sums(office: Office) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0])
        assert unfolded(session) > 0
        enqueue(session, fold)
    work_until_done(office)
    with office.session() as session:
        assert unfolded(session) == 0
        assert jobs(session, "failed") == 0


def test_folding_compacting_rescue_and_tidying_come_round_by_themselves() -> None:
    queue.perform_import_paths()
    rounds = {task.task.name: task.cron for task in queue.periodic_registry.periodic_tasks.values()}
    assert rounds["maintenance.fold"] == rounds["rescue.stalled"] == "* * * * *"
    assert {"maintenance.compact", "accounts.tidy", "rescue.forget"} <= set(rounds)


def test_a_job_asked_for_in_a_transaction_that_fails_is_never_done(office: Office) -> None:
    with office.session() as session:
        enqueue(session, fold)
        session.rollback()
        assert jobs(session, "todo") == 0


def test_a_job_asked_for_in_a_transaction_is_done_after_its_commit(office: Office) -> None:
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=300)
    with office.session() as session:
        session.add(SignInAttempt(username="x", address="::1", succeeded=False, at=long_ago))
        session.add(SignInAttempt(username="y", address="::1", succeeded=False))
        enqueue(session, tidy)
    work_until_done(office)
    with office.session() as session:
        assert session.scalars(select(SignInAttempt.username)).all() == ["y"]


def test_a_job_of_a_killed_worker_is_done_by_the_next(office: Office) -> None:
    with office.session() as session:
        number = enqueue(session, tidy)
        session.execute(
            text(
                "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) "
                "VALUES (now() - interval '1 hour') RETURNING id) "
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead) WHERE id = :number"
            ),
            {"number": number},
        )
        enqueue(session, stalled)
    work_until_done(office)
    work_until_done(office)
    with office.session() as session:
        assert jobs(session, "doing") == 0
        assert jobs(session, "failed") == 0


def test_a_worker_ends_when_it_is_told_to(office: Office) -> None:
    settings = office.app.extensions["settings"]
    environment = {**os.environ, "DATABASE_URL": settings.database_url, "XIANGTU_VAR": str(settings.var)}
    process = subprocess.Popen(
        [sys.executable, "-c", "from app.cli import main; main(['jobs', 'work'])"], env=environment
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with office.session() as session:
                if session.scalar(select(func.count()).select_from(text("procrastinate_workers"))):
                    break
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


def test_an_account_closed_while_its_job_waits_neither_stops_the_job_nor_acts_in_it(office: Office) -> None:
    """Jobs work as the program itself: nobody's rights travel with them."""
    planner = office.account("planner")
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0])
    with ScopedSession(office.engine) as session:
        viewer = find_viewer(bind_viewer(session, Viewer.system()), planner, day=factories.DAY, address=None)
        assert viewer is not None
        bind_viewer(session, viewer[1])
        enqueue(session, fold)
        session.commit()
    with office.session() as session:
        session.get_one(Account, planner).active = False
    work_until_done(office)
    with office.session() as session:
        assert (unfolded(session), jobs(session, "failed")) == (0, 0)
        entries = session.scalars(select(AuditEntry.account_id)).all()
        assert planner not in entries
