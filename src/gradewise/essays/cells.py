"""Cells of tables as people and programs write them: numbers, booleans, times, vectors."""

import math
import re
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.bad_rows import FaultError, shown
from gradewise.essays.numbers import LARGEST, finite_number

Vector = NDArray[np.float32]
"""Numbers that stand in one cell: shape ``(width,)``, finite."""

TRUE, FALSE = (
    frozenset({"true", "yes", "1", "t", "y", "1.0"}),
    frozenset({"false", "no", "0", "f", "n", "0.0"}),
)
"""How programs spell truth, in small letters."""
MOST_COMPONENTS = 20_000
"""Most numbers of a vector: a longer one is a wrong column."""

_BRACKETS = frozenset({"[]", "()"})
_PLAIN = b"-+0123456789.eE, \t\r\n"  # what a list of numbers is made of; bytes.translate looks fastest
_NOT_FINITE = re.compile(r"(?<![a-z])[-+]?(nan|inf|infinity)(?![a-z])", re.IGNORECASE)


def read_number(cell: str) -> float:
    """The finite number that a cell holds.

    Raises:
        FaultError: it holds none; ``number not finite`` where it is a number that cannot be counted with.
    """
    try:
        return finite_number(cell)
    except InputError:
        reason = "number not finite" if _is_number(cell) else "not a number"
        raise FaultError(reason, f"{shown(cell)} is no finite number such as 2.5") from None


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def read_boolean(cell: str) -> bool:
    """The truth that a cell holds, in any case of letters.

    >>> read_boolean("Yes"), read_boolean("0")
    (True, False)

    Raises:
        FaultError: it holds none.
    """
    folded = cell.strip().casefold()
    if folded in TRUE:
        return True
    if folded in FALSE:
        return False
    raise FaultError("not a boolean", f"{shown(cell)} is neither true nor false (nor yes, no, 1, 0)")


def read_time(cell: str) -> datetime:
    """The time that a cell holds in ISO 8601, as written: an offset is kept, and none is added.

    Raises:
        FaultError: it holds none.
    """
    try:
        return datetime.fromisoformat(cell.strip())
    except ValueError:
        detail = f"{shown(cell)} is not an ISO 8601 date such as 2025-05-14 or 2025-05-14T09:30"
        raise FaultError("bad date", detail) from None


def read_vector(cell: str) -> Vector:
    """The numbers that a cell lists: as JSON, as Python prints lists and tuples, or as NumPy prints arrays.

    Nothing is evaluated: between the brackets stand numbers, and commas or blanks, or it is refused.

    >>> [float(number) for number in read_vector("[0.5 -1.  2e1]")]
    [0.5, -1.0, 20.0]

    Raises:
        FaultError: it is no list of finite numbers; the message says why, and what to write.
    """
    stripped = cell.strip()
    inner = stripped[1:-1]
    if len(stripped) < len("[]") or stripped[0] + stripped[-1] not in _BRACKETS:
        raise FaultError("not a vector", f"{shown(cell)} is no list of numbers such as [0.1, 0.2]")
    if ".." in inner or "…" in inner or inner.encode("utf-8", "replace").translate(None, _PLAIN):
        raise _what_is_no_vector(inner)
    parts = inner.split(",") if "," in inner else inner.split()
    if parts and not parts[-1].strip():  # (0.5,) and []
        parts.pop()
    if not 0 < len(parts) <= MOST_COMPONENTS:
        raise FaultError("wrong width", f"the list holds {len(parts):,} numbers")
    return _finite(_numbers(parts))


def _numbers(parts: list[str]) -> NDArray[np.float64]:
    try:
        return np.array(list(map(float, parts)))
    except ValueError:
        place = next(place for place, part in enumerate(parts) if not _is_number(part) or "," in part)
        raise FaultError("not a vector", f"component {place} of the list is no number") from None


def _finite(numbers: NDArray[np.float64]) -> Vector:
    if not float(np.abs(numbers).max()) <= LARGEST:
        place = int(np.argmax(~(np.abs(numbers) <= LARGEST)))
        raise FaultError("number not finite", f"component {place} of the list is too large to count with")
    return numbers.astype(np.float32)


def _what_is_no_vector(inner: str) -> FaultError:
    """Why something between brackets is no list of numbers."""
    if "..." in inner or "…" in inner:
        return FaultError(
            "shortened vector", "the list is shortened by '...', as NumPy prints it; write array.tolist()"
        )
    if not inner.encode("utf-8", "replace").translate(None, _PLAIN + b"[]()"):
        return FaultError("nested vector", "the list holds lists; write one flat list of numbers")
    if found := _NOT_FINITE.search(inner):
        return FaultError("number not finite", f"the list holds {found.group()}; numbers must be finite")
    return FaultError("not a vector", "the list holds something else than numbers")


def spelled(number: float) -> str:
    """A number as a cell holds it, whole ones without decimals."""
    return str(int(number)) if math.isfinite(number) and number == int(number) else repr(number)
