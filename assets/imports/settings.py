"""How a ledger is to be read: what people have corrected of what the program found by itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Reading:
    """Empty values are found by the program; what is given here is taken as it is.

    ``columns`` maps the number of a column (0 first, as text) to a field's key, or to "" for one
    that is passed over; ``units`` the number of a column to a scale (``yuan``, ``wan``, ``yi``).
    ``heading_rows`` counts from 1 as spreadsheets do. ``blank`` says what an empty cell of a
    record that is there means. ``rejected`` says whether rows with problems may stay outside.
    """

    sheets: tuple[str, ...] = ()
    encoding: str = ""
    heading_rows: tuple[int, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    identity: str = ""
    srid: int | None = None
    datum: str = ""
    swapped: bool | None = None
    blank: str = "keep"
    rejected: str = "refuse"

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Reading:
        """From what a batch keeps; what is not known any more is passed over."""
        known = {one.name for one in fields(cls)}
        values = {name: value for name, value in kept.items() if name in known}
        for name in ("sheets", "heading_rows"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)

    def kept(self) -> dict[str, Any]:
        """As a batch keeps it."""
        return asdict(self)
