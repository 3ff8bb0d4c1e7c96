"""Marks in somebody's own workbook: cells filled and commented, reasons beside the rows, all else as it was.

The parts of the workbook are edited as text and only where something is added or taken away, so
that formulas keep their results, and charts, images, macros' remains and print settings their place.
"""

from assets.imports.marking.book import mark_book
from assets.imports.marking.grid import SheetMarks
from assets.imports.marking.markup import NotMarkable

__all__ = ["NotMarkable", "SheetMarks", "mark_book"]
