"""A clerk's ledger at the desk: brought through the page, read as a job would read it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.jobs.importing import perform
from assets.imports.models import ImportBatch, ImportRow
from tests import factories
from tests.people import Browser, Office

ROW = {
    "资产名称": "大力村蓄水池",
    "乡镇": "八渡镇",
    "村": "大力村",
    "资产分类": "公益性",
    "购建日期": "2023-05-20",
    "资产原值": "450000",
    "状态": "运营正常",
}
_KEY = re.compile(r'name="request_key" value="([0-9a-f]{32})"')
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def row(name: str, **values: Any) -> dict[str, Any]:
    """A row without faults unless said."""
    return {**ROW, "资产名称": name, **values}


def ledger(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as a text file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(key for one in rows for key in one)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


@dataclass
class Clerk:
    """Somebody who brings ledgers."""

    office: Office
    browser: Browser

    def token(self) -> str:
        """What forms of this browser carry."""
        found = _TOKEN.search(self.browser.text("/imports/"))
        assert found
        return found.group(1)

    def upload(self, content: bytes | None, *, name: str = "台账.csv", **values: Any) -> TestResponse:
        """Send a file as the form does."""
        sent = {"csrf_token": self.token(), "kind": "asset", **values}
        if content is not None:
            sent["file"] = (io.BytesIO(content), name)
        return self.browser.client.post("/imports/upload", data=sent, content_type="multipart/form-data")

    def bring(self, *rows: Mapping[str, Any], kind: str = "asset") -> int:
        """Bring a ledger and have it read; the number of the batch."""
        answer = self.upload(ledger(rows), kind=kind)
        assert answer.status_code == 303, answer.text[:2000]
        batch = int(answer.location.rpartition("/")[2])
        work(self.office, "check", batch)
        return batch

    def say(self, batch: int, what: str, **values: Any) -> TestResponse:
        """Send a form of the preview."""
        return self.browser.client.post(f"/imports/{batch}/{what}", data={"csrf_token": self.token(), **values})


def work(office: Office, action: str, batch: int) -> None:
    """Do what a job does."""
    refusal = perform(office.engine, action, batch, today=factories.DAY)
    assert refusal is None, refusal


def rows_of(office: Office, batch: int) -> Iterator[ImportRow]:
    """What was found of each row."""
    with office.session() as session:
        yield from session.scalars(select(ImportRow).where(ImportRow.batch_id == batch).order_by(ImportRow.number))


def batch_of(office: Office, batch: int) -> ImportBatch:
    """The ledger as it stands."""
    with office.session() as session:
        return session.get_one(ImportBatch, batch)


__all__ = ["Clerk", "batch_of", "ledger", "row", "rows_of", "work"]
