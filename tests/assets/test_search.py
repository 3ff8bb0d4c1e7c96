"""Finding records by what people type: names, codes, pinyin, initials."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.regions.models import Region
from assets.registry.models import Asset
from assets.search.finding import LONGEST_QUERY, best, clean
from assets.search.matching import named_like
from tests import factories

NAMES = ("八渡镇卫生院", "八渡镇中心小学", "旧八渡镇卫生院", "大力村100%供水_工程", "\\反斜杠\\桥", "Village Office 12")


@pytest.fixture
def assets(session: Session) -> dict[str, Asset]:
    tree = factories.tree(session)
    return {name: factories.asset(session, tree.north_villages[0], name=name) for name in NAMES}


def found(session: Session, words: str) -> list[str]:
    statement = best(select(Asset.name), Asset, clean(words), limit=8)
    return list(session.scalars(statement))


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("八渡镇卫生院", ["八渡镇卫生院", "旧八渡镇卫生院"]),
        ("卫生院", ["八渡镇卫生院", "旧八渡镇卫生院"]),
        ("八", ["八渡镇卫生院", "八渡镇中心小学", "旧八渡镇卫生院"]),
        ("八渡 小学", ["八渡镇中心小学"]),
        ("bdzws", ["八渡镇卫生院"]),
        ("BDZWS", ["八渡镇卫生院"]),
        ("baduzhenzhongxin", ["八渡镇中心小学"]),
        ("village", ["Village Office 12"]),
        ("100%", ["大力村100%供水_工程"]),
        ("供水_工", ["大力村100%供水_工程"]),
        ("\\反斜杠", ["\\反斜杠\\桥"]),
        ("没有这个", []),
    ],
)
def test_a_word_finds_and_ranks(session: Session, assets: dict[str, Asset], words: str, names: list[str]) -> None:
    assert found(session, words) == names


@pytest.mark.parametrize(
    "words", ["%", "_", "%%", "__", "\\", "'", '"', "<script>", "😀", "\u202e", "*", "&", "|", "!"]
)
def test_signs_stand_for_themselves(session: Session, assets: dict[str, Asset], words: str) -> None:
    assert set(found(session, words)) == {name for name in NAMES if clean(words) and clean(words) in name}


def test_a_code_finds_its_record_first(session: Session, assets: dict[str, Asset]) -> None:
    wanted = assets["八渡镇中心小学"]
    assert found(session, wanted.code.lower())[0] == wanted.name


@pytest.mark.parametrize("words", ["610327101201-G2024", "610327101201-g2024-007", "610327"])
def test_a_code_with_dashes_is_found_by_its_beginning(session: Session, words: str) -> None:
    tree = factories.tree(session)
    wanted = factories.asset(session, tree.north_villages[0], code="610327101201-G2024-007", name="蓄水池")
    factories.asset(session, tree.north_villages[0], code="620327101201-G2024-008", name="水窖")
    assert session.scalars(select(Asset).where(named_like(Asset, words))).all() == [wanted]


def test_the_exact_initials_come_before_longer_ones(session: Session) -> None:
    tree = factories.tree(session)
    factories.region(session, "八渡镇村", "610327102299", "village", tree.south)
    statement = best(select(Region.name), Region, "bdz", limit=8)
    assert session.scalars(statement).all()[0] == "八渡镇"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  八渡   镇 ", "八渡 镇"),
        ("八渡\x00镇", "八渡 镇"),
        ("八渡\n镇\t", "八渡 镇"),
        ("\u200b", ""),
        ("", ""),
        ("长" * 10_000, "长" * LONGEST_QUERY),
    ],
)
def test_what_is_typed_is_cleaned(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_a_very_long_word_finds_nothing_and_breaks_nothing(session: Session, assets: dict[str, Asset]) -> None:
    assert found(session, "长" * 10_000) == []
    assert found(session, "a" * 10_000) == []


def test_every_word_must_fit(session: Session, assets: dict[str, Asset]) -> None:
    names = session.scalars(select(Asset.name).where(named_like(Asset, "八渡 卫生"))).all()
    assert set(names) == {"八渡镇卫生院", "旧八渡镇卫生院"}
