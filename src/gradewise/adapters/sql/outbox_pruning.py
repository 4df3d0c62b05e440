"""What final batches leave behind that nobody asks for any more: published events, rows they were held by."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gradewise.adapters.sql.batch_tables import LOCKS, OUTBOX, RESULTS

SLICE: Final = 5_000
"""So many events are removed in one transaction."""


async def count_published(before: datetime, connection: AsyncConnection) -> int:
    """How many events were published before a moment."""
    counted = select(func.count(OUTBOX.c.serial)).where(_is_old(before))
    return int((await connection.execute(counted)).scalar_one())


async def forget_published(before: datetime, connection: AsyncConnection) -> int:
    """Remove the next slice of events that were published before a moment; how many."""
    old = select(OUTBOX.c.serial).where(_is_old(before)).order_by(OUTBOX.c.serial).limit(SLICE)
    return int((await connection.execute(delete(OUTBOX).where(OUTBOX.c.serial.in_(old)))).rowcount)


async def forget_locks(before: datetime, connection: AsyncConnection) -> None:
    """Remove rows by which batches were held that became final before a moment: nobody changes them again."""
    final = select(RESULTS.c.batch_id).where(RESULTS.c.finalized_at < before)
    await connection.execute(delete(LOCKS).where(LOCKS.c.batch_id.in_(final)))


def _is_old(before: datetime) -> ColumnElement[bool]:
    return OUTBOX.c.published_at < before  # never of what waits, which has no such moment
