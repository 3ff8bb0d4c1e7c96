"""How much of a file is taken in; shown in the reference."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds that hold before and while a file is read, so that it costs a message at worst."""

    file_bytes: int = 200 * MEGABYTE
    # Of all members of an archive together, declared and really unpacked.
    unpacked_bytes: int = 2048 * MEGABYTE
    # Of a member that unpacks to more than ``small_bytes``: unpacked by packed size.
    ratio: int = 200
    small_bytes: int = 10 * MEGABYTE
    members: int = 5_000
    sheets: int = 60
    columns: int = 400
    rows: int = 1_048_576
    # Cells (blank ones within its bounds included) of a sheet that is parsed at once; a larger one is parsed
    # in pieces, or row by row where it is large but for its blanks.
    cells_at_once: int = 12_000_000
    cells_per_piece: int = 4_000_000
    cells_by_row: int = 1_000_000


LIMITS = Limits()
