"""The tables of a database of essays, as they are: looked up, never guessed."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Float, Integer, MetaData, Numeric, Table, inspect
from sqlalchemy.types import NullType, TypeEngine

from gradewise.errors import InputError
from gradewise.essays.source_queries import ColumnRef
from gradewise.essays.suggestions import quotable, suggest

TABLES_LISTED = 12
"""Tables that a message names at the most."""


class SourceTables:
    """The tables of a database, looked up as they are needed."""

    def __init__(
        self, connection: Connection, tables: Mapping[str, str], location: str, *, said_in: str = "source"
    ) -> None:
        """Look in a database.

        Args:
            connection: to it.
            tables: what tables are called there where otherwise than here.
            location: where it is, for messages.
            said_in: the part of a plan that says what is called how.
        """
        self._inspector = inspect(connection)
        self._called, self._location, self._said_in = tables, location, said_in
        self._types: dict[str, dict[str, TypeEngine[Any]]] = {}
        self.found: dict[str, Table] = {}
        self.is_postgres = connection.dialect.name == "postgresql"

    def named(self, name: str) -> str:
        """What the database calls a table."""
        return self._called.get(name, name)

    def has(self, name: str) -> bool:
        """Whether there is such a table."""
        schema, table = self._parts(name)
        return table in self._there(schema)

    def table(self, name: str) -> Table:
        """A table of the database; its values come as the driver gives them.

        Raises:
            InputError: there is none; the message offers the nearest.
        """
        if name not in self.found:
            schema, table = self._parts(name)
            there = self._there(schema)
            if table not in there:
                listed = ", ".join(quotable(each) for each in there[:TABLES_LISTED]) or "none"
                raise InputError(
                    f"{self._location} has no table {quotable(self.named(name))!r}; it has {listed}"
                    f"{suggest(table, there)} (say what it is called in {self._said_in}.tables)"
                )
            self._types[name] = self._columns(table, schema)
            columns = [Column(each, NullType()) for each in self._types[name]]
            self.found[name] = Table(table, MetaData(), *columns, schema=schema)
        return self.found[name]

    def column(self, ref: ColumnRef) -> ColumnElement[Any]:
        """A column of the database.

        Raises:
            InputError: there is none; the message offers the nearest.
        """
        columns = self.table(ref.table).c
        if ref.column not in columns:
            there = list(columns.keys())
            listed = ", ".join(map(quotable, there))
            raise InputError(
                f"{self._location}: table {quotable(self.named(ref.table))!r} has no column "
                f"{quotable(ref.column)!r}; it has {listed}{suggest(ref.column, there)}"
            )
        return columns[ref.column]

    def type_of(self, ref: ColumnRef) -> TypeEngine[Any]:
        """What the database says that a column holds."""
        self.column(ref)
        return self._types[ref.table][ref.column]

    def numbers(self, table: str, without: Sequence[str]) -> tuple[ColumnRef, ...]:
        """Every column of numbers of a table."""
        self.table(table)
        kinds = self._types[table]
        return tuple(
            ColumnRef(table, name)
            for name, kind in kinds.items()
            if isinstance(kind, Integer | Numeric | Float) and name not in without
        )

    def _parts(self, name: str) -> tuple[str | None, str]:
        schema, dot, table = self.named(name).partition(".")
        return (schema, table) if dot else (None, schema)

    def _there(self, schema: str | None) -> list[str]:
        inspector = self._inspector
        views = [*inspector.get_view_names(schema)]
        if self.is_postgres:
            views += inspector.get_materialized_view_names(schema)
        return sorted({*inspector.get_table_names(schema), *views})

    def _columns(self, table: str, schema: str | None) -> dict[str, TypeEngine[Any]]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # kinds that SQLAlchemy does not know are read as they come
            return {str(each["name"]): each["type"] for each in self._inspector.get_columns(table, schema)}
