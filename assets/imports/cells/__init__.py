"""What the cells of a ledger say: typed columns, and everything that is wrong with single cells.

Each column is dictionary-encoded and each of its distinct texts read once (``columns``), by a plain
function of its type: ``texts``, ``codes``, ``money``, ``numbers``, ``days``, ``words``, ``shares``,
``people``. What can only be told from a whole column (``mixing``) or from two (``quantities``) follows;
what may not be missing is told once it is known which rows are new (``required``).
"""

from assets.imports.cells.reading import Parsed, read_cells
from assets.imports.cells.required import tell_required

__all__ = ["Parsed", "read_cells", "tell_required"]
