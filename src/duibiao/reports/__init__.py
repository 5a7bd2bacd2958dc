"""Writes views into files: one offline HTML page, a workbook, CSV and JSON. No figure is computed here."""
