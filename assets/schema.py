"""All tables in one place: import this to have the whole metadata."""

from assets.accounts import models as accounts
from assets.audit import AuditEntry, AuditSeal
from assets.db import Base
from assets.editing import Submission
from assets.history import Addition, History
from assets.imports import models as imports
from assets.maintenance import models as maintenance
from assets.ownership import models as ownership
from assets.parties import models as parties
from assets.places import models as places
from assets.projects import models as projects
from assets.regions import models as regions
from assets.registry import models as registry
from assets.review import models as review
from assets.terms import models as terms

metadata = Base.metadata

__all__ = [
    "Addition",
    "AuditEntry",
    "AuditSeal",
    "History",
    "Submission",
    "accounts",
    "imports",
    "maintenance",
    "metadata",
    "ownership",
    "parties",
    "places",
    "projects",
    "regions",
    "registry",
    "review",
    "terms",
]
