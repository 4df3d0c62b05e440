"""The registry in a SQL database: a SQLite file, or PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, Text, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gradewise.adapters.sql.acts import Attempt, read_state, upserting
from gradewise.adapters.sql.addresses import Address
from gradewise.adapters.sql.opening import WhenAway, open_tables
from gradewise.adapters.sql.rows import (
    change_of,
    gate_record_of,
    gate_row,
    model_of,
    require_id,
    run_of,
    run_row,
)
from gradewise.adapters.sql.runs import runs_query, summaries, summary_query
from gradewise.adapters.sql.tables import CHANGES, GATE_REPORTS, MODELS, NAMES, RUNS
from gradewise.adapters.sql.transactions import Transactions
from gradewise.errors import UnavailableError
from gradewise.experiments import ExperimentEntry
from gradewise.registry.acts import Act, NameState
from gradewise.registry.records import GateRecord, ModelRecord, RunSummary, StageChange


@asynccontextmanager
async def open_registry(
    address: Address, *, when_away: WhenAway | None = None, away: UnavailableError | None = None
) -> AsyncIterator["SqlRegistry"]:
    """The registry in a database; a SQLite file is made or brought up to date on the way.

    Args:
        address: where it is.
        when_away: told of a server that does not answer yet; without it that is an error.
        away: what it said a moment ago, so that it need not be asked again.

    Raises:
        RegistryError: a server's tables are not those of this gradewise.
        UnavailableError: the database does not answer.
    """
    async with open_tables(address, when_away=when_away, away=away) as transactions:
        yield SqlRegistry(transactions)


class SqlRegistry:
    """A `ModelRegistry` on tables."""

    def __init__(self, transactions: Transactions) -> None:
        """Use a database whose tables are those of this gradewise."""
        self._transactions = transactions

    async def act(self, name: str, decide: Callable[[NameState], Act | None]) -> StageChange | None:
        """Do something about the models of a name while nobody else can."""
        return await self._transactions.write(Attempt(name, decide))

    async def state(self, name: str) -> NameState:
        """Everything about a name."""

        async def _state(connection: AsyncConnection) -> NameState:
            serial = await connection.execute(select(NAMES.c.serial).where(NAMES.c.name == name))
            return await read_state(connection, name, serial.scalar() or 0)

        return await self._transactions.read(_state)

    async def names(self) -> tuple[str, ...]:
        """Every name, in the order of the alphabet."""
        return tuple(sorted(row.name for row in await self._rows(select(NAMES.c.name))))

    async def models(
        self, *, name: str | None = None, stage: str | None = None, limit: int | None = None
    ) -> tuple[ModelRecord, ...]:
        """Models, newest first."""
        conditions = [] if stage is None else [MODELS.c.stage == stage]
        query = newest_first(MODELS, MODELS.c.created_at, name=name, limit=limit, conditions=conditions)
        return tuple(model_of(row) for row in await self._rows(query))

    async def find_models(self, text: str) -> tuple[ModelRecord, ...]:
        """Models whose id or content id begins with a text, or whose version it is."""
        if not text:
            return ()
        written = func.replace(cast(MODELS.c.id, Text), "-", "")
        matches = or_(
            written.startswith(text.lower().replace("-", ""), autoescape=True),
            MODELS.c.content_id.startswith(text.lower(), autoescape=True),
            MODELS.c.version == text,
        )
        query = newest_first(MODELS, MODELS.c.created_at, conditions=[matches])
        return tuple(model_of(row) for row in await self._rows(query))

    async def changes(self, *, name: str | None = None, limit: int | None = None) -> tuple[StageChange, ...]:
        """The audit trail, newest first."""
        query = newest_first(CHANGES, CHANGES.c.changed_at, name=name, limit=limit)
        return tuple(change_of(row) for row in await self._rows(query))

    async def add_gate_record(self, record: GateRecord) -> None:
        """Keep what gates said; told again, it stays once."""
        require_id(record.id, "the id of the gate report")

        async def _add(connection: AsyncConnection) -> None:
            added = upserting(connection)(GATE_REPORTS).values(gate_row(record))
            await connection.execute(added.on_conflict_do_nothing(index_elements=[GATE_REPORTS.c.id]))

        await self._transactions.write(_add)

    async def gate_records(self, content_id: str) -> tuple[GateRecord, ...]:
        """What gates said of a bundle, newest first."""
        query = select(GATE_REPORTS).where(GATE_REPORTS.c.content_id == content_id)
        query = query.order_by(GATE_REPORTS.c.made_at.desc(), GATE_REPORTS.c.id)
        return tuple(gate_record_of(row) for row in await self._rows(query))

    async def record_run(self, entry: ExperimentEntry) -> None:
        """Keep what a run has become; what was told last counts."""
        row = run_row(entry)

        async def _record(connection: AsyncConnection) -> None:
            told = upserting(connection)(RUNS).values(row)
            await connection.execute(
                told.on_conflict_do_update(index_elements=[RUNS.c.run_id], set_=dict(told.excluded))
            )

        await self._transactions.write(_record)

    async def runs(
        self, *, experiment: str | None = None, state: str | None = None, limit: int | None = None
    ) -> tuple[ExperimentEntry, ...]:
        """Runs, newest first by when they began."""
        query = runs_query(experiment=experiment, state=state, limit=limit)
        return tuple(run_of(row.entry, row.run_id) for row in await self._rows(query))

    async def run_summary(self) -> tuple[RunSummary, ...]:
        """The runs of each command of each experiment."""
        return summaries(await self._rows(summary_query()))

    async def _rows(self, query: Select[Any]) -> list[Row[Any]]:
        async def _all(connection: AsyncConnection) -> list[Row[Any]]:
            return list(await connection.execute(query))

        return await self._transactions.read(_all)


def newest_first(
    table: Table,
    at: ColumnElement[Any],
    *,
    name: str | None = None,
    limit: int | None = None,
    conditions: list[ColumnElement[bool]] | None = None,
) -> Select[Any]:
    """Rows of a table with names and serials: within a name by serial, across names by time.

    A clock that was set back must not turn serials around: a row counts as made no earlier than those
    before it.
    """
    query = select(table)
    if name is not None:
        query = query.where(table.c.model_name == name).order_by(table.c.serial.desc())
    else:
        made = func.max(at).over(partition_by=table.c.model_name, order_by=table.c.serial).label("made")
        ordered = select(table.c.id.label("ordered_id"), made).subquery()
        query = query.join(ordered, ordered.c.ordered_id == table.c.id).order_by(
            ordered.c.made.desc(), table.c.model_name, table.c.serial.desc()
        )
    query = query.where(*(conditions or ()))
    return query if limit is None else query.limit(limit)
