"""What is asked of people who sign in, and of those who look after their own account."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.i18n import lazy_gettext as _l
from app.i18n import translated
from assets.errors import InvalidValue, Unacceptable

_MOST = Length(max=200, message=_l("At most 200 characters."))


class GateForm(FlaskForm):  # type: ignore[misc]
    """A short form whose fields can be refused by a service."""

    def refuse(self, refusal: InvalidValue) -> None:
        """Tell what is wrong at the fields it names."""
        told = (
            [(problem.field, problem.message, problem.data) for problem in refusal.problems]
            if isinstance(refusal, Unacceptable)
            else [(str(refusal.data["field"]), refusal.message, refusal.data)]
        )
        for name, message, data in told:
            field: Field = self._fields[name]
            field.errors = [*field.errors, translated(message, data)]


def _password(label: Any, missing: Any) -> PasswordField:
    return PasswordField(label, [InputRequired(missing), _MOST])


class SignInForm(GateForm):
    """Name and password."""

    username = StringField(_l("Account name"), [InputRequired(_l("Please enter the account name.")), _MOST])
    password = _password(_l("Password"), _l("Please enter the password."))


class CodeForm(GateForm):
    """Six figures, or a recovery code."""

    code = StringField(_l("Verification code"), [InputRequired(_l("Please enter the code.")), _MOST])


class ProofForm(GateForm):
    """The present password, before something that matters."""

    password = _password(_l("Password"), _l("Please enter the password."))


class PasswordForm(GateForm):
    """The present password and the new one, twice."""

    old = _password(_l("Present password"), _l("Please enter the present password."))
    new = _password(_l("New password"), _l("Please enter the new password."))
    again = _password(_l("New password again"), _l("Please enter the new password again."))
