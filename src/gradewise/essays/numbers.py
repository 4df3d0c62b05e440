"""Numbers as people and programs write them."""

from math import inf

from gradewise.errors import InputError
from gradewise.essays.suggestions import quotable

LARGEST = 3.4e38
"""Largest size of a number: features are kept in single precision."""


def finite_number(text: str) -> float:
    """The number that a text is, its decimals after a point or a comma.

    Raises:
        InputError: it is none, or none to count with; the message names it.

    >>> finite_number("2,5"), finite_number(" -1e3 ")
    (2.5, -1000.0)
    """
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = inf
    if not abs(number) <= LARGEST:
        raise InputError(f"{quotable(text)!r} is no finite number such as 2.5")
    return number
