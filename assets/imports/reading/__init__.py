"""Files of any format that ledgers come in, read into sheets of texts.

What a file is follows from its content (``signatures``), how much of it is taken from ``limits``.
Nothing of it is executed: formulas give what they last showed, and documents with entities, macros
or passwords are refused before any parser sees them.
"""

from assets.imports.reading.source import read_source

__all__ = ["read_source"]
