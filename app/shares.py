"""Parts of a whole as lengths: a class for each thousandth, so that no page needs a style in its text.

The Content-Security-Policy lets no ``style`` attribute through, whoever may have written it there.
"""

from __future__ import annotations

from typing import Any

from flask import Flask

STEPS = 1000
_USES = """\
/* Lengths that follow from figures: class "wide", "from" or "grow" beside "at-0" to "at-1000". */
.wide { width: calc(100% * var(--at)); }
.from { left: calc(100% * var(--at)); }
.grow { flex-grow: calc(1000 * var(--at)); }
"""


def init_app(app: Flask) -> None:
    """Give templates ``{{ share | at }}``."""
    app.jinja_env.filters["at"] = at


def at(share: Any) -> str:
    """The class of a share between 0 and 1; what lies beyond is drawn as the nearer end."""
    return f"at-{round(STEPS * min(1.0, max(0.0, float(share))))}"


def stylesheet() -> str:
    """The rules behind the classes, for the build."""
    return _USES + "".join(f".at-{step}{{--at:{step / STEPS:g}}}\n" for step in range(STEPS + 1))
