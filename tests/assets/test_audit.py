"""Who did what: every service leaves exactly its entries, and nobody can take one away."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts.models import Account
from assets.accounts.service import SignInRefused, change_password, confirm_password, lift_lock, sign_in
from assets.audit import AuditEntry
from assets.maintenance.service import record_inspection, undo_inspection
from assets.parties.models import Person
from assets.regions import tree as lists
from assets.regions.borders import attach_borders, detach_border
from assets.regions.service import load_tree, merge_regions
from assets.scope import Reach, Viewer, bind_viewer
from tests import factories

ROOT = Path(__file__).parents[2] / "assets"
NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
Actions = list[tuple[str, str | None]]


def entries(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def _sign_in(session: Session, _tree: factories.Tree) -> None:
    sign_in(session, "planner", factories.PASSWORD, address="127.0.0.1", now=NOW)


def _sign_in_wrongly(session: Session, _tree: factories.Tree) -> None:
    with pytest.raises(SignInRefused):
        sign_in(session, "planner", "wrong", address="127.0.0.1", now=NOW)


def _planner(session: Session) -> Account:
    return session.scalars(select(Account).where(Account.username == "planner")).one()


def _change_password(session: Session, _tree: factories.Tree) -> None:
    new = "seven slow herons wade"
    change_password(
        session, _planner(session), old=factories.PASSWORD, new=new, again=new, least=10, address="::1", now=NOW
    )


def _confirm_wrongly(session: Session, _tree: factories.Tree) -> None:
    assert not confirm_password(session, _planner(session), "wrong", address="::1", now=NOW)


def _lift_lock(session: Session, _tree: factories.Tree) -> None:
    lift_lock(session, _planner(session), reason="来电核实", now=NOW)


def _visit(session: Session, tree: factories.Tree) -> int:
    asset = factories.asset(session, tree.north_villages[0])
    caretaker = factories.account(session, "caretaker", "caretaker", tree.north)
    duty = factories.duty(session, asset, post_id=factories.post(session, tree.north).id)
    person = Person(name="李四", account_id=caretaker.id)
    session.add(person)
    session.flush()
    factories.holding(session, session.get_one(factories.Post, duty.post_id), person)
    reach = Reach("caretaker", tree.north.id, tree.north.region_path)
    bind_viewer(session, Viewer(caretaker.id, "caretaker", "10.0.0.1", (reach,)))
    return asset.id


def _record(session: Session, tree: factories.Tree) -> None:
    asset_id = _visit(session, tree)
    record_inspection(
        session, asset_id, on=factories.DAY, result="all_well", today=factories.DAY, request_key="0123456789abcdef"
    )


def _record_and_undo(session: Session, tree: factories.Tree) -> None:
    asset_id = _visit(session, tree)
    visit = record_inspection(
        session, asset_id, on=factories.DAY, result="all_well", today=factories.DAY, request_key="0123456789abcdef"
    )
    session.refresh(visit)
    undo_inspection(session, visit.id, now=visit.created_at)


def _load(session: Session, _tree: factories.Tree) -> None:
    load_tree(session, lists.read_shipped("110101"))


def _merge(session: Session, tree: factories.Tree) -> None:
    merge_regions(session, [tree.south], tree.north, dt.date(2026, 1, 1))


def _attach(session: Session, tree: factories.Tree) -> None:
    borders = {village.code: shapely.box(106 + i, 34, 107 + i, 35) for i, village in enumerate(tree.villages)}
    attach_borders(session, borders, level="village", day=factories.DAY, source="test")


def _detach(session: Session, tree: factories.Tree) -> None:
    detach_border(session, tree.north, day=factories.DAY)


SERVICES: dict[str, tuple[Callable[[Session, factories.Tree], None], Actions]] = {
    "sign_in": (_sign_in, [("accounts.sign_in", "account")]),
    "sign_in refused": (_sign_in_wrongly, [("accounts.sign_in", "account")]),
    "change_password": (_change_password, [("accounts.change_password", "account")]),
    "confirm_password": (_confirm_wrongly, [("accounts.confirm_password", "account")]),
    "lift_lock": (_lift_lock, [("accounts.lift_lock", "account")]),
    "record_inspection": (_record, [("maintenance.record_inspection", "inspection")]),
    "undo_inspection": (
        _record_and_undo,
        [("maintenance.record_inspection", "inspection"), ("maintenance.undo_inspection", "inspection")],
    ),
    "load_tree": (_load, [("regions.load_tree", None)]),
    "merge_regions": (
        _merge,
        [("regions.merge", "region"), ("regions.move", "region"), ("regions.move", "region")],
    ),
    "attach_borders": (_attach, [("regions.attach_borders", None)]),
    "detach_border": (_detach, [("regions.detach_border", "region")]),
}


# Reached through forms: after each test of an office its audit is compared with every change (tests/audited.py).
BY_FORMS = {
    *("register_asset", "correct_asset", "retire_assets"),
    *("register_project", "correct_project", "explain_missing_assets"),
    *("register_party", "correct_party", "correct_right", "end_right"),
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_leaves_exactly_its_entries(session: Session, service: str) -> None:
    act, expected = SERVICES[service]
    tree = factories.tree(session)
    factories.account(session, "planner", "planner", tree.county)
    act(session, tree)
    session.flush()
    assert [(entry.action, entry.table_name) for entry in entries(session)] == expected


def test_every_service_that_writes_is_tested_here() -> None:
    found = set()
    for path in [*ROOT.rglob("service.py"), ROOT / "regions" / "borders.py"]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            records = isinstance(node, ast.FunctionDef) and any(
                isinstance(call, ast.Call) and ast.unparse(call.func).startswith("audit.record")
                for call in ast.walk(node)
            )
            if records:
                found.add(node.name)  # type: ignore[union-attr]
    assert found == {name.partition(" ")[0] for name in SERVICES} | BY_FORMS


def test_an_entry_tells_who_from_where_and_what_changed(session: Session) -> None:
    tree = factories.tree(session)
    bind_viewer(session, Viewer(7, "planner", "10.1.2.3", unbounded=True))
    tree.north.valid_to = dt.date(2026, 1, 1)
    audit.record(session, "regions.end", tree.north, reason="撤乡并镇")
    [entry] = entries(session)
    assert (entry.account_id, entry.address, entry.reason) == (7, "10.1.2.3", "撤乡并镇")
    assert (entry.table_name, entry.record_id) == ("region", tree.north.id)
    assert entry.changes == {"valid_to": [None, "2026-01-01"]}


def test_an_entry_never_tells_a_password(session: Session) -> None:
    tree = factories.tree(session)
    account = factories.account(session, "planner", "planner", tree.county)
    account.password_hash = "$argon2id$other"
    account.display_name = "规划员"
    audit.record(session, "accounts.change", account)
    [entry] = entries(session)
    assert entry.changes == {"display_name": ["planner", "规划员"], "withheld": "password_hash"}


@pytest.mark.parametrize("table", ["audit_entry", "history"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_runtime_role_cannot_alter_the_trail(engine: Engine, table: str, verb: str) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text(verb.format(table)))


@pytest.mark.parametrize("statement", ["DROP TABLE asset", "ALTER TABLE audit_entry ADD COLUMN x int"])
def test_the_runtime_role_cannot_change_tables(engine: Engine, statement: str) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError, match="must be owner"):
        connection.execute(text(statement))


def test_a_service_that_fails_leaves_no_entry(session: Session) -> None:
    tree = factories.tree(session)
    with pytest.raises(Exception, match="merged"):
        merge_regions(session, [tree.south], tree.county, dt.date(2026, 1, 1))
    assert entries(session) == []
