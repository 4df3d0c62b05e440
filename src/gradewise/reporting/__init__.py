"""An evaluation as a page, a text and a record."""
