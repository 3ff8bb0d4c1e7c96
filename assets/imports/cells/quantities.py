"""A unit behind a quantity goes where units are kept: "3.2公里" is 3.2 and 公里."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from assets.imports.cells import texts
from assets.imports.cells.columns import Read
from assets.imports.fields import Field, Kind
from assets.imports.problems import Fault


def unit_field(field: Field, kind: Kind) -> Field | None:
    """Where the unit of a quantity is kept."""
    if field.type != "number":
        return None
    return kind.field(f"{field.key}_unit") or (kind.field("unit") if field.key == "quantity" else None)


def take_units(kind: Kind, columns: dict[str, Any], reads: dict[str, Read], numbers: Any, faults: list[Fault]) -> None:
    """Fill empty units with those that stood behind quantities; where both are there and differ, doubt it."""
    for field in kind.fields:
        beside = unit_field(field, kind)
        read = reads.get(field.key)
        if beside is None or beside.derived or read is None or not read.units:
            continue
        here = columns.get(beside.key)
        units = here.to_pylist() if here is not None else [None] * len(numbers)
        # Where the unit stands beside the quantity anyway, there is nothing to tell.
        untold: set[int] = set()
        differing: list[Fault] = []
        for row, place in read.places(read.units):
            unit, other, number = read.units[place], units[row], int(numbers[row])
            if other is None:
                units[row] = unit
                continue
            untold.add(number)
            if other != unit:
                told = {"unit": unit, "other": other}
                value = texts.shown(texts.tidy(read.cells[place]))
                differing.append(Fault(number, field.key, "quantity_unit_differs", "doubt", value, None, told))
        faults[:] = [one for one in faults if one.field != field.key or one.number not in untold] + differing
        columns[beside.key] = pa.array(units, pa.string())
