"""The work on a ledger in a process of its own: bounded, stopped on demand, begun again when it was lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from app.config import Settings
from app.jobs.asking import ask_check, ask_commit, ask_undo, resume_left
from app.jobs.importing import BROKEN, CANCELLED, REFUSED, TOO_MUCH, perform, run_apart
from assets.db import make_engine
from assets.imports.answering import cancel
from assets.imports.models import ImportBatch
from assets.imports.progress import find_progress
from assets.imports.retention import forget_old
from assets.places.models import Facility
from tests import factories
from tests.imports.bringing import Desk, facility_row


@pytest.fixture
def settings(lasting: Desk, tmp_path: Path) -> Settings:
    return Settings(
        database_url=lasting.url,
        database_owner_url=lasting.url,
        secret_key="a secret of this test run that is long",
        var=tmp_path,
        today=factories.DAY,
    )


@pytest.fixture
def engine(lasting: Desk) -> Iterator[Engine]:
    made = make_engine(lasting.url)
    yield made
    made.dispose()


def now(desk: Desk, batch: ImportBatch) -> ImportBatch:
    desk.session.rollback()
    desk.system().refresh(batch)
    return batch


def test_a_ledger_goes_through_jobs_all_the_way(lasting: Desk, settings: Settings, engine: Engine) -> None:
    batch = lasting.receive([facility_row("大力村卫生室")])
    ask_check(lasting.session, batch.id)
    lasting.session.commit()
    assert run_apart(settings, engine, "check", batch.id) == 0
    assert now(lasting, batch).status == "checked"
    told = find_progress(lasting.system(), batch.id)
    assert told is not None
    assert (told.step, told.refusal) == ("keep", None)
    ask_commit(lasting.acts(lasting.account()), batch.id, today=factories.DAY)
    lasting.session.commit()
    assert run_apart(settings, engine, "commit", batch.id) == 0
    assert now(lasting, batch).status == "committed"
    # The job is tried again after its worker was killed: it is done already.
    assert run_apart(settings, engine, "commit", batch.id) == 0
    ask_undo(lasting.acts(lasting.account()), batch.id, today=factories.DAY)
    lasting.session.commit()
    assert run_apart(settings, engine, "undo", batch.id) == 0
    assert now(lasting, batch).status == "undone"


def test_an_account_that_was_closed_meanwhile_enters_nothing(lasting: Desk, settings: Settings, engine: Engine) -> None:
    batch = lasting.bring([facility_row("大力村卫生室")])
    ask_commit(lasting.session, batch.id, today=factories.DAY)
    lasting.system()
    lasting.account().active = False
    lasting.session.commit()
    assert run_apart(settings, engine, "commit", batch.id) == REFUSED
    assert now(lasting, batch).status == "checked"
    told = find_progress(lasting.session, batch.id)
    assert told is not None
    assert told.refusal is not None
    assert "no longer" in told.refusal["message"]


def test_entered_twice_at_once_it_is_entered_once(lasting: Desk, engine: Engine) -> None:
    batch = lasting.bring([facility_row("大力村卫生室")])
    ask_commit(lasting.session, batch.id, today=factories.DAY)
    lasting.session.commit()
    with ThreadPoolExecutor(2) as two:
        done = list(two.map(lambda _number: perform(engine, "commit", batch.id, today=factories.DAY), range(2)))
    assert done == [None, None]
    assert now(lasting, batch).status == "committed"
    assert lasting.session.scalar(select(func.count(Facility.id))) == 1


def test_work_is_stopped_on_demand(lasting: Desk, settings: Settings, engine: Engine) -> None:
    batch = lasting.bring([facility_row("大力村卫生室")])
    ask_commit(lasting.session, batch.id, today=factories.DAY)
    lasting.session.commit()
    cancel(lasting.session, batch.id)
    lasting.session.commit()
    with engine.connect() as other:
        # Somebody else holds the register, so that the work takes long enough to be stopped.
        other.execute(text("LOCK TABLE facility IN EXCLUSIVE MODE"))
        code = run_apart(settings, engine, "commit", batch.id)
        other.rollback()
    assert code == CANCELLED
    assert now(lasting, batch).status == "checked"


@pytest.mark.parametrize(("memory_mb", "code"), [(40, {BROKEN, TOO_MUCH})])
def test_a_process_that_needs_too_much_ends_with_a_message(
    lasting: Desk, settings: Settings, engine: Engine, memory_mb: int, code: set[int]
) -> None:
    batch = lasting.receive([facility_row("大力村卫生室")])
    ask_check(lasting.session, batch.id)
    lasting.session.commit()
    small = dataclasses.replace(settings, import_memory_mb=memory_mb)
    assert run_apart(small, engine, "check", batch.id) in code
    assert now(lasting, batch).status == "unreadable"


def test_what_lost_its_job_is_begun_again(lasting: Desk) -> None:
    batch = lasting.receive([facility_row("大力村卫生室")])
    ask_check(lasting.session, batch.id)
    lasting.session.commit()
    assert resume_left(lasting.system()) == 0
    lasting.session.execute(text("DELETE FROM procrastinate_jobs"))
    assert resume_left(lasting.session) == 1
    assert resume_left(lasting.session) == 0


def test_files_and_rows_are_let_go_after_their_time(lasting: Desk) -> None:
    batch = lasting.bring([facility_row("大力村卫生室")])
    entered = lasting.bring([facility_row("八渡村卫生室", 村="八渡村")])
    lasting.session.commit()
    lasting.commit(entered)
    lasting.session.commit()
    moment = dt.datetime.now(dt.UTC)
    session = lasting.system()
    assert forget_old(session, now=moment + dt.timedelta(days=29)) == 0
    assert forget_old(session, now=moment + dt.timedelta(days=31)) == 1
    assert (lasting.rows(entered), entered.status) == ([], "committed")
    assert len(lasting.rows(batch)) == 1
    assert forget_old(session, now=moment + dt.timedelta(days=91)) == 1
    assert batch.status == "dropped"
    session.rollback()


def test_the_limit_of_memory_is_there_for_the_ledger_and_not_taken_by_the_program() -> None:
    program = (
        "from app.jobs.importing import limit_this_process\n"
        "limit_this_process(1536, None)\n"
        "import pyarrow as pa\n"
        "import assets.imports.checking\n"
        "pa.array(['x' * 100] * 100_000)\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmData')))\n"
    )
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert int(told.stdout) < 600 * 1024


def test_an_office_sets_how_long_they_are_kept(lasting: Desk) -> None:
    entered = lasting.bring([facility_row("八渡村卫生室", 村="八渡村")])
    lasting.session.commit()
    lasting.commit(entered)
    lasting.session.commit()
    session = lasting.system()
    session.execute(text("UPDATE threshold SET value = 100 WHERE code = 'import_days_after_end'"))
    moment = dt.datetime.now(dt.UTC)
    assert forget_old(session, now=moment + dt.timedelta(days=99)) == 0
    assert forget_old(session, now=moment + dt.timedelta(days=101)) == 1
    session.refresh(entered)
    assert [(one["code"], one["data"]) for one in entered.problems] == [("content_forgotten", {"days": 100})]
