"""Where essays come from, and where tables go."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from gradewise.essays.bad_rows import BadRow
from gradewise.essays.source_queries import SourceRow


@runtime_checkable
class EssaySource(Protocol):
    """Yields the rows of a table, each a mapping from column name to text; may be read again."""

    @property
    def location(self) -> str:
        """Where the rows come from, for messages."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader should know about how it was read, such as its encoding; one line each."""
        ...

    def columns(self) -> tuple[str, ...]:
        """Column names, in order.

        Raises:
            InputError: it cannot be read, is empty, or names a column twice.
        """
        ...

    def rows(self) -> Iterator[Mapping[str, str]]:
        """Rows in order, streamed; an absent or null value is the empty string.

        Raises:
            InputError: a row is malformed; the message names its line.
        """
        ...

    def records(self) -> Iterator[Mapping[str, str] | BadRow]:
        """The same, with each malformed row told in its place instead of raised.

        Raises:
            InputError: the file as a whole cannot be read.
        """
        ...

    def sha256(self) -> str:
        """Digest of the stored bytes: 64 hex digits."""
        ...


@runtime_checkable
class EssayStream(Protocol):
    """Essays of a database as they were at one moment; made and used within one event loop."""

    @property
    def location(self) -> str:
        """Where the database is, without user, password and options."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader should know about how it is read; one line each."""
        ...

    @property
    def tables(self) -> Mapping[str, str]:
        """The tables that are read: what the query calls them, and what the database does."""
        ...

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Of `SourceRow.given`, in its order."""
        ...

    @property
    def n_in_table(self) -> int:
        """Rows of the main table."""
        ...

    @property
    def n_asked(self) -> int:
        """Those that the filters leave."""
        ...

    def rows(self) -> AsyncIterator[SourceRow]:
        """Rows by id, each id once, some at a time; may be asked for once.

        Raises:
            InputError: an id occurs twice, or a value is of the wrong kind.
            UnavailableError: the database does not answer any more, or not in time.
        """
        ...


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table that is written."""

    name: str
    """Unique among the columns."""
    holds: Literal["text", "number", "time", "boolean"]
    """What stands in it."""


@runtime_checkable
class TableWriter(Protocol):
    """Writes a table as rows come; the file is there when the whole of it is."""

    def add(self, values: Sequence[Any]) -> None:
        """Take a row, one value a column; ``None`` is absent."""
        ...

    def describe(self, facts: Mapping[str, str]) -> None:
        """Keep facts about the table in the file, text by name; before the last row is asked for or after."""
        ...
