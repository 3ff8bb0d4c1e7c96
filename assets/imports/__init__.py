"""Ledgers in, and back out again: read, checked whole, looked at, committed at once, taken back.

A file becomes an :class:`ImportBatch`. Its way: ``reading`` makes a table of texts of any format;
``headings`` finds where its columns begin and what they mean; ``cells`` reads each distinct text once;
:class:`Staging` holds the rows in a temporary table, where ``regions``, ``positions`` and the check of
each kind (``kinds``) look at all rows together and tell what is wrong; what was found is kept as
:class:`ImportRow` and touches no register. Committing checks once more and writes, in one transaction.
"""
