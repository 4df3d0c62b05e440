"""What a cell of a table may hold."""

MAX_CHARACTERS = 200_000
"""Longest text taken for an essay: some 30,000 words."""
MAX_ID_CHARACTERS = 200
"""Longest id: a longer one is a wrong column."""
NO_TEXT = frozenset({"", "nan", "null", "none", "n/a"})
"""What programs write into a cell when there is no text, in small letters."""
