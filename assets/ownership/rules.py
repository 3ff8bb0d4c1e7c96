"""What a right in an asset may say, and beside which others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.checking import Checks
from assets.ownership.models import Right
from assets.ownership.shares import (
    LARGEST_DENOMINATOR,
    fits,
    in_force_between,
    is_rounding,
    largest_sum,
    proposal,
    share_of,
    written,
)
from assets.parties.models import Party
from assets.parties.visibility import may_see
from assets.registry.beginning import start_of
from assets.registry.models import Asset
from assets.vocabulary import EXCLUSIVE_RIGHTS, PEOPLE, RIGHT_KINDS, SHARED_RIGHTS

LONGEST_DOCUMENT = 200


def rights_in(session: Session, asset_id: int, kind: str) -> Sequence[Right]:
    """All rights of one kind in an asset, whenever they hold."""
    return session.scalars(
        select(Right).where(Right.asset_id == asset_id, Right.kind == kind).order_by(Right.valid_from, Right.id)
    ).all()


class RightRules:
    """Looks at what a right would say; gathers what is wrong in ``checks``."""

    def __init__(self, checks: Checks, session: Session, asset: Asset, *, today: dt.date) -> None:
        self.checks, self.session, self.asset, self.today = checks, session, asset, today

    def check_kind(self, kind: str) -> None:
        """Only the rights that the registry knows."""
        if kind not in RIGHT_KINDS:
            self.checks.refuse("kind", "Please choose the right.")

    def check_days(self, valid_from: dt.date, valid_to: dt.date | None, *, ends: str = "valid_to") -> None:
        """Not before the asset, not beginning in days to come, and at least one day long."""
        start = start_of(self.asset)
        if valid_from < start:
            message = "The asset exists since {start}; a right in it cannot begin on {day}."
            self.checks.refuse("valid_from", message, start=start, day=valid_from)
        if valid_from > self.today:
            message = "{value} is still to come: {limit} at the latest."
            self.checks.refuse("valid_from", message, value=valid_from, limit=self.today)
        if valid_to is not None and valid_to <= valid_from:
            self.checks.refuse(ends, "The last day must lie after the first.")

    def check_holder(
        self, party_id: int | None, kind: str, valid_from: dt.date, valid_to: dt.date | None, *, field: str = "party_id"
    ) -> Party | None:
        """Somebody the viewer may name, who is there on that day, and fits the class of the asset."""
        party = self.session.get(Party, party_id) if party_id is not None else None
        if party is None or not may_see(self.session, party.id):
            self.checks.refuse(field, "Please choose a holder, or enter a new one.")
            return None
        gone = party.valid_to or party.retired_on
        # Until today, where it says nothing of an end: a right that outlives its holder needs a successor.
        if gone is not None and (gone <= valid_from or gone < (valid_to or self.today)):
            successor = self.session.get(Party, party.successor_id) if party.successor_id else None
            if successor is not None:
                message = "“{name}” ended on {day} and became “{successor}”; from then on the right is the latter's."
                self.checks.refuse(field, message, name=party.name, day=gone, successor=successor.name)
            else:
                self.checks.refuse(
                    field, "“{name}” ended on {day}; it holds nothing after that.", name=party.name, day=gone
                )
        if kind == "ownership":
            self._check_class(party, field)
        return party

    def _check_class(self, party: Party, field: str) -> None:
        household = self.asset.asset_class == "household"
        if household and party.type not in PEOPLE:
            message = "What was given to households belongs to them; “{name}” is none."
            self.checks.refuse(field, message, name=party.name)
        elif not household and party.type in PEOPLE:
            self.checks.doubt(
                "owned_by_people",
                field,
                "“{name}” is a household or a person, and this asset is not of the class given to households. "
                "Is it really theirs?",
                name=party.name,
            )

    def check_document(self, document: str | None, *, field: str = "document") -> str | None:
        """The document, tidied; without one the right is not proved."""
        text = " ".join((document or "").replace("\x00", " ").split())
        if len(text) > LONGEST_DOCUMENT:
            self.checks.refuse(
                field,
                "This is too long: {length} characters, {limit} at most.",
                length=len(text),
                limit=LONGEST_DOCUMENT,
            )
        if not text:
            self.checks.doubt("no_document", field, "Without a document the right is not proved. Is there none?")
        return text or None

    def check_share(
        self, kind: str, share: Fraction | None, others: Sequence[Right], first: dt.date, last: dt.date | None
    ) -> Fraction:
        """A share of what the others leave; the whole where a right has no shares."""
        if kind not in SHARED_RIGHTS:
            if share not in (None, Fraction(1)):
                self.checks.refuse("share", "This right has no shares: who holds it, holds it whole.")
            return Fraction(1)
        if share is None:
            self.checks.refuse("share", "Please fill in the share, such as 1/3.")
            return Fraction(1)
        if not fits(share):
            message = "A share is more than nothing, at most the whole, and no finer than 1/{finest}."
            self.checks.refuse("share", message, finest=LARGEST_DENOMINATOR)
            return Fraction(1)
        taken, day = largest_sum(others, first, last)
        rest = 1 - taken
        if share > rest:
            if rest:
                message = "On {day} only {rest} is left; {share} is more."
                self.checks.refuse("share", message, day=day, rest=written(rest), share=written(share))
            else:
                self.checks.refuse("share", "On {day} the others hold the whole; nothing is left.", day=day)
            return share
        everyone = [share_of(r) for r in others if r.valid_from <= day and (r.valid_to is None or r.valid_to > day)]
        everyone.append(share)
        if share < rest and is_rounding(everyone):
            message = "With {share} the shares miss the whole by {gap}; {rest} is left."
            meant = proposal(everyone)
            if meant and meant[-1] != rest:
                message = "With {share} the shares miss the whole by {gap}. Probably meant, for all together: {meant}."
            self.checks.refuse(
                "share",
                message,
                share=written(share),
                gap=written(rest - share),
                rest=written(rest),
                meant="、".join(str(each) for each in meant or ()),
            )
        return share

    def check_overlaps(
        self, kind: str, party_id: int | None, others: Sequence[Right], first: dt.date, last: dt.date | None
    ) -> None:
        """A holder has a right once, and some rights have one holder at a time."""
        overlapping = [right for right in others if right in in_force_between(others, first, last)]
        for right in overlapping:
            if right.party_id == party_id:
                self.checks.refuse("party_id", "This holder has this right since {day} already.", day=right.valid_from)
                return
        if kind in EXCLUSIVE_RIGHTS and overlapping:
            held = overlapping[0]
            holder = self.session.get_one(Party, held.party_id)
            self.checks.refuse(
                "valid_from",
                "“{name}” holds this right since {day}. It has one holder at a time: end that first.",
                name=holder.name,
                day=held.valid_from,
            )

    def check_whole(self, shares: Sequence[Fraction], *, field: str = "holders") -> None:
        """Whether the shares of a whole set add up; exactly, once the asset is certified."""
        total = sum(shares, Fraction())
        if total == 1:
            return
        meant = proposal(shares)
        if meant or total > 1:
            message = "The shares add up to {total}; {gap} is missing. Probably meant: {meant}."
            if total > 1:
                message = "The shares add up to {total}, {gap} too much."
                if meant:
                    message = "The shares add up to {total}, {gap} too much. Probably meant: {meant}."
            self.checks.refuse(
                field,
                message,
                total=written(total),
                gap=written(abs(total - 1)),
                meant="、".join(str(each) for each in meant or ()),
            )
        elif self.asset.certified_on is not None:
            message = "The asset is certified since {day}: its shares make the whole. {gap} is missing."
            self.checks.refuse(field, message, day=self.asset.certified_on, gap=written(1 - total))
        else:
            self.checks.doubt(
                "incomplete_shares",
                field,
                "The shares add up to {total}; for {gap} the holder stays unclear. Is that so?",
                total=written(total),
                gap=written(1 - total),
            )
