"""What columns must hold, and what a row holds otherwise: every fault of it, not the first alone."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gradewise.errors import InputError
from gradewise.essays.bad_rows import FaultError, Faults, shown
from gradewise.essays.cells import Vector, read_boolean, read_number, read_time, read_vector, spelled
from gradewise.essays.suggestions import quotable, suggest
from gradewise.essays.texts import count_words

CellKind = Literal["text", "number", "integer", "boolean", "time", "vector"]

TEXT_LENGTH, WORD_COUNT = "text_length", "word_count"
"""Columns that must agree with the text beside them, where they are expected."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_BEYOND_BASIC = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the cells of a column must hold."""

    kind: CellKind
    """What they are."""
    low: float | None = None
    """Smallest number that may stand there; of a vector, each of its numbers."""
    high: float | None = None
    """Largest."""
    width: int | None = None
    """Numbers in a vector; any when ``None``."""
    required: bool = True
    """Whether a cell may not be empty."""
    one_of: tuple[str, ...] = ()
    """The only values that may stand there; any when empty."""


Expectations = Mapping[str, Expectation]
"""By column."""


def require_expected_columns(expected: Expectations, columns: Sequence[str], location: str) -> None:
    """Pass when every column is there that must be.

    Raises:
        InputError: one is not; the message names it and the likely one.
    """
    for name, each in expected.items():
        if each.required and name not in columns:
            present = ", ".join(quotable(column) for column in columns)
            raise InputError(
                f"{location} has no column {quotable(name)!r}, which data.expected names; it has {present}"
                f"{suggest(name, columns)}"
            )


def check_cells(
    row: Mapping[str, str], expected: Expectations, faults: Faults
) -> Mapping[str, Vector | None]:
    """Look at every cell of which something is expected.

    Returns:
        The vectors that were read, by column; ``None`` for one that could not be.
    """
    vectors: dict[str, Vector | None] = {}
    for name, each in expected.items():
        cell = row.get(name, "")
        if cell.strip():
            vector = faults.attempt(_checked, name, cell, each)
            if each.kind == "vector":
                vectors[name] = vector
        elif each.required:
            faults.add(FaultError("empty cell", f"{quotable(name)} is empty"))
            if each.kind == "vector":
                vectors[name] = None
    return vectors


def check_counts(row: Mapping[str, str], text: str, expected: Expectations, faults: Faults) -> None:
    """Look whether the counts that stand beside a text can be those of it.

    Programs count differently, and may have counted before or after line ends were changed and blanks taken
    away. So a count is wrong only where no usual way of counting gives it: characters lie between those of
    the text with each run of blanks as one, and those with line ends of two characters and with characters
    beyond the basic plane counted twice, as UTF-16 does; words between runs of letters, or what blanks part,
    whichever are fewer, and words with every punctuation mark as a word of its own.

    Args:
        row: its cells.
        text: as it was written.
        expected: which columns there are.
        faults: where what is wrong is kept.
    """
    for column, (reason, between) in _COUNTS.items():
        if column not in expected or not row.get(column, "").strip():
            continue
        count = Faults().attempt(read_number, row[column])  # what is no number has been said
        if count is None:
            continue
        low, high = between(text)
        if not low <= count <= high:
            wanted = f"{low:,}" if low == high else f"{low:,} to {high:,}"
            detail = f"{column} is {spelled(count)}, and the text beside it has {wanted}"
            faults.add(FaultError(reason, detail))


def _characters(text: str) -> tuple[int, int]:
    stripped = " ".join(text.split())
    return len(stripped), len(text) + text.count("\n") + len(_BEYOND_BASIC.findall(text))


def _words(text: str) -> tuple[int, int]:
    parted, counted = len(text.split()), count_words(text)
    return min(parted, counted), max(parted, counted, len(_TOKEN.findall(text)))


_COUNTS: Mapping[str, tuple[str, Callable[[str], tuple[int, int]]]] = {
    TEXT_LENGTH: ("wrong text length", _characters),
    WORD_COUNT: ("wrong word count", _words),
}


def _checked(name: str, cell: str, expected: Expectation) -> Vector | None:
    """Pass when the cell is as expected; the vector, where it is one."""
    try:
        _require_known(cell, expected.one_of)
        return _CHECKS[expected.kind](cell, expected)
    except FaultError as error:
        raise error.of(name) from error


def _require_known(cell: str, one_of: tuple[str, ...]) -> None:
    if one_of and cell.strip() not in one_of:
        detail = f"{shown(cell)} is none of the {len(one_of)} values that may stand there"
        raise FaultError("unknown value", f"{detail}{suggest(cell, one_of)}")


def _check_number(cell: str, expected: Expectation) -> None:
    _within(read_number(cell), expected)


def _check_integer(cell: str, expected: Expectation) -> None:
    number = read_number(cell)
    if number != int(number):
        raise FaultError("not a whole number", f"{shown(cell)} is no whole number")
    _within(number, expected)


def _within(number: float, expected: Expectation) -> None:
    low, high = expected.low, expected.high
    if (low is not None and number < low) or (high is not None and number > high):
        raise FaultError("out of range", f"{spelled(number)} is not {_range(low, high)}")


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"at least {low:g}" if low is not None else f"at most {high:g}"
    return f"between {low:g} and {high:g}"


def _check_vector(cell: str, expected: Expectation) -> Vector:
    vector = read_vector(cell)
    if expected.width is not None and len(vector) != expected.width:
        detail = f"the list holds {len(vector):,} numbers, not {expected.width:,}"
        raise FaultError("wrong width", detail)
    if expected.low is not None or expected.high is not None:
        _within(float(vector.min()), expected)
        _within(float(vector.max()), expected)
    return vector


def _check_boolean(cell: str, _expected: Expectation) -> None:
    read_boolean(cell)


def _check_time(cell: str, _expected: Expectation) -> None:
    read_time(cell)


def _check_text(_cell: str, _expected: Expectation) -> None:
    """Any text will do."""


_CHECKS: Mapping[CellKind, Callable[[str, Expectation], Vector | None]] = {
    "text": _check_text,
    "number": _check_number,
    "integer": _check_integer,
    "boolean": _check_boolean,
    "time": _check_time,
    "vector": _check_vector,
}
