"""The trail is told in the reader's words, whatever the program notes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.audit.words import FACTS
from app.records.naming import column_name
from assets import audit
from assets.accounts.models import Grant
from assets.db import Base
from tests.people import Office

ROOT = Path(__file__).resolve().parents[2]
# What the function itself takes.
TAKEN = {"reason", "batch", "result", "by", "region_path"}


def test_what_the_program_notes_in_codes_is_told_in_words(office: Office) -> None:
    path = office.tree.county.region_path
    with office.session() as session:
        source = session.scalars(select(Grant.id).where(Grant.account_id == office.account("leader"))).first()
        audit.note(session, "personal.read", path, "refused", person=356, through="post-356", why="NotAllowed")
        audit.note(session, "accounts.sign_out", path, ended_by="closed")
        audit.note(session, "test.act", path, withheld="id_number, phone", delegated_from={"grants": [source]})
    page = office.browser("auditor").text("/audit/").partition("<table")[2]
    for words in ("岗位 356", "没有相应授权", "已停用", "身份证号、联系电话", "代理"):
        assert words in page
    for code in ("through", "NotAllowed", "id_number", "delegated_from", "grants", "ended_by"):
        assert f">{code}" not in page


def test_a_place_that_is_none_is_told_as_it_was_typed(office: Office) -> None:
    with office.session() as session:
        for through in ("post-", "post-²", "nothing-1", "<x-y>"):
            audit.note(session, "personal.read", office.tree.county.region_path, "refused", through=through)
    page = office.browser("auditor").get("/audit/").text
    assert "nothing-1" in page
    assert "<x-y>" not in page


@pytest.mark.parametrize("room", ["app", "assets"])
def test_every_fact_that_is_noted_has_its_word(room: str) -> None:
    noted: set[str] = set()
    for path in (ROOT / room).rglob("*.py"):
        for call in re.finditer(r"audit\.(?:record|note)\((?:[^()]|\([^()]*\))*\)", path.read_text(encoding="utf-8")):
            noted |= set(re.findall(r"\b([a-z_]+)=", call.group()))
    columns = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    told = {name for name in noted if name.endswith("_id") or column_name("", name) != name}
    assert noted - TAKEN - set(FACTS) - columns - told == set()
