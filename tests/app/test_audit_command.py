"""The jobs seal and check by themselves; the commands check, print a seal, and carry off what is old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.cli import main
from app.jobs import worker
from app.jobs.audit import check, seal
from app.jobs.queue import enqueue, queue
from app.runner.cluster import Cluster
from assets import audit
from assets.audit.queries import seal_state
from assets.db import make_engine
from tests.people import Office

SECRET = "a secret of this test run, long enough to be taken"


def work(office: Office) -> None:
    worker.work(replace(office.app.extensions["settings"], secret_key=SECRET), wait=False)


@pytest.fixture
def sealed(office: Office) -> Office:
    """Two entries under one seal, by the job."""
    with office.session() as session:
        for number in range(2):
            audit.note(session, "test.act", number=number, region_path=office.tree.county.region_path)
        enqueue(session, seal)
    work(office)
    return office


@pytest.fixture
def command(sealed: Office, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    """The console of that office."""
    name = str(sealed.engine.url.database)
    monkeypatch.setenv("DATABASE_URL", cluster.in_database(name).runtime_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", cluster.in_database(name).owner_url)
    monkeypatch.setenv("XIANGTU_SECRET_KEY", SECRET)
    monkeypatch.setenv("XIANGTU_VAR", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    return CliRunner()


def run(command: CliRunner, *arguments: str) -> Result:
    return command.invoke(main, ["audit", *arguments])


def tamper(cluster: Cluster, office: Office, statement: str) -> None:
    superuser = make_engine(cluster.in_database(str(office.engine.url.database)).superuser_url)
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))
    superuser.dispose()


def test_seals_come_each_minute_and_a_check_each_night() -> None:
    queue.perform_import_paths()
    rounds = {task.task.name: task.cron for task in queue.periodic_registry.periodic_tasks.values()}
    assert rounds["audit.seal"] == "* * * * *"
    assert rounds["audit.check"] == "7 4 * * *"


def test_the_nightly_check_tells_the_auditors_page(sealed: Office, cluster: Cluster) -> None:
    for statement, holds in (("SELECT 1", True), ("DELETE FROM audit_entry WHERE id = 1", False)):
        tamper(cluster, sealed, statement)
        with sealed.session() as session:
            enqueue(session, check)
        work(sealed)
        with sealed.session() as session:
            state = seal_state(session)
        assert (state.seals, state.holds) == (1, holds)
        assert state.checked_at is not None


def test_an_untouched_trail_is_told_in_the_terminals_language(
    command: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "1 个封存、2 条记录核对一致" in run(command, "verify").output
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    english = run(command, "verify")
    assert english.exit_code == 0
    assert "2 entries under 1 seals are as they were sealed" in english.output


def test_what_was_tampered_with_ends_with_one(command: CliRunner, sealed: Office, cluster: Cluster) -> None:
    tamper(cluster, sealed, "DELETE FROM audit_entry WHERE id = 2")
    result = run(command, "verify")
    assert result.exit_code == 1
    assert "1 条记录被删除：2" in result.output
    assert "核对" in sealed.browser("auditor").text("/audit/")


def test_a_seal_noted_down_is_compared(command: CliRunner) -> None:
    noted = run(command, "seals").output.splitlines()[0]
    assert run(command, "verify", "--seal", noted).exit_code == 0
    other = noted[:-1] + ("0" if noted[-1] != "0" else "1")
    result = run(command, "verify", "--seal", other)
    assert result.exit_code == 1
    assert "与另行保存的不一致" in result.output
    assert run(command, "verify", "--seal", "nonsense").exit_code == 2


def test_another_secret_is_told_and_a_former_one_helps(
    command: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIANGTU_SECRET_KEY", "another secret, which is as long as the first")
    assert "其他密钥" in run(command, "verify").output
    former = tmp_path / "former"
    former.write_text(SECRET + "\n")
    assert run(command, "verify", "--key-file", str(former)).exit_code == 0


def test_a_trail_kept_for_ever_is_not_carried_off(command: CliRunner) -> None:
    result = run(command, "trim", "--yes")
    assert result.exit_code == 1
    assert "永久保留" in result.output


def test_nothing_is_carried_off_before_its_time_or_by_the_runtime_role(
    command: CliRunner, sealed: Office, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XIANGTU_AUDIT_MONTHS", "6")
    assert "没有到期的记录" in run(command, "trim", "--yes").output
    tamper(cluster, sealed, "UPDATE audit_seal SET sealed_at = sealed_at - interval '1 year'")
    monkeypatch.setenv("DATABASE_OWNER_URL", sealed.engine.url.render_as_string())
    refused = run(command, "trim", "--yes")
    assert refused.exit_code == 1
    assert "属主角色" in refused.output
    assert not list((tmp_path / "audit").glob("*.part"))


def test_what_is_old_is_carried_off_and_still_checked(
    command: CliRunner, sealed: Office, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XIANGTU_AUDIT_MONTHS", "6")
    tamper(cluster, sealed, "UPDATE audit_seal SET sealed_at = sealed_at - interval '1 year'")
    assert "已将 2 条记录" in run(command, "trim", "--yes").output
    [file] = (tmp_path / "audit").iterdir()
    result = run(command, "verify", "--archive", str(file))
    assert f"{file}：2 条记录核对一致" in result.output
    # The moment of the seal was set back by hand, which the seal itself tells.
    assert "第 1 号封存被改动" in result.output
    file.write_bytes(b"broken")
    assert "已损坏" in run(command, "verify", "--archive", str(file)).output


def test_a_check_since_a_day_looks_no_further_back(command: CliRunner, sealed: Office, cluster: Cluster) -> None:
    tamper(cluster, sealed, "DELETE FROM audit_entry WHERE id = 2")
    later = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)
    assert run(command, "verify", "--since", f"{later}").exit_code == 0
