"""Accounts to measure through."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from assets.accounts.passwords import hash_password
from assets.accounts.queries import reaches_of
from assets.scope import Viewer, bind_viewer

PASSWORD = "benchmark-only"


def make_people(connection: Connection, region_ids: dict[str, int], role: str = "planner") -> None:
    """One account for each named region."""
    hashed = hash_password(PASSWORD)
    for name, region_id in region_ids.items():
        connection.execute(
            text(
                "WITH made AS (INSERT INTO account (username, display_name, password_hash) "
                "VALUES (:name, :name, :hash) RETURNING id) "
                'INSERT INTO "grant" (account_id, role, region_id, valid_from) '
                "SELECT id, :role, :region, DATE '2020-01-01' FROM made"
            ),
            {"name": name, "hash": hashed, "region": region_id, "role": role},
        )


def viewer_named(session: Session, name: str, day: dt.date) -> Viewer:
    """The viewer that ``name`` is when signed in."""
    bind_viewer(session, Viewer.system())
    account_id = session.execute(text("SELECT id FROM account WHERE username = :name"), {"name": name}).scalar_one()
    viewer = Viewer(account_id, name, None, tuple(reaches_of(session, account_id, day)))
    bind_viewer(session, viewer)
    return viewer
