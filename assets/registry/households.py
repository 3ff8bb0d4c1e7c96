"""到户类 assets: one batch a project, village and year, and who got what of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.errors import InvalidValue, NotFound
from assets.masks import masked_name
from assets.parties.models import Person
from assets.parties.people import enter_person
from assets.registry.holding import hold_asset
from assets.registry.models import HOUSEHOLD_READERS, Asset, HouseholdItem, ValueEvent
from assets.scope import viewer_of

LONGEST_NAME = 40
LONGEST_NOTE = 200
KEEPERS = frozenset({"clerk", "administrator"})
_ID_NUMBER = re.compile(r"\d{17}[\dX]")


class NotABatch(InvalidValue):
    """Only what was given to households has a list of them."""

    message = "“{name}” is not a household asset; it has no list of households."


@dataclass(frozen=True)
class HouseholdList:
    """Who got what of a batch, masked, and what it adds up to."""

    rows: Sequence[Any]
    quantity: Decimal
    amount_yuan: Decimal


def may_see_households(session: Session, asset: Asset) -> bool:
    """Whether the viewer may see the list of households of a batch."""
    return viewer_of(session).may(HOUSEHOLD_READERS, asset.region_path, asset.sector)


def households_of(session: Session, asset: Asset, *, limit: int = 500) -> HouseholdList | None:
    """The list of households of a batch with masked names; None for whoever may not see it."""
    if not may_see_households(session, asset):
        return None
    rows = session.execute(
        select(
            HouseholdItem.id,
            HouseholdItem.revision,
            masked_name(Person).label("name"),
            HouseholdItem.quantity,
            HouseholdItem.amount_yuan,
            HouseholdItem.note,
            HouseholdItem.person_id,
            Person.erased_on,
        )
        .join(Person, Person.id == HouseholdItem.person_id)
        .where(HouseholdItem.asset_id == asset.id)
        .order_by(HouseholdItem.id)
        .limit(limit)
    ).all()
    return HouseholdList(rows, *_sums(session, asset))


def _sums(session: Session, asset: Asset) -> tuple[Decimal, Decimal]:
    """What all households of a batch got: quantity, and yuan."""
    quantity, amount = session.execute(
        select(func.sum(HouseholdItem.quantity), func.sum(HouseholdItem.amount_yuan)).where(
            HouseholdItem.asset_id == asset.id
        )
    ).one()
    return quantity or Decimal(0), amount or Decimal(0)


def check_batch(
    checks: Checks, session: Session, *, project_id: int | None, region_id: int, year: int, but: int | None = None
) -> None:
    """Doubt a second record of one project, village and year: one batch holds all its households."""
    if project_id is None:
        return
    known = session.execute(
        select(Asset.name, Asset.code)
        .join(ValueEvent, ValueEvent.asset_id == Asset.id)
        .where(
            Asset.asset_class == "household",
            Asset.region_id == region_id,
            Asset.retired_on.is_(None),
            func.extract("year", Asset.built_on) == year,
            ValueEvent.project_id == project_id,
            Asset.id != (but or 0),
        )
        .limit(1)
    ).first()
    if known is not None:
        checks.doubt(
            "second_batch",
            "asset_class",
            "“{other}” ({code}) is the record of this project, village and year; one record holds all its households.",
            other=known.name,
            code=known.code,
        )


def add_household(
    session: Session,
    asset_id: int,
    *,
    name: str,
    id_number: str | None = None,
    phone: str | None = None,
    quantity: Decimal | None = None,
    amount_yuan: Decimal | None = None,
    note: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> HouseholdItem:
    """Enter what one household got of a batch.

    Parameters
    ----------
    session : Session
        Bound to a clerk or administrator of the place.
    asset_id : int
        The batch.
    name, id_number, phone : str
        Of the head of the household; kept among personal values, shown masked.
    quantity, amount_yuan : Decimal, optional
        What it got: of the batch's unit, in yuan.
    note : str, optional
        A remark.
    confirmed : collection of str
        The doubts that were confirmed.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, Disposed, NotABatch, Unacceptable
        See their messages.
    """
    asset = _hold_batch(session, asset_id)
    name, note = " ".join(name.replace("\x00", " ").split()), " ".join((note or "").replace("\x00", " ").split())
    id_number = "".join((id_number or "").split()).upper() or None
    phone = "".join((phone or "").split()) or None
    checks = Checks(confirmed)
    if not 1 <= len(name) <= LONGEST_NAME:
        checks.refuse("name", "Please fill in a name of 1 to {limit} characters.", limit=LONGEST_NAME)
    if id_number is not None and not _ID_NUMBER.fullmatch(id_number):
        checks.refuse("id_number", "An identity number has 18 digits; the last may be X.")
    if phone is not None and not (phone.isascii() and phone.isdigit() and 7 <= len(phone) <= 12):
        checks.refuse("phone", "A telephone number has 7 to 12 digits.")
    if len(note) > LONGEST_NOTE:
        checks.refuse("note", "This is too long: {limit} characters at most.", limit=LONGEST_NOTE)
    if quantity is None and amount_yuan is None:
        checks.refuse("quantity", "Please fill in a quantity or an amount.")
    _check_totals(checks, session, asset, quantity=quantity, amount_yuan=amount_yuan)
    if _is_listed(session, asset, name, id_number):
        checks.refuse("name", "This household is on the list already.")
    checks.settle()
    me = viewer_of(session).account_id
    person = enter_person(session, name=name, phone=phone, id_number=id_number)
    item = HouseholdItem(
        asset_id=asset.id,
        person_id=person.id,
        quantity=quantity,
        amount_yuan=amount_yuan,
        note=note or None,
        created_by=me,
        updated_by=me,
    )
    session.add(item)
    audit.record(session, "registry.add_household", item)
    return item


def remove_household(session: Session, item_id: int, *, revision: int, reason: str) -> Asset:
    """Take a household off the list of a batch. Returns the batch.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, Disposed, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    reason = editing.check_reason(reason)
    asset_id = session.scalar(select(HouseholdItem.asset_id).where(HouseholdItem.id == item_id))
    if asset_id is None:
        raise NotFound
    asset = _hold_batch(session, asset_id)
    item = editing.hold(session, HouseholdItem, item_id, revision=revision)
    audit.record(session, "registry.remove_household", item, reason=reason, asset_id=asset_id)
    session.delete(item)
    session.flush()
    return asset


def _hold_batch(session: Session, asset_id: int) -> Asset:
    asset = hold_asset(session, asset_id)
    editing.require_writer(session, asset.region_path, asset.sector, roles=KEEPERS)
    if asset.asset_class != "household":
        raise NotABatch(name=asset.name)
    return asset


def _check_totals(
    checks: Checks, session: Session, asset: Asset, *, quantity: Decimal | None, amount_yuan: Decimal | None
) -> None:
    """What all households got against what the batch is."""
    for field, given in (("quantity", quantity), ("amount_yuan", amount_yuan)):
        if given is not None and given <= 0:
            checks.refuse(field, "This must be more than 0.")
    listed, paid = _sums(session, asset)
    worth = session.scalar(select(func.sum(ValueEvent.amount_yuan)).where(ValueEvent.asset_id == asset.id))
    if quantity and asset.quantity is not None and listed + quantity > asset.quantity:
        checks.doubt(
            "above_quantity",
            "quantity",
            "The households would have {total} together; the batch has {whole}.",
            total=f"{listed + quantity:,f}",
            whole=f"{asset.quantity:,f}",
        )
    if amount_yuan and worth and paid + amount_yuan > worth:
        checks.doubt(
            "above_value",
            "amount_yuan",
            "The households would have {total} together; the batch has {whole}.",
            total=f"{paid + amount_yuan:,.2f}",
            whole=f"{worth:,.2f}",
        )


def _is_listed(session: Session, asset: Asset, name: str, id_number: str | None) -> bool:
    statement = (
        select(Person.id)
        .join(HouseholdItem, HouseholdItem.person_id == Person.id)
        .where(HouseholdItem.asset_id == asset.id, Person.name == name)
    )
    # Two of one name may live in a village; the number tells them apart.
    found = session.scalars(statement.where(Person.id_number.is_not_distinct_from(id_number)).limit(1)).first()
    return found is not None
