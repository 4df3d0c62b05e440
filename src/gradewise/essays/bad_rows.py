"""Rows that cannot be used: what is wrong with each, in words that hold nothing of its text."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from gradewise.errors import InputError
from gradewise.essays.suggestions import quotable

T = TypeVar("T")

LONGEST_SHOWN, MOST_BLANKS = 24, 1
"""What is quoted of a cell that should hold a number, a time or a list: in a shifted row it is the text."""

FILE_REASONS = (
    "too few cells",
    "too many cells",
    "broken quotes",
    "not UTF-8",
    "NUL character",
    "not JSON",
    "not an object",
    "nested too deeply",
    "key twice",
    "not plain",
)
"""Why a row cannot even be read from its file."""
ESSAY_REASONS = (
    "no id",
    "same id",
    "empty text",
    "not a text",
    "no words",
    "text too long",
    "no prompt",
    "unknown prompt",
    "no label",
    "bad label",
    "unknown label",
    "bad date",
    "no given number",
    "bad given number",
)
"""Why a row is no essay, in the order in which it is looked at."""
CELL_REASONS = (
    "empty cell",
    "not a number",
    "not a whole number",
    "out of range",
    "not a boolean",
    "not a vector",
    "shortened vector",
    "nested vector",
    "number not finite",
    "wrong width",
    "unknown value",
    "wrong text length",
    "wrong word count",
)
"""Why a cell is not what its column must hold."""
REASONS = (*FILE_REASONS, *ESSAY_REASONS, *CELL_REASONS)
"""Every reason for which a row is rejected."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a row."""

    reason: str
    """One of `REASONS`."""
    detail: str
    """What is wrong with this row, without its text."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """What a reader of a file hands on in place of a row that it cannot read."""

    place: str
    """Where it is, such as ``line 7``."""
    fault: Fault
    """What is wrong."""

    def __str__(self) -> str:
        """Place and detail as a message has them."""
        verb = self.fault.detail.startswith(("is ", "holds "))
        return f"{self.place}{' ' if verb else ': '}{self.fault.detail}"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not an essay to learn from."""

    row: int
    """Which data row, counted from 1."""
    essay_id: str
    """Its id; empty when it could not be read."""
    reason: str
    """The first that was found, one of `REASONS`."""
    detail: str
    """What is wrong with this row, without its text."""
    more: tuple[Fault, ...] = ()
    """What else is wrong with it."""
    location: str = ""
    """The file that it stands in."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong with it, at least one."""
        return (Fault(self.reason, self.detail), *self.more)


class FaultError(InputError):
    """Something of a row cannot be used: the reason, and the detail for a reader."""

    def __init__(self, reason: str, detail: str) -> None:
        """Keep both; the message is the detail."""
        super().__init__(detail)
        self.reason = reason
        self.detail = detail

    def of(self, column: str) -> "FaultError":
        """The same, named as a column's."""
        return FaultError(self.reason, f"{quotable(column)}: {self.detail}")


class Faults:
    """What is found wrong with one row while it is read to its end."""

    def __init__(self) -> None:
        self.found: dict[Fault, None] = {}

    def attempt(self, make: Callable[..., T], *args: Any) -> T | None:
        """What a function makes, or nothing and its fault kept."""
        try:
            return make(*args)
        except FaultError as error:
            self.add(error)
            return None

    def add(self, error: FaultError) -> None:
        """Keep a fault; one that is known already stays once."""
        self.found[Fault(error.reason, error.detail)] = None

    def rejected(self, row: int, essay_id: str, *, hide: str, location: str) -> Rejected:
        """The row with all that was found.

        Args:
            row: which, counted from 1.
            essay_id: its id.
            hide: its text, which no detail may hold.
            location: its file.
        """
        first, *more = (replace(each, detail=without_text(each.detail, hide)) for each in self.found)
        return Rejected(row, quotable(essay_id), first.reason, first.detail, tuple(more), location)


def without_text(detail: str, text: str) -> str:
    """A detail in which the text of the row is only how long it is: columns may have been mistaken."""
    text = text.strip()
    telling = " " in text and text in detail
    return detail.replace(text, f"<{len(text):,} characters>") if telling else detail


def shown(cell: str) -> str:
    """A short cell in quotes; of a longer one, which may be the text of a shifted row, only how long it is.

    >>> shown("high"), shown("I lost my card on the train")
    ("'high'", '<27 characters>')
    """
    cell = cell.strip()
    if len(cell) <= LONGEST_SHOWN and cell.count(" ") <= MOST_BLANKS:
        return repr(cell)
    return f"<{len(cell):,} characters>"


def counts_by_reason(rejected: Sequence[Rejected]) -> Mapping[str, int]:
    """Rows by the first reason that was found, by name; they add up to the rows."""
    return dict(sorted(Counter(each.reason for each in rejected).items()))


def rejected_to_json(rejected: Sequence[Rejected]) -> list[dict[str, Any]]:
    """A record for each reason of each row: file, row, id, reason, detail."""
    return [
        {"file": each.location, "row": each.row, "id": each.essay_id}
        | {"reason": fault.reason, "detail": fault.detail}
        for each in rejected
        for fault in each.faults
    ]
