"""The one way in: what a file is, who reads it, and what is told when nobody can."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from assets.imports.problems import Unreadable, declare
from assets.imports.reading import layers, signatures, texts, workbooks
from assets.imports.reading.limits import LIMITS
from assets.imports.settings import Reading
from assets.imports.sheets import Source

declare(
    {
        "file_too_large": "The file has {megabytes} MB; at most {most} MB are taken in. Please split it.",
        "file_exhausting": "{file} needs more memory than one ledger may have. Please split it.",
        "file_without_rows": "{file} holds no rows. Please check whether it is the right file.",
    }
)

_READERS: Final[Mapping[str, Callable[[Path, str, Reading], Source]]] = {
    "xlsx": workbooks.read_new,
    "xls": workbooks.read_old,
    "csv": texts.read,
    "gpkg": layers.read_database,
    "geojson": layers.read_json,
    "kml": layers.read_markup,
    "zip": layers.read_archive,
}


def read_source(path: Path, file_name: str, reading: Reading) -> Source:
    """Read a file into sheets of texts.

    Parameters
    ----------
    path : Path
        Where it lies.
    file_name : str
        What its owner calls it; used in messages only.
    reading : Reading
        Which sheets to read (all that show anything, where none is named) and in which encoding.

    Returns
    -------
    Source
        Its format and its sheets, as they stand in it; see :mod:`assets.imports.headings` for
        which of them belong to a ledger.

    Raises
    ------
    Unreadable
        When it cannot be read, with what is wrong and what to do; nothing else is raised for
        whatever a file may hold.
    """
    size = path.stat().st_size
    if size > LIMITS.file_bytes:
        most = LIMITS.file_bytes >> 20
        raise Unreadable("file_too_large", file=file_name, megabytes=-(-size >> 20), most=most)
    try:
        with warnings.catch_warnings():
            # Of single cells and geometries; what matters of them is told by their rows.
            warnings.simplefilter("ignore")
            source = _READERS[signatures.format_of(path, file_name)](path, file_name, reading)
    except (Unreadable, KeyboardInterrupt, SystemExit):
        raise
    except (MemoryError, RecursionError) as error:
        raise Unreadable("file_exhausting", file=file_name) from error
    except BaseException as error:  # parsers of foreign formats fail in more ways than they name, panics included
        raise Unreadable("file_damaged", file=file_name) from error
    for sheet in source.sheets:
        if sheet.cells.num_rows > LIMITS.rows:
            raise Unreadable("sheet_too_long", sheet=sheet.name, most=LIMITS.rows)
    if not source.sheets:
        raise Unreadable("file_without_rows", file=file_name)
    return source
