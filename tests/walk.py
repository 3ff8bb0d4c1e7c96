"""Everybody at every address: one database in which each place has a record of every kind, known by its number.

Whatever belongs to one place has numbers from that place's hundred on, in every table alike, so that any
number in an address can be one's own, a foreign one or nobody's, and a foreign one is known wherever it shows.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from assets.accounts.models import ApiToken
from assets.regions.models import Designation, Region
from assets.terms.models import Term
from assets.vocabulary import ROLES
from tests import factories
from tests.assets.scoped_records import everything_in
from tests.people import Office

OWN, OTHER_SECTOR, ABOVE, BESIDE, FAR, LATER = 5_100_000, 5_200_000, 7_700_100, 7_700_300, 7_700_500, 9_900_000
MISSING = 6_666_666
FOREIGN = (ABOVE, BESIDE, FAR)
# Words that stand in addresses; a number is an id unless it is named here.
WORDS: dict[str, tuple[str, ...]] = {
    "section": ("terms", "standards"),
    "milestone": ("accepted", "started"),
    "kind": ("regions", "parties", "projects", "posts", "payment", "asset"),
    "layer": ("assets", "projects", "villages", "sites", "facilities"),
    "name": ("assets", "projects", "villages", "sites", "facilities", "regions"),
    "code": ("zh",),
    "form": ("xlsx", "csv", "geojson"),
    "ledger": ("asset", "facility"),
    "year": ("2026",),
    # The first row of a ledger.
    "number": ("1",),
    "z": ("9",),
    "x": ("407",),
    "y": ("202",),
}
# What a page is asked besides its own address.
QUERIES: dict[str, tuple[str, ...]] = {
    "search.index": ("q=工程",),
    "search.suggest": ("q=工程", "q=村"),
    "records.choices": ("q=村",),
    "map.counts": ("by=assets:status,projects:stage,facilities:type,sites:type",),
    "map.rows": ("layer=projects", "layer=facilities"),
    "registry.similar": ("name=饮水工程",),
    "registry.index": ("q=工程",),
    "registry.retire_many": (f"ids={OWN}",),
    "registry.set_operating_of_many": (f"ids={OWN}",),
    "upkeep_duties.assign_to_many": (f"ids={OWN}",),
    "projects.sort_many": (f"ids={OWN}",),
}
_CHANGING = (
    (re.compile(rb'(name="csrf-token" content=")[^"]+'), b"csrf"),
    (re.compile(rb'("csrf_token": ?")[^"]+'), b"csrf"),
    (re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d"), b"moment"),
    (re.compile(rb'value="[^"]*"([^>]*)name="(csrf_token|request_key)"|name="(csrf_token|request_key)"[^>]*'), b"key"),
)


@dataclass
class Person:
    """Somebody at a browser, with what lies outside the own area."""

    name: str
    role: str | None
    client: FlaskClient
    foreign: tuple[int, ...] = FOREIGN
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    @property
    def roles(self) -> frozenset[str]:
        """The role held in the town of the north, if any."""
        return frozenset({self.role} if self.role else ())


def people(office: Office, session: Session) -> list[Person]:
    """A holder of every role in the northern town, one without any, and a stranger."""
    found = []
    # Somebody works in the county from the beginning, so that nobody of a town ever is the highest here.
    factories.account(session, "above_all", "administrator", office.tree.county)
    for role in ROLES:
        sector = "water" if role == "department" else None
        made = factories.account(session, f"walker_{role}", role, office.tree.north, sector=sector)
        more = (OTHER_SECTOR,) if sector else ()
        found.append((Person(role, role, office.app.test_client(), FOREIGN + more), made.id))
    nobody = factories.account(session, "walker_nobody", "viewer", office.tree.north)
    session.execute(
        text('UPDATE "grant" SET valid_to = :day WHERE account_id = :id'), {"day": "2025-01-01", "id": nobody.id}
    )
    found.append((Person("nobody", None, office.app.test_client(), (OWN, OTHER_SECTOR, *FOREIGN)), nobody.id))
    # The highest sees everything: nothing is foreign, and every page opens for somebody.
    highest = factories.account(session, "walker_highest", "administrator", office.tree.nation)
    session.execute(text('UPDATE "grant" SET may_unmask = true WHERE account_id = :id'), {"id": highest.id})
    found.append((Person("highest", "administrator", office.app.test_client(), ()), highest.id))
    session.commit()
    for person, number in found:
        office.sign_in(person.client, number)
    stranger = Person("stranger", None, office.app.test_client(), (OWN, OTHER_SECTOR, *FOREIGN))
    return [*(person for person, _number in found), stranger]


def begin_numbers(owner: Connection, first: int) -> None:
    """Let every table's next number be ``first``."""
    owner.execute(
        text(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, :first, false) "
            "FROM pg_sequences WHERE schemaname = 'public'"
        ),
        {"first": first},
    )


def fill(office: Office, owner: Engine, where: Region, first: int) -> None:
    """One record of every scoped kind at a place, and an account, from number ``first`` on."""
    with owner.begin() as connection:
        begin_numbers(connection, first)
    with office.session() as session:
        everything_in(session, where)
        if first == OWN:
            # Key lists are public, so what stands in one elsewhere is no secret.
            begins = factories.DAY.replace(year=2024)
            session.add(Designation(region_id=where.id, kind="demonstration", level="county", valid_from=begins))
            session.add(Term(kind="sector", code="walk", name_zh="走访", name_en="Walk", valid_from=begins))
            keeper = factories.account(session, "keeper_of_keys", "clerk", where, active=False)
            session.add(
                ApiToken(
                    account_id=keeper.id,
                    name="QGIS",
                    prefix="walk",
                    token_hash="walk",
                    scopes=["tiles"],
                    expires_on=factories.DAY.replace(year=2027),
                )
            )
        factories.account(session, f"keeper_{first}", "clerk", where)


def fill_other_sector(office: Office, owner: Engine, where: Region) -> None:
    """What another department is responsible for at a place."""
    with owner.begin() as connection:
        begin_numbers(connection, OTHER_SECTOR)
    with office.session() as session:
        asset = factories.asset(session, where, sector="road")
        factories.duty(session, asset, post_id=None)
        factories.inspection(session, asset)
        factories.project(session, where, sector="road")


def addresses(rule: Rule, *numbers: int, all_words: bool = True) -> list[str]:
    """The address of a page, for every choice of words or the first; the last of ``numbers`` stands for the rest."""
    filled, left = [rule.rule], list(numbers)
    for part in re.findall(r"<[^>]+>", rule.rule):
        choices = WORDS.get(part.strip("<>").split(":")[-1])
        if choices is None:
            choices = (str(left.pop(0) if len(left) > 1 else left[0]),) if part.startswith("<int:") else ("x",)
        kept = choices if all_words else choices[:1]
        filled = [address.replace(part, choice, 1) for address in filled for choice in kept]
    return filled


def numbers_in(rule: Rule) -> int:
    """How many records an address names."""
    return sum(name not in WORDS for name in re.findall(r"<int:(\w+)>", rule.rule))


def content(answer: TestResponse) -> bytes:
    """What an answer says, without what differs from one time to the next."""
    body = answer.data
    if answer.mimetype.endswith("sheet"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in sorted(book.namelist()) if "docProps" not in name)
    body += answer.headers.get("Location", "").encode() + answer.headers.get("Content-Disposition", "").encode()
    nonce = re.search(r"'nonce-([^']+)'", answer.headers.get("Content-Security-Policy", ""))
    if nonce:
        body = body.replace(nonce.group(1).encode(), b"nonce")
    for pattern, kept in _CHANGING:
        body = pattern.sub(kept, body)
    return body


def rows_of(connection: Connection, bases: tuple[int, ...]) -> dict[str, str]:
    """A checksum per table of the rows that are numbered from ``bases`` on."""
    tables = connection.execute(
        text(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id' "
            "AND data_type = 'bigint' ORDER BY 1"
        )
    ).scalars()
    within = " OR ".join(f"id BETWEEN {base} AND {base + 99}" for base in bases)
    rows = "SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY id), '')) FROM \"{}\" t WHERE {}"
    return {table: str(connection.execute(text(rows.format(table, within))).scalar()) for table in tables.all()}


def elsewhere(connection: Connection, path: str) -> dict[str, int]:
    """How many rows that were written during the walk lie outside a path, per table."""
    tables = connection.execute(
        text(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND column_name = 'region_path' AND table_name <> 'audit_entry' AND table_name IN "
            "(SELECT table_name FROM information_schema.columns WHERE column_name = 'id') ORDER BY 1"
        )
    ).scalars()
    counted = {
        table: int(
            connection.execute(
                text(f'SELECT count(*) FROM "{table}" WHERE id >= {LATER} AND region_path NOT LIKE :within'),
                {"within": f"{path}%"},
            ).scalar_one()
        )
        for table in tables.all()
    }
    return {table: count for table, count in counted.items() if count}


def typed(page: bytes) -> dict[str, Any]:
    """What a form would send as it stands on the page."""
    html = page.decode(errors="replace")
    values: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (('type="checkbox"' not in tag and 'type="radio"' not in tag) or "checked" in tag):
            values[name.group(1)] = value.group(1) if value else ""
            if name.group(1) == "reason":
                values["reason"] = "按会议决定办理"
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        options = re.findall(r'<option[^>]*value="([^"]*)"[^>]*>', body)
        chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"|<option[^>]*value="([^"]*)"[^>]*selected', body)
        values[name] = (chosen.group(1) or chosen.group(2) or "") if chosen else next(iter(filter(None, options)), "")
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.S):
        values[name] = body.strip() or "按会议决定办理"
    return values
