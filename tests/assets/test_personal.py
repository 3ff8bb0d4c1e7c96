"""People's own values: seen through a record, for a reason; erased where nothing needs them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.errors import NotAllowed, NotFound, Unacceptable
from assets.history import Addition, History
from assets.parties.models import Person, Post
from assets.parties.people import PersonErased
from assets.parties.service import correct_party, find_parties, named_exactly, register_party
from assets.personal import erasing, finding, reading
from assets.personal.correcting import correct_values
from assets.registry.households import add_household
from assets.scope import Reach, Viewer, bind_viewer
from assets.terms.models import Threshold
from assets.undo import WithoutFormerValues, current_transaction, undo, undoable
from tests import factories
from tests.factories import DAY

NAME, PHONE, NUMBER = "欧阳明月", "13712349876", "610327198003070029"
NOW = dt.datetime(2030, 1, 1, 12, tzinfo=dt.UTC)


def as_role(session: Session, role: str, where: factories.Region, *, unmasks: bool = True) -> Session:
    reach = Reach(role, where.id, where.region_path, may_unmask=unmasks)
    return bind_viewer(
        session, Viewer(factories.account(session, f"{role}{where.id}", role, where).id, reaches=(reach,))
    )


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    return factories.tree(session)


@pytest.fixture
def person(session: Session) -> Person:
    made = Person(name=NAME, pinyin="ouyangmingyue", initials="oymy", phone=PHONE, id_number=NUMBER)
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def post(session: Session, tree: factories.Tree, person: Person) -> Post:
    made = factories.post(session, tree.north_villages[0])
    factories.holding(session, made, person, valid_from=dt.date(2024, 1, 1))
    return made


def see(session: Session, person: Person, through: str, **values: object) -> reading.Values:
    asked = {"reason": "核对补助", "now": NOW, "today": DAY} | values
    return reading.read_person(session, person.id, through=through, **asked)[0]  # type: ignore[arg-type]


def test_the_values_are_seen_with_a_grant_and_a_reason_and_the_audit_tells(
    session: Session, tree: factories.Tree, person: Person, post: Post
) -> None:
    as_role(session, "clerk", tree.north)
    values = see(session, person, f"post-{post.id}")
    assert (values.name, values.phone, values.id_number) == (NAME, PHONE, NUMBER)
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "personal.read"))
    assert (entry.table_name, entry.record_id, entry.reason, entry.result) == (
        "person",
        person.id,
        "核对补助",
        "success",
    )
    assert entry.region_path == post.region_path
    assert entry.changes == {"through": f"post-{post.id}"}


def test_nobody_sees_them_without_a_grant_for_it(
    session: Session, tree: factories.Tree, person: Person, post: Post
) -> None:
    as_role(session, "clerk", tree.north, unmasks=False)
    with pytest.raises(NotAllowed):
        see(session, person, f"post-{post.id}")


@pytest.mark.parametrize("reference", ["post-999999999", "post-x", "region-1", "post", "", "asset-1", "party-1"])
def test_a_record_that_does_not_name_the_person_is_not_found(
    session: Session, tree: factories.Tree, person: Person, post: Post, reference: str
) -> None:
    as_role(session, "clerk", tree.north)
    with pytest.raises(NotFound):
        see(session, person, reference)


def test_the_clerk_of_the_next_town_finds_nobody(
    session: Session, tree: factories.Tree, person: Person, post: Post
) -> None:
    as_role(session, "clerk", tree.south)
    with pytest.raises(NotFound):
        see(session, person, f"post-{post.id}")


def test_more_than_so_many_an_hour_are_refused(
    session: Session, tree: factories.Tree, person: Person, post: Post
) -> None:
    as_role(session, "clerk", tree.north)
    now = session.scalars(select(func.clock_timestamp())).one()
    for _ in range(3):
        see(session, person, f"post-{post.id}", now=now, per_hour=3)
    with pytest.raises(reading.TooManyReads):
        see(session, person, f"post-{post.id}", now=now, per_hour=3)
    see(session, person, f"post-{post.id}", now=now + dt.timedelta(minutes=61), per_hour=3)


def test_households_are_seen_by_those_who_see_the_list(session: Session, tree: factories.Tree) -> None:
    batch = factories.asset(session, tree.north_villages[0], asset_class="household")
    item = add_household(session, batch.id, name=NAME, phone=PHONE, quantity=Decimal(1))
    listed = session.get_one(Person, item.person_id)
    as_role(session, "planner", tree.county)
    with pytest.raises(NotFound):
        see(session, listed, f"asset-{batch.id}")
    as_role(session, "clerk", tree.north)
    assert see(session, listed, f"asset-{batch.id}").phone == PHONE


def test_a_holder_is_masked_everywhere_but_in_its_person(session: Session, tree: factories.Tree) -> None:
    made = register_party(session, name=NAME, type="individual", region_id=tree.north.id, today=DAY)
    assert (made.name, made.pinyin, made.initials) == ("欧**", "", "")
    correct_party(
        session, made.id, revision=made.revision, name="欧**", type="individual", region_id=tree.north.id,
        contact_phone=PHONE, reason="补电话", today=DAY,
    )  # fmt: skip
    person = session.get_one(Person, made.person_id)
    assert (person.name, person.phone) == (NAME, PHONE)
    kept = [str(row) for entity in (History, AuditEntry, Addition) for row in session.execute(select(entity.__table__))]
    assert kept
    assert not any(value in row for row in kept for value in (NAME, PHONE, "ouyang"))


def test_a_person_is_found_by_the_whole_name_only(session: Session, tree: factories.Tree) -> None:
    made = register_party(session, name=NAME, type="individual", region_id=tree.north.id, today=DAY)
    for words in (NAME, "欧阳 明月", "ouyangmingyue"):
        assert [party.id for party in find_parties(session, words)] == [made.id]
    for words in ("欧阳明", "阳明月", "ouyangming", "oymy"):
        assert find_parties(session, words) == []
    assert [party.id for party in named_exactly(session, NAME)] == [made.id]
    as_role(session, "clerk", tree.south)
    assert find_parties(session, NAME) == []


def test_an_administrator_finds_a_person_by_name_and_number(
    session: Session, tree: factories.Tree, person: Person, post: Post
) -> None:
    as_role(session, "administrator", tree.county)
    [(number, shown)] = finding.find_persons(session, name=NAME, id_number=None, phone=PHONE, today=DAY)
    assert (number, shown.name, shown.phone) == (person.id, "欧**", "137****9876")
    [tie] = finding.file_of(session, person.id, today=DAY).ties
    assert (tie.kind, tie.record_id) == ("post", post.id)
    assert finding.find_persons(session, name="欧阳明", id_number=None, phone=PHONE, today=DAY) == []
    as_role(session, "administrator", tree.south)
    assert finding.find_persons(session, name=NAME, id_number=None, phone=PHONE, today=DAY) == []
    with pytest.raises(NotFound):
        finding.file_of(session, person.id, today=DAY)


def test_nobody_but_such_an_administrator_looks_for_people(session: Session, tree: factories.Tree) -> None:
    for role, unmasks in (("administrator", False), ("clerk", True)):
        as_role(session, role, tree.county, unmasks=unmasks)
        with pytest.raises(NotAllowed):
            finding.find_persons(session, name=NAME, id_number=None, phone=PHONE, today=DAY)


def test_somebody_in_a_post_is_not_erased(session: Session, tree: factories.Tree, person: Person, post: Post) -> None:
    as_role(session, "administrator", tree.county)
    with pytest.raises(erasing.StillNeeded):
        erasing.erase_person(session, person.id, reason="本人申请", today=DAY)


def test_whoever_has_left_is_erased_and_the_audit_stays_whole(
    session: Session, tree: factories.Tree, person: Person
) -> None:
    post = factories.post(session, tree.north_villages[0])
    factories.holding(session, post, person, valid_from=dt.date(2024, 1, 1), valid_to=dt.date(2025, 1, 1))
    before = session.scalar(select(func.count()).select_from(AuditEntry))
    as_role(session, "administrator", tree.county)
    gone = erasing.erase_person(session, person.id, reason="本人申请", today=DAY)
    assert (gone.name, gone.phone, gone.id_number, gone.pinyin, gone.erased_on) == (None, None, None, "", DAY)
    assert reading.masked(session, person.id).name == "已删除"
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == (before or 0) + 1
    with pytest.raises(PersonErased):
        see(session, person, f"post-{post.id}")
    with pytest.raises(PersonErased):
        erasing.erase_person(session, person.id, reason="本人申请", today=DAY)


def test_a_person_whom_another_town_names_is_not_erased_by_this_one(
    session: Session, tree: factories.Tree, person: Person
) -> None:
    for where in (tree.north_villages[0], tree.south):
        post = factories.post(session, where)
        factories.holding(session, post, person, valid_from=dt.date(2024, 1, 1), valid_to=dt.date(2025, 1, 1))
    as_role(session, "administrator", tree.north)
    with pytest.raises(erasing.NeededElsewhere):
        erasing.erase_person(session, person.id, reason="本人申请", today=DAY)


def test_retention_erases_whoever_left_longer_ago_than_values_are_kept(session: Session, tree: factories.Tree) -> None:
    months = {"personal_months_after_end": 24, "personal_months_household": 60}
    for code, value in months.items():
        session.add(Threshold(code=code, value=value, valid_from=dt.date(2000, 1, 1)))
    people = {}
    for key, until in (("gone", dt.date(2020, 5, 1)), ("lately", DAY - dt.timedelta(30)), ("there", None)):
        people[key] = Person(name=NAME, phone=PHONE)
        session.add(people[key])
        session.flush()
        post = factories.post(session, tree.north_villages[0], title=key)
        factories.holding(session, post, people[key], valid_from=dt.date(2019, 1, 1), valid_to=until)
    for year, key in ((2012, "old_batch"), (DAY.year, "new_batch")):
        batch = factories.asset(
            session, tree.north_villages[0], asset_class="household", built_on=dt.date(year, 1, 1), code=key
        )
        item = add_household(session, batch.id, name=NAME, quantity=Decimal(1))
        people[key] = session.get_one(Person, item.person_id)
    holder = register_party(session, name=NAME, type="individual", region_id=tree.north.id, today=DAY)
    people["holder"] = session.get_one(Person, holder.person_id)
    session.flush()
    due = {row.id for row in erasing.due_for_erasing(session, today=DAY)}
    assert {key for key, one in people.items() if one.id in due} == {"gone", "old_batch"}
    assert erasing.erase_expired(session, today=DAY) == len(due)
    session.expire_all()
    assert people["gone"].name is None
    assert people["lately"].name == NAME
    entries = session.scalars(select(AuditEntry).where(AuditEntry.batch.is_not(None))).all()
    assert sorted(entry.action for entry in entries) == ["personal.erase"] * len(due) + ["personal.retention"]
    assert erasing.erase_expired(session, today=DAY) == 0


def test_without_a_limit_nobody_is_erased(session: Session, tree: factories.Tree, person: Person) -> None:
    post = factories.post(session, tree.north_villages[0])
    factories.holding(session, post, person, valid_from=dt.date(2014, 1, 1), valid_to=dt.date(2015, 1, 1))
    session.execute(text("DELETE FROM threshold"))
    assert erasing.erase_expired(session, today=DAY) == 0


def test_values_are_corrected_unseen_and_what_is_left_empty_stays(
    session: Session, tree: factories.Tree, person: Person, post: Post
) -> None:
    as_role(session, "clerk", tree.north, unmasks=False)
    through = f"post-{post.id}"
    correct_values(session, person.id, through=through, phone="138 0000 1234", reason="换号", today=DAY)
    session.refresh(person)
    assert (person.name, person.phone, person.id_number) == (NAME, "13800001234", NUMBER)
    [version] = session.scalars(select(History).where(History.table_name == "person"))
    assert version.withheld == ["phone"]
    assert not {"name", "phone", "id_number"} & {*version.before, *(version.after or {})}


@pytest.mark.parametrize("values", [{}, {"phone": "12"}, {"id_number": NUMBER[:-1] + "0"}, {"person_name": "欧**"}])
def test_values_that_cannot_be_are_refused(
    session: Session, tree: factories.Tree, person: Person, post: Post, values: dict[str, str]
) -> None:
    as_role(session, "clerk", tree.north)
    with pytest.raises(Unacceptable):
        correct_values(session, person.id, through=f"post-{post.id}", reason="换号", today=DAY, **values)


@pytest.mark.parametrize("role", ["viewer", "auditor", "caretaker"])
def test_whoever_writes_nothing_corrects_nobody(
    session: Session, tree: factories.Tree, person: Person, post: Post, role: str
) -> None:
    as_role(session, role, tree.north)
    with pytest.raises(NotAllowed):
        correct_values(session, person.id, through=f"post-{post.id}", phone=PHONE, reason="换号", today=DAY)


def test_undoing_a_change_of_personal_values_is_refused_clearly(
    session: Session, tree: factories.Tree, person: Person, post: Post
) -> None:
    as_role(session, "clerk", tree.north)
    correct_values(session, person.id, through=f"post-{post.id}", phone="13800001234", reason="换号", today=DAY)
    moment = session.scalars(select(func.clock_timestamp())).one()
    assert undoable(session, current_transaction(session), now=moment) is None
    with pytest.raises(WithoutFormerValues):
        undo(session, current_transaction(session), now=moment)


def test_a_renamed_person_is_masked_anew_as_a_holder(session: Session, tree: factories.Tree) -> None:
    made = register_party(session, name=NAME, type="individual", region_id=tree.north.id, today=DAY)
    as_role(session, "clerk", tree.north)
    correct_values(
        session, made.person_id or 0, through=f"party-{made.id}", person_name="李四", reason="改名", today=DAY
    )
    session.refresh(made)
    assert (made.name, session.get_one(Person, made.person_id).pinyin) == ("李**", "lisi")
