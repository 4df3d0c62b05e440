"""Writing into a SQLite file over and over: one connection that is kept, one step of its thread each time."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gradewise.adapters.sql.engines import Deadline, deadline_of
from gradewise.adapters.sql.same_file import OPENED, Identity, has_moved

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A connection that is not given back between transactions."""

    connection: AsyncConnection
    """As the pool lends it."""
    driver: Any
    """The same, as its thread is asked."""
    deadline: Deadline
    """When it is told to stop."""
    opened: Identity
    """Which file."""


class FileWriter:
    """Writes into a file; borrowing and giving back a connection each time would take as long as writing.

    Each piece of work is one transaction in one step of the connection's thread, so that several who ask at
    once stand in line there. After whatever went wrong the connection goes back, and is looked at anew; so it
    does where another file lies there now.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        """Borrow nothing yet."""
        self._engine = engine
        self._path = None if engine.url.database is None else Path(engine.url.database)
        self._kept: _Kept | None = None
        self._borrowing = asyncio.Lock()

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something within a transaction that nobody else writes in."""
        if self._kept is not None and has_moved(self._path, self._kept.opened):
            await self._give_back(self._kept)
        kept = self._kept or await self._borrowed()
        try:
            # There is no other way to do several things at once.
            done: T = await kept.driver._execute(_whole, work, kept)  # noqa: SLF001
        except BaseException:
            await self._give_back(kept)  # ends when the thread has, also for who does not wait for it
            raise
        return done

    async def close(self) -> None:
        """Give the connection back; may be called twice."""
        if self._kept is not None:
            await self._give_back(self._kept)

    async def _borrowed(self) -> _Kept:
        async with self._borrowing:
            if self._kept is not None:  # somebody else did meanwhile
                return self._kept
            connection = await self._engine.connect()
            try:
                lent = await connection.get_raw_connection()
                self._kept = _Kept(
                    connection, lent.driver_connection, deadline_of(connection), lent.info.get(OPENED)
                )
            except BaseException:
                await connection.close()
                raise
            return self._kept

    async def _give_back(self, kept: _Kept) -> None:
        if self._kept is kept:
            self._kept = None
        await kept.connection.close()


def _whole(work: Callable[[sqlite3.Connection], T], kept: _Kept) -> T:
    file: sqlite3.Connection = kept.driver._conn  # noqa: SLF001 - as above
    kept.deadline.renew()
    file.execute("BEGIN IMMEDIATE")
    try:
        done = work(file)
        file.execute("COMMIT")
    except BaseException:
        if file.in_transaction:
            file.execute("ROLLBACK")
        raise
    return done
