"""The database cluster that a checkout or a test run has for itself."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from app.runner.account import service_account
from app.runner.cluster import Cluster
from app.runner.postgres import OWNER, PORT, RUNTIME, SUPERUSER, Server
from app.runner.settings import SPEED_BEFORE_SAFETY


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that the server's account can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="xiangtu-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(open_folder: Path) -> Iterator[Server]:
    """A server that is made but not started."""
    made = Server(open_folder / "data", open_folder / "socket", open_folder / "log", service_account())
    made.make(durable=False)
    made.configure(SPEED_BEFORE_SAFETY)
    yield made
    made.stop()


def connect(cluster: Cluster, role: str) -> psycopg.Connection[tuple[object, ...]]:
    """Connect to the application's database as one role."""
    return psycopg.connect(host=str(cluster.server.socket), port=PORT, user=role, dbname=cluster.database)


def ask(cluster: Cluster, query: str, role: str = SUPERUSER) -> object:
    """Return the first value of the first row."""
    with connect(cluster, role) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]


def test_the_runtime_role_writes_rows_of_the_owners_tables_but_makes_no_tables(
    cluster: Cluster, another_database: Callable[[], Cluster]
) -> None:
    database = another_database()
    with connect(database, OWNER) as connection:
        connection.execute("CREATE TABLE well (id integer GENERATED ALWAYS AS IDENTITY, name text)")
    with connect(database, RUNTIME) as connection:
        connection.execute("INSERT INTO well (name) VALUES ('八渡镇')")
    assert ask(database, "SELECT name FROM well", RUNTIME) == "八渡镇"
    for forbidden in ("CREATE TABLE pump (id integer)", "DROP TABLE well", "ALTER TABLE well ADD depth integer"):
        with connect(database, RUNTIME) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(forbidden.encode())


def test_a_role_that_is_not_in_the_map_is_turned_away(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"[Pp]eer authentication failed"):
        connect(cluster, "somebody")


def test_trigrams_of_chinese_names_are_not_empty(cluster: Cluster) -> None:
    assert ask(cluster, "SELECT cardinality(show_trgm('陇县八渡镇'))") == 6


def test_the_server_listens_on_no_network_address_and_its_socket_is_closed_to_others(cluster: Cluster) -> None:
    assert ask(cluster, "SHOW listen_addresses") == ""
    assert cluster.server.socket.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def another_database(cluster: Cluster) -> Iterator[Callable[[], Cluster]]:
    """Make an empty database with the extensions, dropped at the end."""
    name = "another"

    def make() -> Cluster:
        return cluster.create_database(name)

    yield make
    cluster.drop_database(name)


def test_a_copy_of_a_database_has_its_rows(cluster: Cluster, another_database: Callable[[], Cluster]) -> None:
    original = another_database()
    with connect(original, OWNER) as connection:
        connection.execute("CREATE TABLE well AS SELECT 7 AS depth_m")
    copy = cluster.create_database("copied", template=original.database)
    try:
        assert ask(copy, "SELECT depth_m FROM well", OWNER) == 7
    finally:
        cluster.drop_database("copied")


def test_setting_up_twice_changes_nothing(server: Server) -> None:
    process = server.start()
    cluster = Cluster(server)
    cluster.set_up()
    cluster.set_up()
    assert ask(cluster, "SELECT count(*) FROM pg_extension WHERE extname IN ('postgis', 'btree_gist', 'pg_trgm')") == 3
    server.stop()
    assert process.wait() == 0


def test_an_interrupted_making_is_made_good_by_the_next(open_folder: Path) -> None:
    half = open_folder / "data.unfinished" / "base"
    half.mkdir(parents=True)
    server = Server(open_folder / "data", open_folder / "socket", open_folder / "log", service_account())
    server.make(durable=False)
    assert server.version >= 15
    assert not half.parent.exists()


def test_the_lock_of_a_killed_server_whose_number_is_somebody_elses_is_removed(server: Server) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n1\n{PORT}\n/x\n\n1 1\nready\n")
        assert server.running() is None
        process = server.start()
        assert server.running() == process.pid
        assert stranger.poll() is None
        server.stop()
        process.wait()
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_killed_outright_starts_again_with_what_was_committed(server: Server) -> None:
    server.configure({**SPEED_BEFORE_SAFETY, "synchronous_commit": "on"})
    process = server.start()
    cluster = Cluster(server)
    cluster.set_up()
    with connect(cluster, OWNER) as connection:
        connection.execute("CREATE TABLE well AS SELECT 7 AS depth_m")
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = server.start()
    assert ask(cluster, "SELECT depth_m FROM well", OWNER) == 7
    server.stop()
    assert again.wait() == 0


def test_a_moved_data_folder_starts_in_its_new_place(server: Server, open_folder: Path) -> None:
    process = server.start()
    Cluster(server).set_up()
    server.stop()
    process.wait()
    (open_folder / "new").mkdir(mode=0o711)
    server.data.rename(open_folder / "new" / "data")
    moved = Server(open_folder / "new" / "data", open_folder / "new" / "socket", server.log, server.account)
    moved.configure(SPEED_BEFORE_SAFETY)
    process = moved.start()
    assert ask(Cluster(moved), "SHOW unix_socket_directories") == str(moved.socket)
    moved.stop()
    process.wait()
