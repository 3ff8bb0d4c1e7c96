"""What a reader has chosen of a list: some records by id, or all that match its filter.

A selection lives in the query string, so that a form shown for it and sent to the same
address keeps it, and the filter is evaluated anew by whoever reads it::

    /registry/bulk/retire?ids=12.15.99&count=3
    /registry/bulk/retire?all=1&count=1234&area=610327&status=overdue

A room declares a :class:`~app.lists.columns.BulkAction` and in its endpoint says::

    chosen = read_selection(ASSETS, most=200)
    service.retire_assets(db.session, chosen.ids, …)      # select(Asset).where(Asset.id.in_(chosen.ids))
    return redirect(chosen.back())
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from app import db
from app.area import current_filter, keeping
from app.i18n import figure
from app.lists.columns import Listing
from assets.errors import InvalidValue, RegistryError
from assets.filters import Filter

MOST_IDS = 500
MOST = 2_000


class NothingSelected(InvalidValue):
    """An action on many needs at least one."""

    message = "Nothing is selected any more. Please go back to the list and select what is meant."


class TooManySelected(InvalidValue):
    """More than an action takes."""

    message = "{count} records are selected; this can be done for {limit} at once. Choose an area or a filter first."


class SelectionChanged(RegistryError):
    """Other records match than those that were confirmed."""

    message = "{count} records match now instead of {before}. Nothing was done; please look again and repeat it."


@dataclass(frozen=True)
class Selection:
    """Chosen records of one list.

    ``ids`` selects their ids, and only of records the viewer sees; ``count`` is how many they
    are now; ``asked`` the filter, with its day.
    """

    listing: Listing
    ids: Select[Any]
    count: int
    all_matching: bool
    asked: Filter

    @property
    def sentence(self) -> str:
        """What is selected, in words."""
        shown = figure(self.count)
        return str(
            _("All %(n)s that match the filter are selected.", n=shown)
            if self.all_matching
            else _("%(n)s selected.", n=shown)
        )

    def back(self) -> str:
        """The list it was chosen from, with area and filter."""
        return keeping(self.listing.endpoint)


def is_selected() -> bool:
    """Whether the address carries a selection."""
    return "ids" in request.args or "all" in request.args


def read_selection(listing: Listing, *, most: int = MOST) -> Selection:
    """The selection of the address, counted now.

    Parameters
    ----------
    listing : Listing
        The list it was made in.
    most : int
        How many records the action takes at once.

    Returns
    -------
    Selection
        Use ``ids`` set-based; it is narrowed to the viewer by the session like every read.

    Raises
    ------
    NothingSelected
        When nothing of it is left, or is the viewer's to see.
    TooManySelected
        For more than ``most``.
    SelectionChanged
        On sending the form, when the number is not the one the reader was shown.
    """
    all_matching = "all" in request.args
    asked = current_filter()
    statement = listing.matching(asked, listing.id)
    if not all_matching:
        statement = listing.matching(Filter(day=asked.day), listing.id).where(listing.id.in_(_ids()))
    count = db.session.scalar(select(func.count()).select_from(statement.limit(most + 1).subquery())) or 0
    if count == 0:
        raise NothingSelected(field="ids")
    if count > most:
        exact = db.session.scalar(select(func.count()).select_from(statement.subquery()))
        raise TooManySelected(field="ids", count=exact, limit=most)
    before = request.args.get("count", type=int)
    if request.method == "POST" and before is not None and before != count:
        raise SelectionChanged(count=count, before=before)
    return Selection(listing, statement, count, all_matching, asked)


def _ids() -> list[int]:
    words = [word for text in request.args.getlist("ids") for word in text.split(".") if word]
    found = {int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19}
    if len(found) > MOST_IDS:
        raise TooManySelected(field="ids", count=len(found), limit=MOST_IDS)
    return sorted(found)
