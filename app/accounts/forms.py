"""The sign-in form."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.i18n import lazy_gettext as _l


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Name and password."""

    username = StringField(
        _l("Account name"),
        [InputRequired(_l("Please enter the account name.")), Length(max=200, message=_l("At most 200 characters."))],
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Please enter the password.")), Length(max=200, message=_l("At most 200 characters."))],
    )
