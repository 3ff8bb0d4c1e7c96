"""The forms of duties and posts."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import select

from app import db
from app.i18n import lazy_gettext as _l
from app.records.fields import (
    date_field,
    integer_field,
    money_field,
    party_field,
    region_field,
    term_field,
    text_field,
    yes_field,
)
from app.records.fields.base import EntryField, tidy
from app.records.fields.parties import record_by_id
from app.records.form import RecordForm
from assets.errors import InvalidValue
from assets.maintenance.duty_rules import LONGEST_INTERVAL_DAYS, LONGEST_RULE
from assets.parties.models import Post


class PostEntry(EntryField):
    """A post within the viewer's reach, by its id."""

    kind = "post"
    missing = _l("Please choose a post.")

    def related(self) -> tuple[str, ...]:
        """The typed title goes with the id."""
        return (f"{self.name}-words",)

    def process_formdata(self, valuelist: Any) -> None:
        """The chosen id, where the title still says the same; else the post with that title."""
        chosen = valuelist[0] if valuelist else ""
        self.text = tidy(" ".join(self.posted.getlist(f"{self.name}-words")))[:200]
        self.data = None
        if chosen or self.text:
            self.taken(lambda: self._post_id(chosen))

    def _post_id(self, chosen: str) -> int:
        found = record_by_id(Post, chosen)
        if found is not None and self.text in ("", found.title):
            return int(found.id)
        same = db.session.scalars(
            select(Post.id).where(Post.title == self.text, Post.retired_on.is_(None)).limit(2)
        ).all()
        if len(same) == 1:
            return same[0]
        if same:
            raise InvalidValue("Several posts are called “{value}”. Please choose one from the list.", value=self.text)
        raise InvalidValue("There is no post “{value}” in your area.", value=self.text)

    def written(self, value: Any) -> str:
        """Its title."""
        found = record_by_id(Post, str(value))
        return found.title if found else ""


class DutyForm(RecordForm):
    """Who keeps an asset, with which money, and how often it is inspected."""

    body_party_id = party_field(_l("Upkeep body"))
    post_id = PostEntry(_l("Upkeep post"), hint=_l("The duty belongs to the post; whoever fills it next inherits it."))
    fund_source = term_field(_l("Upkeep money"), kind="fund_source")
    annual_budget_yuan = money_field(_l("Money a year"))
    interval_days = integer_field(
        _l("Inspected every"), least=1, most=LONGEST_INTERVAL_DAYS, unit=_l("days"), required=True
    )
    notice_days = integer_field(
        _l("Notice before"), most=LONGEST_INTERVAL_DAYS, unit=_l("days"), hint=_l("Left empty: 30 days, or a third.")
    )
    rule_document = text_field(_l("Rule"), most=LONGEST_RULE)
    valid_from = date_field(_l("From"), required=True, future=True)
    valid_to = date_field(_l("Until"), future=True, hint=_l("The first day without it; empty while it lasts."))
    replacing = yes_field(_l("In place of the duties so far"))
    sections: ClassVar[tuple[tuple[Any, ...], ...]] = (
        (_l("Who and with what"), ("body_party_id", "post_id", "fund_source", "annual_budget_yuan")),
        (_l("How often"), ("interval_days", "notice_days", "rule_document")),
        (_l("Since when"), ("valid_from", "valid_to", "replacing")),
    )


class HeldDutyForm(DutyForm):
    """A duty that is set right."""

    replacing = None
    sections = (*DutyForm.sections[:2], (_l("Since when"), ("valid_from", "valid_to")))


class ManyDutiesForm(DutyForm):
    """One duty for many assets."""

    valid_to = None
    sections = (*DutyForm.sections[:2], (_l("Since when"), ("valid_from", "replacing")))


class EndForm(RecordForm):
    """The end of a duty, or of somebody's time in a post."""

    on = date_field(_l("Ends on"), required=True, hint=_l("The first day without it."))
    asks_reason = True
    sections = ((_l("When"), ("on",)),)


class PostForm(RecordForm):
    """A post."""

    title = text_field(_l("Post"), required=True, least=2, most=100, hint=_l("With its place, such as 大力村管水员."))
    region_id = region_field(_l("Place"), required=True)
    sector = term_field(_l("Sector"), kind="sector", hint=_l("Empty: for all sectors."))
    sections = ((_l("What it is"), ("title", "region_id", "sector")),)


class HolderForm(RecordForm):
    """Somebody for a post."""

    person_name = text_field(
        _l("Name"), required=True, least=2, most=100, hint=_l("Shown with its first character only.")
    )
    phone = text_field(_l("Telephone"), most=30, hint=_l("Shown with its first three and last four digits only."))
    username = text_field(_l("Own account"), most=40, hint=_l("The name to sign in with, where there is one."))
    valid_from = date_field(_l("From"), required=True)
    sections = ((_l("Who"), ("person_name", "phone", "username")), (_l("Since when"), ("valid_from",)))
