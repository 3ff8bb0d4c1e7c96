"""The codes of assets in other systems: whose they are, and writing them down."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, and_, func, insert, literal, or_, select, update

from assets.imports import auditing
from assets.imports.kinds.asset_fields import CODE_FIELDS
from assets.imports.numbering import numbered
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.registry.codes import LONGEST_CODE
from assets.registry.models import Asset, OutsideCode
from assets.scope import viewer_of

declare(
    {
        "code_taken": "“{other}” ({own_code}) has the code {value} already. Is one of the two a duplicate? "
        "Please correct the code, or say that the row is that asset.",
        "code_taken_outside": "An asset outside your area has the code {value} already. "
        "Please compare with the other system.",
        "code_too_long": "The code has {size} signs; {most} at most are kept here.",
    }
)
_PLACE: dict[str, Any] = {"path": Asset.region_path, "sector": Asset.sector}


def check_codes(staging: Staging, work: Table) -> None:
    """Whether another asset has the code already; rows of one ledger are told apart before."""
    rows = staging.rows
    for key, system in CODE_FIELDS.items():
        here = (
            rows.join(work, work.c.number == rows.c.number)
            .join(OutsideCode, and_(OutsideCode.system == system, OutsideCode.code == rows.c[key]))
            .join(Asset, Asset.id == OutsideCode.asset_id)
        )
        other = Asset.id.is_distinct_from(work.c.record_id)
        seen = staging.seen(Asset)
        rules = [
            Rule(
                "code_taken",
                key,
                and_(other, seen),
                value=rows.c[key],
                data={"other": Asset.name, "own_code": Asset.code, "record_id": Asset.id},
            ),
            Rule("code_taken_outside", key, and_(other, ~seen), value=rows.c[key]),
        ]
        tell_all(staging, rules, rows.c.number, here)
        size = func.char_length(rows.c[key])
        long = Rule("code_too_long", key, size > LONGEST_CODE, data={"size": size, "most": LONGEST_CODE})
        tell_all(staging, [long], rows.c.number, rows)


def write_codes(staging: Staging) -> None:
    """Write down the codes of new and changed rows; a second one of a system replaces the first."""
    rows, session = staging.rows, staging.session
    me = literal(viewer_of(session).account_id, OutsideCode.created_by.type)
    for key, system in CODE_FIELDS.items():
        said = and_(or_(staging.new, staging.changed), rows.c[key].is_not(None))
        mine = and_(OutsideCode.asset_id == rows.c.record_id, OutsideCode.system == system)
        since = auditing.latest_version(session)
        session.execute(
            update(OutsideCode)
            .where(mine, said, OutsideCode.code != rows.c[key])
            .values(code=rows.c[key], updated_by=viewer_of(session).account_id)
            .execution_options(synchronize_session=False)
        )
        auditing.note_changed(
            session,
            staging.batch,
            "registry.note_code",
            OutsideCode,
            Asset.id == OutsideCode.asset_id,
            since=since,
            **_PLACE,
        )
        there = select(OutsideCode.id).where(mine).exists()
        chosen = select(rows.c.record_id.label("asset_id"), rows.c[key].label("code")).where(said, ~there)
        fresh = numbered(staging, "staged_code", OutsideCode, chosen.order_by(rows.c.number))
        values = {
            "id": fresh.c.id,
            "asset_id": fresh.c.asset_id,
            "system": literal(system),
            "code": fresh.c.code,
            "created_by": me,
            "updated_by": me,
        }
        session.execute(insert(OutsideCode).from_select(list(values), select(*values.values())))
        here = fresh.join(OutsideCode, OutsideCode.id == fresh.c.id).join(Asset, Asset.id == OutsideCode.asset_id)
        auditing.note_added(session, staging.batch, "registry.note_code", OutsideCode, of=here, **_PLACE)
