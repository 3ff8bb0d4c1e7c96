"""Words of imports: the states of a ledger that was brought, and what becomes of its rows."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

IMPORT_KINDS: dict[str, object] = {
    "import_status": _l("State of the ledger"),
    "import_verdict": _l("What becomes of the row"),
    "import_severity": _l("Weight of the problem"),
}
IMPORT_WORDS: dict[str, dict[str, object]] = {
    "import_status": {
        "received": _l("Received"),
        "reading": _l("Being read"),
        "unreadable": _l("Could not be read"),
        "checked": _l("Checked, to be entered"),
        "waiting": _l("Waiting for review"),
        "approved": _l("Approved, about to be entered"),
        "committing": _l("Being entered"),
        "committed": _l("Entered"),
        "undoing": _l("Being taken back"),
        "undone": _l("Taken back"),
        "dropped": _l("Given up"),
    },
    "import_verdict": {
        "new": _l("New row"),
        "changed": _l("Changed row"),
        "same": _l("No change"),
        "rejected": _l("With problems"),
        "left_out": _l("Left out"),
    },
    "import_severity": {
        "error": _l("Must be mended"),
        "doubt": _l("Please confirm or mend"),
        "note": _l("Told for information"),
    },
}
