"""What goes out comes back as "no change": whole ledgers and lists as they are seen, in every form and language."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.cli import migrations
from app.ledger_words import context_of
from app.runner.cluster import Cluster
from assets.accounts.models import Account
from assets.accounts.queries import find_viewer
from assets.db import make_engine
from assets.imports.checking import check_batch
from assets.imports.models import KINDS, ImportRow
from assets.imports.receiving import receive_batch
from assets.parties.models import Person
from assets.scope import ScopedSession, Viewer, bind_viewer
from demo.county import SEED, make_county
from demo.load import load
from tests.people import Browser, Office, open_office

DAY = dt.date(2026, 11, 22)
# Each form in one language: what a form can hold does not depend on it.
FORMS = {"xlsx": "zh", "csv": "en", "gpkg": "en", "geojson": "zh"}
# Borders and roads are the county's to bring.
WHO = {"border": "planner", "road": "planner"}
LISTS = {
    "asset": "/registry/",
    "project": "/projects/",
    "village": "/places/villages/",
    "site": "/places/sites/",
    "facility": "/places/facilities/",
}


@dataclass(frozen=True)
class County:
    """The demonstration county, and somebody of it with files in hand."""

    office: Office
    accounts: dict[str, int]

    def browser(self, name: str, language: str) -> Browser:
        """A browser of this account."""
        client = self.office.app.test_client()
        self.office.sign_in(client, self.accounts[name])
        with client.session_transaction() as kept:
            kept["lang"] = language
        return Browser(client)

    def bring(self, kind: str, file_name: str, content: bytes, name: str = "badu") -> tuple[Any, Counter[str]]:
        """What a file would do if its own clerk brought it back: the batch, and what differs how often."""
        with ScopedSession(self.office.engine, expire_on_commit=False) as session:
            bind_viewer(session, Viewer.system())
            account = session.get_one(Account, self.accounts[name])
            found = find_viewer(session, account.id, day=DAY, address="10.0.0.8")
            assert found is not None
            bind_viewer(session, found[1])
            received = receive_batch(
                session,
                kind=kind,
                region_id=account.region_id,
                file_name=file_name,
                stream=io.BytesIO(content),
                today=DAY,
            )
            batch = check_batch(session, received.id, context=context_of(session, kind, today=DAY))
            rows = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id))
            told = Counter(
                f"{field}: {difference[0]!r} → {difference[1]!r}"[:120]
                for row in rows
                for field, difference in row.differences.items()
            )
            session.rollback()
            return batch, told


@pytest.fixture(scope="module")
def county(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """The demonstration county in a database of its own."""
    made = cluster.create_database("round_trip")
    owner = make_engine(made.owner_url)
    with owner.begin() as connection:
        migrations.upgrade(connection, "xiangtu")
    with owner.connect() as connection:
        load(cast(psycopg.Connection[Any], connection.connection.driver_connection), make_county(SEED, DAY))
    owner.dispose()
    office = open_office(made.runtime_url, cast(Any, None), tmp_path_factory.mktemp("round_trip"), DAY)
    with office.session() as session:
        accounts = {one.username: one.id for one in session.scalars(select(Account))}
    yield County(office, accounts)
    office.engine.dispose()
    office.app.extensions["engine"].dispose()
    cluster.drop_database(made.database)


def assert_unchanged(brought: tuple[Any, Counter[str]]) -> None:
    batch, told = brought
    rows = batch.counts.get("rows")
    problems = [one for one in batch.counts.get("problems", ()) if one["severity"] != "note"]
    assert (batch.status, problems, told.most_common(5)) == ("checked", [], [])
    assert rows > 0
    assert batch.counts["verdicts"] == {"same": rows}
    assert [one for one in batch.problems if one["severity"] != "note"] == []


def understood(batch: Any) -> list[str]:
    """The headings that nothing was made of."""
    [sheet] = batch.found["sheets"]
    return [text for place, text in enumerate(sheet["texts"]) if text and not sheet["columns"].get(str(place))]


def handed(answer: TestResponse) -> bytes:
    assert answer.status_code == 200, answer.text[-2000:]
    return answer.data


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_ledger_comes_back_as_no_change(county: County, kind: str, form: str) -> None:
    who = WHO.get(kind, "badu")
    content = handed(county.browser(who, FORMS[form]).get(f"/imports/export/{kind}.{form}"))
    brought = county.bring(kind, f"{kind}.{form}", content, who)
    assert_unchanged(brought)
    assert understood(brought[0]) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", LISTS)
def test_a_list_with_every_column_comes_back_as_no_change(county: County, kind: str, form: str) -> None:
    browser = county.browser("badu", "en" if FORMS[form] == "zh" else "zh")
    page = browser.text(LISTS[kind])
    keys = [part.split('"')[0] for part in page.split('name="columns" value="')[1:]]
    browser.get(LISTS[kind] + "?" + "&".join(f"columns={key}" for key in keys if key != "usual"))
    brought = county.bring(kind, f"{kind}.{form}", handed(browser.get(f"{LISTS[kind]}export.{form}")))
    assert_unchanged(brought)
    assert understood(brought[0]) == []


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_as_it_usually_is_comes_back_as_no_change(county: County, kind: str) -> None:
    answer = county.browser("badu", "zh").get(f"{LISTS[kind]}export.xlsx?sort=-name")
    assert_unchanged(county.bring(kind, f"{kind}.xlsx", handed(answer)))


def test_the_assets_of_the_whole_county_come_back_as_no_change(county: County) -> None:
    content = handed(county.browser("planner", "zh").get("/imports/export/asset.xlsx"))
    assert_unchanged(county.bring("asset", "asset.xlsx", content, "planner"))


def test_a_shapefile_brings_no_record_twice(county: County) -> None:
    """It may lose something, and what it lost is not taken for a change of who a record is."""
    content = handed(county.browser("badu", "zh").get("/imports/export/facility.zip?encoding=UTF-8"))
    batch, _told = county.bring("facility", "facility.zip", content)
    assert batch.counts["verdicts"].get("new", 0) == 0


def test_what_was_taken_along_is_noted(county: County) -> None:
    handed(county.browser("badu", "zh").get("/imports/export/site.csv"))
    page = county.browser("auditor", "zh").text("/audit/?action=ledgers.export")
    assert "八渡镇安置点.csv" in page


def test_persons_are_masked_in_whole_ledgers(county: County) -> None:
    for form in ("csv", "geojson"):
        content = handed(county.browser("badu", "zh").get(f"/imports/export/asset.{form}")).decode()
        assert "**" in content or "****" in content
        with county.office.session() as session:
            for name, phone in session.execute(select(Person.name, Person.phone)):
                assert phone is None or phone not in content
                assert len(name) < 3 or name not in content


def test_an_unknown_ledger_is_no_page(county: County) -> None:
    for address in ("person.csv", "asset.exe", "asset.", "../asset.csv"):
        assert county.browser("badu", "zh").get(f"/imports/export/{address}").status_code == 404


@pytest.fixture(autouse=True)
def _untouched(county: County) -> Iterator[None]:
    """Checking writes nothing."""
    yield
    with county.office.session() as session:
        assert session.scalar(select(ImportRow.number).limit(1)) is None


def test_pages_of_ledgers_speak_both_languages(county: County, tmp_path: Path) -> None:
    assert "整本台账" in county.browser("badu", "zh").text("/imports/export/")
    page = county.browser("badu", "en").text("/imports/export/")
    assert "Whole ledgers" in page
    assert all(f'href="/imports/export/{kind}.xlsx"' in page for kind in KINDS)
