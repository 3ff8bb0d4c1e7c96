"""The same engine at the console."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app.cli import main
from assets.places.models import Facility
from tests import factories
from tests.imports.bringing import Desk, facility_row, workbook


class Console:
    """Somebody at the machine, with a folder of files."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder = desk, folder

    def call(self, *words: str) -> Result:
        settings = {
            "DATABASE_URL": self.desk.url,
            "XIANGTU_VAR": str(self.folder),
            "XIANGTU_TODAY": factories.DAY.isoformat(),
        }
        return CliRunner().invoke(main, ["imports", *words], env=settings)

    def file(self, *rows: dict[str, str]) -> str:
        path = self.folder / "台账.csv"
        path.write_bytes(workbook(rows))
        return str(path)

    def brings(self, verb: str, file: str, *more: str, who: str = "clerk", area: str = "610327101") -> Result:
        return self.call(verb, file, "--kind", "facility", "--area", area, "--as", who, *more)

    def count(self) -> int:
        return self.desk.system().scalar(select(func.count(Facility.id))) or 0


@pytest.fixture
def console(lasting: Desk, tmp_path: Path) -> Console:
    lasting.account()
    lasting.session.commit()
    return Console(lasting, tmp_path)


CLINIC = facility_row("大力村卫生室")
WRONG = facility_row("无名卫生室", 村="没有这个村")


def test_a_ledger_goes_in_and_out_again(console: Console) -> None:
    file = console.file(CLINIC)
    checked = console.brings("check", file)
    assert (checked.exit_code, console.count()) == (0, 0), checked.output
    entered = console.brings("commit", file)
    assert (entered.exit_code, console.count()) == (0, 1), entered.output
    number = entered.output.rsplit("batch ", 1)[1].rstrip(".\n")
    assert "check 1/9 open" in entered.stderr
    assert entered.stderr.endswith("commit 9/9 keep\n")
    assert f"{number} " in console.call("list").output
    undone = console.call("undo", number, "--as", "clerk")
    assert (undone.exit_code, console.count()) == (0, 0), undone.output
    again = console.call("undo", number, "--as", "clerk")
    assert again.exit_code == 1
    assert "already" in again.output


def test_problems_are_told_with_their_cells_and_keep_all_out(console: Console) -> None:
    file = console.file(CLINIC, WRONG)
    refused = console.brings("commit", file)
    assert (refused.exit_code, console.count()) == (2, 0)
    line = next(line for line in refused.output.splitlines() if "没有这个村" in line)
    assert line.split("\t")[0].endswith("!3")
    told = json.loads(console.brings("check", file, "--json").stdout)
    assert told["counts"]["verdicts"] == {"new": 1, "rejected": 1}
    assert [one["row"] for one in told["problems"]] == [3]
    assert console.brings("commit", file, "--leave-out-rejected").exit_code == 0
    assert console.count() == 1


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"who": "nobody"}, "no open account"),
        ({"area": "999999"}, "no region with the code"),
        ({"area": "610327102"}, "outside your area"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(console: Console, choices: dict[str, str], said: str) -> None:
    refused = console.brings("check", console.file(CLINIC), **choices)
    assert refused.exit_code == 1
    assert said in refused.output
    assert console.count() == 0


def test_what_is_no_ledger_is_told(console: Console) -> None:
    path = console.folder / "图片.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    refused = console.brings("check", str(path))
    assert refused.exit_code == 2, refused.output
    assert "unreadable" in refused.output
