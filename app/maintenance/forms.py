"""The form of a caretaker's visit."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, FloatField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional


class InspectionForm(FlaskForm):  # type: ignore[misc]
    """What was found at which asset; rules of the office are the service's."""

    asset_id = IntegerField(validators=[InputRequired(), NumberRange(1, 2**62)])
    result = StringField(validators=[InputRequired(), Length(max=20)])
    note = StringField(validators=[Length(max=2000)])
    inspected_on = DateField(validators=[Optional()])
    request_key = StringField(validators=[InputRequired(), Length(max=100)])
    longitude = FloatField(validators=[Optional()])
    latitude = FloatField(validators=[Optional()])

    def position(self) -> tuple[float, float] | None:
        """Where the caretaker stood, if the phone told."""
        if self.longitude.data is None or self.latitude.data is None:
            return None
        return self.longitude.data, self.latitude.data
