"""What entering a ledger would do, in one sentence; and what keeps it from being entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.i18n import figure
from app.i18n import gettext as _
from assets.imports.models import ImportBatch
from assets.imports.settings import Reading

LEAVE_OUT = "leave_out"


@dataclass(frozen=True)
class Entering:
    """The words on the bar of a preview."""

    sentence: str
    button: str
    blocked: str
    can_leave_out: bool
    leaves_out: bool
    reviewed: bool


def entering(batch: ImportBatch, counts: Mapping[str, int], *, reviewed: bool, at_work: bool) -> Entering:
    """What the bar says for these counts of rows."""
    leaves = Reading.of(batch.settings).rejected != "refuse"
    rejected, written = counts["rejected"], counts["new"] + counts["changed"]
    blocked = ""
    if at_work:
        blocked = _("The rows are being checked again.")
    elif any(one.get("severity") in ("error", "doubt") for one in batch.problems):
        blocked = _("Something about the ledger as a whole must be answered first; see above.")
    elif rejected and not leaves:
        blocked = _(
            "Rows with problems: %(count)s. Please mend them, or leave them out.",
            count=figure(rejected),
        )
    elif not written:
        blocked = _("There is nothing to enter: no row is new or changed.")
    return Entering(
        sentence=sentence_for(counts),
        button=_("Submit for review") if reviewed else _("Enter them now"),
        blocked=blocked,
        can_leave_out=bool(rejected and not leaves and written and not at_work),
        leaves_out=bool(rejected and leaves),
        reviewed=reviewed,
    )


def sentence_for(counts: Mapping[str, int]) -> str:
    """What entering would do, such as: adds 120 records and changes 8; 3 rows stay outside."""
    new, changed = counts["new"], counts["changed"]
    outside = counts["rejected"] + counts["left_out"]
    if new and changed:
        said = _("Adds %(new)s records and changes %(changed)s", new=figure(new), changed=figure(changed))
    elif new:
        said = _("Adds %(new)s records", new=figure(new))
    elif changed:
        said = _("Changes %(changed)s records", changed=figure(changed))
    else:
        said = _("Adds and changes nothing")
    if outside:
        said += _("; %(count)s rows stay outside", count=figure(outside))
    return str(said) + str(_("."))


def outcome_of(counts: Mapping[str, int]) -> str:
    """What was entered, looking back."""
    said = _("Added: %(new)s, changed: %(changed)s", new=figure(counts["new"]), changed=figure(counts["changed"]))
    outside = counts["rejected"] + counts["left_out"]
    if outside:
        said += _("; rows left outside: %(count)s", count=figure(outside))
    return str(said) + str(_("."))


def undoing_for(counts: Mapping[str, int]) -> str:
    """What taking it back would do."""
    new, changed = figure(counts["new"]), figure(counts["changed"])
    if counts["new"] and counts["changed"]:
        told = _(
            "The %(new)s added records go out of the register, and the %(changed)s changed ones say again what they "
            "said before.",
            new=new,
            changed=changed,
        )
    elif counts["new"]:
        told = _("The %(new)s added records go out of the register.", new=new)
    else:
        told = _("The %(changed)s changed records say again what they said before.", changed=changed)
    return str(told)
