"""Essays from the tables of a school, in PostgreSQL or SQLite: read-only, streamed, ordered by id."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from gradewise.adapters.essay_database.question import ROW, Question, make_question
from gradewise.adapters.essay_database.reading import Reading, open_reading
from gradewise.adapters.sql.addresses import Address
from gradewise.errors import InputError
from gradewise.essays.source_queries import EssayQuery, SourceRow
from gradewise.essays.suggestions import quotable

ROWS_AT_ONCE = 500
"""Rows that are held at a time."""
_NAMES_SHOWN = 3


class SqlEssays:
    """The essays that a query asks of a database. An `EssayStream`."""

    def __init__(
        self, reading: Reading, query: EssayQuery, question: Question, names: "_VectorNames | None"
    ) -> None:
        self._reading, self._query, self._question, self._names = reading, query, question, names
        self._n_in_table = self._n_asked = 0

    @property
    def location(self) -> str:
        """Where the database is, without user, password and options."""
        return self._reading.location

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader should know."""
        return self._question.notices

    @property
    def tables(self) -> Mapping[str, str]:
        """The tables that are read: what the query calls them, and what the database does."""
        return self._question.tables

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Of `SourceRow.given`."""
        return (*self._question.columns, *(() if self._names is None else self._names.names))

    @property
    def n_in_table(self) -> int:
        """Rows of the main table."""
        return self._n_in_table

    @property
    def n_asked(self) -> int:
        """Those that the filters leave."""
        return self._n_asked

    async def count(self) -> None:
        """Find out how many there are."""
        for name, counted in (("_n_in_table", self._question.in_table), ("_n_asked", self._question.asked)):
            found = await self._reading.answer(self._reading.connection.execute(counted))
            setattr(self, name, int(found.scalar_one()))

    async def rows(self) -> AsyncIterator[SourceRow]:
        """Rows by id, streamed from where the transaction began.

        Raises:
            InputError: an essay has two rows, or a value is of the wrong kind.
            UnavailableError: the database does not answer any more.
        """
        earlier: str | None = None
        async for values in self._values():
            row = self._row(values)
            if row.id == earlier and row.id:
                raise InputError(
                    f"{self.location} has essay {quotable(row.id)!r} twice; a joined table must hold one row "
                    "an essay: add a column to source.joins.on, or ask for less with source.filters.equals"
                )
            earlier = row.id
            yield row

    async def _values(self) -> AsyncIterator[Sequence[Any]]:
        result = await self._reading.answer(
            self._reading.connection.stream(
                self._question.rows, execution_options={"yield_per": ROWS_AT_ONCE}
            ).start()
        )
        while part := await self._reading.answer(result.fetchmany(ROWS_AT_ONCE)):
            for values in part:
                yield values

    def _row(self, values: Sequence[Any]) -> SourceRow:
        query, n_groups = self._query, len(self._query.groups)
        said = {
            role: _text(value, str(getattr(query, role)))
            for role, value in zip(ROW, values, strict=False)
            if role != "written_at"
        }
        where = f"{self.location}, essay {quotable(said['id'])!r}"
        groups, rest = values[len(ROW) : len(ROW) + n_groups], values[len(ROW) + n_groups :]
        given = [_number(value, where) for value in rest[: len(self._question.columns)]]
        if self._names is not None:
            given += self._names.numbers(values[-1], where)
        return SourceRow(
            **said,
            written_at=_instant(values[ROW.index("written_at")]),
            groups=tuple(_text(value, str(ref)) for value, ref in zip(groups, query.groups, strict=True)),
            given=tuple(given),
        )


class _VectorNames:
    """What the entries of a vector are called, and how each vector is read."""

    def __init__(self, first: Any, query: EssayQuery, location: str) -> None:
        self._column = str(query.features.vector)
        named, content = query.features.names, _parsed(first, f"{location}: {self._column}")
        self._is_object = isinstance(content, dict)
        self._width = len(content)
        if self._is_object:
            self.names = named or tuple(sorted(content))
        elif named and len(named) != self._width:
            raise InputError(
                f"{location}: {self._column} holds {self._width} numbers and source.features.names has "
                f"{len(named)} names; name every one"
            )
        else:
            self.names = named or tuple(f"f{n:03d}" for n in range(self._width))
        self._wanted = frozenset(self.names)
        self._all = not named

    def numbers(self, value: Any, where: str) -> list[float | None]:
        """The numbers of a vector, in the order of the names; all absent when it is."""
        if value is None:
            return [None] * len(self.names)
        content = _parsed(value, f"{where}: {self._column}")
        if isinstance(content, dict) != self._is_object:
            kinds = ("an object", "an array") if self._is_object else ("an array", "an object")
            raise InputError(
                f"{where}: {self._column} holds {kinds[1]}, and {kinds[0]} elsewhere; store one kind"
            )
        if isinstance(content, dict):
            self._require_names(content, where)
            return [_number(content[name], where) for name in self.names]
        if len(content) != self._width:
            raise InputError(
                f"{where}: {self._column} holds {len(content)} numbers, and {self._width} elsewhere; store "
                "vectors of one width, or leave the others out with source.filters"
            )
        return [_number(each, where) for each in content]

    def _require_names(self, content: Mapping[str, Any], where: str) -> None:
        lacking = [quotable(name) for name in self.names if name not in content][:_NAMES_SHOWN]
        beyond = [quotable(name) for name in content if self._all and name not in self._wanted][:_NAMES_SHOWN]
        if lacking or beyond:
            found = f"lacks {', '.join(lacking)}" if lacking else f"has {', '.join(beyond)} besides"
            raise InputError(
                f"{where}: {self._column} {found}, unlike others; name the entries that every essay has in "
                "source.features.names"
            )


@asynccontextmanager
async def open_sql_essays(address: Address, query: EssayQuery) -> AsyncIterator[SqlEssays]:
    """Ask a database for essays; nothing can be changed, and what is read is of one moment.

    Args:
        address: of the database.
        query: what is asked.

    Raises:
        PlanError: the database is in memory.
        InputError: a table or a column is not there, or may not be read.
        UnavailableError: the database does not answer, or no more.
    """
    async with open_reading(address) as reading:
        question = await reading.answer(reading.connection.run_sync(make_question, query, reading.location))
        names = await _vector_names(reading, query, question)
        essays = SqlEssays(reading, query, question, names)
        await essays.count()
        yield essays


async def _vector_names(reading: Reading, query: EssayQuery, question: Question) -> _VectorNames | None:
    if question.first_vector is None:
        return None
    first = (await reading.answer(reading.connection.execute(question.first_vector))).scalar()
    return _VectorNames([] if first is None else first, query, reading.location)


def _text(value: Any, where: str) -> str:
    """A value as text; absent is empty.

    >>> _text(None, "a"), _text(Decimal("3.50"), "a"), _text(2.0, "a")
    ('', '3.5', '2')
    """
    if value is None:
        return ""
    if isinstance(value, bytes | memoryview):
        raise InputError(f"{where} holds bytes; name a column of text")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def _instant(value: Any) -> datetime | str | None:
    """A moment with its zone, UTC where none is said; text where it is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value) or None
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(tzinfo=UTC))
    return None if value is None else _text(value, "written_at")


def _number(value: Any, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool | int | float | Decimal):
        return float(value)
    raise InputError(
        f"{where}: a feature holds {type(value).__name__} where a number belongs; name other columns"
    )


def _parsed(value: Any, where: str) -> Any:
    """A vector as an array or an object."""
    if isinstance(value, str | bytes):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise InputError(f"{where} holds no JSON; name a column of vectors") from error
    if isinstance(value, list | tuple | dict):
        return value
    raise InputError(f"{where} holds {type(value).__name__} where an array or an object belongs")
