"""The forms of accounts, grants, standing in, and keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app import db
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.records.fields import choice_field, date_field, region_field, term_field, text_field, yes_field
from app.records.fields.base import EntryField
from app.records.fields.plain import ChoiceEntry
from app.records.form import RecordForm
from app.term_names import term_names
from app.words import label
from assets.accounts.tokens import LONGEST_NAME as LONGEST_KEY_NAME
from assets.accounts.tokens import SCOPES
from assets.errors import InvalidValue
from assets.grants import delegating
from assets.grants.administering import LANGUAGES, LONGEST_NAME, LONGEST_SUBJECT
from assets.grants.authority import ADMINISTRATORS
from assets.regions.models import Region
from assets.scope import viewer_of
from assets.vocabulary import LEVELS, ROLES

_REACH = _l("It holds there and in everything below.")
_UNMASK = _l("Each time for a reason, and logged.")


class ColleagueEntry(ChoiceEntry):
    """Somebody who may stand in for the viewer."""

    missing = _l("Please choose a colleague.")

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Their names with account names and where they work."""
        found = delegating.colleagues(db.session)
        return [(str(one.id), f"{one.display_name} · {one.username} · {place.short_name}") for one, place in found]

    @property
    def as_radios(self) -> bool:
        """People are a list to choose from."""
        return False

    def read(self, text: str) -> int:  # type: ignore[override]
        """The id of the account."""
        return int(super().read(text))


class TicksEntry(EntryField):
    """Several boxes to tick; a tuple of their values."""

    kind = "ticks"
    missing = _l("Please choose at least one.")

    def __init__(self, label: Any, **options: Any):
        super().__init__(label, required=True, **options)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Values with their names; none until a kind of box names them."""
        return []

    def process_data(self, value: Any) -> None:
        """Start with these ticked."""
        self.data = tuple(value or ())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """What was ticked."""
        self.text = ",".join(text[:40] for text in valuelist[:100])
        self.data = ()
        self.taken(lambda: self.every(valuelist[:100]))

    def every(self, texts: Sequence[str]) -> tuple[Any, ...]:
        """The values, if all are among the choices."""
        known = dict(self.choices)
        for text in texts:
            if text not in known:
                raise InvalidValue("“{value}” is not one of the choices.", value=text[:40])
        return tuple(texts)


class ScopesEntry(TicksEntry):
    """What a key may read."""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The scopes."""
        return [(scope, label("token_scope", scope)) for scope in SCOPES]


class OwnGrantsEntry(TicksEntry):
    """Which of the own grants are handed over."""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The grants in force or to come."""
        day = db.current_day()
        return [
            (str(grant.id), told_grant(grant.role, db.session.get_one(Region, grant.region_id), grant.sector))
            for grant in delegating.delegable(db.session, viewer_of(db.session).account_id, today=day)
        ]

    def every(self, texts: Sequence[str]) -> tuple[int, ...]:
        """Their ids."""
        return tuple(int(text) for text in super().every(texts))


def told_grant(role: str, region: Region, sector: str | None) -> str:
    """A grant in words: Clerk · 八渡镇 · all sectors."""
    return " · ".join((label("role", role), region.short_name, _sector(sector) if sector else _("all sectors")))


def _sector(code: str) -> str:
    return term_names("sector", day=db.current_day()).get(code, code)


def _place(title: Any, hint: Any) -> Any:
    return region_field(title, required=True, levels=LEVELS, roles=ADMINISTRATORS, hint=hint)


def _full_name() -> Any:
    hint = _l("As colleagues know the person.")
    return text_field(_l("Full name"), required=True, most=LONGEST_NAME, hint=hint)


def _from() -> Any:
    return date_field(_l("From"), required=True, future=True, hint=_l("Today or later."))


def _until(hint: Any, *, required: bool = False) -> Any:
    return date_field(_l("Until"), required=required, future=True, hint=hint)


_FIRST_DAY_WITHOUT = _l("The first day without it; empty if it stays.")


class InviteForm(RecordForm):
    """A new account with its first grant."""

    display_name = _full_name()
    username = text_field(
        _l("Account name"),
        required=True,
        least=2,
        most=40,
        hint=_l("For signing in: small letters, digits, dots, hyphens and underlines, such as wang.li."),
    )
    region_id = _place(_l("Place of work"), _l("The first grant holds there and below."))
    locale = choice_field(_l("Language"), kind="language", codes=LANGUAGES, required=True)
    role = choice_field(_l("Role"), kind="role", codes=ROLES, required=True)
    sector = term_field(_l("Sector"), kind="sector", hint=_l("Empty: all sectors."))
    valid_from = _from()
    valid_to = _until(_FIRST_DAY_WITHOUT)
    may_unmask = yes_field(_l("May see personal values unmasked"), hint=_UNMASK)
    sections = (
        (_l("Who it is"), ("display_name", "username", "region_id", "locale")),
        (_l("First grant"), ("role", "sector", "valid_from", "valid_to", "may_unmask"), _l("More can be added later.")),
    )


class AccountForm(RecordForm):
    """Who a person is and where they work."""

    display_name = _full_name()
    region_id = _place(_l("Place of work"), _l("Administrators of this place and of those above keep the account."))
    locale = choice_field(_l("Language"), kind="language", codes=LANGUAGES, required=True)
    outside_subject = text_field(
        _l("Name at the outside sign-in"),
        most=LONGEST_SUBJECT,
        hint=_l("The “sub” of the OpenID Connect provider; empty if the person signs in here only."),
    )
    sections = ((_l("Who it is"), ("display_name", "region_id", "locale", "outside_subject")),)


class GrantForm(RecordForm):
    """One more grant."""

    asks_reason = True
    role = choice_field(_l("Role"), kind="role", codes=ROLES, required=True)
    region_id = _place(_l("Area"), _REACH)
    sector = term_field(_l("Sector"), kind="sector", hint=_l("Empty: all sectors."))
    valid_from = _from()
    valid_to = _until(_FIRST_DAY_WITHOUT)
    may_unmask = yes_field(_l("May see personal values unmasked"), hint=_UNMASK)
    sections = ((_l("What is granted"), ("role", "region_id", "sector", "valid_from", "valid_to", "may_unmask")),)


class EndGrantForm(RecordForm):
    """From which day on a grant no longer holds."""

    on = date_field(_l("From which day"), required=True, future=True, hint=_l("The first day without it."))
    sections = ((_l("The end"), ("on",)),)


class ReasonForm(RecordForm):
    """Why; nothing else is asked."""

    asks_reason = True
    sections = ()


class StandInForm(RecordForm):
    """Who does the own work from one day to another."""

    asks_reason = True
    account_id = ColleagueEntry(
        _l("Who stands in for you"),
        words="",
        codes=(),
        required=True,
        hint=_l("Colleagues of your area and of those below it."),
    )
    grant_ids = OwnGrantsEntry(_l("What you hand over"), hint=_l("Seeing personal values unmasked is not handed over."))
    valid_from = _from()
    valid_to = _until(_l("The day on which you are back."), required=True)
    sections = ((_l("Standing in"), ("account_id", "grant_ids", "valid_from", "valid_to")),)


class TokenForm(RecordForm):
    """A key for a program."""

    name = text_field(
        _l("What it is for"), required=True, least=2, most=LONGEST_KEY_NAME, hint=_l("Such as: QGIS on my computer.")
    )
    scopes = ScopesEntry(_l("What it may read"), hint=_l("Only in your area, and never more than you see yourself."))
    expires_on = date_field(_l("Last day"), required=True, future=True, hint=_l("A year from today at most."))
    sections = ((_l("The key"), ("name", "scopes", "expires_on")),)
