"""The whole demonstration county, made from a seed and a date."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Integer

from assets.masks import is_masked
from assets.schema import metadata
from assets.search.words import spell
from demo.accounts import make_accounts
from demo.archive import make_archive
from demo.assets import make_assets
from demo.condition import judge_assets
from demo.contracts import make_contracts, make_incomes
from demo.corrections import account_stages, corrected_funds
from demo.funds import make_funds
from demo.hamlets import make_natural_villages
from demo.households import make_household_items
from demo.labels import make_labels
from demo.land import Land, make_land
from demo.operation import make_operating_periods, make_outside_codes
from demo.ownership import make_rights, make_value_events
from demo.people import kept_apart, make_parties, make_posts
from demo.places import make_designations, make_facilities, make_sites, make_villages
from demo.projects import make_projects, served_areas, stage_rows
from demo.regions import BORDERS_FROM, read_tree
from demo.review import make_proposals, make_rules
from demo.roads import make_roads
from demo.terms import make_dated_rows
from demo.upkeep import make_duties, make_inspections

SEED: Final = 2024
EARLIEST: Final = dt.date(2025, 1, 1)

ORDER: Final = (
    "region",
    "designation",
    "term",
    "threshold",
    "facility_standard",
    "stage_step",
    "checklist_item",
    "account",
    "grant",
    "person",
    "party",
    "post",
    "post_holding",
    "village",
    "natural_village",
    "relocation_site",
    "facility",
    "road",
    "project",
    "project_area",
    "project_stage",
    "project_label",
    "fund_document",
    "allocation",
    "payment",
    "carry_over",
    "asset",
    "outside_code",
    "operating_period",
    "household_item",
    "value_event",
    "right",
    "contract",
    "income",
    "maintenance_duty",
    "inspection",
    "review_rule",
    "proposal",
    "review_decision",
    "installation",
)
"""The tables of the county, parents before children."""


@dataclass(frozen=True)
class County:
    """One frame per table, with the table's columns; coordinates in degrees, EPSG:4490."""

    seed: int
    on: dt.date
    tables: Mapping[str, pd.DataFrame]

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    def checksum(self) -> str:
        """The same for equal counties."""
        digest = hashlib.sha256()
        for name in ORDER:
            frame = self.tables[name]
            plain = frame.assign(
                **{c: shapely.to_wkb(frame[c].to_numpy(dtype=object), hex=True) for c in _geometries(frame)}
            )
            digest.update(plain.to_csv(index=False).encode())
        return digest.hexdigest()


def make_county(seed: int, on: dt.date) -> County:
    """The demonstration county as it stands on a day.

    Parameters
    ----------
    seed : int
        The same seed and day give the same county.
    on : dt.date
        The day on which everything hangs; not before 2025, since 2024 must be over.

    Raises
    ------
    ValueError
        If the day is too early, or numbers cannot be made to add up for this seed.
    """
    if on < EARLIEST:
        raise ValueError(f"the demonstration date must not be before {EARLIEST}")
    rng = _sources(seed)
    tree = read_tree()
    county_id = int(tree.loc[tree["level"] == "county", "id"].iloc[0])
    land = make_land(rng("land"), tree)
    roads = make_roads(rng("roads"), land, county_id)
    parties = make_parties(rng("parties"), land, county_id)
    posts = make_posts(rng("posts"), land, on, county_id)
    villages, urban = make_villages(rng("villages"), land)
    sites = make_sites(rng("sites"), land)
    works = make_projects(rng("projects"), land, on, county_id)
    areas = served_areas(rng("areas"), land, works)
    funds, carried = corrected_funds(rng("corrections"), works, make_funds(rng("funds"), works, on, county_id), on)
    made = make_assets(rng("assets"), land, roads, works, areas, on)
    assets = judge_assets(rng("condition"), land, made, on)
    archive, old_stages, project_of = make_archive(rng("archive"), land, assets, len(works.table) + 1)
    assets.loc[project_of.index, "project"] = project_of.astype(assets["project"].dtype)
    duties = make_duties(rng("duties"), land, parties, posts, assets, on)
    contracts = make_contracts(rng("contracts"), parties, assets, on)
    projects = pd.concat([works.table, archive], ignore_index=True)
    projects["geom"] = _project_places(land, projects, assets)
    projects["source"] = "演示数据"
    accounts, grants = make_accounts(tree, on)
    items, householders = make_household_items(rng("households"), assets, len(posts.persons) + 1, on)
    holders, people = kept_apart(parties.table, len(posts.persons) + len(householders) + 1)
    stages = pd.concat([stage_rows(rng("stages"), works, on), old_stages], ignore_index=True)
    in_books = assets.rename(columns={"kind": "type", "asset_class": "class"})
    proposals, decisions = make_proposals(rng("review"), tree, accounts, in_books, projects, on)
    raw: dict[str, pd.DataFrame] = make_dated_rows() | {
        "region": _with_shapes(tree, land, urban),
        "designation": make_designations(tree),
        "account": accounts,
        "grant": grants,
        "party": holders,
        "person": pd.concat([posts.persons, householders, people], ignore_index=True),
        "post": posts.posts,
        "post_holding": posts.holdings,
        "village": villages,
        "natural_village": make_natural_villages(rng("hamlets"), land, villages),
        "relocation_site": sites,
        "facility": make_facilities(rng("facilities"), land, sites),
        "road": roads.table,
        "project": projects,
        "project_area": areas,
        "project_stage": account_stages(rng("accounts"), stages, projects, on),
        "project_label": make_labels(rng("labels"), projects),
        "fund_document": funds.documents,
        "allocation": funds.allocations,
        "payment": funds.payments,
        "carry_over": carried,
        "asset": in_books,
        "outside_code": make_outside_codes(rng("codes"), land, assets),
        "operating_period": make_operating_periods(rng("operation"), assets, on),
        "household_item": items,
        "value_event": make_value_events(rng("values"), assets, funds, on),
        "right": make_rights(rng("rights"), land, parties, assets),
        "contract": contracts,
        "income": make_incomes(rng("incomes"), assets, contracts, on),
        "maintenance_duty": duties,
        "inspection": make_inspections(rng("inspections"), land, posts, assets, duties, on),
        "review_rule": make_rules(tree, on),
        "proposal": proposals,
        "review_decision": decisions,
        "installation": pd.DataFrame({"id": [1], "demonstration_on": [on], "seed": [seed]}),
    }
    paths = dict(zip(tree["id"], tree["region_path"], strict=True))
    return County(seed, on, {name: _as_table(name, raw[name], paths) for name in ORDER})


def _sources(seed: int) -> Any:
    """A generator per part, so that a change in one part leaves the others alone."""

    def source(part: str) -> np.random.Generator:
        word = int.from_bytes(hashlib.sha256(part.encode()).digest()[:4], "big")
        return np.random.default_rng([seed, word])

    return source


def _with_shapes(tree: pd.DataFrame, land: Land, urban: Any) -> pd.DataFrame:
    """Borders of villages and county; a town, and what is above the county, shows what it contains."""
    table = tree.copy()
    # The outline with the points where villages' borders meet it: their exact union.
    outline = shapely.coverage_union_all(land.villages["cell"].to_numpy(dtype=object))
    border = np.full(len(table), None, dtype=object)
    shape = np.full(len(table), shapely.multipolygons([outline]), dtype=object)
    centre = np.full(len(table), shapely.point_on_surface(land.outline), dtype=object)
    village = (table["level"] == "village").to_numpy()
    cells = np.array([shapely.multipolygons([c]) for c in land.villages["cell"]], dtype=object)
    border[village], shape[village] = cells, cells
    centre[village] = shapely.points(land.villages[["x", "y"]].to_numpy(dtype=float))
    county = (table["level"] == "county").to_numpy()
    border[county] = shape[county]
    for k in np.flatnonzero((table["level"] == "town").to_numpy()).tolist():
        shape[k] = shapely.multipolygons([land.towns[table["name"].iloc[k]]])
        # Where a name stands freest: far from every border, rather than at the seat.
        centre[k] = shapely.Point(shapely.maximum_inscribed_circle(shape[k]).coords[0])
    table["geom"], table["shape"], table["centre"] = border, shape, centre
    table["is_schematic"] = True
    known = table["level"].isin(["county", "town", "village"])
    table.loc[known, "source"] = table.loc[known, "source"] + ";" + BORDERS_FROM
    codes = np.where(urban, np.where(land.villages["kind"] == "community", "111", "121"), "220")
    table.loc[village, "urban_rural_code"] = codes
    return table


def _project_places(land: Land, projects: pd.DataFrame, assets: pd.DataFrame) -> Any:
    """Where a project's first asset lies, else its village or its town's seat; nowhere for the county's."""
    v = land.villages
    place = np.full(len(projects), None, dtype=object)
    points = shapely.points(v[["x", "y"]].to_numpy(dtype=float))
    village = projects["village"].to_numpy()
    place[village >= 0] = points[village[village >= 0]]
    seat = {t: points[k] for k, t in zip(np.flatnonzero(v["seat"]), v["town"][v["seat"]], strict=True)}
    for k in np.flatnonzero((village < 0) & projects["town"].notna().to_numpy()).tolist():
        place[k] = seat[projects["town"].iloc[k]]
    fixed = assets[(assets["asset_class"] != "household") & assets["geom"].notna() & (assets["project"] > 0)]
    first = fixed.drop_duplicates("project").set_index("project")["geom"]
    found = projects["id"].map(first)
    own = found.notna().to_numpy() & (village >= 0)
    place[own] = found[own].to_numpy(dtype=object)
    return place


def _as_table(name: str, frame: pd.DataFrame, paths: Mapping[int, str]) -> pd.DataFrame:
    """The columns of the table that the frame fills, with names spelled and paths set."""
    types = {c.name: c.type for c in metadata.tables[name].columns}
    columns = set(types)
    frame = frame.reset_index(drop=True).copy()
    if "id" in columns and "id" not in frame:
        frame.insert(0, "id", range(1, len(frame) + 1))
    if "region_path" in columns and "region_path" not in frame:
        frame["region_path"] = frame["region_id"].map(paths)
    if "pinyin" in columns:
        by = "short_name" if name == "region" else "name"
        # A masked name is not to be found by how it sounds.
        spelled = {n: ("", "") if is_masked(n) else spell(n) for n in frame[by].unique()}
        frame["pinyin"] = [spelled[n][0] for n in frame[by]]
        frame["initials"] = [spelled[n][1] for n in frame[by]]
    frame = frame[[c for c in frame.columns if c in columns or c == "password"]]
    whole = [c for c in frame.columns if isinstance(types.get(c), Integer)]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _geometries(frame: pd.DataFrame) -> list[str]:
    return [c for c in ("geom", "shape", "centre") if c in frame]
