"""Essays from a CSV file, as programs and spreadsheets write them."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from gradewise.adapters.csv_records import Record, csv_records, without_blank_end
from gradewise.adapters.table_file import (
    TableFile,
    detect_encoding,
    open_bytes,
    reading,
    require_distinct,
)
from gradewise.errors import InputError
from gradewise.essays.bad_rows import BadRow

_DELIMITERS = ",;\t"
_LONGEST_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class _Head:
    """What the start of a file says about the rest."""

    delimiter: str
    lines_before: int
    columns: tuple[str, ...]


class CsvFile(TableFile):
    """Rows of a CSV or TSV file, ``.gz`` or not.

    The delimiter (comma, semicolon or tab) is the one that makes most columns of the header; a first
    line ``sep=;`` is obeyed. A column without a name is called ``column N``. An `EssaySource`.
    """

    @cached_property
    def encoding(self) -> str:
        """What the text is encoded in; see `detect_encoding`."""
        return detect_encoding(self._path)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should know about how the file was read."""
        if self.encoding != "cp1252":
            return ()
        return (
            f"{self.location} is not UTF-8 and was read as Windows-1252; check that å, ä, ö, é look right",
        )

    def columns(self) -> tuple[str, ...]:
        """Column names, in order."""
        return self._head.columns

    def records(self) -> Iterator[Mapping[str, str] | BadRow]:
        """Rows in order, streamed; malformed ones are told in their place.

        Empty lines are passed over, and empty rows at the end.
        """
        columns, header = self._head.columns, True
        for record in self._records():
            if isinstance(record, BadRow):
                yield record
            elif not header:
                yield dict(zip(columns, record.fields, strict=True))
            header = False

    @cached_property
    def _head(self) -> _Head:
        with reading(self._path), self._open() as text:
            return _parse_head(text.read(_LONGEST_HEAD), self.location)

    def _records(self) -> Iterator[Record | BadRow]:
        """Records with the header, which has been read before and is sound."""
        head = self._head
        with reading(self._path), self._open() as text:
            for _ in range(head.lines_before):
                text.readline()
            records = csv_records(text, head.delimiter, len(head.columns), lines_before=head.lines_before)
            yield from without_blank_end(records)

    def _open(self) -> io.TextIOWrapper:
        encoding = self.encoding  # before anything is open: finding it can fail
        errors = (
            "surrogateescape" if encoding == "utf-8-sig" else "strict"
        )  # damaged lines are told one by one
        return io.TextIOWrapper(open_bytes(self._path), encoding=encoding, errors=errors, newline="")


def _parse_head(start: str, location: str) -> _Head:
    """The delimiter and column names, from the first characters of a file."""
    first = start.partition("\n")[0].strip().strip('"')
    declared = first[len("sep=") :] if first.lower().startswith("sep=") else ""
    lines_before = 1 if declared else 0
    content = start.partition("\n")[2] if declared else start
    if not content.strip():
        raise InputError(f"{location} is empty; it must start with a line of column names")
    candidates = [declared] if len(declared) == 1 else list(_DELIMITERS)
    records = [(_first_record(content, delimiter), delimiter) for delimiter in candidates]
    names, delimiter = max(records, key=lambda record: len(record[0]))
    if not names:
        raise InputError(f"{location}: the line of column names cannot be read; check its double quotes")
    return _Head(delimiter, lines_before, _column_names(names, location))


def _first_record(content: str, delimiter: str) -> list[str]:
    """The fields of the first line that is not empty; none when the quotes do not close."""
    try:
        return next(
            (
                fields
                for fields in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
                if fields
            ),
            [],
        )
    except csv.Error:
        return []


def _column_names(names: list[str], location: str) -> tuple[str, ...]:
    columns = tuple(name.strip() or f"column {number}" for number, name in enumerate(names, start=1))
    for number, name in enumerate(columns, start=1):
        if any("\udc80" <= letter <= "\udcff" for letter in name):
            raise InputError(f"{location}: the name of column {number} is not UTF-8; save the file as UTF-8")
    require_distinct(columns, location)
    return columns
