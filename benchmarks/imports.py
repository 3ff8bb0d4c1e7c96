"""``python -m benchmarks.imports``: ledgers of assets in and back out, beside ogr2ogr loading the same files."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, make_url, text

from app.cli import migrations
from app.ledger_words import context_of
from app.runner.cluster import Cluster, temporary_cluster
from assets.db import make_engine, today
from assets.imports.checking import check_batch
from assets.imports.committing import commit_batch
from assets.imports.receiving import receive_batch
from assets.imports.settings import Reading
from assets.imports.undoing import undo_batch
from assets.scope import Viewer, bind_viewer, session_factory
from benchmarks.ledgers import villages, write_ledger
from benchmarks.people import make_people, viewer_named
from benchmarks.province import DRAW, PLACES, load_regions

ROWS = (10_000, 100_000)
_GIGABYTE = 2**30


def measure(cluster: Cluster, day: dt.date, sizes: tuple[int, ...] = ROWS) -> list[tuple[str, str, str, str]]:
    """Lines of the table: each size beside ogr2ogr, and how the largest compares with the one before."""
    lines: list[tuple[str, str, str, str]] = []
    before: dict[str, float] = {}
    for rows in sizes:
        cluster.drop_database("ledgers")
        made = cluster.create_database("ledgers")
        _prepare(made)
        with TemporaryDirectory() as folder:
            owner = make_engine(made.owner_url)
            with owner.connect() as connection:
                path = write_ledger(Path(folder) / "ledger.xlsx", villages(connection), rows, day)
            owner.dispose()
            plain = _ogr2ogr(made, path)
            told = {"rows": rows, "ogr2ogr": plain}
            for action in ("check", "commit", "undo"):
                told |= _apart(made, action, path, day)
        print(json.dumps(told), flush=True)
        lines += _lines(rows, told, before)
        before = told
    return lines


def _lines(rows: int, told: dict[str, Any], before: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    plain = told["ogr2ogr"]
    found = []
    for action, what, most in (("check", "to the preview", 1.5), ("commit", "commit", 3.0)):
        ratio = told[action] / plain
        measured = f"{told[action]:.1f} s, ogr2ogr {plain:.1f} s: {ratio:.2f} ×"
        found.append((f"{rows:,} assets from .xlsx {what} / ogr2ogr", measured, f"≤ {most:g} ×", _yes(ratio <= most)))
    found.append((f"{rows:,} assets: undo", f"{told['undo']:.1f} s", "—", "—"))
    peak = max(told[f"{action}_peak"] for action in ("check", "commit", "undo"))
    found.append((f"{rows:,} assets: memory", f"{peak / _GIGABYTE:.2f} GB", "≤ 1.5 GB", _yes(peak <= 1.5 * _GIGABYTE)))
    if before and rows == 10 * before["rows"]:
        for action in ("check", "commit"):
            times = told[action] / before[action]
            found.append((f"{action}: ten times the rows", f"{times:.1f} × the time", "≤ 11 ×", _yes(times <= 11)))
    return found


def _yes(met: bool) -> str:
    return "yes" if met else "no"


def _prepare(cluster: Cluster) -> None:
    owner = make_engine(cluster.owner_url)
    with owner.begin() as connection:
        migrations.upgrade(connection, "xiangtu")
    load_regions(owner)
    with owner.begin() as connection:
        connection.execute(text(DRAW))
        connection.execute(text(PLACES))
        region = connection.execute(text("SELECT id FROM region WHERE level = 'province'")).scalar_one()
        make_people(connection, {"province": region})
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
    owner.dispose()


def _ogr2ogr(cluster: Cluster, path: Path) -> float:
    """Seconds in which ogr2ogr loads the file as it is, unchecked, into the same database."""
    url = make_url(cluster.owner_url)
    target = f"PG:host={url.query['host']} port={url.query['port']} dbname={url.database} user={url.username}"
    begun = time.perf_counter()
    subprocess.run(
        ["ogr2ogr", "-f", "PostgreSQL", target, str(path), "-nln", "ogr_ledger", "-overwrite"],
        check=True,
        capture_output=True,
        env=os.environ | {"OGR_XLSX_HEADERS": "FORCE"},
    )
    return time.perf_counter() - begun


def _apart(cluster: Cluster, action: str, path: Path, day: dt.date) -> dict[str, float]:
    """One action in a process of its own, as jobs do it: its seconds, by step as well, and its memory."""
    command = [sys.executable, "-m", "benchmarks.imports", "--work", action, cluster.runtime_url, str(path), str(day)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def work(action: str, url: str, path: Path, day: dt.date) -> None:
    """Do one action and print what it took."""
    engine = make_engine(url)
    steps: dict[str, float] = {}
    last = [time.perf_counter(), "open"]

    def progress(step: str) -> None:
        now = time.perf_counter()
        steps[str(last[1])] = steps.get(str(last[1]), 0.0) + now - float(last[0])
        last[:] = [now, step]

    begun = time.perf_counter()
    batch_id, told = _act(engine, action, path, day, progress)
    seconds = time.perf_counter() - begun
    progress("end")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    shown = {step: round(value, 2) for step, value in steps.items()}
    print(f"{action} of batch {batch_id}: {seconds:.1f} s {shown} {told}", file=sys.stderr)
    print(json.dumps({action: seconds, f"{action}_peak": peak}))


def _act(engine: Engine, action: str, path: Path, day: dt.date, progress: Any) -> tuple[int, Any]:
    with session_factory(engine)() as session:
        viewer = viewer_named(session, "province", day)
        region_id = viewer.reaches[0].region_id
        context = context_of(session, "asset", today=day)
        if action == "check":
            with path.open("rb") as stream:
                batch = receive_batch(
                    session,
                    kind="asset",
                    region_id=region_id,
                    file_name=path.name,
                    stream=stream,
                    today=day,
                    reading=Reading(datum="cgcs2000"),
                )
            batch = check_batch(session, batch.id, context=context, progress=progress)
            told: Any = batch.counts or batch.problems
        else:
            found = session.execute(text("SELECT max(id) FROM import_batch")).scalar_one()
            bind_viewer(session, viewer if action == "commit" else Viewer.system())
            if action == "commit":
                batch = commit_batch(session, found, context=context, progress=progress)
            else:
                bind_viewer(session, viewer)
                batch = undo_batch(session, found, today=day, progress=progress)
            told = batch.status
        session.commit()
        return batch.id, told


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, action="append", help="how many; again for more sizes")
    parser.add_argument("--work", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.work:
        action, url, path, day = chosen.work
        work(action, url, Path(path), dt.date.fromisoformat(day))
        return
    from benchmarks.__main__ import SETTINGS

    with temporary_cluster(SETTINGS) as cluster:
        for line in measure(cluster, today(), tuple(chosen.rows or ROWS)):
            print("| " + " | ".join(line) + " |")


if __name__ == "__main__":
    main()
