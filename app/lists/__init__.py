"""Lists of records: columns, sorting, pages, totals and the same as a workbook."""
