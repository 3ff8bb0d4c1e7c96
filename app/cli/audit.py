"""``xiangtu audit``: check the trail against its seals, note a seal down, carry off what is old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.config import LEAST_AUDIT_MONTHS, Settings
from app.runner.words import words
from assets import audit
from assets.audit.sealing import Key, newest_seal
from assets.audit.trimming import BatchDiffers, months_before, trim, verify_archive
from assets.audit.verifying import Finding, Verification, verify
from assets.db import OFFICE_ZONE, make_engine
from assets.scope import Viewer, bind_viewer, session_factory

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("audit")
def group() -> None:
    """The trail of who did what."""


@group.command("verify")
@click.option("--since", type=DAY, help="Only what was sealed from this day on.")
@click.option("--key-file", "key_files", type=FILE, multiple=True, help="A file with a former secret key.")
@click.option("--seal", "noted", multiple=True, metavar="NUMBER:HASH", help="A seal that was noted down elsewhere.")
@click.option("--archive", "archives", type=FILE, multiple=True, help="A file of entries carried off.")
def verify_trail(
    since: dt.datetime | None, key_files: tuple[Path, ...], noted: tuple[str, ...], archives: tuple[Path, ...]
) -> None:
    """Compare every entry with its seal; ends with 1 if something does not fit."""
    settings = Settings.from_environment()
    secrets = [settings.secret_key, *(file.read_text(encoding="utf-8").strip() for file in key_files)]
    seals = dict(_noted(text) for text in noted)
    began = since.replace(tzinfo=OFFICE_ZONE) if since else None
    now = dt.datetime.now(dt.UTC)
    with _session(settings.database_url, one_moment=True) as session:
        found = verify(session, [Key.of(secret) for secret in secrets], now=now, since=began, noted=seals)
        faults = [sentence for file in archives for sentence in _archive_faults(session, file)]
    holds = found.holds and not faults
    with _session(settings.database_url) as session:
        told: dict[str, Any] = {
            "seals": found.seals,
            "entries": found.entries,
            "findings": len(found.findings) + len(faults),
        }
        audit.note(session, "audit.verify", result="success" if holds else "refused", **told)
        session.commit()
    for finding in found.findings:
        click.echo(sentence_of(finding))
    for sentence in faults:
        click.echo(sentence)
    click.echo(_summary(found))
    if not holds:
        raise click.exceptions.Exit(1)


@group.command()
def seals() -> None:
    """Print the newest seal, to be kept on paper or in another system."""
    with _session(Settings.from_environment().database_url) as session:
        seal = newest_seal(session)
        if seal is None:
            raise click.ClickException(words("Nothing is sealed yet.", "尚无封存记录。"))
        click.echo(f"{seal.number}:{seal.hash}")
        moment = f"{seal.sealed_at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M:%S}"
        click.echo(words(f"Sealed on {moment}. Keep this line elsewhere.", f"封存于 {moment}。请将此行另行保存。"))


@group.command("trim")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where the file is put.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def trim_trail(folder: Path | None, yes: bool) -> None:
    """Carry entries older than XIANGTU_AUDIT_MONTHS off into a file; their seals stay."""
    settings = Settings.from_environment()
    if not settings.audit_months:
        raise click.ClickException(
            words(
                f"The trail is kept for ever. Set XIANGTU_AUDIT_MONTHS to {LEAST_AUDIT_MONTHS} or more first.",
                f"审计记录设为永久保留。请先将 XIANGTU_AUDIT_MONTHS 设为 {LEAST_AUDIT_MONTHS} 或以上。",
            )
        )
    now = dt.datetime.now(OFFICE_ZONE)
    before = months_before(now.date(), settings.audit_months)
    if not yes:
        question = words(
            f"Carry off entries from before {before}?", f"将 {before} 之前的审计记录转存到文件并移出数据库？"
        )
        click.confirm(question, abort=True)
    target = folder or settings.var / "audit"
    with _session(settings.database_owner_url) as session:
        try:
            done = trim(session, before=dt.datetime.combine(before, dt.time(), OFFICE_ZONE), folder=target, now=now)
            session.commit()
        except BatchDiffers as error:
            number = error.data["number"]
            chinese = f"第 {number} 号封存与记录不符，未转存任何内容。请先运行 xiangtu audit verify。"
            raise click.ClickException(words(str(error), chinese)) from None
        except DBAPIError as error:
            raise click.ClickException(
                words(
                    "The owner's role is needed: set DATABASE_OWNER_URL.",
                    "需要数据库属主角色，请设置 DATABASE_OWNER_URL。",
                )
                + f" ({str(error.orig).splitlines()[0]})"
            ) from None
        except OSError as error:
            raise click.ClickException(
                words(f"The file cannot be written: {error}", f"文件无法写入：{error}")
            ) from None
    if done is None:
        click.echo(words("Nothing is old enough.", "没有到期的记录。"))
        return
    click.echo(
        words(
            f"{done.entries:,} entries up to seal {done.up_to_seal} are in {done.file} (sha256 {done.sha256}).",
            f"已将 {done.entries:,} 条记录（至第 {done.up_to_seal} 号封存）转存到 {done.file}。sha256：{done.sha256}",
        )
    )


def sentence_of(finding: Finding) -> str:
    """A finding in the words of the terminal."""
    seal, count = finding.seal, f"{finding.count:,}"
    ids = ", ".join(map(str, finding.ids)) + ("…" if finding.count > len(finding.ids) else "")
    until = f"{finding.until.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}" if finding.until else ""
    if finding.kind == "changed":
        low, high = finding.ids
        return words(
            f"Seal {seal} of {until}: one or more of the {count} entries {low} to {high} were changed.",
            f"第 {seal} 号封存（{until}）：编号 {low} 至 {high} 的 {count} 条记录中有内容被改动。",
        )
    if finding.kind == "deleted":
        return words(
            f"Seal {seal} of {until}: {count} entries were deleted: {ids}",
            f"第 {seal} 号封存（{until}）：{count} 条记录被删除：{ids}",
        )
    if finding.kind == "added":
        return words(f"{count} entries were put in afterwards: {ids}", f"{count} 条记录为事后插入：{ids}")
    if finding.kind == "unsealed":
        return words(
            f"{count} entries are older than five minutes and not sealed; are background jobs running? {ids}",
            f"{count} 条记录超过五分钟仍未封存，请检查后台任务是否在运行：{ids}",
        )
    english, chinese = _OF_SEALS[finding.kind]
    return words(english.format(seal=seal, count=count), chinese.format(seal=seal, count=count))


_OF_SEALS = {
    "seal_missing": ("Seal {seal} is missing ({count} in a row).", "第 {seal} 号封存缺失（连续 {count} 个）。"),
    "seal_altered": ("Seal {seal} was altered.", "第 {seal} 号封存被改动。"),
    "seal_forged": ("Seal {seal} does not bear our signature.", "第 {seal} 号封存的签名不符。"),
    "seal_unknown_key": (
        "Seal {seal} is signed with another key; bring a former one with --key-file.",
        "第 {seal} 号封存使用了其他密钥签名；如曾更换密钥，请用 --key-file 提供旧密钥。",
    ),
    "seal_differs": ("Seal {seal} is not the one that was noted down.", "第 {seal} 号封存与另行保存的不一致。"),
    "archived_early": (
        "Seal {seal}: {count} entries are said to be carried off before six months had passed.",
        "第 {seal} 号封存：{count} 条记录未满六个月即被标为已转存。",
    ),
    "archived_untold": (
        "Seal {seal}: {count} entries are said to be carried off, and the trail does not tell of it.",
        "第 {seal} 号封存：{count} 条记录被标为已转存，但没有相应的转存记录。",
    ),
}


def _summary(found: Verification) -> str:
    seals, entries, carried = f"{found.seals:,}", f"{found.entries:,}", f"{found.archived:,}"
    if found.holds:
        return words(
            f"{entries} entries under {seals} seals are as they were sealed; {carried} are carried off, "
            f"{found.waiting:,} wait for the next seal.",
            f"{seals} 个封存、{entries} 条记录核对一致；已转存 {carried} 条，待封存 {found.waiting:,} 条。",
        )
    return words(
        f"{len(found.findings):,} findings in {entries} entries under {seals} seals.",
        f"核对 {seals} 个封存、{entries} 条记录，发现 {len(found.findings):,} 处问题。",
    )


def _noted(text: str) -> tuple[int, str]:
    number, _colon, digest = text.strip().partition(":")
    if not number.isdecimal() or not digest:
        raise click.UsageError(words(f"“{text}” is not NUMBER:HASH.", f"“{text}”的格式应为 编号:校验值。"))
    return int(number), digest


def _archive_faults(session: Session, file: Path) -> Iterator[str]:
    try:
        read, failed = verify_archive(session, file)
    except (OSError, EOFError, ValueError):
        yield words(f"{file} is damaged, or no file of entries.", f"{file} 已损坏，或不是转存的审计文件。")
        return
    if failed:
        numbers = ", ".join(map(str, failed))
        yield words(f"{file} does not fulfil the seals {numbers}.", f"{file} 与下列封存不符：{numbers}。")
    else:
        click.echo(words(f"{file}: {read:,} entries as sealed.", f"{file}：{read:,} 条记录核对一致。"))


@contextmanager
def _session(url: str, *, one_moment: bool = False) -> Iterator[Session]:
    engine = make_engine(url, isolation_level="REPEATABLE READ" if one_moment else "READ COMMITTED")
    try:
        with session_factory(engine)() as session:
            yield bind_viewer(session, Viewer.system())
    finally:
        engine.dispose()
