"""Batches in a SQL database: what is judged by mapping, what it came to in tables of ours."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gradewise.adapters.sql.acts import upserting
from gradewise.adapters.sql.addresses import Address
from gradewise.adapters.sql.batch_rows import essay_rows, event_of, event_row, head_row, result_of
from gradewise.adapters.sql.batch_tables import ESSAY_RESULTS, LOCKS, OUTBOX, RESULTS, UPLOADS
from gradewise.adapters.sql.judged_batches import JudgedTables
from gradewise.adapters.sql.opening import WhenAway, open_tables
from gradewise.adapters.sql.outbox_pruning import count_published, forget_locks, forget_published
from gradewise.adapters.sql.own_batches import require_ours, write_batch
from gradewise.adapters.sql.transactions import Transactions
from gradewise.errors import InputError, UnavailableError
from gradewise.essays.suggestions import quotable
from gradewise.judgement.batch_tables import BatchTables
from gradewise.judgement.batches import BatchResult, JudgedBatch, OutboxEvent


@asynccontextmanager
async def open_batches(
    address: Address,
    tables: BatchTables | None = None,
    *,
    when_away: WhenAway | None = None,
    away: UnavailableError | None = None,
) -> AsyncIterator["SqlBatches"]:
    """The batches in a database; a SQLite file is made or brought up to date on the way.

    Args:
        address: where it is.
        tables: what judged tables are called there.
        when_away: told of a server that does not answer yet; without it that is an error.
        away: what it said a moment ago, so that it need not be asked again.

    Raises:
        RegistryError: a server's tables are not those of this gradewise.
        UnavailableError: the database does not answer.
    """
    async with open_tables(address, when_away=when_away, away=away) as transactions:
        yield SqlBatches(transactions, tables or BatchTables())


class SqlBatches:
    """A `Batches` on tables."""

    def __init__(self, transactions: Transactions, tables: BatchTables) -> None:
        """Use a database of this gradewise's revision, in which judged tables are called as `tables` says."""
        self._transactions, self._tables = transactions, tables
        self._location = transactions.address.location

    async def batch(self, batch_id: str) -> JudgedBatch:
        """A batch with its essays, anchors and comparisons."""

        async def _read(connection: AsyncConnection) -> JudgedBatch:
            return await connection.run_sync(
                lambda plain: JudgedTables(plain, self._tables, self._location).batch(batch_id)
            )

        return await self._transactions.read(_read)

    async def batch_ids(self, *, limit: int = 100) -> tuple[str, ...]:
        """Batches, newest first."""

        async def _read(connection: AsyncConnection) -> tuple[str, ...]:
            return await connection.run_sync(
                lambda plain: JudgedTables(plain, self._tables, self._location).batch_ids(limit=limit)
            )

        return await self._transactions.read(_read)

    async def result(self, batch_id: str) -> BatchResult | None:
        """What a batch came to."""

        async def _read(connection: AsyncConnection) -> BatchResult | None:
            return await find_result(connection, batch_id)

        return await self._transactions.read(_read)

    async def finalize(
        self, batch_id: str, decide: Callable[[], tuple[BatchResult, Sequence[OutboxEvent]]]
    ) -> BatchResult:
        """Keep what a batch came to, with its events, in one transaction."""

        async def _finalize(connection: AsyncConnection) -> BatchResult:
            await take_lock(connection, batch_id)
            kept = await find_result(connection, batch_id)
            if kept is not None:
                return kept
            result, events = decide()
            if result.batch_id != batch_id:
                raise InputError(f"{quotable(result.batch_id)!r} is not batch {quotable(batch_id)!r}")
            await connection.execute(RESULTS.insert().values(head_row(result)))
            if result.essays:
                await connection.execute(ESSAY_RESULTS.insert(), essay_rows(result))
            for event in events:
                await connection.execute(OUTBOX.insert().values(event_row(event)))
            return result

        return await self._transactions.write(_finalize)

    async def waiting_events(self, *, limit: int = 100) -> tuple[OutboxEvent, ...]:
        """Events that were not published yet, in the order in which they were written."""
        query = select(OUTBOX).where(OUTBOX.c.published_at.is_(None)).order_by(OUTBOX.c.serial).limit(limit)

        async def _read(connection: AsyncConnection) -> tuple[OutboxEvent, ...]:
            return tuple(event_of(row) for row in await connection.execute(query))

        return await self._transactions.read(_read)

    async def published(self, event_ids: Sequence[str]) -> None:
        """Say that events are published."""
        if not event_ids:
            return
        told = (
            update(OUTBOX)
            .where(OUTBOX.c.id.in_(event_ids), OUTBOX.c.published_at.is_(None))
            .values(published_at=datetime.now(UTC))
        )

        async def _write(connection: AsyncConnection) -> None:
            await connection.execute(told)

        await self._transactions.write(_write)

    async def count_published(self, before: datetime) -> int:
        """How many events `forget_published` would remove."""
        return await self._transactions.read(partial(count_published, before))

    async def forget_published(self, before: datetime) -> int:
        """Remove events that were published before a moment, and rows that final batches were held by."""
        forgotten = 0
        # In slices, between which others write.
        while slice_ := await self._transactions.write(partial(forget_published, before)):
            forgotten += slice_
        await self._transactions.write(partial(forget_locks, before))
        return forgotten

    async def add(self, batch: JudgedBatch, *, made_at: datetime) -> bool:
        """Put a batch into tables of ours, in place of what it was; whether anything changed.

        Raises:
            InputError: the batch is final, or the tables are another program's.
        """

        async def _add(connection: AsyncConnection) -> bool:
            await connection.run_sync(lambda plain: require_ours(plain, self._location))
            await take_lock(connection, batch.id)
            known = await connection.scalar(select(func.count()).where(UPLOADS.c.id == batch.id))
            if known and batch == await connection.run_sync(
                lambda plain: JudgedTables(plain, BatchTables(), self._location).batch(batch.id)
            ):
                return False
            if await find_result(connection, batch.id) is not None:
                raise InputError(
                    f"batch {quotable(batch.id)!r} is final and cannot change; import these essays as another"
                )
            await write_batch(connection, batch, made_at)
            return True

        return await self._transactions.write(_add)


async def take_lock(connection: AsyncConnection, batch_id: str) -> None:
    """Until the transaction ends nobody else can make the batch final, or change it here."""
    taken = upserting(connection)(LOCKS).values(batch_id=batch_id)
    await connection.execute(
        taken.on_conflict_do_update(index_elements=[LOCKS.c.batch_id], set_={"batch_id": batch_id})
    )


async def find_result(connection: AsyncConnection, batch_id: str) -> BatchResult | None:
    """What a batch came to, if it is final."""
    head = (await connection.execute(select(RESULTS).where(RESULTS.c.batch_id == batch_id))).first()
    if head is None:
        return None
    query = select(ESSAY_RESULTS).where(ESSAY_RESULTS.c.batch_id == batch_id)
    return result_of(head, (await connection.execute(query.order_by(ESSAY_RESULTS.c.position))).all())
