"""Where chains of answers and corrections begin and end in a database, and how the oldest are forgotten."""

from datetime import datetime
from itertools import takewhile
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gradewise.adapters.sql.scoring_tables import CORRECTION_LINKS, CORRECTIONS, HEAD, ORIGINS, SCORES
from gradewise.scores.chain import START, Link

SLICE: Final = 5_000
"""So many answers are forgotten in one transaction."""


async def hold_head(connection: AsyncConnection) -> Link:
    """Where the chain ends; until the transaction is over nobody else adds to it or takes from it."""
    row = (await connection.execute(select(HEAD).with_for_update())).one()
    return Link(row.serial, row.digest)


async def find_origin(connection: AsyncConnection) -> Link:
    """What the chain of answers begins after."""
    row = (await connection.execute(select(ORIGINS).order_by(ORIGINS.c.serial.desc()).limit(1))).first()
    return START if row is None else Link(row.serial, row.digest)


async def last_correction(connection: AsyncConnection) -> Link:
    """Where the chain of corrections ends; of whoever holds the head."""
    last = select(CORRECTION_LINKS).order_by(CORRECTION_LINKS.c.serial.desc()).limit(1)
    row = (await connection.execute(last)).first()
    return START if row is None else Link(row.serial, row.digest)


async def forget_slice(before: datetime, connection: AsyncConnection) -> int:
    """Forget the next slice; how many answers that were."""
    await hold_head(connection)
    last = await _last_before(connection, await find_origin(connection), before)
    if last is None:
        return 0
    row = {"serial": last.serial, "digest": last.digest, "before": before}
    await connection.execute(ORIGINS.insert().values(row))
    old = SCORES.c.serial <= last.serial
    ids = select(SCORES.c.id).where(old)
    await connection.execute(delete(CORRECTIONS).where(CORRECTIONS.c.score_id.in_(ids)))
    return int((await connection.execute(delete(SCORES).where(old))).rowcount)


async def _last_before(connection: AsyncConnection, origin: Link, before: datetime) -> Link | None:
    """The last of a slice of answers at the beginning of the chain that were all made before a moment."""
    beginning = select(SCORES.c.serial, SCORES.c.digest, SCORES.c.made_at)
    beginning = beginning.where(SCORES.c.serial > origin.serial).order_by(SCORES.c.serial).limit(SLICE)
    rows = await connection.execute(beginning)
    old = list(takewhile(lambda row: row.made_at < before, rows))
    return Link(old[-1].serial, old[-1].digest) if old else None
