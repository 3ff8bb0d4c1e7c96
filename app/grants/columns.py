"""The list of accounts."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import Date, Select, case, cast, func

from app.i18n import lazy_gettext as _l
from app.lists.columns import ABOVE, PLACE, Choice, Column, Listing, in_order
from assets.accounts.models import Account
from assets.filters import Filter
from assets.grants import directory
from assets.vocabulary import ACCOUNT_STATES, ROLES


def _matching(asked: Filter, *columns: Any) -> Select[Any]:
    return directory.matching(asked, g.viewer, *columns)


def _place(_asked: Filter) -> Any:
    in_county = PLACE.level.in_(("town", "village"))
    return case((in_county, func.concat(ABOVE.short_name, " › ", PLACE.short_name)), else_=PLACE.short_name)


ACCOUNTS = Listing(
    name="accounts",
    title=_l("Accounts"),
    endpoint="grants.index",
    export="grants.export",
    record="grants.show",
    record_key="account_id",
    layer="",
    matching=_matching,
    id=Account.id,
    region_id=Account.region_id,
    columns=(
        Column("name", _l("Full name"), lambda _asked: Account.display_name, show="name"),
        Column("username", _l("Account name"), lambda _asked: Account.username),
        Column("area", _l("Area"), _place, order=lambda _asked: PLACE.region_path),
        Column(
            "roles",
            _l("Roles"),
            lambda asked: directory.roles_held(asked.day),
            show="words",
            words="role",
            sortable=False,
        ),
        Column(
            "signed_in",
            _l("Last sign-in"),
            lambda _asked: cast(directory.last_sign_in(), Date),
            show="date",
        ),
        Column(
            "state",
            _l("State of the account"),
            lambda _asked: directory.state(),
            show="badge",
            words="account_state",
            order=lambda _asked: in_order(directory.state(), ACCOUNT_STATES),
        ),
    ),
    usual_sort="area",
    choices=(Choice("role", "role", ROLES),),
    chips=Choice("account_state", "account_state", ACCOUNT_STATES),
)
