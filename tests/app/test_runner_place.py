"""Where a checkout keeps its data."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from app.runner import place as places
from app.runner.account import Account, current_account
from app.runner.code import copy_project
from app.runner.place import Place, find_place
from app.runner.words import Problem


class Stranger(Account):
    """An account that can reach no checkout."""

    @property
    def is_current(self) -> bool:
        """It is never the caller."""
        return False

    def can_read(self, *_paths: Path) -> bool:
        """Every door is closed to it."""
        return False


@pytest.fixture
def stranger() -> Stranger:
    """An account that cannot reach the checkout, with the caller's numbers so that files can be its own."""
    return Stranger("stranger", os.geteuid(), os.getegid())


def checkout_in(folder: Path, name: str) -> Path:
    """Make an empty checkout."""
    checkout = folder / name
    checkout.mkdir()
    return checkout


def test_a_reachable_checkout_keeps_its_data_in_var(tmp_path: Path) -> None:
    assert find_place(tmp_path, current_account()).base == tmp_path / "var"


def test_a_moved_checkout_finds_its_data_again(tmp_path: Path, stranger: Stranger) -> None:
    old = checkout_in(tmp_path, "old")
    before = find_place(old, stranger, tmp_path / "lib").base
    new = old.rename(tmp_path / "new")
    assert find_place(new, stranger, tmp_path / "lib").base == before


def test_a_copied_checkout_does_not_share_the_originals_data(tmp_path: Path, stranger: Stranger) -> None:
    original = checkout_in(tmp_path, "original")
    first = find_place(original, stranger, tmp_path / "lib").base
    copy = Path(shutil.copytree(original, tmp_path / "copy"))
    second = find_place(copy, stranger, tmp_path / "lib").base
    assert first != second
    assert find_place(original, stranger, tmp_path / "lib").base == first
    assert find_place(copy, stranger, tmp_path / "lib").base == second


def test_the_sockets_path_is_short_enough_however_deep_the_checkout_lies(tmp_path: Path) -> None:
    deep = tmp_path / ("深" * 60)
    place = Place(tmp_path, deep, current_account())
    assert len(os.fsencode(place.socket / ".s.PGSQL.5432.lock")) <= 107


def test_a_socket_folder_in_a_shared_place_that_is_a_link_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, tmp_path / "var", current_account())
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "socket").symlink_to(tmp_path)
    with pytest.raises(Problem, match="belongs to another account"):
        place.prepare()


def test_the_session_key_is_kept_and_readable_by_its_account_alone(tmp_path: Path) -> None:
    place = find_place(tmp_path, current_account())
    place.prepare()
    key = place.secret_key.read_text()
    place.prepare()
    assert place.secret_key.read_text() == key
    assert len(key.strip()) >= 48
    assert place.secret_key.stat().st_mode & 0o777 == 0o600


def test_a_disk_without_room_is_named_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_NEEDED_AT_FIRST_MB", 10**12)
    place = find_place(tmp_path, current_account())
    with pytest.raises(Problem, match="The disk is nearly full"):
        place.prepare()
    assert list(place.base.iterdir()) == []


def test_the_servers_copy_of_the_program_follows_changes_and_removals(tmp_path: Path) -> None:
    source, target = checkout_in(tmp_path, "source"), tmp_path / "target"
    (source / "app").mkdir()
    (source / ".git").mkdir()
    (source / "app" / "kept.py").write_text("1")
    (source / "app" / "removed.py").write_text("1")
    (source / "app" / "kept.py").chmod(0o600)
    copy_project(source, target)
    (source / "app" / "removed.py").unlink()
    (source / "app" / "kept.py").write_text("22")
    copy_project(source, target)
    assert [str(path.relative_to(target)) for path in sorted(target.rglob("*"))] == ["app", "app/kept.py"]
    assert (target / "app" / "kept.py").read_text() == "22"
    assert (target / "app" / "kept.py").stat().st_mode & 0o777 == 0o644
