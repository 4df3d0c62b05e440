"""The review queue held against answers and decisions, of which triggers make it: statement by statement."""

from functools import partial
from typing import Any, Final

from sqlalchemy import Select, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from gradewise.adapters.sql.chain_ends import find_origin, hold_head
from gradewise.adapters.sql.scoring_tables import CORRECTIONS, HEAD, QUEUE, SCORES
from gradewise.adapters.sql.transactions import Transactions
from gradewise.scores.queue import QueueFaults

SLICE: Final = 20_000
"""Serials that are looked at in one statement, between which others write."""
_KEPT: Final = (SCORES.c.serial, SCORES.c.route, SCORES.c.urgency)
_SAME: Final = and_(
    QUEUE.c.serial == SCORES.c.serial, QUEUE.c.route == SCORES.c.route, QUEUE.c.urgency == SCORES.c.urgency
)


async def find_queue_faults(transactions: Transactions) -> QueueFaults:
    """How the queue differs from what answers and decisions say, slice by slice of the answers.

    Args:
        transactions: on the database.

    Raises:
        UnavailableError: the database does not answer.
    """
    found = QueueFaults(n_stray=await transactions.read(_count_strays))
    for after in await _slices(transactions):
        found += await transactions.read(partial(_find_missing, after))
    return found


async def mend_queue(transactions: Transactions) -> QueueFaults:
    """Let wait what does by answers and decisions, and nothing else; what was put right.

    Args:
        transactions: on the database.

    Raises:
        UnavailableError: the database does not answer.
    """
    mended = QueueFaults(n_stray=await transactions.write(_take_out_strays))
    for after in await _slices(transactions):
        mended += await transactions.write(partial(_put_back, after))
    return mended


async def _slices(transactions: Transactions) -> range:
    """After which serials slices of the answers begin."""

    async def _ends(connection: AsyncConnection) -> range:
        end = (await connection.execute(select(HEAD.c.serial))).scalar_one()
        return range((await find_origin(connection)).serial, int(end), SLICE)

    return await transactions.read(_ends)


async def _find_missing(after: int, connection: AsyncConnection) -> QueueFaults:
    missing = _missing(after).subquery()
    counted = select(func.count(), func.min(missing.c.serial)).select_from(missing)
    n, first = (await connection.execute(counted)).one()
    return QueueFaults(n_missing=n, first_missing=first)


async def _count_strays(connection: AsyncConnection) -> int:
    return int((await connection.execute(select(func.count(QUEUE.c.serial)).where(_is_stray()))).scalar_one())


async def _put_back(after: int, connection: AsyncConnection) -> QueueFaults:
    await hold_head(connection)  # a decision that is told meanwhile would find nothing to take out
    told = QUEUE.insert().from_select([column.name for column in _KEPT], _missing(after))
    return QueueFaults(n_missing=int((await connection.execute(told)).rowcount))


async def _take_out_strays(connection: AsyncConnection) -> int:
    await hold_head(connection)
    return int((await connection.execute(delete(QUEUE).where(_is_stray()))).rowcount)


def _missing(after: int) -> Select[Any]:
    query = select(*_KEPT).outerjoin(QUEUE, _SAME)
    return query.where(
        SCORES.c.serial > after, SCORES.c.serial <= after + SLICE, QUEUE.c.serial.is_(None), _waits()
    )


def _waits() -> ColumnElement[bool]:
    """Whether an answer is for somebody to look at, and nobody has."""
    decided = select(CORRECTIONS.c.serial).where(CORRECTIONS.c.score_id == SCORES.c.id).exists()
    return and_(SCORES.c.route != "release", ~decided)


def _is_stray() -> ColumnElement[bool]:
    return ~select(SCORES.c.serial).where(_SAME, _waits()).exists()
