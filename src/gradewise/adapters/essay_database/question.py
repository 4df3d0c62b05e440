"""From a query as data to SQL: every name is one that the database has, every value is bound."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)

from gradewise.adapters.essay_database.tables import SourceTables
from gradewise.errors import InputError
from gradewise.essays.source_queries import GIVEN, ColumnRef, EssayQuery, JudgementFeature
from gradewise.essays.suggestions import quotable, suggest

SIDES = ("essay_a", "essay_b")
"""How a comparison names its winner by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, as the database has it."""

    rows: Select[Any]
    """One row an essay: the columns of `ROW`, writer groups, feature columns, the vector if there is one."""
    in_table: Select[Any]
    """How many essays the table has."""
    asked: Select[Any]
    """How many the filters leave."""
    first_vector: Select[Any] | None
    """A vector that is not absent."""
    columns: tuple[str, ...]
    """Names of the features that columns and comparisons hold."""
    tables: Mapping[str, str]
    """The tables that are read: what the query calls them, and what the database does."""
    notices: tuple[str, ...]
    """What a reader should know."""


ROW = ("id", "text", "label", "second_label", "prompt", "prompt_text", "written_at", "batch")
"""Columns that every row begins with."""


def make_question(connection: Connection, query: EssayQuery, location: str) -> Question:
    """Look up what a query names, and ask for it.

    Raises:
        InputError: a table or a column is not there, or a join leads nowhere.
    """
    return _Maker(connection, query, location).made()


class _Maker:
    """Makes one question."""

    def __init__(self, connection: Connection, query: EssayQuery, location: str) -> None:
        self._tables = SourceTables(connection, query.tables, location)
        self._query, self._location = query, location
        self._joined: dict[str, ColumnElement[bool]] = {}
        self._notices: list[str] = []
        self._counts: FromClause | None = None
        self._ranks: FromClause | None = None

    def made(self) -> Question:
        query = self._query
        vector, columns = self._features()
        judgement = [(GIVEN[each], self._judged(each)) for each in query.features.judgement]
        roles = [self._read(getattr(query, role)).label(role) for role in ROW]
        groups = [self._read(ref).label(f"group_{n}") for n, ref in enumerate(query.groups)]
        given = [
            *(expression.label(f"judged_{n}") for n, (_, expression) in enumerate(judgement)),
            *(self._read(ref).label(f"given_{n}") for n, ref in enumerate(columns)),
        ]
        wanted = [*roles, *groups, *given, *([] if vector is None else [vector.label("vector")])]
        conditions = self._conditions()
        source = self._source()
        rows = select(*wanted).select_from(source).where(*conditions)
        main = self._tables.table(query.main)
        return Question(
            rows=rows.order_by(self._tables.column(query.id)),
            in_table=select(func.count()).select_from(main),
            asked=select(func.count()).select_from(source).where(*conditions),
            first_vector=None
            if vector is None
            else select(vector).select_from(source).where(vector.is_not(None), *conditions).limit(1),
            columns=(*(name for name, _ in judgement), *(ref.column for ref in columns)),
            tables={name: self._tables.named(name) for name in self._tables.found},
            notices=tuple(self._notices),
        )

    def _read(self, ref: ColumnRef | None) -> ColumnElement[Any]:
        if ref is None:
            return null()
        self._reach(ref.table)
        return self._tables.column(ref)

    def _reach(self, table: str) -> None:
        """Join a table, and before it those that its join goes by."""
        if table == self._query.main or table in self._joined:
            return
        join = next((join for join in self._query.joins if join.table == table), None)
        if join is None:
            known = [self._query.main, *(each.table for each in self._query.joins)]
            raise InputError(
                f"a column of table {quotable(table)!r} is asked for, and no join leads there; add it to "
                f"source.joins{suggest(table, known)}"
            )
        for _, other in join.on:
            if other.table == table:
                raise InputError(
                    f"the join of {quotable(table)!r} goes by itself; go by another table's column"
                )
        self._joined[table] = true()  # so that joins which go round in a circle come to an end here
        self._joined[table] = and_(
            *(self._tables.column(ColumnRef(table, own)) == self._read(other) for own, other in join.on)
        )

    def _source(self) -> FromClause:
        source: FromClause = self._tables.table(self._query.main)
        for table in self._in_order():
            source = source.outerjoin(self._tables.table(table), self._joined[table])
        essay = self._tables.column(self._query.id)
        if self._counts is not None:
            source = source.outerjoin(self._counts, self._counts.c.essay == essay)
        if self._ranks is not None:
            source = source.outerjoin(self._ranks, self._ranks.c.essay == essay)
        return source

    def _in_order(self) -> list[str]:
        """Joined tables, each after those that it goes by."""
        joins = {join.table: join for join in self._query.joins}
        ordered: list[str] = []

        def place(table: str, path: tuple[str, ...]) -> None:
            if table in path:
                raise InputError(f"joins go round in a circle: {' → '.join((*path, table))}; break it")
            for _, other in joins[table].on:
                if other.table in self._joined and other.table not in ordered:
                    place(other.table, (*path, table))
            if table not in ordered:
                ordered.append(table)

        for table in self._joined:
            place(table, ())
        return ordered

    def _features(self) -> tuple[ColumnElement[Any] | None, tuple[ColumnRef, ...]]:
        features = self._query.features
        columns: list[ColumnRef] = []
        for ref in features.columns:
            columns += self._numbers(ref.table) if ref.column == "*" else [ref]
        vector = features.vector
        if vector is not None and features.optional:
            if not self._tables.has(vector.table):
                self._notices.append(f"there is no table {self._tables.named(vector.table)!r}: no features")
                vector = None
            elif vector.column not in self._tables.table(vector.table).c:
                columns += self._numbers(vector.table)
                vector = None
        twice = sorted(
            {ref.column for ref in columns if [each.column for each in columns].count(ref.column) > 1}
        )
        if twice:
            raise InputError(f"feature column {quotable(twice[0])!r} is asked for twice; name each once")
        return (None if vector is None else self._read(vector)), tuple(columns)

    def _numbers(self, table: str) -> tuple[ColumnRef, ...]:
        """The columns of numbers of a table, those left out by which it is joined."""
        keys = [own for join in self._query.joins if join.table == table for own, _ in join.on]
        named = [getattr(self._query, role) for role in ROW]
        used = [ref.column for ref in named if ref is not None and ref.table == table]
        return self._tables.numbers(table, (*keys, *used))

    def _judged(self, feature: JudgementFeature) -> ColumnElement[Any]:
        if feature == "score":
            return self._read(self._known(self._query.score, "score"))
        if feature == "se":
            return self._read(self._known(self._query.se, "se"))
        if feature == "rank":
            return self._rank().c.place
        counts = self._comparison_counts()
        decided = func.coalesce(counts.c.decided, 0)
        return decided if feature == "comparison_count" else cast(counts.c.won, Float) / counts.c.decided

    def _known(self, ref: ColumnRef | None, name: str) -> ColumnRef:
        if ref is None:
            raise InputError(
                f"{name!r} of comparative judgement is asked for; say where in source.judgement.{name}"
            )
        return ref

    def _rank(self) -> FromClause:
        """The place of each essay among all of its batch, whichever of them are asked for."""
        if self._ranks is None:
            query, tables = self._query, self._tables
            score = self._known(query.score, "score")
            if score.table != query.main or (query.batch is not None and query.batch.table != query.main):
                raise InputError(
                    "`rank` needs score and batch in the main table; leave it out of source.features"
                )
            value, batch = tables.column(score), None if query.batch is None else tables.column(query.batch)
            place = func.percent_rank().over(partition_by=batch, order_by=value)
            ranked = select(tables.column(query.id).label("essay"), place.label("place"))
            self._ranks = ranked.where(value.is_not(None)).subquery("ranks")
        return self._ranks

    def _comparison_counts(self) -> FromClause:
        """Decided comparisons of each essay, and how many of them it won."""
        if self._counts is None:
            asked = self._query.comparisons
            if asked is None:
                raise InputError(
                    "comparisons are asked for; say where they are in source.judgement.comparisons"
                )
            named = [ColumnRef(asked.table, name) for name in (asked.first, asked.second, asked.winner)]
            first, second, winner = (self._tables.column(ref) for ref in named)
            names: tuple[Any, Any] = (first, second) if asked.winner_is == "id" else SIDES
            if asked.winner_is == "side":
                winner = cast(winner, Text)  # it may be an enumeration
            sides = _sides((first, second), names, winner)
            self._counts = (
                select(sides.c.essay, func.count().label("decided"), func.sum(sides.c.won).label("won"))
                .group_by(sides.c.essay)
                .subquery("counts")
            )
        return self._counts

    def _conditions(self) -> list[ColumnElement[bool]]:
        filters = self._query.filters
        conditions = [
            (cast(self._read(ref), Text) if isinstance(value, str) else self._read(ref)) == value
            for ref, value in filters.equals
        ]
        if filters.since is not None:
            if filters.since_column is None:
                raise InputError(
                    "a time is asked for; name the column of times in source.filters.since_column"
                )
            conditions.append(self._not_before(filters.since_column, filters.since))
        if filters.statuses:
            if filters.status_column is None:
                raise InputError("a status is asked for; name its column in source.filters.status_column")
            status = cast(self._read(filters.status_column), Text)
            conditions.append(or_(*(_matches(status, name) for name in filters.statuses)))
        if filters.min_comparisons is not None:
            conditions.append(self._comparison_counts().c.decided >= filters.min_comparisons)
        return conditions

    def _not_before(self, ref: ColumnRef, since: datetime) -> ColumnElement[bool]:
        found, kind = self._read(ref), self._tables.type_of(ref)
        if not self._tables.is_postgres:
            # SQLite keeps times as text in several forms, all of which `julianday` knows.
            return func.julianday(found) >= func.julianday(since.astimezone(UTC).isoformat())
        if isinstance(kind, Date):
            return type_coerce(found, Date()) >= since.astimezone(UTC).date()
        if not isinstance(kind, DateTime):
            raise InputError(
                f"{self._location}: column {str(ref)!r} holds no times; name another since_column"
            )
        bound = since if kind.timezone else since.astimezone(UTC).replace(tzinfo=None)
        return type_coerce(found, DateTime(timezone=kind.timezone)) >= bound


def _matches(status: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return status.startswith(name[:-1], autoescape=True) if name.endswith("*") else status == name


def _sides(essays: tuple[Any, Any], names: tuple[Any, Any], winner: Any) -> FromClause:
    """Both essays of every decided comparison, a row each, with whether it won: 1 or 0."""
    decided = or_(*(winner == name for name in names))
    return union_all(
        *(
            select(essay.label("essay"), case((winner == name, 1), else_=0).label("won")).where(decided)
            for essay, name in zip(essays, names, strict=True)
        )
    ).subquery("sides")
