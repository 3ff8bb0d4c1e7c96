"""One set of filters that map, list, counts and files share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from assets.errors import InvalidValue
from assets.vocabulary import (
    ACCOUNT_STATES,
    CATEGORIES,
    CLASSES,
    FUND_SOURCES,
    MISSING_FIELDS,
    OPERATING_STATUSES,
    PARTY_TYPES,
    PROJECT_KINDS,
    ROLES,
    SITE_TYPES,
    STAGES,
    STATUSES,
    VILLAGE_CLASSES,
)

KNOWN: dict[str, tuple[str, ...]] = {
    "class": CLASSES,
    "status": STATUSES,
    "operating": OPERATING_STATUSES,
    "stage": STAGES,
    "category": CATEGORIES,
    "project_kind": PROJECT_KINDS,
    "fund": FUND_SOURCES,
    "village_class": VILLAGE_CLASSES,
    "site_type": SITE_TYPES,
    "missing": (*MISSING_FIELDS, "position", "owner", "papers"),
    "key": ("key_assistance", "demonstration"),
    "party_type": PARTY_TYPES,
    "role": ROLES,
    "account_state": ACCOUNT_STATES,
    "proposal_kind": ("asset", "project", "place", "right", "duty"),
    "review_step": ("village", "town", "department", "county"),
    "proposal_status": ("pending", "returned", "approved", "withdrawn", "replaced"),
    "waiting": ("3", "7", "15"),
    "flag": ("behind", "unbooked", "pending", "returned", "contract_expiring", "lead_industry", "work_relief", "mine"),
}
WORDS_AT_MOST = 100


@dataclass(frozen=True)
class Filter:
    """What is asked for; empty sets mean "all". Field names are those of the address."""

    day: dt.date
    area_path: str = "/"
    asset_class: frozenset[str] = field(default_factory=frozenset)
    status: frozenset[str] = field(default_factory=frozenset)
    operating: frozenset[str] = field(default_factory=frozenset)
    sector: frozenset[str] = field(default_factory=frozenset)
    year: frozenset[int] = field(default_factory=frozenset)
    stage: frozenset[str] = field(default_factory=frozenset)
    category: frozenset[str] = field(default_factory=frozenset)
    project_kind: frozenset[str] = field(default_factory=frozenset)
    label: frozenset[str] = field(default_factory=frozenset)
    fund: frozenset[str] = field(default_factory=frozenset)
    village_class: frozenset[str] = field(default_factory=frozenset)
    site_type: frozenset[str] = field(default_factory=frozenset)
    missing: frozenset[str] = field(default_factory=frozenset)
    key: frozenset[str] = field(default_factory=frozenset)
    party_type: frozenset[str] = field(default_factory=frozenset)
    role: frozenset[str] = field(default_factory=frozenset)
    account_state: frozenset[str] = field(default_factory=frozenset)
    proposal_kind: frozenset[str] = field(default_factory=frozenset)
    review_step: frozenset[str] = field(default_factory=frozenset)
    proposal_status: frozenset[str] = field(default_factory=frozenset)
    waiting: frozenset[str] = field(default_factory=frozenset)
    flag: frozenset[str] = field(default_factory=frozenset)
    words: str = ""
    # Where few names stand in the area: compare them one by one, since looking up a common word costs more.
    compares_names: bool = False
    past: bool = False
    account_id: int | None = None

    @property
    def narrows_beyond_area(self) -> bool:
        """Whether anything but area and day is asked for."""
        given = ("day", "past", "area_path", "account_id")
        return any(getattr(self, item.name) for item in fields(self) if item.name not in given)

    def in_area(self, path: str) -> Filter:
        """The same question asked of another area."""
        return replace(self, area_path=path)


def parse(
    values: Mapping[str, Iterable[str]], *, day: dt.date, area_path: str, account_id: int | None = None
) -> Filter:
    """Read a filter from the lists of texts of an address.

    Parameters
    ----------
    values : mapping of str to iterable of str
        As in a query string; an entry may also hold several words joined by commas.
        Unknown keys are left alone, since an address carries more than filters.
    day : date
        The day to ask for when ``on`` is absent.
    area_path : str
        The ``region_path`` of the area asked for.
    account_id : int, optional
        Whose "mine" is meant.

    Raises
    ------
    InvalidValue
        For a word that no filter knows, a year that is none, or words that are too long.
    """
    chosen: dict[str, Any] = {}
    for key, known in KNOWN.items():
        words = _split(values.get(key, ()))
        for word in words:
            if word not in known:
                raise InvalidValue("“{value}” is not a choice of the filter “{field}”.", value=word[:40], field=key)
        chosen["asset_class" if key == "class" else key] = frozenset(words)
    asked_day = _day(values.get("on", ()), day)
    return Filter(
        day=asked_day,
        past=asked_day < day,
        area_path=area_path,
        sector=_terms(values, "sector"),
        label=_terms(values, "label"),
        year=frozenset(_year(word) for word in _split(values.get("year", ()))),
        words=_words(values.get("q", ())),
        account_id=account_id if "mine" in chosen["flag"] else None,
        **chosen,
    )


def _split(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in text.split(",") if word]


def _terms(values: Mapping[str, Iterable[str]], key: str) -> frozenset[str]:
    """Codes of terms: which there are is for administrators to say."""
    words = _split(values.get(key, ()))
    if len(words) > 50 or not all(len(word) <= 40 and word.isprintable() for word in words):
        shown = next((word for word in words if len(word) > 40 or not word.isprintable()), words[0])
        raise InvalidValue("“{value}” is not a choice of the filter “{field}”.", value=shown[:40], field=key)
    return frozenset(words)


def _year(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) == 4 and 1949 <= int(word) <= 2100):
        raise InvalidValue("“{value}” is not a year.", value=word[:40], field="year")
    return int(word)


def _day(texts: Iterable[str], default: dt.date) -> dt.date:
    for word in texts:
        try:
            day = dt.date.fromisoformat(word)
        except ValueError:
            raise InvalidValue(
                "“{value}” is not a date; write it as 2026-11-22.", value=word[:40], field="on"
            ) from None
        if not dt.date(1990, 1, 1) <= day <= dt.date(2100, 1, 1):
            raise InvalidValue("The date {value} lies outside 1990–2100.", value=word[:40], field="on")
        return day
    return default


def _words(texts: Iterable[str]) -> str:
    words = " ".join(" ".join(texts).replace("\x00", " ").split())
    if len(words) > WORDS_AT_MOST:
        raise InvalidValue(
            "The search words are too long: {length} characters, {limit} at most.",
            length=len(words),
            limit=WORDS_AT_MOST,
            field="q",
        )
    return words
