"""帮扶项目资产: a ledger of assets with what they cost, whose they are, and who keeps them."""

from __future__ import annotations

from assets.imports.fields import Kind
from assets.imports.kinds.asset_checks import check_records
from assets.imports.kinds.asset_existing import existing
from assets.imports.kinds.asset_fields import FIELDS
from assets.imports.kinds.asset_work import prepare, work_table
from assets.imports.kinds.asset_writing import write_assets
from assets.imports.staging import Staging


def check(staging: Staging) -> None:
    """Tell whatever is wrong with the rows, as the services that write single records would."""
    work = prepare(staging)
    check_records(staging, work)


def write(staging: Staging) -> None:
    """Enter new rows and set right changed ones, each record with its audit entry."""
    write_assets(staging, work_table(staging))


KIND = Kind(
    key="asset",
    title="Assets",
    fields=FIELDS,
    identities=("code", "national_code", "three_assets_code", "name+region_id+built_on"),
    existing=existing,
    check=check,
    write=write,
    review_kind="asset",
)
