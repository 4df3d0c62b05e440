"""The records of a CSV text one by one, those with broken quotes kept from taking sound ones with them."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradewise.essays.bad_rows import BadRow, Fault

LONGEST_RECORD = 1 << 24
"""Characters after which a cell whose quote does not close is given up."""
FEW_ROWS = 20
"""Rows after which it is known whether the cells of a file hold line breaks."""
MOST_LOOKED_AT = 200
"""Lines of a broken record that are looked at to see whether they are rows of their own."""

# The csv module refuses fields over 128 KiB unless told; a long essay is for the intake to refuse, by name.
_LONGEST_FIELD = 2**31 - 1
_UNDECODED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it stands."""

    line: int
    """Number of the line that ends it."""
    fields: list[str]
    """Its cells."""


class _RunawayError(Exception):
    """A quote that does not close."""


class _Lines:
    """Lines of a text that may be given back; remembers those of the record at hand."""

    def __init__(self, text: Iterator[str], before: int) -> None:
        self._text, self._back = text, deque[str]()
        self.number, self.held, self._size = before, list[str](), 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._text)
        self.number += 1
        self.held.append(line)
        self._size += len(line)
        if self._size > LONGEST_RECORD and len(self.held) > 1:
            raise _RunawayError
        return line

    def forget(self) -> None:
        """Begin a new record."""
        self.held, self._size = [], 0

    def give_back(self, n_kept: int) -> None:
        """Read again what follows the first lines of the record."""
        again = self.held[n_kept:]
        self._back.extendleft(reversed(again))
        self.number -= len(again)
        del self.held[n_kept:]


def csv_records(
    text: Iterator[str], delimiter: str, width: int, *, lines_before: int
) -> Iterator[Record | BadRow]:
    """Records in order, the header among them; empty lines are passed over.

    A quote that does not close swallows what follows. So when a record is broken, or has a wrong number of
    cells, and spans several lines, these are looked at: where they are rows of their own, the first line
    alone is bad, and reading goes on with the second.

    Args:
        text: lines with their ends.
        delimiter: between cells.
        width: cells that a row has.
        lines_before: how many came before.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    lines, habit = _Lines(text, lines_before), _Habit(delimiter, width)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.forget()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, _RunawayError):
            lines.give_back(1 if habit.own_rows(lines.held) else len(lines.held))
            yield BadRow(_place(lines), Fault("broken quotes", _quotes(lines)))
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if not fields:
            continue
        if len(fields) != width and len(lines.held) > 1 and habit.own_rows(lines.held):
            lines.give_back(1)
            yield BadRow(_place(lines), Fault("broken quotes", _quotes(lines)))
        else:
            yield _checked(lines, fields, habit)


def without_blank_end(records: Iterator[Record | BadRow]) -> Iterator[Record | BadRow]:
    """Records but those at the end that hold nothing, which spreadsheets write for rows that were cleared.

    One that others follow stays, so that the rows after it keep their numbers.
    """
    held: list[Record] = []
    for record in records:
        if isinstance(record, Record) and not any(map(str.strip, record.fields)):
            held.append(record)
            continue
        yield from held
        held = []
        yield record


class _Habit:
    """What rows of this file look like, as far as they have been read."""

    def __init__(self, delimiter: str, width: int) -> None:
        self._delimiter, self._width = delimiter, width
        self._n_rows, self._with_breaks = 0, False

    @property
    def width(self) -> int:
        """Cells that a row must have."""
        return self._width

    def fits(self, fields: Sequence[str], n_lines: int) -> bool:
        """Whether a record has the cells that it must have; remembers what sound ones look like."""
        sound = len(fields) == self._width
        self._n_rows += sound
        self._with_breaks = self._with_breaks or (sound and n_lines > 1)
        return sound

    def own_rows(self, held: Sequence[str]) -> bool:
        """Whether the lines after the first are rows of their own, not the lines of one text.

        They are when no cell of the file so far holds a line break, or when most of them look like rows.
        """
        others = held[1 : 1 + MOST_LOOKED_AT]
        if not others:
            return False
        if self._n_rows >= FEW_ROWS and not self._with_breaks:
            return True
        return 2 * sum(map(self._looks_like_a_row, others)) > len(others)

    def _looks_like_a_row(self, line: str) -> bool:
        """Right number of cells, none of which begins with a blank, as what follows a comma in prose does.

        Quotes of its own may be broken too: not strict, such a line has its cells all the same.
        """
        fields = next(csv.reader([line], delimiter=self._delimiter), [])
        return len(fields) == self._width and not any(field[:1] == " " for field in fields)


def _checked(lines: _Lines, fields: list[str], habit: _Habit) -> Record | BadRow:
    for number, line in enumerate(lines.held, start=lines.number - len(lines.held) + 1):
        if not line.isascii() and (undecoded := _UNDECODED.search(line)):
            byte = len(line[: undecoded.start()].encode("utf-8", "surrogateescape")) + 1
            value = ord(undecoded.group()) & 0xFF
            detail = f"is not UTF-8 at byte {byte} (0x{value:02x}); save the file as UTF-8"
            return BadRow(f"line {number}", Fault("not UTF-8", detail))
        if "\0" in line:
            return BadRow(
                f"line {number}", Fault("NUL character", "it holds a NUL character; write it again")
            )
    if habit.fits(fields, len(lines.held)):
        return Record(lines.number, fields)
    width = habit.width
    detail = (
        f"{len(fields)} fields, and the header has {width}; put fields that contain the delimiter or a line "
        "break in double quotes"
    )
    return BadRow(_place(lines), Fault("too few cells" if len(fields) < width else "too many cells", detail))


def _quotes(lines: _Lines) -> str:
    beside = f", so {len(lines.held)} lines are no row" if len(lines.held) > 1 else ""
    return f"a double quote is not closed, or stands within a cell{beside}; check its double quotes"


def _place(lines: _Lines) -> str:
    first = lines.number - len(lines.held) + 1
    return f"line {lines.number}" if first == lines.number else f"lines {first} to {lines.number}"
