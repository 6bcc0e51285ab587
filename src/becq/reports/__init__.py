"""A plan written out: JSON, Excel workbook, self-contained HTML page."""
