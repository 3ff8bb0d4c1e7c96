"""Holders and bodies, upkeep posts and the invented persons who fill them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from assets.masks import mask_name
from demo.land import Land
from demo.logins import CARETAKER, LOGINS
from demo.names import BRANDS, COMPANY_KINDS, COOPERATIVE_KINDS, invent_persons, invent_phones
from demo.relief import SEATS

DEPARTMENTS: Final = {
    "agriculture": "陇县农业农村局",
    "livestock": "陇县畜牧产业发展中心",
    "forestry": "陇县林业局",
    "water": "陇县水利局",
    "transport": "陇县交通运输局",
    "energy": "陇县发展和改革局",
    "housing": "陇县住房和城乡建设局",
    "health": "陇县卫生健康局",
    "education": "陇县教育体育局",
    "culture": "陇县文化和旅游局",
    "commerce": "陇县经济贸易局",
    "human_resources": "陇县人力资源和社会保障局",
    "civil_affairs": "陇县民政局",
    "relocation": "陇县易地搬迁后续扶持中心",
}
_DISSOLVED: Final = "陇县乡村振兴局"
_VILLAGE_POSTS: Final = {"water": "管水员", "transport": "护路员", None: "资产管护员"}
_TOWN_POSTS: Final = {"water": "水管站", "transport": "公路管护站", "energy": "光伏管护站", None: "资产管护专干"}
_GONE_SHARE: Final = 0.03


@dataclass(frozen=True)
class Parties:
    """``table`` and where to find whom: ids by village position, town, sector."""

    table: pd.DataFrame
    collective: np.ndarray[Any, Any]
    households: np.ndarray[Any, Any]
    town: dict[str, int]
    department: dict[str, int]
    companies: np.ndarray[Any, Any]
    cooperatives: np.ndarray[Any, Any]
    individuals: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Posts:
    """Posts, who fills them, and the post for a village (position) or town and sector."""

    posts: pd.DataFrame
    holdings: pd.DataFrame
    persons: pd.DataFrame
    of_village: dict[tuple[int, str | None], int]
    of_town: dict[tuple[str, str | None], int]


def make_parties(rng: np.random.Generator, land: Land, county_id: int) -> Parties:
    """Collectives, governments, departments, and invented operators."""
    villages = land.villages
    rows: list[dict[str, Any]] = []

    def add(kind: str, name: str, region: int, **more: Any) -> int:
        rows.append({"id": len(rows) + 1, "type": kind, "name": name, "region_id": region} | more)
        return len(rows)

    collective = [
        add("village_collective", f"陇县{v.town}{v.name}股份经济合作社", v.region_id) for v in villages.itertuples()
    ]
    households = [add("household", f"{v.town}{v.name}受益农户", v.region_id) for v in villages.itertuples()]
    town = {
        name: add("town", f"陇县{name}人民政府", int(villages.loc[villages["town"] == name, "town_id"].iloc[0]))
        for name in sorted(SEATS)
    }
    department = {code: add("state_unit", name, county_id) for code, name in DEPARTMENTS.items()}
    add("state_unit", _DISSOLVED, county_id, valid_to=dt.date(2024, 3, 1), successor_id=department["agriculture"])
    brands = rng.permutation(np.array(BRANDS, dtype=object))
    where = rng.integers(0, len(villages), 200)
    area = villages["region_id"].to_numpy()
    companies = [
        add("company", f"陇县{brand}{kind}", int(area[where[k]]), code=f"91610327MADEMO{k:04d}")
        for k, (brand, kind) in enumerate(zip(np.tile(brands, 2)[:42], rng.choice(COMPANY_KINDS, 42), strict=True))
    ]
    cooperatives = []
    for k in range(100):
        at = int(where[60 + k])
        kind = str(rng.choice(np.array(COOPERATIVE_KINDS)))
        name = f"陇县{villages['name'].iloc[at].removesuffix('村')}{brands[k % len(brands)]}{kind}"
        cooperatives.append(add("cooperative", name, int(area[at]), code=f"93610327MADEMO{k:04d}"))
    individuals = [
        add("individual", name, int(area[where[k]])) for k, name in enumerate(invent_persons(rng, 36).tolist())
    ]
    table = pd.DataFrame(rows)
    table["successor_id"] = table["successor_id"].astype("Int64")
    return Parties(
        table,
        np.array(collective),
        np.array(households),
        town,
        department,
        np.array(companies),
        np.array(cooperatives),
        np.array(individuals),
    )


def kept_apart(parties: pd.DataFrame, first_person: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The holders with the names of people masked, and the persons who bear them."""
    table = parties.copy()
    people = (table["type"] == "individual").to_numpy()
    persons = pd.DataFrame({"id": first_person + np.arange(int(people.sum())), "name": table.loc[people, "name"].array})
    persons["phone"] = None
    persons["account_id"] = pd.array([None] * len(persons), dtype="Int64")
    table["person_id"] = pd.array([None] * len(table), dtype="Int64")
    table.loc[people, "person_id"] = persons["id"].to_numpy()
    table.loc[people, "name"] = [mask_name(name) for name in persons["name"]]
    return table, persons


def make_posts(rng: np.random.Generator, land: Land, on: dt.date, county_id: int) -> Posts:
    """Posts per village and sector, filled since 2019 or later; some holders have left."""
    rows: list[tuple[str, str | None, int]] = []
    of_village: dict[tuple[int, str | None], int] = {}
    of_town: dict[tuple[str, str | None], int] = {}
    for v, village in enumerate(land.villages.itertuples()):
        for sector, title in _VILLAGE_POSTS.items():
            rows.append((f"{village.name}{title}", sector, int(village.region_id)))
            of_village[v, sector] = len(rows)
    towns = land.villages.drop_duplicates("town")
    for name, town_id in zip(towns["town"], towns["town_id"], strict=True):
        for sector, title in _TOWN_POSTS.items():
            rows.append((f"{name}{title}", sector, int(town_id)))
            of_town[name, sector] = len(rows)
    rows += [("县农村供水管理站", "water", county_id), ("县光伏电站运维组", "energy", county_id)]
    posts = pd.DataFrame(rows, columns=["title", "sector", "region_id"])
    posts.insert(0, "id", range(1, len(posts) + 1))

    size = len(posts)
    since = np.array([on - dt.timedelta(int(d)) for d in rng.integers(1200, 2400, size)], dtype=object)
    until: list[dt.date | None] = [None] * size
    person = np.arange(1, size + 1)
    dali = int(np.flatnonzero(land.villages["name"] == CARETAKER.area)[0])
    kept = {of_village[dali, sector] for sector in _VILLAGE_POSTS}
    person[np.array(sorted(kept)) - 1] = of_village[dali, None]
    for k in rng.permutation(np.setdiff1d(np.arange(size - 42), np.array(sorted(kept)) - 1))[
        : round(_GONE_SHARE * size)
    ]:
        until[k] = on - dt.timedelta(int(rng.integers(20, 300)))
    former = rng.permutation(np.setdiff1d(np.arange(size), np.array(sorted(kept)) - 1))[: size // 8]
    changed = np.array([on - dt.timedelta(int(d)) for d in rng.integers(380, 1100, len(former))], dtype=object)
    holdings = pd.DataFrame({"post_id": posts["id"], "person_id": person, "valid_from": since, "valid_to": until})
    before = pd.DataFrame(
        {
            "post_id": posts["id"].to_numpy()[former],
            "person_id": size + 1 + np.arange(len(former)),
            "valid_from": since[former],
            "valid_to": changed,
        }
    )
    holdings.loc[former, "valid_from"] = changed
    holdings = pd.concat([holdings, before], ignore_index=True)
    holdings.insert(0, "id", range(1, len(holdings) + 1))
    total = size + len(former)
    persons = pd.DataFrame(
        {"id": range(1, total + 1), "name": invent_persons(rng, total), "phone": invent_phones(rng, total)}
    )
    persons["account_id"] = pd.array([None] * total, dtype="Int64")
    account = 1 + LOGINS.index(CARETAKER)
    persons.loc[persons["id"] == of_village[dali, None], "account_id"] = account
    return Posts(posts, holdings, persons, of_village, of_town)
