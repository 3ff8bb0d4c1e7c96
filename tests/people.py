"""Somebody at a browser: a signed-in test client per persona."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.config import Settings
from app.security import carried
from assets.accounts.models import Account
from assets.accounts.sessions import start_session
from assets.db import make_engine
from assets.scope import ScopedSession, Viewer, bind_viewer
from tests import factories

PERSONAS: dict[str, Callable[[Session, factories.Tree], Account]] = {
    "planner": lambda session, tree: factories.account(session, "planner", "planner", tree.county),
    "leader": lambda session, tree: factories.account(session, "leader", "leader", tree.county),
    "clerk": lambda session, tree: factories.account(session, "clerk", "clerk", tree.north),
    "neighbour_clerk": lambda session, tree: factories.account(session, "neighbour_clerk", "clerk", tree.south),
    "caretaker": lambda session, tree: factories.account(session, "caretaker", "caretaker", tree.north_villages[0]),
    "department": lambda session, tree: factories.account(
        session, "department", "department", tree.county, sector="water"
    ),
    "auditor": lambda session, tree: factories.account(session, "auditor", "auditor", tree.county),
    "administrator": lambda session, tree: factories.account(session, "administrator", "administrator", tree.county),
    "viewer": lambda session, tree: factories.account(session, "viewer", "viewer", tree.county),
}
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all applications of a run."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what was compiled before."""
        if code := self.kept.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled just now."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


_compiled = CompiledTemplates()


class Browser:
    """A signed-in (or strange) person's test client; ``post`` brings the form's token along."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str, **options: Any) -> TestResponse:
        """Open an address."""
        return self.client.get(address, **options)

    def text(self, address: str, **options: Any) -> str:
        """The page at an address, which must answer 200, with its entities resolved."""
        response = self.client.get(address, **options)
        assert response.status_code == 200, f"{address}: {response.status_code}"
        return unescape(response.text)

    def post(self, address: str, values: dict[str, Any] | None = None, *, token_from: str = "/") -> TestResponse:
        """Send a form with the token found on the page ``token_from``."""
        found = _TOKEN.search(self.client.get(token_from, follow_redirects=True).text)
        token = {"csrf_token": found.group(1)} if found else {}
        return self.client.post(address, data=token | (values or {}))


@dataclass
class Office:
    """A running application over a database of its own; ``session`` is the system's."""

    app: Flask
    engine: Engine
    tree: factories.Tree
    accounts: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A system session that commits at its end."""
        with ScopedSession(self.engine, expire_on_commit=False) as inner:
            yield bind_viewer(inner, Viewer.system())
            inner.commit()

    def account(self, persona: str) -> int:
        """The account of a persona, made when it is first asked for."""
        if persona not in self.accounts:
            with self.session() as session:
                self.accounts[persona] = PERSONAS[persona](session, self.tree).id
        return self.accounts[persona]

    def browser(self, persona: str | None = None, language: str = "zh") -> Browser:
        """A browser at which ``persona`` has signed in; a stranger's for None."""
        client = self.app.test_client()
        if persona is not None:
            self.sign_in(client, self.account(persona))
        with client.session_transaction() as kept:
            kept["lang"] = language
        return Browser(client)

    def sign_in(self, client: FlaskClient, account_id: int) -> None:
        """Let an account be signed in at ``client`` without typing its password."""
        with self.session() as session:
            token = start_session(session, account_id, address=None, agent=None, now=dt.datetime.now(dt.UTC))
        with client.session_transaction() as kept:
            kept.update(carried(token))
            kept.permanent = True


def open_office(
    runtime_url: str, tree: factories.Tree, folder: Path, day: dt.date | None = factories.DAY, **choices: Any
) -> Office:
    """An application over the database at ``runtime_url``."""
    settings = Settings(
        database_url=runtime_url,
        database_owner_url=runtime_url,
        secret_key="a secret of this test run",
        var=folder,
        today=day,
        testing=True,
        **choices,
    )
    app = create_app(settings)
    app.jinja_env.bytecode_cache = _compiled
    return Office(app, make_engine(runtime_url), tree)
