"""Two people on one record: as it was, as it is now, and what the second has typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.i18n import translated
from app.records.fields.base import EntryField
from app.records.form import RecordForm
from assets.editing import ChangedMeanwhile


@dataclass(frozen=True)
class Side:
    """One field another has changed: three versions in words, and whose is taken unless said otherwise."""

    name: str
    label: str
    before: str
    theirs: str
    yours: str
    taken: str


@dataclass(frozen=True)
class Conflict:
    """What another changed meanwhile; ``others`` are fields this form does not have."""

    message: str
    sides: Sequence[Side]
    others: Sequence[str]
    revision: int


def compare(form: RecordForm, refusal: ChangedMeanwhile) -> Conflict:
    """Set the versions side by side; where the person changed nothing, the other's is taken."""
    changed = {change.field: change for change in refusal.changes}
    sides = [
        _side(field, changed[field.name].before, changed[field.name].theirs)
        for field in form.entries()
        if field.name in changed
    ]
    others = sorted(changed.keys() - {side.name for side in sides})
    return Conflict(translated(refusal.message, refusal.data), sides, others, refusal.revision)


def _side(field: EntryField, before_kept: Any, theirs: Any) -> Side:
    before = field.shown(field.from_json(before_kept))
    there = field.shown(field.as_value(theirs))
    yours = field.shown(field.data)
    taken = "theirs" if yours in (before, there) else "yours"
    return Side(field.name, str(field.label.text), before, there, yours, taken)
