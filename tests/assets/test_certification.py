"""An asset is certified once its shares make the whole, and keeps them whole."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assets.errors import Unacceptable
from assets.ownership.service import end_right
from assets.parties.models import Party
from assets.projects.models import ProjectStage
from assets.registry.models import Asset
from assets.vocabulary import SHARED_RIGHTS
from tests import factories
from tests.assets.refusals import refused
from tests.assets.rights_desk import CHANGE, SINCE, WHOLE, certify, correct, grant, held, replace
from tests.factories import DAY


def test_an_asset_is_certified_once_its_shares_make_the_whole(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    assert refused(certify, session, asset) == [("certified_on", None), ("certified_on", None)]
    for kind in SHARED_RIGHTS:
        grant(session, asset, holders[0], kind, share=Fraction(1, 2))
    assert refused(certify, session, asset) == [("certified_on", None), ("certified_on", None)]
    for kind in SHARED_RIGHTS:
        grant(session, asset, holders[1], kind, share=Fraction(1, 2))
    certify(session, asset)
    assert (asset.certified_on, asset.certificate) == (DAY, "陇确字〔2026〕1号")


def test_a_public_asset_needs_no_income_rights_to_be_certified(
    session: Session, tree: factories.Tree, holders: list[Party]
) -> None:
    road = factories.asset(session, tree.north_villages[0], asset_class="public")
    grant(session, road, holders[0])
    assert certify(session, road).certified_on == DAY


def test_certification_needs_a_number_a_day_that_has_come_and_documents(
    session: Session, tree: factories.Tree, holders: list[Party]
) -> None:
    road = factories.asset(session, tree.north_villages[0])
    right = grant(session, road, holders[0], document=None, confirmed={"no_document"})
    assert refused(certify, session, road, certificate=" ", certified_on=DAY + dt.timedelta(1)) == [
        ("certificate", None),
        ("certified_on", None),
        ("certified_on", "no_document"),
    ]
    right.document = "陇确字1号"
    assert refused(certify, session, road, certified_on=dt.date(2024, 1, 1))[0] == ("certified_on", None)


def test_certification_waits_for_the_acceptance_of_the_project(
    session: Session, tree: factories.Tree, holders: list[Party]
) -> None:
    road = factories.asset(session, tree.north_villages[0], value_yuan=None)
    project = factories.project(session, tree.north_villages[0])
    session.add(
        factories.ValueEvent(asset_id=road.id, project_id=project.id, kind="new", occurred_on=SINCE, amount_yuan=1)
    )
    grant(session, road, holders[0])
    with pytest.raises(Unacceptable, match="has not been accepted"):
        certify(session, road)
    session.add(ProjectStage(project_id=project.id, stage="accepted", reached_on=CHANGE))
    with pytest.raises(Unacceptable, match="2025-07-01"):
        certify(session, road, certified_on=CHANGE - dt.timedelta(1))
    assert certify(session, road)


def test_after_certification_a_single_right_cannot_leave_a_gap(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    owner = grant(session, asset, holders[0])
    grant(session, asset, holders[0], "income")
    certify(session, asset, certified_on=CHANGE)
    options: dict[str, Any] = {"revision": owner.revision, "reason": "收回", "today": DAY}
    assert refused(end_right, session, owner.id, on=DAY, **options) == [("on", None)]
    assert refused(correct, session, owner, share=Fraction(1, 2)) == [("share", None)]
    assert refused(correct, session, owner, valid_from=DAY) == [("share", None)]
    replace(session, asset, {holders[1]: WHOLE}, valid_from=DAY)
    assert held(session, asset, DAY) == {"乙村集体": WHOLE}
