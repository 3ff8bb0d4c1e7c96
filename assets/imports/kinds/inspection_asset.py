"""Which asset a visit was paid to: by its code, else by its name and place."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Table, Text, and_, cast, func, or_, select, union_all

from assets.imports.beside import beside
from assets.imports.problems import declare
from assets.imports.regions import reachable
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.registry.models import Asset

declare(
    {
        "asset_needed": "Please give the code of the asset, or its name and village.",
        "asset_unknown": "There is no asset “{value}” within your reach. Please look up its code.",
        "asset_ambiguous": "{count} assets are called “{value}”: {codes}. Please give the code.",
        "asset_not_yours_to_inspect": "You may only look at “{name}”. Please leave the row to whoever keeps it.",
        "asset_gone": "“{name}” has been disposed of; it is no longer inspected.",
        "asset_named_otherwise": "The code is that of “{name}”, but the row says “{value}”. Is the code right?",
    }
)


def find_assets(staging: Staging) -> Table:
    """The assets that rows speak of: ``number``, ``asset_id`` and how many fit (``count``)."""
    rows = staging.rows
    by_code = (
        select(rows.c.number, Asset.id.label("asset_id"), Asset.code)
        .join(Asset, Asset.code == rows.c.asset_code)
        .where(staging.seen(Asset), Asset.retired_on.is_(None))
    )
    here = or_(rows.c.region_id.is_(None), func.starts_with(Asset.region_path, rows.c.region_path))
    by_name = (
        select(rows.c.number, Asset.id, Asset.code)
        .join(Asset, and_(func.plain_name(Asset.name) == func.plain_name(rows.c.asset), here))
        .where(
            rows.c.asset_code.is_(None),
            staging.seen(Asset),
            Asset.retired_on.is_(None),
            func.starts_with(Asset.region_path, staging.batch.region_path),
        )
    )
    met = union_all(by_code, by_name).subquery("met")
    codes = func.array_agg(cast(met.c.code, Text))
    chosen = select(
        met.c.number,
        func.min(met.c.asset_id),
        func.count(),
        func.array_to_string(codes[1:5], "、"),
    ).group_by(met.c.number)
    columns = (
        Column("number", Integer, primary_key=True),
        Column("asset_id", BigInteger),
        Column("count", Integer),
        Column("codes", Text),
    )
    return beside(staging, "staged_visited", *columns, of=chosen)


def refuse_assets(staging: Staging, assets: Any) -> None:
    """Tell the rows whose asset is unknown, one of several, gone, or not for the viewer to write of."""
    rows = staging.rows
    source = rows.outerjoin(assets, assets.c.number == rows.c.number).outerjoin(
        Asset, and_(Asset.id == assets.c.asset_id, staging.seen(Asset))
    )
    field = "asset_code"
    unknown = assets.c.asset_id.is_(None)
    nameless = and_(rows.c.asset_code.is_(None), rows.c.asset.is_(None))
    gone = or_(Asset.operating_status == "disposed", Asset.disposed_on <= rows.c.inspected_on)
    # A visit that is recorded stays what it is.
    newly = and_(gone, rows.c.record_id.is_(None))
    other = and_(
        rows.c.asset_code.is_not(None),
        func.plain_name(Asset.name) != func.plain_name(func.coalesce(rows.c.asset, Asset.name)),
    )
    rules = [
        Rule("asset_needed", field, nameless),
        Rule(
            "asset_unknown",
            field,
            and_(unknown, rows.c.asset_code.is_not(None)),
            value=rows.c.asset_code,
        ),
        Rule("asset_unknown", "asset", and_(unknown, rows.c.asset_code.is_(None), ~nameless), value=rows.c.asset),
        Rule(
            "asset_ambiguous",
            "asset",
            assets.c.count > 1,
            value=rows.c.asset,
            data={"count": assets.c.count, "codes": assets.c.codes},
        ),
        Rule(
            "asset_gone",
            field,
            newly,
            value=rows.c.asset_code,
            data={"name": Asset.name},
        ),
        Rule(
            "asset_not_yours_to_inspect",
            field,
            ~reachable(staging, Asset.region_path, Asset.sector),
            data={"name": Asset.name},
        ),
        Rule("asset_named_otherwise", "asset", other, "doubt", value=rows.c.asset, data={"name": Asset.name}),
    ]
    tell_all(staging, rules, rows.c.number, source)
