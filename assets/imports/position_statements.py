"""What is said of coordinates before anything is guessed: by people, by the text, the file or a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.imports.position_claims import Claims, IntArray, TextArray
from assets.imports.settings import Reading
from spatial.crs import STORAGE_SRID, WGS84_SRID
from spatial.datum_names import read_datum_name
from spatial.datums import Datum
from spatial.written import Written


@dataclass(frozen=True)
class Stated:
    """What is said of each row's coordinates: system, datum and by whom; what its origin is recorded as."""

    srid: IntArray
    datum: TextArray
    by: TextArray
    recorded: TextArray
    zone_in_column: NDArray[np.bool_]

    @classmethod
    def of(cls, written: Written, claims: Claims, reading: Reading, layer_srid: IntArray) -> Stated:
        """Gather it; ``layer_srid`` is the system that the file itself states, by row (0: none)."""
        size = len(claims.number)
        srid = np.zeros(size, dtype=np.int64)
        datum, by = np.full(size, "", dtype=object), np.full(size, "", dtype=object)
        recorded = np.full(size, "", dtype=object)
        in_column = np.zeros(size, dtype=bool)

        # Whoever speaks first is heard: the text of the cell, people, the file, its column.
        def say(rows: NDArray[np.bool_], what: str, who: str) -> None:
            chosen = rows & (datum == "")
            datum[chosen], by[chosen] = what, who

        def place(rows: NDArray[np.bool_] | slice, what: Any) -> None:
            srid[rows] = np.where(srid[rows] == 0, what, srid[rows])

        text_srid = written.srid.astype(np.int64)
        say(text_srid == STORAGE_SRID, Datum.CGCS2000, "text")
        place(slice(None), text_srid)
        if reading.srid:
            place(slice(None), reading.srid)
        if reading.datum:
            say(np.ones(size, dtype=bool), reading.datum, "answer")
        say(layer_srid == STORAGE_SRID, Datum.CGCS2000, "file")
        for text in sorted(set(claims.source_datum.tolist())):
            named = read_datum_name(text) if text else None
            if named is not None:
                rows = claims.source_datum == text
                recorded[rows] = named.datum.value
                say(rows, named.datum.value, "column")
                if named.srid:
                    in_column |= rows & (srid == 0)
                    place(rows, named.srid)
        place(slice(None), layer_srid)
        say((layer_srid == WGS84_SRID) | (text_srid == WGS84_SRID), Datum.WGS84, "file")
        return cls(srid, datum, by, recorded, in_column)
