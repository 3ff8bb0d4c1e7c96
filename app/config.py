"""Settings: read once from the environment, frozen, passed on."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
# The law wants logs of six months at least.
LEAST_AUDIT_MONTHS = 6
SHORTEST_SECRET = 32


class UnfitSetting(ValueError):
    """A setting nothing can be started with; says which and why."""


@dataclass(frozen=True)
class Settings:
    """Everything an installation may choose; every field is one environment variable.

    The variable is ``XIANGTU_`` and the field's name in capitals, except ``DATABASE_URL``
    and ``DATABASE_OWNER_URL``.
    """

    database_url: str
    database_owner_url: str
    secret_key: str
    var: Path
    basemap_url: str = ""
    basemap_attribution: str = ""
    tianditu_token: str = ""
    session_hours: int = 10
    idle_minutes: int = 60
    secure_cookies: bool = False
    trusted_proxies: int = 0
    hosts: tuple[str, ...] = ()
    query_seconds: int = 60
    allow_demonstration: bool = False
    password_length: int = 10
    password_days: int = 0
    second_factor: str = "optional"
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_name: str = ""
    audit_months: int = 0
    personal_reads_per_hour: int = 60
    files_per_hour: int = 120
    suggestions_per_hour: int = 6000
    import_memory_mb: int = 1536
    today: dt.date | None = None
    testing: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings, making a secret key in the writable folder when none is given.

        Raises
        ------
        UnfitSetting
            When ``DATABASE_URL`` is not set, or a setting is none of its words or no such number.
        """
        env = os.environ if environment is None else environment
        var = Path(env.get("XIANGTU_VAR") or CHECKOUT / "var")
        url = env.get("DATABASE_URL", "")
        if not url:
            raise UnfitSetting("DATABASE_URL is not set: the database, as in postgresql+psycopg://xiangtu@/xiangtu")
        return cls(
            database_url=url,
            database_owner_url=env.get("DATABASE_OWNER_URL") or url,
            secret_key=_strong(env.get("XIANGTU_SECRET_KEY") or _kept_secret(env, var)),
            var=var,
            basemap_url=env.get("XIANGTU_BASEMAP_URL", ""),
            basemap_attribution=env.get("XIANGTU_BASEMAP_ATTRIBUTION", ""),
            tianditu_token=env.get("XIANGTU_TIANDITU_TOKEN", ""),
            session_hours=_number(env, "XIANGTU_SESSION_HOURS", 10),
            idle_minutes=_number(env, "XIANGTU_IDLE_MINUTES", 60),
            secure_cookies=env.get("XIANGTU_SECURE_COOKIES", "") == "1",
            trusted_proxies=_number(env, "XIANGTU_TRUSTED_PROXIES", 0),
            hosts=_hosts(env.get("XIANGTU_HOSTS", "")),
            query_seconds=_number(env, "XIANGTU_QUERY_SECONDS", 60),
            allow_demonstration=env.get("XIANGTU_ALLOW_DEMONSTRATION", "") == "1",
            password_length=_number(env, "XIANGTU_PASSWORD_LENGTH", 10),
            password_days=_number(env, "XIANGTU_PASSWORD_DAYS", 0),
            second_factor=_one_of(env, "XIANGTU_SECOND_FACTOR", ("optional", "administrators", "all")),
            oidc_issuer=env.get("XIANGTU_OIDC_ISSUER", "").rstrip("/"),
            oidc_client_id=env.get("XIANGTU_OIDC_CLIENT_ID", ""),
            oidc_client_secret=env.get("XIANGTU_OIDC_CLIENT_SECRET") or _read(env, "XIANGTU_OIDC_CLIENT_SECRET_FILE"),
            oidc_name=env.get("XIANGTU_OIDC_NAME", ""),
            audit_months=_audit_months(env),
            files_per_hour=_number(env, "XIANGTU_FILES_PER_HOUR", 120),
            suggestions_per_hour=_number(env, "XIANGTU_SUGGESTIONS_PER_HOUR", 6_000),
            import_memory_mb=_number(env, "XIANGTU_IMPORT_MEMORY_MB", 1_536),
            personal_reads_per_hour=_number(env, "XIANGTU_PERSONAL_READS_PER_HOUR", 60),
            today=_day(env, "XIANGTU_TODAY"),
        )


def _number(env: Mapping[str, str], name: str, usual: int) -> int:
    text = env.get(name) or str(usual)
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise UnfitSetting(f"{name} must be a whole number such as {usual}, not “{text}”")
    return int(text)


def _day(env: Mapping[str, str], name: str) -> dt.date | None:
    text = env.get(name, "")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise UnfitSetting(f"{name} must be a day such as 2026-11-22, not “{text}”") from None


def _audit_months(env: Mapping[str, str]) -> int:
    text = env.get("XIANGTU_AUDIT_MONTHS") or "0"
    if not text.isdecimal() or 0 < int(text) < LEAST_AUDIT_MONTHS:
        raise UnfitSetting(
            f"XIANGTU_AUDIT_MONTHS must be 0 (keep the trail for ever) or at least {LEAST_AUDIT_MONTHS}, not “{text}”"
        )
    return int(text)


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(name.strip().lower().strip("[]") for name in text.split(",") if name.strip())


def _one_of(env: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    word = env.get(name) or words[0]
    if word not in words:
        raise UnfitSetting(f"{name} must be one of {', '.join(words)}, not “{word}”")
    return word


def _read(env: Mapping[str, str], name: str) -> str:
    return Path(env[name]).read_text().strip() if env.get(name) else ""


def _strong(secret: str) -> str:
    if len(secret) < SHORTEST_SECRET:
        raise UnfitSetting(
            f"The secret key needs {SHORTEST_SECRET} characters at least; xiangtu makes one if none is given"
        )
    return secret


def _kept_secret(env: Mapping[str, str], var: Path) -> str:
    path = Path(env.get("XIANGTU_SECRET_KEY_FILE") or var / "secret-key")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
