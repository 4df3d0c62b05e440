"""Essays from a CSV file, as programs and spreadsheets write them."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gradewise.adapters.table_file import detect_encoding, file_sha256, open_bytes, reading, require_distinct
from gradewise.errors import InputError

_DELIMITERS = ",;\t"
# The csv module refuses fields over 128 KiB unless told; a long essay is for the intake to refuse, by name.
_LONGEST_FIELD = 2**31 - 1
_LONGEST_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class _Head:
    """What the start of a file says about the rest."""

    delimiter: str
    lines_before: int
    columns: tuple[str, ...]


class CsvFile:
    """Rows of a CSV or TSV file, ``.gz`` or not.

    The delimiter (comma, semicolon or tab) is the one that makes most columns of the header; a first
    line ``sep=;`` is obeyed. A column without a name is called ``column N``. An `EssaySource`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def location(self) -> str:
        """The path."""
        return str(self._path)

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

    def rows(self) -> Iterator[Mapping[str, str]]:
        """Rows in order, streamed; empty lines are passed over."""
        columns = self._head.columns
        for line, fields in self._records():
            if len(fields) != len(columns):
                raise InputError(
                    f"{self.location}, line {line}: {len(fields)} fields, and the header has {len(columns)}; "
                    "put fields that contain the delimiter or a line break in double quotes"
                )
            yield dict(zip(columns, fields, strict=True))

    def sha256(self) -> str:
        """Digest of the stored bytes."""
        return file_sha256(self._path)

    @cached_property
    def _head(self) -> _Head:
        with reading(self._path), self._open() as text:
            return _parse_head(text.read(_LONGEST_HEAD), self.location)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Records after the header, each with the number of the line that ends it."""
        csv.field_size_limit(_LONGEST_FIELD)
        before = self._head.lines_before
        with reading(self._path), self._open() as text:
            for _ in range(before):
                text.readline()
            reader = csv.reader(text, delimiter=self._head.delimiter, strict=True)
            try:
                records = (record for record in reader if record)
                next(records, None)  # the header
                for record in records:
                    yield reader.line_num + before, record
            except csv.Error as error:
                raise InputError(
                    f"{self.location}, line {reader.line_num + before}: {error}; check its double quotes"
                ) from error

    def _open(self) -> io.TextIOWrapper:
        encoding = self.encoding  # before anything is open: finding it can fail
        return io.TextIOWrapper(open_bytes(self._path), encoding=encoding, newline="")


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
    require_distinct(columns, location)
    return columns
