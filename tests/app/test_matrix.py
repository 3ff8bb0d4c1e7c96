"""Every route and method × every role × own, above, beside, far, other sector, none: generated from the addresses.

Each page is read twice by everybody: when there is nothing outside the own area, and when there is. Whatever
the answers differ in has leaked: a name, a number, a count, a colour. Then every form is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.routing import Rule

from app.access import Rule as Access
from app.runner.cluster import Cluster
from assets.db import make_engine
from tests import factories, walk
from tests.audited import untold
from tests.people import Office, open_office
from tests.walk import ABOVE, BESIDE, FAR, LATER, MISSING, OWN, Person

# Leaving ends the walk of whoever leaves; who comes in from outside needs a provider.
LEAVING = {
    "accounts.logout",
    "accounts.give_code",
    "account.end_session",
    "account.change_password",
    "outside.begin",
    "outside.answer",
}
# Who reads every record too; the others see them as one of these does.
READERS = ("clerk", "department", "auditor", "nobody")
# What is made for each role; of other pages, the rest is told foreign numbers only.
DESKS = {"home.index", "home.circular", "map.strip", "review.index", "search.index"}
# The trail grows by the walk itself; what it tells of foreign records is looked for by number.
GROWING = {"audit.index", "audit.export"}
SLOW = {"home.circular_file", "map.handover"}
SENDERS = ("clerk", "department", "administrator", "nobody")
# Numbers of foreign places, and names that only foreign records have.
FOREIGN_MARK = re.compile(rb"77001\d\d|77003\d\d|77005\d\d")
# Whoever may do something here is told here, from above too; never who works beside or far.
FROM_ABOVE = {"grants.who"}
BESIDE_OR_FAR = re.compile(rb"77003\d\d|77005\d\d")
AREAS = ("610327101201", "610327000000", "610327102000")


@dataclass
class Walk:
    """The office, who walks, and what they met."""

    office: Office
    people: list[Person]
    pages: list[Rule]
    forms: list[Rule]
    opened: set[str]
    leaks: list[str]

    def rule(self, page: Rule) -> Access:
        rules: dict[str, Access] = self.office.app.extensions["access"]
        return rules[page.endpoint]


@pytest.fixture(scope="module")
def walked(
    cluster: Cluster, template: tuple[str, factories.Tree], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    name, tree = template
    made = cluster.create_database("office_matrix", name)
    # Everybody opens every list in every form, which is more than anybody may take along in an hour.
    office = open_office(made.runtime_url, tree, tmp_path_factory.mktemp("matrix"), files_per_hour=100_000)
    office.app.config["WTF_CSRF_ENABLED"] = False
    owner = make_engine(made.owner_url)
    rules = [rule for rule in office.app.url_map.iter_rules() if rule.endpoint not in LEAVING]
    with office.session() as session:
        people = walk.people(office, session)
    found = Walk(
        office,
        people,
        [rule for rule in rules if "GET" in (rule.methods or ())],
        [rule for rule in rules if "POST" in (rule.methods or ())],
        set(),
        [],
    )
    walk.fill(office, owner, tree.north_villages[0], OWN)
    with_sector = [person for person in people if walk.OTHER_SECTOR in person.foreign]
    read_all(found, with_sector)
    walk.fill_other_sector(office, owner, tree.north_villages[0])
    read_all(found, [person for person in people if person not in with_sector and person.foreign])
    walk.fill(office, owner, tree.county, ABOVE)
    walk.fill(office, owner, tree.south_villages[0], BESIDE)
    walk.fill(office, owner, tree.neighbour_village, FAR)
    with owner.begin() as connection:
        walk.begin_numbers(connection, LATER)
    read_all(found, people, again=True)
    yield found
    office.engine.dispose()
    office.app.extensions["engine"].dispose()
    owner.dispose()
    cluster.drop_database(made.database)


def read_all(found: Walk, people: list[Person], *, again: bool = False) -> None:
    """Let everybody open every page about the own records; the second time, note what has changed."""
    for page in found.pages:
        for person in people:
            if not found.rule(page).admits(person.roles) and not walk.numbers_in(page):
                continue
            if person.name not in (*READERS, "highest") and (page.endpoint in SLOW or walk.numbers_in(page)):
                continue
            if not again and person.name not in READERS and page.endpoint not in DESKS:
                continue
            for address in asked(page, person):
                answer = person.client.get(address, headers={"Accept": "text/html"})
                told = answer.status_code, walk.content(answer)
                if answer.status_code < 400:
                    found.opened.add(page.endpoint)
                if not again:
                    person.answers[address] = told
                elif page.endpoint in GROWING or (page.endpoint, person.role) == ("home.index", "administrator"):
                    shown = FOREIGN_MARK.search(told[1]) if person.foreign else None
                    found.leaks += [f"{person.name} {address}: {shown.group(0)!r}"] if shown else []
                elif page.endpoint in FROM_ABOVE and person.foreign:
                    found.leaks += [f"{person.name} {address}: {mark!r}" for mark in BESIDE_OR_FAR.findall(answer.data)]
                elif address not in person.answers and person.foreign:
                    shown = FOREIGN_MARK.search(told[1])
                    found.leaks += [f"{person.name} {address}: {shown.group(0)!r}"] if shown else []
                elif person.answers.get(address, told) != told:
                    found.leaks.append(f"{person.name} {address}: {difference(person.answers[address], told)}")


def asked(page: Rule, person: Person) -> Iterator[str]:
    """The addresses of a page, with its questions, and for the clerk in every area."""
    plain = page.endpoint in SLOW or "." in page.rule or walk.numbers_in(page)
    for address in walk.addresses(page, OWN, all_words=person.name == "clerk"):
        yield address
        for query in walk.QUERIES.get(page.endpoint, ()):
            yield f"{address}?{query}"
        if person.name == "clerk" and not plain:
            yield from (f"{address}?area={area}" for area in AREAS)


def difference(before: tuple[int, bytes], after: tuple[int, bytes]) -> str:
    if before[0] != after[0]:
        return f"{before[0]} became {after[0]}"
    place = next((at for at, pair in enumerate(zip(before[1], after[1], strict=False)) if pair[0] != pair[1]), 0)
    cut = slice(max(0, place - 60), place + 100)
    return f"{before[1][cut].decode(errors='replace')!r} became {after[1][cut].decode(errors='replace')!r}"


def test_nothing_outside_the_own_area_shows_in_any_answer(walked: Walk) -> None:
    assert walked.leaks == []


def test_every_page_was_opened_by_somebody(walked: Walk) -> None:
    """Otherwise the matrix would hold for want of a page; a few open only in the middle of something."""
    unopened = sorted({page.endpoint for page in walked.pages} - walked.opened)
    assert len(unopened) <= 10, unopened


def test_a_role_that_is_not_held_is_told_before_any_record_is_looked_for(walked: Walk) -> None:
    wrong = []
    for page in {page.endpoint: page for page in [*walked.forms, *walked.pages]}.values():
        for person in walked.people:
            rule = walked.rule(page)
            if rule.strangers or (person.name != "stranger" and rule.admits(person.roles)):
                continue
            told = {
                send(person, page, number)
                for number in ((OWN, BESIDE, MISSING) if person.name in READERS else (BESIDE,))
            }
            expected = {302, 401} if person.name == "stranger" else {403}
            if len(told) > 1 or not {status for status, _body in told} <= expected:
                wrong.append(f"{person.name} {page.rule}: {[status for status, _body in told]}")
    assert wrong == []


def send(person: Person, page: Rule, *numbers: int, values: dict[str, str] | None = None) -> tuple[int, bytes]:
    """What a person is told at an address, the numbers in it aside."""
    (address, *_more) = walk.addresses(page, *numbers, all_words=False)
    method = "POST" if values is not None or "GET" not in (page.methods or ()) else "GET"
    answer = person.client.open(address, method=method, data=values, headers={"Accept": "text/html"})
    body = walk.content(answer)
    for number in sorted({*numbers}, reverse=True):
        body = body.replace(str(number).encode(), b"NUMBER")
    return answer.status_code, body


def test_a_foreign_record_is_answered_like_one_that_is_not_there(walked: Walk) -> None:
    wrong, asked_for = [], 0
    for page in (page for page in walked.pages if walk.numbers_in(page)):
        for person in (person for person in walked.people if admitted(walked, person, page)):
            missing = {}
            for number in person.foreign if person.name in READERS else {BESIDE} & {*person.foreign}:
                for before in ((), (OWN,)) if walk.numbers_in(page) > 1 else ((),):
                    absent = missing.setdefault(before, send(person, page, *before, MISSING))
                    asked_for += 1
                    if (met := send(person, page, *before, number)) != absent:
                        wrong.append(f"{person.name} {page.rule} {before} {number}: {difference(absent, met)}")
    assert asked_for > len(walked.pages)
    assert wrong == []


def admitted(walked: Walk, person: Person, page: Rule) -> bool:
    return person.name != "stranger" and walked.rule(page).admits(person.roles)


def test_no_form_changes_or_shows_what_is_foreign(walked: Walk) -> None:
    """Every form: empty and filled in, at own and foreign addresses, with foreign numbers in its fields."""
    wrong, sent, saved = [], 0, set()
    for person in (person for person in walked.people if person.name in SENDERS):
        with walked.office.engine.connect() as connection:
            before = walk.rows_of(connection, person.foreign)
        for page in (form for form in walked.forms if admitted(walked, person, form)):
            shown = person.client.get(walk.addresses(page, OWN, all_words=False)[0]).data
            filled = walk.typed(shown) if "GET" in (page.methods or ()) else {"id": str(OWN)}
            foreign = {key: str(BESIDE) if key.endswith("_id") else value for key, value in filled.items()}
            for numbers, values in (
                *(((number,), filled) for number in person.foreign),
                ((BESIDE,), {}),
                ((OWN, BESIDE), filled),
                ((OWN,), foreign),
                ((OWN,), {}),
                ((OWN,), filled),
            ):
                if (len(numbers) > 1 or numbers[0] != OWN) and len(numbers) > walk.numbers_in(page):
                    continue
                status, body = send(person, page, *numbers, values=values)
                absent = send(person, page, *numbers[:-1], MISSING, values=values)[0] if numbers[-1] != OWN else status
                sent += 1
                saved |= {page.endpoint} if status in (302, 303) else set()
                known = FOREIGN_MARK.search(body.replace(str(BESIDE).encode(), b""))
                if status >= 500 or (numbers[-1] != OWN and status != absent) or known:
                    wrong.append(f"{person.name} {page.rule} {numbers} {values == filled}: {status} {known}")
        with walked.office.engine.connect() as connection:
            after = walk.rows_of(connection, person.foreign)
            wrong += [f"{person.name} changed {table}" for table in after if after[table] != before[table]]
            path = walked.office.tree.north.region_path
            wrong += [f"{person.name} wrote {table} elsewhere" for table in walk.elsewhere(connection, path)]
    assert sent > len(walked.forms) and len(saved) > len(walked.forms) / 12
    assert wrong == []


def test_what_the_walk_wrote_is_told_by_the_audit(walked: Walk) -> None:
    assert untold(walked.office.engine) == []
