"""Where a checkout keeps its data, so that the server's account reaches it and a moved checkout finds it again."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from app.runner.account import Account
from app.runner.words import Problem, words

ELSEWHERE = Path("/var/lib/xiangtu")
# A socket's path may have 107 bytes, of which PostgreSQL's file name takes 14 and PostgreSQL's lock file 5 more.
_SOCKET_FOLDER_BYTES = 107 - len("/.s.PGSQL.5432.lock")
_NEEDED_MB = 300
_NEEDED_AT_FIRST_MB = 1000


@dataclass(frozen=True)
class Place:
    """The folders of one checkout's data."""

    checkout: Path
    base: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """Data folder of the database."""
        return self.base / "postgres"

    @property
    def files(self) -> Path:
        """Folder the application may write to."""
        return self.base / "app"

    @property
    def logs(self) -> Path:
        """Logs of web and jobs; the database has a folder of its own in it."""
        return self.base / "log"

    @property
    def state(self) -> Path:
        """What the running program notes for the next one."""
        return self.base / "run"

    @property
    def secret_key(self) -> Path:
        """File with the key that signs sessions."""
        return self.base / "secret-key"

    @property
    def socket(self) -> Path:
        """Folder of the database's socket, with a path short enough for a socket."""
        name = "xiangtu-" + hashlib.sha256(os.fsencode(self.base)).hexdigest()[:12]
        session = os.environ.get("XDG_RUNTIME_DIR")
        candidates = [self.base / "socket"]
        if session and Path(session).is_dir() and self.account.is_current:
            candidates.append(Path(session) / name)
        # Everybody may write there, so the folder's owner is checked before it is used.
        candidates.append(Path("/tmp") / f"{name}-{self.account.uid}")  # noqa: S108
        return next(path for path in candidates if len(os.fsencode(path)) <= _SOCKET_FOLDER_BYTES)

    def prepare(self) -> None:
        """Make the folders and the session key, and make sure that there is room."""
        self.base.mkdir(parents=True, exist_ok=True)
        self._check_room()
        self._check_socket_folder()
        self.logs.mkdir(exist_ok=True)
        self.state.mkdir(exist_ok=True)
        self.account.own_folder(self.logs / "postgres")
        self.account.own_folder(self.files)
        if not self.secret_key.exists() or not self.secret_key.stat().st_size:
            fresh = self.secret_key.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(48) + "\n")
            if not self.account.is_current:
                os.chown(fresh, self.account.uid, self.account.gid)
            fresh.replace(self.secret_key)

    def _check_room(self) -> None:
        space = os.statvfs(self.base)
        free_mb = space.f_bavail * space.f_frsize // (1024 * 1024)
        needed_mb = _NEEDED_MB if self.cluster.exists() else _NEEDED_AT_FIRST_MB
        if free_mb < needed_mb:
            raise Problem(
                words(
                    f"The disk is nearly full: {self.base} has {free_mb} MB left and {needed_mb} MB are needed. "
                    "Free some space and start again.",
                    f"磁盘空间不足：{self.base} 仅剩 {free_mb} MB，至少需要 {needed_mb} MB。请清理磁盘后重新启动。",
                )
            )

    def _check_socket_folder(self) -> None:
        """Refuse a folder in a shared place that somebody else made first."""
        try:
            owner = self.socket.lstat().st_uid
        except FileNotFoundError:
            return
        if self.socket.is_symlink() or owner not in (self.account.uid, os.geteuid()):
            raise Problem(
                words(
                    f"{self.socket} belongs to another account. Remove it and start again.",
                    f"{self.socket} 属于其他账户，请删除后重新启动。",
                )
            )


def find_place(checkout: Path, account: Account, elsewhere: Path = ELSEWHERE) -> Place:
    """Choose the folder for a checkout's data.

    That is `var` in the checkout; where the server's account cannot reach it (root's home, say), a folder of
    the checkout's own elsewhere.
    """
    var = checkout / "var"
    var.mkdir(exist_ok=True)
    if account.is_current or account.can_read(var):
        return Place(checkout, var, account)
    return Place(checkout, _folder_elsewhere(checkout, elsewhere), account)


def _folder_elsewhere(checkout: Path, elsewhere: Path) -> Path:
    """Find the folder noted in the checkout, so that a moved checkout keeps its data and a copied one gets its own."""
    note = checkout / "var" / "place"
    name = note.read_text().strip() if note.exists() else ""
    if not name or _belongs_to_another(elsewhere / name, checkout):
        name = hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12]
        if _belongs_to_another(elsewhere / name, checkout):
            name = secrets.token_hex(6)
        note.write_text(name + "\n")
    folder = elsewhere / name
    folder.mkdir(parents=True, exist_ok=True)
    elsewhere.chmod(0o755)
    folder.chmod(0o755)
    (folder / "checkout").write_text(f"{checkout}\n")
    return folder


def _belongs_to_another(folder: Path, checkout: Path) -> bool:
    """Tell whether another checkout that still exists uses the folder."""
    try:
        other = Path((folder / "checkout").read_text().strip())
        return other != checkout and (other / "var" / "place").read_text().strip() == folder.name
    except OSError:
        return False
