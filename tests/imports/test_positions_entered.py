"""Positions all the way: from a ledger into the register, and out and in again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select

from assets.imports.answering import change_settings, correct_cell
from assets.imports.committing import QuestionsOpen
from assets.imports.models import ImportBatch
from assets.imports.settings import Reading
from assets.regions.borders import attach_borders
from assets.registry.models import Asset
from spatial.datums import from_storage_datum
from tests import factories
from tests.imports.bringing import Desk, asset_row

SIDE = 0.02


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The county with its villages as squares side by side."""
    borders = {
        village.code: shapely.box(106.8 + SIDE * at, 34.8, 106.8 + SIDE * (at + 1), 34.8 + SIDE)
        for at, village in enumerate(desk.tree.villages)
    }
    attach_borders(desk.session, borders, level="village", day=factories.DAY, source="test", schematic=False)
    return desk


def points(count: int, inset: float = 0.0) -> Any:
    random = np.random.default_rng(3)
    return np.array([106.8, 34.8]) + inset + (SIDE - 2 * inset) * random.random((count, 2))


def rows_at(places: Any) -> list[dict[str, Any]]:
    return [
        asset_row(f"大力村水池{number}", 经度=f"{lon:.7f}", 纬度=f"{lat:.7f}")
        for number, (lon, lat) in enumerate(places.tolist(), start=1)
    ]


def shifted(places: Any, datum: str) -> Any:
    return np.column_stack(from_storage_datum(places[:, 0], places[:, 1], datum))


def registered(desk: Desk) -> Any:
    desk.system()
    assets = desk.session.scalars(select(Asset).order_by(Asset.id)).all()
    return np.array([[to_shape(one.geom).x, to_shape(one.geom).y] for one in assets]), {
        (one.source_datum, one.position_quality) for one in assets
    }


def questions(batch: ImportBatch) -> list[str]:
    return [one["code"] for one in batch.problems if one["severity"] == "doubt"]


def test_a_datum_the_borders_tell_is_entered_and_comes_back_as_no_change(desk: Desk) -> None:
    truth = points(60)
    batch = desk.bring(rows_at(shifted(truth, "gcj02")), kind="asset")
    assert questions(batch) == []
    desk.commit(batch)
    found, kinds = registered(desk)
    assert np.max(np.abs(found - truth)) < 1e-6
    assert kinds == {("gcj02", "phone")}
    desk.acts(desk.account())
    again = desk.bring([row | {"坐标系": "CGCS2000"} for row in rows_at(found)], kind="asset")
    assert set(desk.verdicts(again)) == {"same"}
    assert questions(again) == []
    # The file that was entered once more, as it was.
    same = desk.bring(rows_at(shifted(truth, "gcj02")), kind="asset")
    assert set(desk.verdicts(same)) == {"same"}


def test_an_open_datum_keeps_a_ledger_outside_until_it_is_answered(desk: Desk) -> None:
    truth = points(5, 0.008)
    batch = desk.bring(rows_at(shifted(truth, "bd09")), kind="asset")
    assert questions(batch) == ["places_datum_open"]
    assert set(desk.verdicts(batch)) == {"rejected"}
    how = Reading.of(batch.settings)
    change_settings(desk.session, batch.id, reading=replace(how, rejected="leave_out"))
    with pytest.raises(QuestionsOpen):
        desk.commit(desk.check(batch))
    change_settings(desk.session, batch.id, reading=replace(how, datum="bd09"))
    batch = desk.check(batch)
    assert (questions(batch), set(desk.verdicts(batch))) == ([], {"new"})
    desk.commit(batch)
    found, kinds = registered(desk)
    assert np.max(np.abs(found - truth)) < 1e-6
    assert kinds == {("bd09", "phone")}


def test_a_swapped_row_is_entered_with_the_suggested_values(desk: Desk) -> None:
    truth = points(60)
    rows = rows_at(truth)
    rows[4]["经度"], rows[4]["纬度"] = rows[4]["纬度"], rows[4]["经度"]
    batch = desk.bring(rows, kind="asset")
    wrong = [row for row in desk.rows(batch) if row.verdict == "rejected"]
    ((problem,),) = [row.problems for row in wrong]
    assert (wrong[0].number, problem["code"], problem["field"]) == (5, "position_swapped", "longitude")
    correct_cell(desk.session, batch.id, number=5, field="longitude", answer=problem["suggestion"])
    batch = desk.check(batch)
    assert set(desk.verdicts(batch)) == {"new"}
    desk.commit(batch)
    found, _ = registered(desk)
    assert np.max(np.abs(found - truth)) < 1e-6


def test_a_record_without_coordinates_keeps_its_position(desk: Desk) -> None:
    truth = points(60)
    desk.commit(desk.bring(rows_at(truth), kind="asset"))
    desk.acts(desk.account())
    again = desk.bring([asset_row(f"大力村水池{number}") for number in range(1, 61)], kind="asset")
    assert set(desk.verdicts(again)) == {"same"}


def test_a_ledger_of_one_row_that_was_asked_about_is_not_asked_about_again(desk: Desk) -> None:
    rows = rows_at(shifted(points(1, 0.008), "gcj02"))
    desk.commit(desk.bring(rows, kind="asset", datum="gcj02"))
    desk.acts(desk.account())
    again = desk.bring(rows, kind="asset")
    assert (desk.verdicts(again), questions(again)) == (["same"], [])
