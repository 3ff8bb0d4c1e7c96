"""Who did what to which record: one entry per changed record, never altered.

Entries are added by :func:`record` and its like in the transaction of the change, put under seal
each minute (:mod:`assets.audit.sealing`), checked against the seals (:mod:`assets.audit.verifying`),
read by auditors (:mod:`assets.audit.queries`), and carried off when they are old
(:mod:`assets.audit.trimming`).
"""

from assets.audit.models import AuditEntry, AuditSeal, Deed
from assets.audit.recording import note, record, record_each

__all__ = ["AuditEntry", "AuditSeal", "Deed", "note", "record", "record_each"]
