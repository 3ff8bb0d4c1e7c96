"""What many rows say of their positions, as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.crs import FloatArray
from spatial.errors import SpatialError


@dataclass(frozen=True)
class Written:
    """What each row says of its position, as it was written.

    ``first`` and ``second`` are NaN where a row says nothing, or no pair; ``named`` tells where
    the text named its axes, so that the first surely goes east. ``srid`` is the system a text
    names (0: none). ``geometry`` holds what is more than a point. ``faults`` are the rows that
    could not be read, ``sketches`` the vertices that such a geometry has nonetheless, ``half``
    those with one coordinate of two.
    """

    first: FloatArray
    second: FloatArray
    named: NDArray[np.bool_]
    srid: NDArray[np.int32]
    geometry: NDArray[Any]
    faults: dict[int, SpatialError] = field(default_factory=dict)
    half: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    sketches: dict[int, FloatArray] = field(default_factory=dict)

    @classmethod
    def nothing(cls, size: int) -> Written:
        """As many rows that say nothing."""
        return cls(
            np.full(size, np.nan),
            np.full(size, np.nan),
            np.zeros(size, dtype=bool),
            np.zeros(size, dtype=np.int32),
            np.full(size, None, dtype=object),
        )

    @property
    def given(self) -> NDArray[np.bool_]:
        """Which rows say something that could be read."""
        return np.isfinite(self.first) | np.isfinite(self.second) | self.has_geometry

    @property
    def has_geometry(self) -> NDArray[np.bool_]:
        """Which rows hold more than a point."""
        return np.asarray(~shapely.is_missing(self.geometry))


def combined(layers: Sequence[Written]) -> Written:
    """Take for each row the first of several readings that says something.

    Parameters
    ----------
    layers
        Of equal length, the preferred one first.

    Returns
    -------
    Written
        A fault counts where no reading before it said something.
    """
    size = len(layers[0].first)
    found = Written.nothing(size)
    half: list[int] = []
    open_rows = np.ones(size, dtype=bool)
    for layer in layers:
        chosen = layer.given & open_rows
        for mine, theirs in (
            (found.first, layer.first),
            (found.second, layer.second),
            (found.named, layer.named),
            (found.srid, layer.srid),
            (found.geometry, layer.geometry),
        ):
            mine[chosen] = theirs[chosen]
        open_rows &= ~chosen
        for at, fault in layer.faults.items():
            if open_rows[at]:
                found.faults[at] = fault
                open_rows[at] = False
                if at in layer.sketches:
                    found.sketches[at] = layer.sketches[at]
        taken = [int(at) for at in layer.half if open_rows[at]]
        half += taken
        open_rows[taken] = False
    return Written(
        found.first,
        found.second,
        found.named,
        found.srid,
        found.geometry,
        found.faults,
        np.array(sorted(half), dtype=np.intp),
        found.sketches,
    )
