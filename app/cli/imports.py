"""``xiangtu imports``: ledgers in, and back out again."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.config import Settings
from assets.db import make_engine
from assets.db import today as office_day
from assets.errors import RegistryError
from assets.imports.models import KINDS, ImportBatch, ImportRow
from assets.imports.settings import Reading
from assets.scope import Viewer, bind_viewer, session_factory

MOST_TOLD = 1_000
WITH_PROBLEMS, REFUSED = 2, 1


@click.group("imports")
def group() -> None:
    """Ledgers in, and back out again."""


@group.command()
@click.argument("action", type=click.Choice(["check", "commit", "undo"]))
@click.argument("batch", type=int)
@click.option("--parent", type=int, help="The process that waits: when it is killed, this one ends.")
def work(action: str, batch: int, parent: int | None) -> None:
    """Do the work of a job on one ledger, with limited memory; jobs start this."""
    from app.jobs.importing import REFUSED as TOLD
    from app.jobs.importing import TOO_MUCH, limit_this_process, perform

    settings = Settings.from_environment()
    limit_this_process(settings.import_memory_mb, parent)
    with _engine(settings) as engine:
        try:
            refusal = perform(engine, action, batch, today=settings.today or office_day())
        except MemoryError:
            raise SystemExit(TOO_MUCH) from None
    if refusal is not None:
        click.echo(str(refusal), err=True)
        raise SystemExit(TOLD)


def _common(command: Any) -> Any:
    for option in (
        click.option("--datum", default="", help="What its coordinates are recorded in, such as gcj02."),
        click.option("--key", "identity", default="", help="How its rows name records, such as national_code."),
        click.option("--sheet", "sheets", multiple=True, help="A sheet to read; again for another."),
        click.option("--as", "username", required=True, help="The account that brings it."),
        click.option("--area", required=True, help="The code of the region its rows belong to."),
        click.option("--kind", type=click.Choice(KINDS), required=True, help="What it is a ledger of."),
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    ):
        command = option(command)
    return command


@group.command()
@_common
@click.option("--json", "as_json", is_flag=True, help="Tell everything as one JSON object.")
def check(as_json: bool, **choices: Any) -> None:
    """Read a ledger and tell whatever is wrong with it; ends with 2 if anything is."""
    with _engine(Settings.from_environment()) as engine:
        batch = _brought(engine, **choices)
        _perform(engine, "check", batch)
        wrong = _tell(engine, batch, as_json=as_json)
    raise SystemExit(WITH_PROBLEMS if wrong else 0)


@group.command()
@_common
@click.option("--leave-out-rejected", is_flag=True, help="Leave rows with problems out.")
def commit(leave_out_rejected: bool, **choices: Any) -> None:
    """Enter a ledger, whole or not at all; ends with 2 if rows have problems, with 1 if it is refused."""
    with _engine(Settings.from_environment()) as engine:
        batch = _brought(engine, rejected="leave_out" if leave_out_rejected else "refuse", **choices)
        _perform(engine, "check", batch)
        wrong = _tell(engine, batch, as_json=False)
        if wrong and not leave_out_rejected:
            raise SystemExit(WITH_PROBLEMS)
        _perform(engine, "commit", batch)
    click.echo(f"Entered as batch {batch}.")


@group.command()
@click.argument("batch", type=int)
@click.option("--as", "username", required=True, help="The account that takes it back.")
def undo(batch: int, username: str) -> None:
    """Take back what a batch has entered, except what was edited since; that is listed."""
    from assets.imports.undoing import require_may_undo

    with _engine(Settings.from_environment()) as engine:
        with _session(engine) as session, _plainly():
            _act_as(session, username)
            require_may_undo(session, batch, today=_day())
            session.commit()
        _perform(engine, "undo", batch)
        with _session(engine) as session:
            left = session.get_one(ImportBatch, batch).left
    for one in left:
        click.echo(f"left: {one.get('table')} {one.get('id')} {one.get('name')}: {one.get('who')}, {one.get('at')}")
    click.echo(f"Taken back, {len(left):,} left.")


@group.command("return")
@click.argument("batch", type=int)
@click.option("--as", "username", required=True, help="The account that asks for it.")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where it goes.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="In which the reasons are written.")
@click.option("--parent", type=int, help="The process that waits: when it is killed, this one ends.")
def hand_back(batch: int, username: str, target: Path, language: str, parent: int | None) -> None:
    """Write the workbook of a batch with its faulty cells marked and the reasons beside them."""
    from app.jobs.importing import limit_this_process
    from app.ledger_sentences import sentence
    from app.ledger_words import context_of
    from assets.imports import handing_back
    from assets.imports.holding import get_batch

    settings = Settings.from_environment()
    limit_this_process(settings.import_memory_mb, parent)
    with _engine(settings) as engine, _session(engine) as session, _plainly(), target.open("w+b") as file:
        _act_as(session, username)
        context = context_of(session, get_batch(session, batch).kind, today=_day())
        tell = partial(sentence, language)
        handing_back.hand_back(session, batch, context=context, tell=tell, language=language, target=file)


@group.command("list")
@click.option("--as", "username", help="Only what this account sees.")
def list_batches(username: str | None) -> None:
    """Name the ledgers that were brought, the latest first."""
    with _engine(Settings.from_environment()) as engine, _session(engine) as session:
        if username:
            _act_as(session, username)
        for one in session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(200)):
            rows = one.counts.get("rows", 0)
            click.echo(f"{one.id} {one.created_at:%Y-%m-%d %H:%M} {one.kind} {one.status} {rows:,} {one.file_name}")


def _brought(
    engine: Engine,
    *,
    file: Path,
    kind: str,
    area: str,
    username: str,
    sheets: tuple[str, ...],
    identity: str,
    datum: str,
    rejected: str = "refuse",
) -> int:
    from assets.imports.receiving import receive_batch
    from assets.regions.models import Region

    day = _day()
    with _session(engine) as session, _plainly(), file.open("rb") as stream:
        region = session.scalars(
            select(Region).where(Region.code == area.ljust(12, "0")).order_by(Region.valid_from.desc())
        ).first()
        if region is None:
            raise click.ClickException(f"There is no region with the code “{area}”.")
        _act_as(session, username)
        reading = Reading(sheets=sheets, identity=identity, datum=datum, rejected=rejected)
        batch = receive_batch(
            session,
            kind=kind,
            region_id=region.id,
            file_name=file.name,
            stream=stream,
            today=day,
            reading=reading,
        )
        session.commit()
        return int(batch.id)


def _act_as(session: Session, username: str) -> None:
    from assets.accounts.models import Account
    from assets.accounts.queries import find_viewer

    account = session.scalars(select(Account).where(Account.username == username)).first()
    found = find_viewer(session, account.id, day=_day(), address=None) if account else None
    if found is None:
        raise click.ClickException(f"There is no open account “{username}”.")
    bind_viewer(session, found[1])


def _perform(engine: Engine, action: str, batch: int) -> None:
    from app.jobs.importing import STEPS, perform

    def watch(step: str, /) -> None:
        click.echo(f"{action} {STEPS[action].index(step) + 1}/{len(STEPS[action])} {step}", err=True)

    refusal = perform(engine, action, batch, today=_day(), watch=watch)
    if refusal is not None:
        raise click.ClickException(str(refusal))


def _tell(engine: Engine, batch_id: int, *, as_json: bool) -> int:
    """Tell what was found; how many problems keep rows or the file outside."""
    from assets.imports.problems import sentence_of

    with _session(engine) as session:
        batch = session.get_one(ImportBatch, batch_id)
        rows = session.scalars(
            select(ImportRow)
            .where(ImportRow.batch_id == batch_id, ImportRow.verdict == "rejected")
            .order_by(ImportRow.number)
            .limit(MOST_TOLD)
        ).all()
        whole = [one for one in batch.problems if one["severity"] != "note"]
        wrong: int = len(whole) + batch.counts.get("verdicts", {}).get("rejected", 0)
        told = [(None, None, one) for one in whole] + [
            (row.sheet, row.row, one) for row in rows for one in row.problems
        ]
        problems = [
            {"sheet": sheet, "row": row, **one, "reason": _filled(sentence_of(one["code"]), one)}
            for sheet, row, one in told
            if one["severity"] != "note"
        ]
        if as_json:
            summary = {"batch": batch.id, "status": batch.status, "counts": batch.counts, "problems": problems}
            click.echo(json.dumps(summary, ensure_ascii=False, indent=1, default=str))
            return wrong
        for one in problems:
            where = f"{one['sheet']}!{one['row']}" if one["row"] else batch.file_name
            parts = (where, one.get("field") or "—", one.get("value") or "", one["reason"])
            click.echo("\t".join(str(part) for part in parts))
        counts = ", ".join(f"{count:,} {name}" for name, count in sorted(batch.counts.get("verdicts", {}).items()))
        click.echo(f"Batch {batch.id}: {batch.status}{': ' + counts if counts else ''}.")
        return wrong


def _filled(sentence: str, problem: dict[str, Any]) -> str:
    for key, value in {"value": problem.get("value"), **(problem.get("data") or {})}.items():
        sentence = sentence.replace("{" + key + "}", str(value))
    return sentence


def _day() -> dt.date:
    return Settings.from_environment().today or office_day()


@contextlib.contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    engine = make_engine(settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextlib.contextmanager
def _session(engine: Engine) -> Iterator[Session]:
    with session_factory(engine)() as session:
        yield bind_viewer(session, Viewer.system())


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """Say a refusal in one line."""
    try:
        yield
    except RegistryError as refusal:
        raise click.ClickException(str(refusal)) from refusal
