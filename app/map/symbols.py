"""Colours and shapes of the handed-over map; the same as those of the workbench's scripts."""

from __future__ import annotations

from spatial.map_content import Symbol

BORDER = Symbol("", "#ffffff", edge="#5b6b72", width=1.2, opacity=0.0)
COUNT = Symbol("", "#14566b", size=9.0)
_SERIES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8e5b9a", "#7a6a2f")


def plain_symbol(number: int) -> Symbol:
    """The symbol of the ``number``-th class that has none of its own."""
    shapes = ("circle", "square", "triangle", "diamond")
    return Symbol("", _SERIES[number % len(_SERIES)], shapes[number // len(_SERIES) % 4])  # type: ignore[arg-type]


SYMBOLS: dict[str, dict[str, Symbol]] = {
    "status": {
        "in_order": Symbol("", "#009e73", "circle"),
        "due_soon": Symbol("", "#e69f00", "half"),
        "overdue": Symbol("", "#d55e00", "triangle", size=6.0),
        "unarranged": Symbol("", "#8e5b9a", "diamond", hollow=True, size=6.0),
        "exempt": Symbol("", "#9aa0a6", "bar"),
    },
    "class": {
        "earning": Symbol("", "#0072b2", "square"),
        "public": Symbol("", "#009e73", "circle"),
        "household": Symbol("", "#cc79a7", "diamond"),
    },
    "operating": {
        "operating": Symbol("", "#009e73", "circle"),
        "inefficient": Symbol("", "#e69f00", "half"),
        "idle": Symbol("", "#d55e00", "circle", hollow=True),
        "seasonal": Symbol("", "#56b4e9", "half"),
        "under_construction": Symbol("", "#b58900", "triangle"),
        "in_dispute": Symbol("", "#8e5b9a", "diamond", hollow=True),
        "damaged": Symbol("", "#a5281b", "square"),
        "disposed": Symbol("", "#9aa0a6", "bar"),
    },
    # The further a project, the darker; what is not yet built is an outline.
    "stage": {
        "planned": Symbol("", "#7fa8c9", "circle", hollow=True),
        "library": Symbol("", "#6a9bc2", "circle", hollow=True),
        "listed": Symbol("", "#548dbb", "circle", hollow=True),
        "approved": Symbol("", "#3f7fb3", "half"),
        "contracted": Symbol("", "#2c71a8", "half"),
        "started": Symbol("", "#1d6399", "half"),
        "finished": Symbol("", "#155487", "circle"),
        "accepted": Symbol("", "#0f4674", "circle"),
        "handed_over": Symbol("", "#0a3860", "circle"),
        "terminated": Symbol("", "#9aa0a6", "bar"),
    },
    "village_class": {
        "clustered": Symbol("", "#f3c9a5", opacity=0.75),
        "suburban": Symbol("", "#b9cfe4", opacity=0.75),
        "characteristic": Symbol("", "#bfdcb7", opacity=0.75),
        "relocating": Symbol("", "#d9c3dd", opacity=0.75),
        "other": Symbol("", "#e4e3da", opacity=0.75),
    },
    "site_type": {
        "urban": Symbol("", "#a3416b", "square", size=6.0),
        "rural": Symbol("", "#a3416b", "square", hollow=True, size=6.0),
    },
}
