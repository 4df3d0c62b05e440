"""Answers taken out of the middle of the chain in a database: what is left, and the line that says so."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gradewise.adapters.sql.chain_ends import hold_head
from gradewise.adapters.sql.erasure_tables import ERASED, ERASURES
from gradewise.adapters.sql.scoring_tables import CORRECTIONS, SCORES
from gradewise.errors import NotFoundError
from gradewise.scores.chain import START, Link
from gradewise.scores.erasures import Erasure, ErasureNote, erasure_of

AT_ONCE: Final = 500
"""Ids in one statement: every SQLite takes so many."""


@dataclass(slots=True)
class Erasing:
    """One erasure, tried until the database has taken it or has refused it."""

    ids: tuple[str, ...]
    """Of the answers."""
    note: ErasureNote
    """When, by whom, why."""
    tried: Erasure | None = field(default=None, init=False)
    """The line as the last try had it: that may have been written before it was interrupted."""

    async def __call__(self, connection: AsyncConnection) -> Erasure:
        """Take the answers out, or find that they are.

        Raises:
            NotFoundError: one of them is not there.
        """
        await hold_head(connection)
        done = [each for each in await find_erasures(connection) if each == self.tried]
        if done:
            return done[0]
        places = await self._places(connection)
        erasure = self.tried = erasure_of(places, self.note, await _last_erasure(connection))
        if connection.dialect.name == "sqlite":  # else what was removed stays in the file, unseen
            await connection.exec_driver_sql("PRAGMA secure_delete = ON")
        await _write(erasure, connection)
        for some in _some(self.ids):
            await connection.execute(delete(CORRECTIONS).where(CORRECTIONS.c.score_id.in_(some)))
            await connection.execute(delete(SCORES).where(SCORES.c.id.in_(some)))
        return erasure

    async def _places(self, connection: AsyncConnection) -> list[Link]:
        asked = select(SCORES.c.id, SCORES.c.serial, SCORES.c.digest)
        rows = [
            row
            for some in _some(self.ids)
            for row in await connection.execute(asked.where(SCORES.c.id.in_(some)))
        ]
        gone = set(self.ids) - {row.id for row in rows}
        if gone:
            raise NotFoundError(
                f"there is no answer {min(gone)}; it may have been forgotten meanwhile (nothing was changed)"
            )
        return [Link(row.serial, row.digest) for row in rows]


async def find_erasures(connection: AsyncConnection) -> tuple[Erasure, ...]:
    """Every line, with what is left of the answers."""
    places: dict[int, list[Link]] = {}
    for row in await connection.execute(select(ERASED).order_by(ERASED.c.serial)):
        places.setdefault(row.erasure, []).append(Link(row.serial, row.digest))
    lines = await connection.execute(select(ERASURES).order_by(ERASURES.c.serial))
    return tuple(
        Erasure(
            serial=row.serial,
            note=ErasureNote(erased_at=row.erased_at, erased_by=row.erased_by, reason=row.reason),
            answers=tuple(places.get(row.serial, ())),
            previous=row.previous,
            digest=row.digest,
        )
        for row in lines
    )


async def clear_changes(engine: AsyncEngine) -> None:
    """Empty a SQLite file's log of changes, where pages stand as they were before something was removed.

    Who reads just then keeps it from that; the next who writes does it.
    """
    with contextlib.suppress(sqlite3.Error, DBAPIError):
        async with engine.connect() as connection:
            # By the driver, since this cannot be done within a transaction.
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")


async def _write(erasure: Erasure, connection: AsyncConnection) -> None:
    note = erasure.note
    line = {
        "serial": erasure.serial, "erased_at": note.erased_at, "erased_by": note.erased_by,
        "reason": note.reason, "previous": erasure.previous, "digest": erasure.digest,
    }  # fmt: skip
    await connection.execute(ERASURES.insert().values(line))
    left = [
        {"serial": each.serial, "digest": each.digest, "erasure": erasure.serial} for each in erasure.answers
    ]
    await connection.execute(ERASED.insert(), left)


async def _last_erasure(connection: AsyncConnection) -> Link:
    last = select(ERASURES.c.serial, ERASURES.c.digest).order_by(ERASURES.c.serial.desc()).limit(1)
    row = (await connection.execute(last)).first()
    return START if row is None else Link(row.serial, row.digest)


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
