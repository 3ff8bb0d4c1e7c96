"""``python -m benchmarks``: make a province, measure, write the table into the README."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

from sqlalchemy import text

from app.cli import migrations
from app.runner.cluster import Cluster, temporary_cluster
from app.runner.settings import SPEED_BEFORE_SAFETY
from assets.db import make_engine, today
from benchmarks import imports, ledger, page, scope, status, tiles
from benchmarks.kept import kept_cluster
from benchmarks.people import make_people
from benchmarks.province import make_province, timed

README = Path(__file__).parent / "README.md"
SETTINGS = SPEED_BEFORE_SAFETY | {
    "shared_buffers": "1GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
}


def main() -> None:
    """Run what is asked for; everything by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=2_000_000)
    parser.add_argument("--only", choices=("province", "page", "imports"), help="measure one part")
    parser.add_argument("--dry", action="store_true", help="print the table without keeping it")
    parser.add_argument("--folder", type=Path, help="keep the database here, and measure the same province again")
    chosen = parser.parse_args()
    day = today()
    rows: list[tuple[str, str, str, str]] = []
    server = kept_cluster(chosen.folder, SETTINGS) if chosen.folder else temporary_cluster(SETTINGS)
    with server as cluster, TemporaryDirectory() as var:
        if chosen.only in (None, "province"):
            rows += measure_province(cluster, chosen.assets, day, var)
        if chosen.only in (None, "page"):
            rows += measure_page(cluster, day, var)
        if chosen.only in (None, "imports"):
            rows += imports.measure(cluster, day)
    table = "\n".join(
        ["| what | measured | asked | met |", "|---|---|---|---|", *("| " + " | ".join(row) + " |" for row in rows)]
    )
    print(table)
    if not chosen.dry:
        keep(table, chosen.assets, day)


def measure_province(cluster: Cluster, assets: int, day: dt.date, var: str) -> list[tuple[str, str, str, str]]:
    """Tiles and status by area in a province of ``assets``."""
    owner = make_engine(cluster.owner_url)
    with owner.begin() as connection:
        migrations.upgrade(connection, "xiangtu")
    with owner.begin() as connection:
        made = connection.execute(text("SELECT min(id) FROM party WHERE name = '监督人1'")).scalar_one() is not None
    if not made:
        print(f"Making a province of {assets:,} assets")
        make_province(owner, assets, day, say=timed(print))
        with owner.begin() as connection:
            region = connection.execute(text("SELECT id FROM region WHERE level = 'province'")).scalar_one()
            make_people(connection, {"province": region})
            ledger.people(connection)
    heavy = ledger.heavy_asset(owner, day, fill=not made)
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
    rows = measure_ledger(cluster.runtime_url, day, var, heavy)
    for line in tiles.measure(owner, cluster.runtime_url, day, var):
        what = f"tile of {line.features:,} features, {line.kilobytes} KB"
        measured = f"{line.application_ms:.1f} ms, database {line.database_ms:.1f} ms: {line.overhead:.2f} ×"
        rows.append((f"{what}: application / database", measured, "≤ 1.3 ×", yes(line.overhead <= 1.3)))
        measured = f"{line.anew_ms:.1f} ms: {line.overhead_anew:.2f} ×"
        rows.append((f"{what}: the same, cut anew after a commit", measured, "—", "—"))
        measured = f"{line.application_rate:.0f}/s, tipg {line.peer_rate:.0f}/s: {line.advantage:.1f} ×"
        rows.append((f"{what}: throughput / tipg", measured, "≥ 4 ×", yes(line.advantage >= 4)))
        rows.append((f"{what}: size", f"{line.kilobytes} KB", "≤ 500 KB", yes(line.kilobytes <= 500)))
    lines, plain = status.measure(owner, cluster.runtime_url, day, var)
    for line in lines:
        met = yes(line.county_ms <= 50 and line.province_ms <= 100)
        measured = f"county {line.county_ms:.1f} ms, province {line.province_ms:.1f} ms"
        rows.append((f"status by area, {line.what}", measured, "≤ 50 ms, ≤ 100 ms", met))
    rows.append(("the plain GROUP BY over the province", f"{plain:.0f} ms", "—", "—"))
    for cost in scope.measure(owner, cluster.runtime_url, day, var):
        what = f"{cost.what} narrowed to {cost.who} / asked by the program itself"
        measured = f"{cost.narrowed_ms:.1f} ms, {cost.open_ms:.1f} ms: {cost.cost:.2f} ×"
        rows.append((what, measured, "≤ 1.2 ×", yes(cost.cost <= 1.2)))
    owner.dispose()
    return rows


def measure_ledger(runtime_url: str, day: dt.date, var: str, heavy: int) -> list[tuple[str, str, str, str]]:
    """Lists per level, the page of an asset with much to show, and saving one."""
    rows = []
    for line in ledger.measure_lists(runtime_url, day, var):
        what = f"list of {line.assets:,} assets ({line.level}), {line.pages} sorts and filters"
        measured = f"{line.today_ms:.0f} ms; the slowest {line.slowest_ms:.0f} ms ({unquote(line.slowest)})"
        rows.append((what, measured, "≤ 60 ms", yes(max(line.today_ms, line.slowest_ms) <= 60)))
        measured = f"{line.past_ms:.0f} ms: {line.past_ms / line.today_ms:.1f} ×"
        rows.append((f"the same a year ago ({line.level})", measured, "≤ 2 ×", yes(line.past_ms <= 2 * line.today_ms)))
    shown = ledger.measure_show(runtime_url, day, var, heavy)
    what = "page of an asset with 50 rights, 200 inspections, 100 audit entries"
    rows.append((what, f"{shown:.0f} ms", "≤ 60 ms", yes(shown <= 60)))
    saved = ledger.measure_saving(runtime_url, day)
    for verb, milliseconds in (("registering", saved.register_ms), ("correcting", saved.correct_ms)):
        what = f"{verb} an asset, with history, audit and sums"
        rows.append((what, f"{milliseconds:.0f} ms", "≤ 40 ms", yes(milliseconds <= 40)))
    return rows


def measure_page(cluster: Cluster, day: dt.date, var: str) -> list[tuple[str, str, str, str]]:
    """The first map of the demonstration county's planner."""
    cluster.drop_database("county")
    made = cluster.create_database("county")
    owner = make_engine(made.owner_url)
    with owner.begin() as connection:
        migrations.upgrade(connection, "xiangtu")
    owner.dispose()
    environment = os.environ | {"DATABASE_URL": made.owner_url, "XIANGTU_VAR": var}
    subprocess.run([sys.executable, "-m", "app.cli", "demo", "load", "--on", str(day)], env=environment, check=True)
    line = page.measure(made.runtime_url, day, var)
    return [
        ("sign-in to complete map in Chromium", f"{line.seconds:.2f} s", "≤ 2.0 s", yes(line.seconds <= 2.0)),
        ("page and scripts, compressed", f"{line.kilobytes:.0f} KB", "≤ 700 KB", yes(line.kilobytes <= 700)),
    ]


def yes(met: bool) -> str:
    """How the table says it."""
    return "yes" if met else "no"


def keep(table: str, assets: int, day: dt.date) -> None:
    """Put the table between its marks in the README."""
    cores = os.cpu_count()
    caption = f"Measured {day} on {cores} cores, province of {assets:,} assets."
    written = README.read_text(encoding="utf-8")
    fresh = f"<!-- table -->\n{caption}\n\n{table}\n<!-- /table -->"
    README.write_text(
        re.sub(r"<!-- table -->.*<!-- /table -->", lambda _: fresh, written, flags=re.S), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
