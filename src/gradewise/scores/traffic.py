"""Who is answered by the model on trial: a share of the units, the same ones every time."""

import hashlib
from math import isfinite

from gradewise.errors import InputError

_STEPS = 2**53  # of the numbers from 0 to 1 that double precision tells apart evenly


def check_share(share: float) -> float:
    """A share of units.

    Raises:
        InputError: it is not from 0 to 1.
    """
    if not (isfinite(share) and 0 <= share <= 1):
        raise InputError(f"share {share} of units must be from 0 to 1, such as 0.1 for one in ten")
    return share


def place_of(unit: str, *, salt: str) -> float:
    """Where a unit stands between 0 and 1: evenly spread, and another place under another salt.

    A keyed hash (BLAKE2b, RFC 7693), so that who does not know the salt can choose no unit for its place.

    >>> place_of("class 7b", salt="trial of May") == place_of("class 7b", salt="trial of May")
    True
    """
    key = hashlib.sha256(salt.encode()).digest()
    digest = hashlib.blake2b(unit.encode("utf-8", "surrogatepass"), key=key, digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / _STEPS


def is_on_trial(unit: str, *, share: float, salt: str) -> bool:
    """Whether the model on trial answers a unit.

    The same unit is answered alike as long as share and salt stay. A larger share only adds units. Trials
    with different salts draw independently, so that the same units are not always the ones tried on.

    Args:
        unit: a student or a class.
        share: of the units, from 0, none, to 1, all.
        salt: of the trial.
    """
    return place_of(unit, salt=salt) < share
