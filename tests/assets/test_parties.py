"""A holder is entered once, whatever it is called, and corrected by those it belongs to."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.editing import ChangedMeanwhile, ReasonNeeded
from assets.errors import NotAllowed, NotFound, Unacceptable
from assets.ownership.models import Right
from assets.parties.likeness import similar_parties
from assets.parties.models import Party, Person
from assets.parties.service import correct_party, find_parties
from tests import factories
from tests.assets.desk import as_clerk
from tests.assets.party_desk import GOOD, PERSON, find_or_create, problems, register
from tests.factories import DAY


def test_a_new_holder_is_found_by_name_code_pinyin_and_initials(session: Session, tree: factories.Tree) -> None:
    made = register(session, code=GOOD, region_id=tree.north.id)
    for words in ("绿源", "绿源 公司", GOOD, GOOD[:6], "longxianlvyuan", "lxly"):
        assert [party.id for party in find_parties(session, words)] == [made.id], words


def test_registering_leaves_one_audit_entry(session: Session, tree: factories.Tree) -> None:
    made = register(session)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "party")).all()
    assert [(entry.action, entry.record_id) for entry in entries] == [("parties.register_party", made.id)]


@pytest.mark.parametrize(
    "spelling", ["陇县绿源农业有限公司", " 陇县绿源农业 有限公司", "陇县绿源农业有限公司。", "陇县（绿源）农业有限公司"]
)
def test_another_spelling_of_the_same_name_finds_the_same_holder(session: Session, spelling: str) -> None:
    made = register(session, name="陇县绿源农业有限公司")
    assert find_or_create(session, name=spelling).id == made.id


def test_full_width_signs_make_no_other_holder(session: Session) -> None:
    made = register(session, name="Ａ１科技有限公司")
    assert find_or_create(session, name="a1科技有限公司").id == made.id


def test_the_same_code_is_the_same_holder(session: Session) -> None:
    made = register(session, code=GOOD)
    assert find_or_create(session, code=f"{GOOD[:4].lower()} {GOOD[4:]}").id == made.id


def test_a_code_that_belongs_to_another_name_is_refused(session: Session) -> None:
    register(session, code=GOOD)
    with pytest.raises(Unacceptable, match="belongs to “陇县绿源农业有限公司”") as refusal:
        find_or_create(session, name="宝鸡大象牧业有限公司", code=GOOD)
    assert problems(refusal) == [("code", None)]


@pytest.mark.parametrize(
    ("there", "typed"),
    [
        ("陇县八渡镇大力村股份经济合作社", "大力村村委会"),
        ("陇县八渡镇大力村股份经济合作社", "八渡镇大力村集体经济合作社"),
        ("大力村村民委员会", "陇县八渡镇大力村股份经济合作社"),
        ("大力村村集体", "八渡大力村经济合作社"),
        ("陕西省宝鸡市陇县大力村股份经济合作社", "大力村村委会"),
    ],
)
def test_a_village_under_another_title_is_doubted(
    session: Session, tree: factories.Tree, there: str, typed: str
) -> None:
    village = tree.north_villages[0].id
    made = register(session, name=there, type="village_collective", region_id=village)
    with pytest.raises(Unacceptable) as refusal:
        find_or_create(session, name=typed, type="village_collective", region_id=village)
    assert problems(refusal) == [("name", "party_similar")]
    assert there in str(refusal.value)
    confirmed = find_or_create(
        session, name=typed, type="village_collective", region_id=village, confirmed={"party_similar"}
    )
    assert confirmed.id != made.id


def test_neighbouring_villages_and_other_businesses_are_not_doubted(session: Session, tree: factories.Tree) -> None:
    for name in ("八渡镇张家山村股份经济合作社", "八渡镇李家山村股份经济合作社", "八渡镇大力村股份经济合作社"):
        register(session, name=name, type="village_collective", region_id=tree.north.id)
    for name in ("陇县绿源农业有限公司", "陇县秦岭牧业有限公司", "陇县关山苹果专业合作社"):
        register(session, name=name, region_id=tree.county.id)


def test_a_name_that_sounds_the_same_is_doubted(session: Session, tree: factories.Tree) -> None:
    register(session, name="陇县宏达牧业有限公司", region_id=tree.county.id)
    with pytest.raises(Unacceptable) as refusal:
        register(session, name="陇县鸿达牧业有限公司", region_id=tree.county.id)
    assert problems(refusal) == [("name", "party_similar")]


def test_likeness_stays_within_the_county(session: Session, tree: factories.Tree) -> None:
    register(session, name="千阳县宏达牧业有限公司", region_id=tree.neighbour.id)
    assert similar_parties(session, "陇县宏达牧业有限公司", region_id=tree.county.id) == []


def test_people_of_one_name_are_never_taken_for_one_another(session: Session, tree: factories.Tree) -> None:
    made = register(session, name="张伟", type="individual", region_id=tree.north.id)
    with pytest.raises(Unacceptable):
        find_or_create(session, name="张伟", type="individual", region_id=tree.north.id)
    other = find_or_create(
        session, name="张伟", type="individual", region_id=tree.north.id, confirmed={"party_similar"}
    )
    assert other.id != made.id


def test_an_identity_number_is_kept_apart_and_names_a_person_once(session: Session) -> None:
    made = register(session, name="张伟", type="individual", identity_number=PERSON, contact_phone="13812345678")
    person = session.get_one(Person, made.person_id)
    assert (person.id_number, person.phone, made.code) == (PERSON, "13812345678", None)
    told = session.scalars(select(AuditEntry)).all()
    assert not any(PERSON in str(entry.changes) or "13812345678" in str(entry.changes) for entry in told)
    with pytest.raises(Unacceptable) as refusal:
        register(session, name="张大伟", type="individual", identity_number=PERSON)
    assert problems(refusal) == [("identity_number", None)]


def test_people_have_no_credit_code(session: Session) -> None:
    with pytest.raises(Unacceptable) as refusal:
        register(session, name="张伟", type="individual", code=PERSON)
    assert problems(refusal) == [("code", None)]


def test_everything_wrong_is_told_at_once(session: Session) -> None:
    with pytest.raises(Unacceptable) as refusal:
        register(
            session,
            name=" ",
            type="club",
            code="12345",
            region_id=10**9,
            valid_to=DAY + dt.timedelta(1),
            contact_phone="12",
        )
    assert {field for field, _doubt in problems(refusal)} == {
        "name",
        "type",
        "code",
        "region_id",
        "valid_to",
        "contact_phone",
    }
    assert session.scalar(select(func.count()).select_from(Party)) == 0


def test_a_clerk_finds_the_own_area_public_bodies_above_and_whom_records_name(
    session: Session, tree: factories.Tree
) -> None:
    own = register(session, name="八渡镇一号公司", region_id=tree.north_villages[0].id)
    above = register(session, name="陇县一号水利局", type="state_unit", region_id=tree.county.id)
    private = register(session, name="陇县一号公司", region_id=tree.county.id)
    other = register(session, name="天成镇一号牛场", region_id=tree.south.id, code=GOOD)
    named = register(session, name="外地一号公司")
    asset, elsewhere = (factories.asset(session, where) for where in (tree.north_villages[0], tree.south_villages[0]))
    for party, held in ((named, asset), (other, elsewhere)):
        session.add(Right(asset_id=held.id, party_id=party.id, kind="use", valid_from=DAY))
    session.flush()
    as_clerk(session, tree)
    assert {party.id for party in find_parties(session, "一号")} == {own.id, above.id, named.id}
    assert [party.id for party in find_parties(session, GOOD)] == [other.id]
    assert find_parties(session, GOOD[:10]) == []
    assert private.id not in {party.id for party in find_parties(session, "陇县一号公司")}


def test_typing_nothing_finds_nobody(session: Session) -> None:
    register(session)
    assert [find_parties(session, words) for words in ("", "  ", "\x00", "%")] == [[], [], [], []]


def test_a_clerk_enters_holders_of_the_own_area_only(session: Session, tree: factories.Tree) -> None:
    as_clerk(session, tree)
    assert register(session, region_id=tree.north.id).created_by == 1
    with pytest.raises(NotAllowed):
        register(session, name="天成镇某公司", region_id=tree.south.id)


@pytest.mark.parametrize("role", ["viewer", "auditor", "leader", "caretaker"])
def test_readers_enter_nobody(session: Session, tree: factories.Tree, role: str) -> None:
    as_clerk(session, tree, role)
    for region_id in (tree.north.id, None):
        with pytest.raises(NotAllowed):
            register(session, region_id=region_id)


def test_correcting_keeps_the_contact_unless_it_is_filled_in(session: Session) -> None:
    made = register(session, contact_name="李四", contact_phone="13812345678")
    values = {"type": "company", "reason": "改名", "today": DAY, "code": GOOD}
    correct_party(session, made.id, revision=made.revision, name="陇县绿源牧业有限公司", contact_phone="", **values)
    person = session.get_one(Person, made.contact_id)
    assert (person.name, person.phone, made.code) == ("李四", "13812345678", GOOD)
    assert [party.id for party in find_parties(session, "lxlymy")] == [made.id]


def test_correcting_needs_a_reason_and_the_latest_version(session: Session) -> None:
    made = register(session)
    with pytest.raises(ReasonNeeded):
        correct_party(session, made.id, revision=1, name="甲公司", type="company", reason=" ", today=DAY)
    correct_party(session, made.id, revision=1, name="甲公司", type="company", reason="更正", today=DAY)
    session.flush()
    with pytest.raises(ChangedMeanwhile):
        correct_party(session, made.id, revision=1, name="乙公司", type="company", reason="更正", today=DAY)


def test_a_holder_out_of_reach_is_not_found_for_correction(session: Session, tree: factories.Tree) -> None:
    made = register(session, region_id=tree.south.id)
    as_clerk(session, tree)
    with pytest.raises(NotFound):
        correct_party(session, made.id, revision=1, name="甲公司", type="company", reason="更正", today=DAY)


def test_a_public_body_above_is_seen_and_not_changed(session: Session, tree: factories.Tree) -> None:
    made = register(session, name="陇县水利局", type="state_unit", region_id=tree.county.id)
    as_clerk(session, tree)
    with pytest.raises(NotAllowed):
        correct_party(session, made.id, revision=1, name="水利局", type="state_unit", reason="更正", today=DAY)
