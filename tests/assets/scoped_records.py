"""Every entity that is narrowed to the viewer's area, and one record of each."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.imports.models import ImportAnswer, ImportBatch, ImportFile, ImportProgress, ImportRow
from assets.maintenance.models import Duty, Inspection, UpkeepPeriod
from assets.ownership.models import Contract, Income, Right
from assets.parties.models import Person, Post, PostHolding
from assets.places.models import Facility, NaturalVillage, RelocationSite, Village
from assets.projects.models import (
    Allocation,
    CarryOver,
    FundDocument,
    Payment,
    Project,
    ProjectArea,
    ProjectLabel,
    ProjectStage,
)
from assets.regions.models import Region
from assets.registry.models import Asset, HouseholdItem, OperatingPeriod, OutsideCode, ValueEvent
from assets.review.models import Proposal, ReviewDecision
from assets.scope import Reach, Viewer
from tests import factories

# No account: what is seen for having brought it is another matter.
NOBODY = 2**40
SCOPED: tuple[type[Any], ...] = (
    Allocation,
    Asset,
    AuditEntry,
    CarryOver,
    Contract,
    Duty,
    Facility,
    FundDocument,
    HouseholdItem,
    ImportAnswer,
    ImportBatch,
    ImportFile,
    ImportProgress,
    ImportRow,
    Income,
    Inspection,
    NaturalVillage,
    OperatingPeriod,
    OutsideCode,
    Payment,
    Post,
    PostHolding,
    Project,
    ProjectArea,
    ProjectLabel,
    ProjectStage,
    Proposal,
    RelocationSite,
    ReviewDecision,
    Right,
    UpkeepPeriod,
    ValueEvent,
    Village,
)

OPEN = {
    "Account": "read by the program itself when somebody signs in",
    "Addition": "read beside a record that has been shown",
    "ApiToken": "a person's own, found by its hash",
    "AuditSeal": "hashes over everybody's entries, which tell nothing of them",
    "ChecklistItem": "words for everybody",
    "Deed": "an audit entry, read beside a record that has been shown",
    "Designation": "public lists, like regions",
    "FacilityStandard": "numbers for everybody",
    "Grant": "read by the program itself when somebody signs in",
    "HeadingChoice": "a person's own",
    "History": "read beside a record that has been shown",
    "Installation": "one row about the whole installation",
    "Party": "seen through a record that names it",
    "Person": "seen, masked, through a post or a visit",
    "RateUse": "counted by the program itself",
    "RecoveryCode": "a person's own",
    "Region": "everyone signed in sees the tree",
    "RegionSuccessor": "everyone signed in sees the tree",
    "ReviewRule": "everyone signed in sees which steps are on",
    "Road": "everyone signed in sees the roads",
    "RightsDue": "numbers of assets, gone when their transaction ends",
    "RollupCheckpoint": "which months are summed",
    "RollupDay": "sums, read by area after the area was checked",
    "RollupDelta": "sums, read by area after the area was checked",
    "RollupMonth": "sums, read by area after the area was checked",
    "SecondFactor": "a person's own",
    "SignInAttempt": "read by the program itself when somebody signs in",
    "SignedIn": "a person's own, found by its hash",
    "StageStep": "words for everybody",
    "Submission": "asked for by its key, and by who sent it",
    "Term": "words for everybody",
    "Threshold": "numbers for everybody",
}


def everything_in(session: Session, where: Region) -> None:
    """One record of every scoped entity, filed under ``where``."""
    asset = factories.asset(session, where)
    factories.duty(session, asset)
    factories.inspection(session, asset, dt.date(2026, 10, 1))
    party = factories.party(session)
    project = factories.project(session, where)
    document = factories.money(session, project, where, received=100, arranged=80, paid=40)
    person = Person(name="张某某")
    session.add(person)
    session.flush()
    session.add_all(
        [
            AuditEntry(action="test.act", region_path=where.region_path),
            Right(asset_id=asset.id, kind="ownership", party_id=party.id, valid_from=dt.date(2024, 1, 1)),
            Contract(
                asset_id=asset.id,
                party_id=party.id,
                mode="lease",
                annual_rent_yuan=1,
                starts_on=dt.date(2024, 1, 1),
                ends_on=dt.date(2027, 1, 1),
            ),
            Income(asset_id=asset.id, year=2025, due_yuan=1, received_yuan=1, distributed_yuan=0),
            ProjectStage(project_id=project.id, stage="approved", reached_on=dt.date(2026, 2, 1)),
            ProjectArea(project_id=project.id, region_id=where.id),
            Village(region_id=where.id, name=where.name, kind="village", village_class="other"),
            RelocationSite(region_id=where.id, name="安置点", type="rural"),
            Facility(region_id=where.id, name="卫生室", type="clinic", level="village"),
            NaturalVillage(region_id=where.id, name="上庄"),
            OperatingPeriod(asset_id=asset.id, status="operating", valid_from=dt.date(2024, 1, 15)),
            OutsideCode(asset_id=asset.id, system="national", code=f"N{asset.id}"),
            HouseholdItem(asset_id=asset.id, person_id=person.id),
            ProjectLabel(project_id=project.id, scheme="four_batch", code="upgrade", valid_from=dt.date(2026, 1, 1)),
            CarryOver(
                fund_document_id=document.id,
                year=2026,
                carried_yuan=60,
                taken_back_yuan=0,
                decided_on=dt.date(2026, 11, 1),
            ),
        ]
    )
    session.flush()
    proposal = Proposal(
        region_id=where.id,
        kind="asset",
        verb="registry.correct_asset",
        title=asset.name,
        table_name="asset",
        record_id=asset.id,
        entered={},
        differences=[],
        steps=["town"],
        step="town",
        submitted_by=factories.account(session, f"submitter_{asset.id}", "clerk", where).id,
    )
    session.add(proposal)
    session.flush()
    session.add(ReviewDecision(proposal_id=proposal.id, step="town", verdict="approve"))
    ledger(session, where, proposal.submitted_by)
    session.flush()


def ledger(session: Session, where: Region, account_id: int) -> None:
    """A batch of one row, brought by somebody else than :func:`clerk`, with all that belongs to it."""
    batch = ImportBatch(
        kind="asset", region_id=where.id, account_id=account_id, file_name="台账.xlsx", size_bytes=1, digest="-"
    )
    session.add(batch)
    session.flush()
    session.add_all(
        [
            ImportFile(batch_id=batch.id, part="source", number=0, content=b"-"),
            ImportRow(batch_id=batch.id, number=1, sheet="1", row=2, verdict="new", read={}),
            ImportAnswer(batch_id=batch.id, kind="left_out", number=1, account_id=account_id),
            ImportProgress(batch_id=batch.id),
        ]
    )


def clerk(region: Region, sectors: frozenset[str] | None = None) -> Viewer:
    """A clerk who decides about what others of the place submit, too."""
    reaches = tuple(Reach(role, region.id, region.region_path, sectors) for role in ("clerk", "approver"))
    return Viewer(NOBODY, "clerk", "127.0.0.1", reaches)
