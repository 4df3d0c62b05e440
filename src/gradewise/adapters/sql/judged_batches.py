"""Batches as another program's tables hold them: each name is looked up, each value is bound."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, String, Text, cast, null, select

from gradewise.adapters.essay_database.tables import SourceTables
from gradewise.errors import InputError, NotFoundError
from gradewise.essays.source_queries import ColumnRef
from gradewise.essays.suggestions import quotable, suggest
from gradewise.judgement.batch_tables import BatchTables
from gradewise.judgement.batches import BatchEssay, JudgedBatch
from gradewise.judgement.decisions import Comparison

NEEDED = frozenset(
    {
        ("uploads", "id"), ("essays", "id"), ("essays", "batch"), ("pairs", "first"), ("pairs", "second"),
        ("pairs", "winner"),
    }
)  # fmt: skip
"""Columns without which there is no batch."""
WHOLE = re.compile("0|[1-9][0-9]{0,17}")
"""A whole number that every database takes, in its one form: a batch called 7 and 07 would be final twice."""
SIDES = {"essay_a": True, "essay_b": False}
"""How a winner is named by side: whether it is the first."""


class Known(NamedTuple):
    """What a table of anchors says of a text."""

    grade: str
    """Its grade."""
    scale: str | None
    """Of that grade."""


class JudgedTables:
    """The tables of batches of one database, found by their names there."""

    def __init__(self, connection: Connection, tables: BatchTables, location: str) -> None:
        self._connection, self._tables, self._location = connection, tables, location
        self._source = SourceTables(connection, {}, location, said_in="batches")

    def batch_ids(self, *, limit: int) -> tuple[str, ...]:
        """Batches, newest first."""
        named, at = self._needed("uploads", "id"), self._column("uploads", "created_at")
        newest = [at.desc().nulls_last()] if at is not None else []
        query = select(named).order_by(*newest, named.desc()).limit(limit)
        return tuple(str(row[0]) for row in self._rows(query))

    def batch(self, batch_id: str) -> JudgedBatch:
        """A batch with everything that belongs to it.

        Raises:
            InputError: there is none, or a table or column is not there.
        """
        upload = self._upload(batch_id)
        anchors, task = self._anchors(batch_id), self._task(upload.assignment)
        essays = tuple(self._essays(batch_id, upload, anchors, task))
        comparisons, set_aside = self._comparisons(batch_id, frozenset(each.id for each in essays))
        scales = {known.scale for known in anchors.values() if known.scale}
        return JudgedBatch(
            id=batch_id,
            essays=essays,
            comparisons=comparisons,
            set_aside=set_aside,
            scale=(task and task.scale) or (scales.pop() if len(scales) == 1 else None),
            status="" if upload.status is None else str(upload.status),
        )

    def _upload(self, batch_id: str) -> Row[Any]:
        query = self._select("uploads", "id", "status", "assignment").where(
            self._equals("uploads", "id", batch_id)
        )
        found = self._rows(query.limit(1))
        if not found:
            known = self.batch_ids(limit=20)
            listed = (
                f"; the newest are {', '.join(map(quotable, known[:5]))}"
                if known
                else "; there is none: gradewise batches import NAME"
            )
            raise NotFoundError(
                f"{self._location} has no batch {quotable(batch_id)!r}{listed}{suggest(batch_id, known)}"
            )
        return found[0]

    def _essays(
        self, batch_id: str, upload: Row[Any], anchors: Mapping[str, Known], task: Row[Any] | None
    ) -> Iterator[BatchEssay]:
        roles = ("id", "text", "is_anchor", "known_grade", "metadata", "storage_id")
        query = self._select("essays", *roles).where(self._equals("essays", "batch", batch_id))
        seen: set[str] = set()
        for row in sorted(self._rows(query), key=lambda row: str(row.id)):
            name = str(row.id)
            if name in seen:
                raise InputError(f"batch {quotable(batch_id)!r} has essay {quotable(name)!r} twice; keep one")
            seen.add(name)
            grade = _known_grade(row, anchors)
            flagged = self._column("essays", "is_anchor") is not None
            is_anchor = bool(row.is_anchor) if flagged else grade is not None
            yield BatchEssay(
                id=name,
                text=row.text or None,
                known_grade=grade if is_anchor else None,
                is_anchor=is_anchor,
                prompt=None if upload.assignment is None else str(upload.assignment),
                prompt_text=(task.text or None) if task else None,
            )

    def _anchors(self, batch_id: str) -> Mapping[str, Known]:
        """Known grades by the text's name, and by the anchor's own."""
        if not self._has("anchors"):
            return {}
        storage, own = self._column("anchors", "storage_id"), self._column("essays", "storage_id")
        query = self._select("anchors", "id", "storage_id", "grade", "scale")
        if storage is not None and own is not None and self._column("essays", "metadata") is None:
            mine = select(own).where(self._equals("essays", "batch", batch_id))
            query = query.where(storage.in_(mine))
        known: dict[str, Known] = {}
        for row in self._rows(query):
            for name in (row.storage_id, row.id):
                if name is not None and row.grade is not None:
                    known[str(name)] = Known(str(row.grade), row.scale or None)
        return known

    def _task(self, assignment: object) -> Row[Any] | None:
        if assignment is None or not self._has("tasks"):
            return None
        query = self._select("tasks", "text", "scale")
        found = self._rows(query.where(self._equals("tasks", "assignment", str(assignment))).limit(1))
        return found[0] if found else None

    def _comparisons(
        self, batch_id: str, essays: frozenset[str]
    ) -> tuple[tuple[Comparison, ...], Mapping[str, int]]:
        query = self._select("pairs", "first", "second", "winner", "judge", "confidence")
        if self._column("pairs", "batch") is not None:
            query = query.where(self._equals("pairs", "batch", batch_id))
        else:
            mine = select(self._needed("essays", "id")).where(self._equals("essays", "batch", batch_id))
            query = query.where(
                self._needed("pairs", "first").in_(mine), self._needed("pairs", "second").in_(mine)
            )
        order = self._column("pairs", "order")
        rows = self._rows(query if order is None else query.order_by(order))
        read = [_comparison(row, essays, by_side=self._tables.pairs.winner_is == "side") for row in rows]
        decided = tuple(each for each in read if isinstance(each, Comparison))
        return decided, dict(Counter(each for each in read if isinstance(each, str)))

    def _has(self, part: str) -> bool:
        """Whether there is such a table; one that was named must be there."""
        table = getattr(self._tables, part).table
        return bool(table) and (self._source.has(table) or (part, "table") in self._tables.named)

    def _column(self, part: str, role: str) -> ColumnElement[Any] | None:
        """The column of a role; ``None`` where there is none and none is needed."""
        columns = getattr(self._tables, part)
        name = getattr(columns, role)
        if not name and (part, role) not in NEEDED:
            return None
        if (part, role) not in NEEDED | self._tables.named and name not in self._source.table(
            columns.table
        ).c:
            return None
        return self._source.column(ColumnRef(columns.table, name))

    def _needed(self, part: str, role: str) -> ColumnElement[Any]:
        columns = getattr(self._tables, part)
        return self._source.column(ColumnRef(columns.table, getattr(columns, role)))

    def _select(self, part: str, *roles: str) -> Select[Any]:
        found = {role: self._column(part, role) for role in roles}
        return select(
            *((null() if column is None else column).label(role) for role, column in found.items())
        ).select_from(self._source.table(getattr(self._tables, part).table))

    def _equals(self, part: str, role: str, value: str) -> ColumnElement[bool]:
        """A column of any type against a text, by its index where the type is common."""
        columns = getattr(self._tables, part)
        kind = self._source.type_of(ColumnRef(columns.table, getattr(columns, role)))
        column = self._needed(part, role)
        if isinstance(kind, Integer):
            return column == (int(value) if WHOLE.fullmatch(value) else null())
        return (column if isinstance(kind, String) else cast(column, Text)) == value

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return self._connection.execute(query).all()


def _known_grade(row: Row[Any], anchors: Mapping[str, Known]) -> str | None:
    """The first that says so: the essay, its metadata, the anchor of its text, the anchor that it names."""
    metadata = _facts(row.metadata)
    said = row.known_grade or metadata.get("known_grade")
    if said:
        return str(said)
    for name in (row.storage_id, metadata.get("anchor_ref_id")):
        if name is not None and str(name) in anchors:
            return anchors[str(name)].grade
    return None


def _facts(value: object) -> Mapping[str, Any]:
    """JSON as drivers give it: read already, or as text; anything else says nothing."""
    if isinstance(value, str | bytes):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, Mapping) else {}


def _comparison(row: Row[Any], essays: frozenset[str], *, by_side: bool) -> Comparison | str:
    """A decision between two essays of the batch, or why it is none."""
    first, second = ("" if name is None else str(name) for name in (row.first, row.second))
    winner = "" if row.winner is None else str(row.winner)
    first_won = (SIDES if by_side else {first: True, second: False}).get(winner)
    if not (first and second):
        return "missing item"
    if first == second:
        return "self-pair"
    if not essays >= {first, second}:
        return "unknown item"
    if first_won is None:
        return "undecided"
    confidence = None if row.confidence is None else float(row.confidence)
    return Comparison(first, second, first_won, "" if row.judge is None else str(row.judge), confidence)
