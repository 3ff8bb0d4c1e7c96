"""Markup and SQL in every field of every form: refused, or kept and shown as the plain text it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.runner.cluster import Cluster
from assets.db import make_engine
from assets.registry.models import Asset
from tests import factories, walk
from tests.app.test_matrix import LEAVING
from tests.people import Office, open_office
from tests.walk import LATER, OWN, Person

MARKUP = "<img src=x onerror=alert(1)>\"'{{7*7}}"
SQL = "'; DELETE FROM asset; --"
LEFT_ALONE = {"csrf_token", "request_key", "revision"}


@pytest.fixture(scope="module")
def office(
    cluster: Cluster, template: tuple[str, factories.Tree], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """One record of every kind at a place, and the forms' tokens not asked for."""
    name, tree = template
    made = cluster.create_database("office_fields", name)
    opened = open_office(made.runtime_url, tree, tmp_path_factory.mktemp("fields"))
    opened.app.config["WTF_CSRF_ENABLED"] = False
    owner: Engine = make_engine(made.owner_url)
    walk.fill(opened, owner, tree.north_villages[0], OWN)
    with owner.begin() as connection:
        walk.begin_numbers(connection, LATER)
    yield opened
    opened.engine.dispose()
    opened.app.extensions["engine"].dispose()
    owner.dispose()
    cluster.drop_database(made.database)


@pytest.fixture(scope="module")
def writers(office: Office) -> list[Person]:
    with office.session() as session:
        found = walk.people(office, session)
    return [person for person in found if person.name in ("clerk", "highest")]


def forms(office: Office) -> list[Rule]:
    return [
        rule
        for rule in office.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and "GET" in (rule.methods or ()) and rule.endpoint not in LEAVING
    ]


def count_assets(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Asset)) or 0


@pytest.mark.parametrize("harm", [MARKUP, SQL], ids=["markup", "sql"])
def test_harm_in_every_field_stays_text(office: Office, writers: list[Person], harm: str) -> None:
    with office.session() as session:
        before = count_assets(session)
    wrong, sent = [], 0
    for person in writers:
        for rule in forms(office):
            (address, *_more) = walk.addresses(rule, OWN, all_words=False)
            page = person.client.get(address, headers={"Accept": "text/html"})
            if page.status_code != 200:
                continue
            filled = walk.typed(page.data)
            for values in tried(filled, harm):
                answer = person.client.post(address, data=values, headers={"Accept": "text/html"})
                sent += 1
                if answer.status_code >= 500 or b"<img src=x" in answer.data:
                    wrong.append(f"{person.name} {address}: {answer.status_code}")
    assert wrong == []
    assert sent > len(forms(office))
    with office.session() as session:
        assert count_assets(session) >= before


def tried(filled: dict[str, Any], harm: str) -> Iterator[dict[str, Any]]:
    """Harm in everything at once, and in what names something alone, so that the rest is taken in."""
    yield {key: value if key in LEFT_ALONE else harm for key, value in filled.items()}
    named = {key for key in filled if key.endswith(("name", "title", "note", "reason", "source", "document"))}
    if named:
        yield {key: harm if key in named else value for key, value in filled.items()}


def test_what_was_kept_is_shown_as_text_everywhere(office: Office, writers: list[Person]) -> None:
    wrong = []
    for person in writers:
        for rule in office.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint in LEAVING:
                continue
            for address in walk.addresses(rule, OWN, all_words=False):
                answer = person.client.get(address, headers={"Accept": "text/html"})
                if answer.status_code >= 500 or (answer.mimetype == "text/html" and b"<img src=x" in answer.data):
                    wrong.append(f"{person.name} {address}: {answer.status_code}")
    assert wrong == []
