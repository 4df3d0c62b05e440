"""What is named in one-line error messages: what somebody probably meant, and what there is."""

import difflib
from collections.abc import Iterable, Sequence

LONGEST_QUOTE = 64
"""Characters of an offending value that a message shows: a wrong column must not spill an essay."""
LONGEST_LISTING = 20
"""Names that a message lists in full."""


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


def listed(names: Sequence[str]) -> str:
    """All names, or the ends of a long list.

    >>> listed(["F", "E", "D"]), listed([str(score) for score in range(61)])
    ('F E D', '0 1 2 … 59 60')
    """
    if len(names) <= LONGEST_LISTING:
        return " ".join(names)
    return f"{' '.join(names[:3])} … {' '.join(names[-2:])}"
