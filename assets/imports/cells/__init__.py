"""What the cells of a ledger say: typed columns, and everything that is wrong with single cells.

Each column is dictionary-encoded and each of its distinct texts read once (``columns``), by a plain
function of its type: ``texts``, ``codes``, ``money``, ``numbers``, ``days``, ``words``, ``shares``,
``people``. What can only be told from a whole column (``mixing``) or from two (``quantities``) follows.
"""

from assets.imports.cells.reading import Parsed, joined, read_cells

__all__ = ["Parsed", "joined", "read_cells"]
