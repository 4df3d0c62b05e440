"""Essays from a pickle of plain values; opened where a user allows it, and nothing in it is ever run."""

import json
import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from gradewise.adapters.plain_pickle import read_plain_pickle
from gradewise.adapters.table_file import TableFile, reading, require_distinct
from gradewise.errors import InputError
from gradewise.essays.bad_rows import BadRow, Fault
from gradewise.essays.cells import MOST_COMPONENTS

LARGEST_FILE = 1 << 29
"""Bytes of the largest pickle that is read: it is held in memory."""
PLAIN = (str, int, float, bool)
"""Types of a cell's values; a cell may be a list or tuple of them."""


class PickleFile(TableFile):
    """Rows of a pickled list of dicts, or of a pickled dict of equally long lists. An `EssaySource`."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should know about how the file was read."""
        return (f"{self.location} is a pickle; of it plain values alone are read, and nothing in it is run",)

    def columns(self) -> tuple[str, ...]:
        """Column names, in order of first occurrence."""
        return self._columns

    def records(self) -> Iterator[Mapping[str, str] | BadRow]:
        """Rows in order; absent keys, None and not-a-numbers are empty, malformed rows told."""
        columns = self._columns
        for number, item in enumerate(self._items(), start=1):
            yield _row(item, columns, f"row {number}")

    @cached_property
    def _content(self) -> list[Any] | dict[str, Any]:
        with reading(self._path), self._path.open("rb") as handle:
            stored = handle.read(LARGEST_FILE + 1)
        if len(stored) > LARGEST_FILE:
            raise InputError(
                f"{self.location} has more than {LARGEST_FILE:,} bytes, too large a pickle to read; write it "
                "as a .parquet file"
            )
        try:
            content = read_plain_pickle(stored)
        except InputError as error:
            raise InputError(f"{self.location} cannot be read: {error}") from error
        if not isinstance(content, list | dict) or (isinstance(content, dict) and not _even(content)):
            raise InputError(
                f"{self.location} holds no table; pickle a list of dicts, one a row, or a dict of equally "
                "long lists, one a column"
            )
        return content

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        content = self._content
        if isinstance(content, dict):
            columns = tuple(content)
        else:
            columns = tuple(
                dict.fromkeys(name for item in content if isinstance(item, dict) for name in item)
            )
        if not columns:
            raise InputError(f"{self.location} is empty; it must hold a list of dicts, one a row")
        require_distinct(columns, self.location)
        return columns

    def _items(self) -> Iterator[Any]:
        content = self._content
        if isinstance(content, list):
            yield from content
        else:
            names = self._columns
            for values in zip(*(content[name] for name in names), strict=True):
                yield dict(zip(names, values, strict=True))


def _even(content: dict[str, Any]) -> bool:
    """Whether a dict is a table: lists alone, all as long."""
    lists = all(isinstance(each, list | tuple) for each in content.values())
    return lists and len({len(each) for each in content.values()}) <= 1


def _row(item: Any, columns: tuple[str, ...], place: str) -> Mapping[str, str] | BadRow:
    if not isinstance(item, dict):
        kind = type(item).__name__
        return BadRow(place, Fault("not an object", f"is of type {kind}; write one dict a row"))
    row: dict[str, str] = {}
    for name in columns:
        cell = _text(item.get(name))
        if cell is None:
            return BadRow(f"{place}, {name}", Fault("nested too deeply", "holds more than a list of numbers"))
        if "\0" in cell:
            return BadRow(f"{place}, {name}", Fault("NUL character", "it holds a NUL character"))
        row[name] = cell
    return row


def _text(value: object) -> str | None:
    """A value as the text of a cell; ``None`` where it is neither plain nor a flat list of what is."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        if len(value) > MOST_COMPONENTS or not all(isinstance(each, PLAIN) for each in value):
            return None
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if isinstance(value, PLAIN) else None
