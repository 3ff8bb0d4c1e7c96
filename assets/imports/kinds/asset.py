"""帮扶项目资产: a ledger of assets with what they cost, whose they are, and who keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, or_, select

from assets.imports import new_parties, parties
from assets.imports.fields import Kind
from assets.imports.kinds.asset_checks import check_changeable, check_records
from assets.imports.kinds.asset_codes import check_codes, write_codes
from assets.imports.kinds.asset_duties import check_duties
from assets.imports.kinds.asset_duty_writing import write_duties
from assets.imports.kinds.asset_existing import DUTY_FIELDS, RIGHT_FIELDS, existing
from assets.imports.kinds.asset_fields import FIELDS, FUND_FIELDS
from assets.imports.kinds.asset_rights import NAMINGS, check_rights, settle_people, write_plainly
from assets.imports.kinds.asset_rights_writing import write_rights
from assets.imports.kinds.asset_twins import check_twins
from assets.imports.kinds.asset_value_writing import move_periods, write_values
from assets.imports.kinds.asset_values import check_values
from assets.imports.kinds.asset_work import EMPTIED, prepare, recorded
from assets.imports.kinds.asset_writing import write_assets, write_statuses
from assets.imports.likely_holders import check_likely
from assets.imports.staging import Staging
from assets.imports.upkeep import refreshed_in_bulk

_RECORDED = ("original_value_yuan", "fund_source", *FUND_FIELDS, *RIGHT_FIELDS, *DUTY_FIELDS)
_FOUND = "assets found"


@dataclass(frozen=True)
class _Found:
    """What the check has worked out and the writing needs."""

    work: Table
    there: Table
    holders: parties.Holders
    worth: Table
    sets: Table
    duties: Table


def check(staging: Staging) -> None:
    """Tell whatever is wrong with the rows, as the services that write single records would."""
    work = prepare(staging)
    there = recorded(staging, work, existing(staging), _RECORDED)
    holders = parties.resolve(staging, NAMINGS, work)
    settle_people(staging, holders, work)
    write_plainly(staging, holders)
    check_likely(staging, holders, (*RIGHT_FIELDS, "upkeep_body"))
    check_records(staging, work)
    check_codes(staging, work)
    check_twins(staging, work)
    worth = check_values(staging, work, there)
    sets = check_rights(staging, holders, work, there)
    duties = check_duties(staging, holders, work, there)
    said = [select(each.c.number).where(each.c.number == work.c.number).exists() for each in (sets, duties)]
    value = select(worth.c.number).where(worth.c.number == work.c.number, or_(worth.c.differs, worth.c.moved))
    check_changeable(staging, work, or_(value.exists(), *said))
    staging.session.info[_FOUND] = _Found(work, there, holders, worth, sets, duties)


def write(staging: Staging) -> None:
    """Enter new rows and set right changed ones, each record with its audit entry."""
    found: _Found = staging.session.info.pop(_FOUND)
    with refreshed_in_bulk(staging):
        write_assets(staging, found.work)
        write_values(staging, found.work, found.there, found.worth)
        move_periods(staging, found.work)
        write_statuses(staging, found.work)
        new_parties.enter(staging, found.holders, [*RIGHT_FIELDS, "upkeep_body"])
        write_rights(staging, found.holders, found.sets)
        write_duties(staging, found.holders, found.duties)
        write_codes(staging)


KIND = Kind(
    key="asset",
    title="Assets",
    fields=FIELDS,
    identities=("code", "national_code", "three_assets_code", "name+region_id+built_on"),
    existing=existing,
    check=check,
    write=write,
    review_kind="asset",
    emptied=EMPTIED,
)
