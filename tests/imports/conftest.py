"""A county whose clerks bring ledgers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from assets.scope import Viewer, bind_viewer
from assets.terms.defaults import load_defaults
from tests import factories
from tests.imports.bringing import Desk


@pytest.fixture
def desk(session: Session) -> Iterator[Desk]:
    """The clerk of the northern town at work; what is brought is rolled back."""
    tree = factories.tree(bind_viewer(session, Viewer.system()))
    load_defaults(session)
    yield Desk(session, tree)
