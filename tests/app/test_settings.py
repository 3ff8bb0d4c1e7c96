"""Settings nothing can be started with are told in one line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from app.cli import main
from app.config import Settings, UnfitSetting

FIT = {"DATABASE_URL": "postgresql+psycopg://x@/x", "XIANGTU_SECRET_KEY": "k" * 40}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("DATABASE_URL", ""),
        ("XIANGTU_SECRET_KEY", "short"),
        ("XIANGTU_IDLE_MINUTES", "an hour"),
        ("XIANGTU_SESSION_HOURS", "-1"),
        ("XIANGTU_PASSWORD_LENGTH", "１２"),
        ("XIANGTU_QUERY_SECONDS", "9" * 30),
        ("XIANGTU_SECOND_FACTOR", "always"),
        ("XIANGTU_AUDIT_MONTHS", "3"),
        ("XIANGTU_TODAY", "2026-02-30"),
    ],
)
def test_an_unfit_setting_is_refused(name: str, given: str) -> None:
    with pytest.raises(UnfitSetting):
        Settings.from_environment(FIT | {name: given})


def test_a_command_tells_which_setting_it_cannot_work_with(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (FIT | {"XIANGTU_IDLE_MINUTES": "an hour"}).items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(main, ["audit", "seals"])
    assert told.exit_code == 1
    assert told.output == "Error: XIANGTU_IDLE_MINUTES must be a whole number such as 60, not “an hour”\n"
