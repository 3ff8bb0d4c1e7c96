"""``xiangtu jobs``: background jobs."""

from __future__ import annotations

import logging

import click

from app.config import Settings


@click.group("jobs")
def group() -> None:
    """Work on background jobs."""


@group.command()
@click.option("--once", is_flag=True, help="End when no job is left.")
@click.option("--concurrency", default=2, show_default=True, help="Jobs at the same time.")
def work(once: bool, concurrency: int) -> None:
    """Work on jobs until told to stop."""
    from app.jobs.worker import work as work_on

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    work_on(Settings.from_environment(), concurrency=concurrency, wait=not once)
