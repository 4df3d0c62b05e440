"""Rows of a table that is read by usual column names; what is wrong is told by row and column."""

from collections.abc import Iterator, Mapping

from gradewise.errors import InputError
from gradewise.essays.intake import NO_TEXT
from gradewise.essays.numbers import finite_number
from gradewise.essays.spreadsheet_cells import unshielded
from gradewise.protocols.tables import EssaySource


class TableRows:
    """Rows of a table whose columns go by one of several names."""

    def __init__(self, source: EssaySource) -> None:
        self._source = source
        self._by_folded = {name.strip().casefold(): name for name in reversed(source.columns())}

    def column(self, *names: str) -> str | None:
        """The first of these columns that the table has."""
        return next((self._by_folded[name] for name in names if name in self._by_folded), None)

    def needed(self, what: str, *names: str) -> str:
        """The same.

        Raises:
            InputError: it has none.
        """
        found = self.column(*names)
        if found is None:
            present = ", ".join(map(repr, self._source.columns()))
            raise InputError(
                f"{self._source.location}: no column holds {what} ({' or '.join(names)})"
                f" among {present}; rename one"
            )
        return found

    def rows(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Rows with their numbers, counted from 1."""
        yield from enumerate(self._source.rows(), start=1)

    def cell(self, row: Mapping[str, str], column: str | None) -> str:
        """What a cell says, as before a spreadsheet; empty without the column, or where it says nothing."""
        found = "" if column is None else unshielded(row[column].strip())
        return "" if found.casefold() in NO_TEXT else found

    def filled(self, number: int, row: Mapping[str, str], column: str) -> str:
        """The same.

        Raises:
            InputError: it is empty.
        """
        found = self.cell(row, column)
        if not found:
            raise self.fault(number, column, "is empty; fill it in, or leave the row out")
        return found

    def number(self, number: int, row: Mapping[str, str], column: str) -> float:
        """A number that stands in a column.

        Raises:
            InputError: there is none.
        """
        try:
            return finite_number(self.filled(number, row, column))
        except InputError as error:
            raise self.fault(number, column, str(error)) from error

    def fault(self, number: int, column: str, what: str) -> InputError:
        """What is wrong with a cell."""
        said = what.removeprefix(f"{self._source.location}, ")
        return InputError(
            said
            if said.startswith("row ")
            else f"{self._source.location}, row {number}, column {column!r}: {said}"
        )
