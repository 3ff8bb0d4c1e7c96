"""What was told when an action was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assets.errors import Unacceptable
from tests.factories import DAY


def refused(action: Callable[..., Any], *args: Any, **values: Any) -> list[tuple[str, str | None]]:
    """Field and key of the doubt, None for a refusal, of everything wrong with an action, in order."""
    with pytest.raises(Unacceptable) as refusal:
        action(*args, **values)
    return [(problem.field, problem.doubt) for problem in refusal.value.problems]


def refused_today(action: Callable[..., Any], *args: Any, **values: Any) -> dict[str, str | None]:
    """The same by field, for an action that asks which day it is."""
    return dict(refused(action, *args, today=DAY, **values))
