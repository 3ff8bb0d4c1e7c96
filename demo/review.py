"""Changes that wait for review or came back, and the steps that are on in one town."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pandas as pd

from assets.db import OFFICE_ZONE
from assets.review.plain import written

_TOWN: Final = "固关镇"
_STEPS: Final = ("town", "county")
_WAIT_DAYS: Final = (1, 19)
_RETURNED: Final = ("与验收资料不一致，请核对后重报。", "请补充依据文件后重报。", "数量与竣工图不符，请核实。")
_WHY: Final = ("现场复核后更正", "按验收资料更正", "按竣工图更正")
_WHY_PROJECT: Final = ("按评审结果调整概算", "按实施方案批复调整概算")


def make_rules(tree: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Assets of one town pass the town and the county; everywhere else changes are saved at once."""
    region = tree.loc[tree["short_name"] == _TOWN, "id"].iloc[0]
    row = {"region_id": region, "kind": "asset", "steps": _array(_STEPS), "valid_from": on - dt.timedelta(90)}
    return pd.DataFrame([row])


def make_proposals(
    rng: np.random.Generator,
    tree: pd.DataFrame,
    accounts: pd.DataFrame,
    assets: pd.DataFrame,
    projects: pd.DataFrame,
    on: dt.date,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A change beside every record that shows one, a registration that waits, and what was decided so far."""
    by_name = dict(zip(accounts["username"], accounts["id"], strict=True))
    town_of = _towns(tree)
    rows: list[dict[str, Any]] = []
    for table, frame, change in (("asset", assets, _of_asset), ("project", projects, _of_project)):
        open_ones = frame[frame["review_status"] != "approved"]
        for number, record in enumerate(open_ones.to_dict("records")):
            town = town_of.get(record["region_id"], "")
            values, before_and_after = change(record, number)
            steps = _STEPS if town == _TOWN and table == "asset" else ("county",)
            rows.append(
                {
                    "kind": table,
                    "verb": "registry.correct_asset" if table == "asset" else "projects.correct_project",
                    "title": record["name"],
                    "region_id": record["region_id"],
                    "sector": record["sector"],
                    "table_name": table,
                    "record_id": record["id"],
                    "entered": _entered((int(record["id"]),), values, [table, int(record["id"])]),
                    "base_revision": 1,
                    "differences": _difference(table, int(record["id"]), "changed", before_and_after),
                    "steps": steps,
                    "status": record["review_status"],
                    "reason": values["reason"],
                    "page": f"/{'registry' if table == 'asset' else 'projects'}/{record['id']}/correct",
                    "submitted_by": by_name[_clerk_of(town)],
                }
            )
    rows.append(_registration(tree, by_name["guguan"], on))
    table_ = pd.DataFrame(rows)
    days = rng.integers(*_WAIT_DAYS, len(table_))
    table_["submitted_at"] = [_moment(on - dt.timedelta(int(d)), 9 + int(d) % 8) for d in days]
    table_["step"] = [
        steps[0] if s == "pending" else None for steps, s in zip(table_["steps"], table_["status"], strict=True)
    ]
    table_["decided_at"] = [
        None if s == "pending" else _moment(on - dt.timedelta(int(d) - 1), 16)
        for d, s in zip(days, table_["status"], strict=True)
    ]
    table_.insert(0, "id", range(1, len(table_) + 1))
    returned = table_[table_["status"] == "returned"]
    decisions = pd.DataFrame(
        {
            "proposal_id": returned["id"],
            "step": [steps[0] for steps in returned["steps"]],
            "verdict": "return",
            "account_id": [by_name["guguan_approver" if s[0] == "town" else "approver"] for s in returned["steps"]],
            "reason": [_RETURNED[k % len(_RETURNED)] for k in range(len(returned))],
            "at": returned["decided_at"],
        }
    )
    table_["steps"] = table_["steps"].map(_array)
    return table_, decisions


def _of_asset(record: dict[str, Any], number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The quantity as measured; where there is one of it, the specification as found."""
    reason = _WHY[number % len(_WHY)]
    if record["class"] != "household" and float(record["quantity"]) > 1:
        before = Decimal(str(record["quantity"])).quantize(Decimal("0.01"))
        after = (before * Decimal("1.04")).quantize(Decimal("1") if before == before.to_integral() else Decimal("0.01"))
        after = max(after, before + 1) if before == before.to_integral() else after
        return _corrected(quantity=after, reason=reason), {"quantity": [float(before), float(after)]}
    old = None if pd.isna(record["specification"]) else str(record["specification"])
    new = f"{old}，经现场复核" if old else "以现场复核为准"
    return _corrected(specification=new, reason=reason), {"specification": [old, new]}


def _of_project(record: dict[str, Any], number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The budget as reviewed."""
    before = Decimal(str(record["budget_yuan"])).quantize(Decimal("0.01"))
    after = (before * Decimal("1.08")).quantize(Decimal("1E+4")).quantize(Decimal("0.01"))
    kept = {name: record[name] for name in ("name", "code", "kind", "category", "sector")}
    values = _corrected(
        **kept,
        year=int(record["year"]),
        region_id=int(record["region_id"]),
        geom=record["geom"],
        budget_yuan=after,
        reason=_WHY_PROJECT[number % 2],
    )
    return values, {"budget_yuan": [float(before), float(after)]}


def _corrected(**values: Any) -> dict[str, Any]:
    return values | {"revision": 1, "confirmed": frozenset()}


def _registration(tree: pd.DataFrame, clerk: int, on: dt.date) -> dict[str, Any]:
    """An asset that is not there yet."""
    village = tree.loc[tree["short_name"] == "固关街村", "id"].iloc[0]
    name, built, amount = "固关街村便民服务设施(上街组)", on - dt.timedelta(40), Decimal(86_000)
    values = {
        "owner_id": None,
        "name": name,
        "asset_class": "public",
        "type": None,
        "sector": "culture",
        "built_on": built,
        "region_id": int(village),
        "geom": None,
        "quantity": Decimal(1),
        "unit": "处",
        "original_value_yuan": amount,
        "fund_source": "county",
        "confirmed": frozenset({"no_document", "no_position"}),
    }
    asset = {
        "name": [None, name],
        "class": [None, "public"],
        "sector": [None, "culture"],
        "built_on": [None, str(built)],
        "quantity": [None, 1],
        "unit": [None, "处"],
        "operating_status": [None, "operating"],
    }
    value = {"kind": [None, "new"], "occurred_on": [None, str(built)], "amount_yuan": [None, float(amount)]}
    value["fund_source"] = [None, "county"]
    differences = json.loads(_difference("asset", None, "added", asset)) + json.loads(
        _difference("value_event", None, "added", value)
    )
    return {
        "kind": "asset",
        "verb": "ownership.register_owned_asset",
        "title": name,
        "region_id": village,
        "sector": "culture",
        "table_name": "asset",
        "record_id": None,
        "entered": _entered((), values, None),
        "base_revision": None,
        "differences": json.dumps(differences, ensure_ascii=False),
        "steps": _STEPS,
        "status": "pending",
        "reason": None,
        "page": "/registry/new",
        "submitted_by": clerk,
    }


def _entered(args: tuple[Any, ...], values: dict[str, Any], row: list[Any] | None) -> str:
    kept = {"args": written(args), "values": written(values), "row": row}
    return json.dumps(kept, ensure_ascii=False)


def _difference(table: str, number: int | None, done: str, changes: dict[str, Any]) -> str:
    row = {"table": table, "id": number, "done": done, "changes": changes}
    return json.dumps([row], ensure_ascii=False)


def _towns(tree: pd.DataFrame) -> dict[int, str]:
    """The town's name of every village and town, by id."""
    name = dict(zip(tree["id"], tree["short_name"], strict=True))
    found = {}
    for number, level, parent in zip(tree["id"], tree["level"], tree["parent_id"], strict=True):
        if level in ("town", "village"):
            found[int(number)] = name[number] if level == "town" else name[int(parent)]
    return found


def _clerk_of(town: str) -> str:
    return {"八渡镇": "badu", _TOWN: "guguan"}.get(town, "planner")


def _moment(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, 20, tzinfo=OFFICE_ZONE)


def _array(words: tuple[str, ...]) -> str:
    return "{" + ",".join(words) + "}"
