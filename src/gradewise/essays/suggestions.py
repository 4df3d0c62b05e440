"""What somebody probably meant when a name is not known, for one-line error messages."""

import difflib
from collections.abc import Iterable

LONGEST_QUOTE = 64
"""Characters of an offending value that a message shows: a wrong column must not spill an essay."""


def suggest(name: str, options: Iterable[str]) -> str:
    """``"; did you mean 'x'?"`` with the option nearest to a name, or nothing when none is near.

    >>> suggest("Essay", ["essay", "grade"])
    "; did you mean 'essay'?"
    >>> suggest("zebra", ["essay", "grade"])
    ''
    """
    by_folded = {option.strip().casefold(): option for option in options}
    near = difflib.get_close_matches(quotable(name).strip().casefold(), by_folded, n=1)
    return f"; did you mean {by_folded[near[0]]!r}?" if near else ""


def quotable(value: str) -> str:
    """A value if it is short enough to stand in a message, else only how long it is.

    >>> quotable("B2"), quotable("word " * 300)
    ('B2', '<1,500 characters>')
    """
    return value if len(value) <= LONGEST_QUOTE else f"<{len(value):,} characters>"
