"""Bringing ledgers in tests: rows in, a checked batch out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger_words import context_of
from assets.accounts.models import Account
from assets.accounts.queries import find_viewer
from assets.imports.checking import check_batch
from assets.imports.committing import commit_batch
from assets.imports.models import ImportBatch, ImportRow
from assets.imports.receiving import receive_batch
from assets.imports.settings import Reading
from assets.regions.models import Region
from assets.scope import Viewer, bind_viewer
from tests import factories


def workbook(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as a text file with commas, their keys being its headings."""
    headings = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def asset_row(name: str, **values: Any) -> dict[str, Any]:
    """A row of a ledger of assets as offices write them; 大力村 in 八渡镇 unless said."""
    row = {"资产名称": name, "乡镇": "八渡镇", "村": "大力村", "资产分类": "公益性", "购建日期": "2023-05-20"}
    row |= {"资产原值": "450000", "状态": "运营正常"}
    return row | values


def facility_row(name: str, **values: Any) -> dict[str, Any]:
    """A row of a ledger of facilities; 大力村 in 八渡镇 unless said."""
    row = {"设施名称": name, "乡镇": "八渡镇", "村": "大力村", "设施类型": "村卫生室", "设施级别": "村"}
    row |= {"建筑面积": "90", "人员": "2"}
    return row | values


@dataclass
class Desk:
    """Somebody with a ledger in hand; ``session`` is the system's unless somebody acts."""

    session: Session
    tree: factories.Tree
    url: str = ""
    accounts: dict[str, Account] = field(default_factory=dict)

    def account(self, name: str = "clerk", role: str = "clerk", where: Region | None = None) -> Account:
        """An account of this name, made when it is first asked for."""
        if name not in self.accounts:
            self.system()
            self.accounts[name] = factories.account(self.session, name, role, where or self.tree.north)
        return self.accounts[name]

    def system(self) -> Session:
        """The program itself looks."""
        return bind_viewer(self.session, Viewer.system())

    def acts(self, account: Account) -> Session:
        """Let somebody look and write."""
        self.system().flush()
        self.session.expire_all()
        found = find_viewer(self.session, account.id, day=factories.DAY, address="10.0.0.8")
        assert found is not None
        return bind_viewer(self.session, found[1])

    def receive(
        self,
        rows: Sequence[Mapping[str, Any]],
        *,
        kind: str = "facility",
        account: Account | None = None,
        where: Region | None = None,
        **how: Any,
    ) -> ImportBatch:
        """A ledger is brought, by the clerk unless said, for the northern town."""
        who = account or self.account()
        return receive_batch(
            self.acts(who),
            kind=kind,
            region_id=(where or self.tree.north).id,
            file_name="台账.csv",
            stream=io.BytesIO(workbook(rows)),
            today=factories.DAY,
            reading=Reading(**how),
        )

    def check(self, batch: ImportBatch) -> ImportBatch:
        """Its rows are read and checked."""
        return check_batch(self.session, batch.id, context=context_of(self.session, batch.kind, today=factories.DAY))

    def bring(self, rows: Sequence[Mapping[str, Any]], **how: Any) -> ImportBatch:
        """A ledger is brought and checked."""
        return self.check(self.receive(rows, **how))

    def commit(self, batch: ImportBatch) -> ImportBatch:
        """Its rows are entered."""
        return commit_batch(self.session, batch.id, context=context_of(self.session, batch.kind, today=factories.DAY))

    def rows(self, batch: ImportBatch) -> Sequence[ImportRow]:
        """What was found of each row."""
        return self.session.scalars(
            select(ImportRow)
            .where(ImportRow.batch_id == batch.id)
            .order_by(ImportRow.number)
            .execution_options(populate_existing=True)
        ).all()

    def verdicts(self, batch: ImportBatch) -> list[str]:
        """The verdicts in the order of the rows."""
        return [row.verdict for row in self.rows(batch)]

    def problems(self, batch: ImportBatch) -> list[list[tuple[str, str | None]]]:
        """The problems of each row that are no notes: code and field."""
        return [
            [(one["code"], one.get("field")) for one in row.problems if one["severity"] != "note"]
            for row in self.rows(batch)
        ]
