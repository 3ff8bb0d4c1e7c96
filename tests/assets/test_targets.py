"""The figures of the reports on projects and money: what was promised, started, arranged, certified."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.indicators.certification import certification
from assets.indicators.project_progress import Progress, fund_progress, progress
from assets.indicators.targets import RELIEF, counting_projects, targets
from assets.projects.models import Allocation, FundDocument
from assets.regions.models import Region
from assets.regions.queries import children
from assets.terms.defaults import load_defaults
from assets.terms.models import Threshold
from tests import factories

DAY = factories.DAY
WAN = 10_000


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    load_defaults(session)
    return factories.tree(session)


def give(
    session: Session, tree: factories.Tree, wan: Decimal | int | str, *, source: str = "central", **of: Any
) -> None:
    """Arrange so many 10k yuan for a project of its own."""
    project = factories.project(session, of.pop("where", tree.north_villages[0]), **of)
    document = FundDocument(
        region_id=tree.county.id,
        number=f"N{project.id}",
        title="资金",
        budget_year=of.get("year", 2026),
        source=source,
        received_on=dt.date(2026, 2, 1),
        received_yuan=Decimal(wan) * WAN,
    )
    session.add(document)
    session.flush()
    session.add(
        Allocation(
            fund_document_id=document.id,
            project_id=project.id,
            arranged_on=dt.date(2026, 3, 1),
            arranged_yuan=Decimal(wan) * WAN,
        )
    )
    session.flush()


def of_county(session: Session, tree: factories.Tree, year: int = 2026) -> Any:
    [found] = targets(session, [tree.county], year, DAY)
    return found


def test_the_shares_of_2024_are_met(session: Session, tree: factories.Tree) -> None:
    give(session, tree, 2_950, is_lead_industry=True)
    give(session, tree, 5_650, source="province")
    give(session, tree, 4_200, category="rural_construction")
    give(session, tree, 900, source="county")
    found = of_county(session, tree)
    assert (found.industry.share, found.lead.share) == (Decimal("67.2"), Decimal("34.3"))
    assert (found.industry.met, found.lead.met, found.lead_of_total.met) == (True, True, True)
    assert (found.industry.numerator, found.industry.denominator) == (8_600 * WAN, 12_800 * WAN)
    assert found.lead_of_total.limit == Decimal("0.195")


def test_what_is_missing_is_told_to_the_cent(session: Session, tree: factories.Tree) -> None:
    give(session, tree, "64.99")
    give(session, tree, "35.01", category="governance")
    industry = of_county(session, tree).industry
    assert (industry.met, industry.missing) == (False, Decimal("100.00"))
    give(session, tree, "0.02")
    industry = of_county(session, tree).industry
    # 65.01 of 100.02 is short of 65 % by less than the rounding of a percentage shows.
    assert (industry.share, industry.met) == (Decimal("65.0"), False)
    assert industry.missing == Decimal("0.65") * industry.denominator - industry.numerator


def test_exactly_the_limit_passes(session: Session, tree: factories.Tree) -> None:
    give(session, tree, 65)
    give(session, tree, 35, category="governance")
    assert of_county(session, tree).industry.met is True


@pytest.mark.parametrize(("count", "met", "missing"), [(9, False, 1), (10, True, 0), (11, True, 0)])
def test_nine_work_relief_projects_fail_and_ten_pass(
    session: Session, tree: factories.Tree, count: int, met: bool, missing: int
) -> None:
    for _ in range(count):
        factories.project(session, tree.north_villages[0], is_work_relief=True)
    factories.project(session, tree.north_villages[0], is_work_relief=True, stage="terminated")
    factories.project(session, tree.north_villages[0], is_work_relief=True, year=2025)
    relief = of_county(session, tree).relief
    assert (relief.numerator, relief.met, relief.missing) == (count, met, missing)
    assert len(counting_projects(session, tree.county, 2026, DAY, RELIEF)) == count


def test_a_county_may_set_its_own_limits_from_a_day(session: Session, tree: factories.Tree) -> None:
    session.add(Threshold(code=RELIEF, region_id=tree.county.id, value=Decimal(15), valid_from=dt.date(2026, 1, 1)))
    session.flush()
    found = targets(session, [tree.county, tree.neighbour], 2026, DAY)
    assert [one.relief.limit for one in found] == [15, 10]
    assert of_county(session, tree, 2025).relief.limit == 10


def test_without_money_nothing_is_judged(session: Session, tree: factories.Tree) -> None:
    found = of_county(session, tree)
    assert (found.industry.met, found.industry.share, found.industry.missing) == (None, None, 0)


def test_the_projects_that_count_add_up_to_the_numerator(session: Session, tree: factories.Tree) -> None:
    give(session, tree, 30, is_lead_industry=True)
    give(session, tree, 50)
    give(session, tree, 20, category="governance")
    for of, sum_ in (("industry_share", 80), ("lead_share", 30), ("other", 20)):
        rows = counting_projects(session, tree.county, 2026, DAY, of)
        assert sum(row.counted_yuan for row in rows) == sum_ * WAN


def test_each_county_is_judged_by_its_own_money(session: Session, tree: factories.Tree) -> None:
    give(session, tree, 10)
    give(session, tree, 30, where=tree.neighbour_village, category="governance")
    found = {one.region.id: one for one in targets(session, [tree.county, tree.neighbour], 2026, DAY)}
    assert (found[tree.county.id].industry.met, found[tree.neighbour.id].industry.met) == (True, False)


def by_stage(session: Session, area: Region, **asked: Any) -> tuple[Progress, dict[int, Progress]]:
    below = list(children(session, area, day=DAY))
    return progress(session, area, below, Filter(day=DAY, **asked))


def test_4457_of_4649_projects_started_is_95_9_percent() -> None:
    found = Progress({"library": 92, "approved": 100, "started": 2_000, "finished": 1_457, "accepted": 1_000})
    assert (found.planned, found.started, found.waiting) == (4_649, 4_457, 192)
    assert found.started_share == Decimal("95.9")


def test_of_102_projects_in_a_library_none_has_started(session: Session, tree: factories.Tree) -> None:
    for number in range(102):
        factories.project(session, tree.north_villages[number % 2], year=2025, stage="library")
    factories.project(session, tree.south_villages[0], year=2025, stage="started")
    found, below = by_stage(session, tree.county, year=frozenset({2025}))
    town = below[tree.north.id]
    assert (town.planned, town.count("library"), town.started) == (102, 102, 0)
    assert town.started_share == Decimal("0.0")
    assert (found.planned, found.started) == (103, 1)


def test_ended_projects_count_in_no_rate(session: Session, tree: factories.Tree) -> None:
    for stage in ("started", "terminated"):
        factories.project(session, tree.north, stage=stage)
    found, _below = by_stage(session, tree.county)
    assert (found.planned, found.ended, found.started_share) == (1, 1, Decimal("100.0"))


def test_808_million_received_and_89_8_percent_arranged(session: Session, tree: factories.Tree) -> None:
    project = factories.project(session, tree.north)
    factories.money(session, project, tree.county, received=808_000_000, arranged=725_584_000, paid=700_000_000)
    found = fund_progress(session, Filter(day=DAY, area_path=tree.county.region_path))
    assert found.arranged_share == Decimal("89.8")
    assert round(found.arranged / 100_000_000, 3) == Decimal("7.256")
    assert found.free == 82_416_000


def test_sums_of_two_documents_with_several_lines_are_not_multiplied(session: Session, tree: factories.Tree) -> None:
    first, second = factories.project(session, tree.north), factories.project(session, tree.south)
    for project in (first, second):
        factories.money(session, project, tree.county, received=1_000, arranged=400, paid=100)
    document = factories.money(session, first, tree.county, received=500, arranged=100, paid=50)
    session.add(
        Allocation(
            fund_document_id=document.id,
            project_id=first.id,
            kind="adjusted",
            arranged_on=dt.date(2026, 4, 1),
            arranged_yuan=Decimal(30),
        )
    )
    session.flush()
    found = fund_progress(session, Filter(day=DAY, area_path=tree.county.region_path))
    assert (found.received, found.arranged, found.paid) == (2_500, 930, 250)


def test_certification_is_told_by_the_year_of_the_money(session: Session, tree: factories.Tree) -> None:
    project = factories.project(session, tree.north, year=2023)
    for number in range(8):
        asset = factories.asset(
            session,
            tree.north_villages[0],
            value_yuan=None,
            certified_on=dt.date(2024, 6, 1) if number < 6 else None,
            asset_class="household" if number == 7 else "public",
        )
        session.add(
            factories.ValueEvent(
                asset_id=asset.id, project_id=project.id, kind="new", occurred_on=dt.date(2023, 12, 1), amount_yuan=1
            )
        )
    session.flush()
    [year] = certification(session, tree.county, [2023], DAY)
    assert (year.assets, year.certified, year.certified_share) == (7, 6, Decimal("85.7"))
