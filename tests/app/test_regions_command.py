"""``xiangtu regions``: loading codes and attaching borders from the console."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app.cli import main
from assets.regions.models import Region
from tests.people import Office


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", office.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("XIANGTU_VAR", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, ["regions", *words])


def square(code: str, west: float) -> dict[str, object]:
    ring = [[west, 34.8], [west + 0.1, 34.8], [west + 0.1, 34.9], [west, 34.9], [west, 34.8]]
    return {"type": "Feature", "properties": {"dm": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def collection(folder: Path, *features: object) -> str:
    path = folder / "borders.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return str(path)


def test_a_county_is_loaded_once(run: Callable[..., Result]) -> None:
    first = run("load", "--county", "350527")
    assert first.exit_code == 0, first.output
    assert "3 added" in first.output
    assert "0 added, 0 renamed, 0 ended" in run("load", "--county", "350527").output


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--all", "--county", "610327"),
        ("--county", "61"),
        ("--county", "abcdef"),
        ("--province", "6"),
        ("--county", "999999"),
    ],
)
def test_a_part_that_cannot_be_loaded_is_refused_in_words(run: Callable[..., Result], words: tuple[str, ...]) -> None:
    answer = run("load", *words)
    assert answer.exit_code in (1, 2)
    assert "Error" in answer.output
    assert "Traceback" not in answer.output


def test_borders_come_from_a_file_and_reach_the_county(
    run: Callable[..., Result], office: Office, tmp_path: Path
) -> None:
    path = collection(tmp_path, square("610327101201", 106.5), square("610327101202", 106.6))
    answer = run("attach", path, "--key", "dm", "--level", "village", "--schematic", "--on", "2026-11-20")
    assert answer.exit_code == 0, answer.output
    with office.session() as session:
        area, schematic = session.execute(
            select(func.ST_Area(Region.shape), Region.is_schematic).where(Region.code == "610327000000")
        ).one()
        assert round(area, 6) == 0.02
        assert schematic


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        (square("610399101201", 106.5), "610399101201"),
        (square("", 106.5), "no region code"),
        ({"type": "Feature", "properties": None, "geometry": None}, "no region code"),
        (
            {"properties": {"dm": "610327101201"}, "geometry": {"type": "Point", "coordinates": [106, 34]}},
            "610327101201",
        ),
        ({"properties": {"dm": "610327101201"}, "geometry": None}, "610327101201"),
        ("not a feature", "no region code"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_words(
    run: Callable[..., Result], tmp_path: Path, feature: object, said: str
) -> None:
    path = collection(tmp_path, feature)
    answer = run("attach", path, "--key", "dm", "--level", "village")
    assert answer.exit_code == 1
    assert said in answer.output
    assert "Traceback" not in answer.output


@pytest.mark.parametrize("content", ["", "{", "[]", '{"features": []}', '{"features": 3}', "\udcff"])
def test_a_file_that_is_no_geojson_is_refused_in_words(
    run: Callable[..., Result], tmp_path: Path, content: str
) -> None:
    path = tmp_path / "broken.geojson"
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    answer = run("attach", str(path), "--level", "village")
    assert answer.exit_code == 1
    assert "Error" in answer.output
    assert "Traceback" not in answer.output
