"""What is learnt of an essay, its overall grade and traits, and how columns and files are named after it."""

import re
import unicodedata

from gradewise.errors import InputError
from gradewise.essays.suggestions import quotable

OVERALL = "overall"
"""What the overall grade is called among the targets."""

_OTHER = re.compile("[^a-z0-9]+")


def slug(name: str) -> str:
    """A name in lower-case ASCII letters and digits, ``_`` for whatever lies between them.

    Raises:
        InputError: nothing would be left.

    >>> slug("Cohesion"), slug("Språk & stil")
    ('cohesion', 'sprak_stil')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = _OTHER.sub("_", plain).strip("_")
    if not found:
        raise InputError(
            f"{quotable(name)!r} has no ASCII letter or digit to name columns by; give it a name that has"
        )
    return found
