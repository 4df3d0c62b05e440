"""Transactions that are done whole, and done again where they were interrupted."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gradewise.adapters.sql.addresses import Address
from gradewise.adapters.sql.engines import WRITES
from gradewise.adapters.sql.failures import Faults, cause_of, is_interruption, translated
from gradewise.adapters.sql.refusals import registry_fault
from gradewise.adapters.sql.revisions import require_newest_on

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0

_log = logging.getLogger(__name__)

T = TypeVar("T")


async def _nothing() -> None:
    """What comes before a transaction where nothing need come."""


@dataclass(frozen=True, slots=True)
class Transactions:
    """Runs work on a database; all of it counts or none."""

    engine: AsyncEngine
    """Connects to it."""
    address: Address
    """Where it is, and how long is waited."""
    faults: Faults = registry_fault
    """What is wrong with what was asked, rather than with the database."""
    first: Callable[[], Awaitable[None]] = _nothing
    """Comes before each transaction."""

    async def read(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Read everything from one state of the database."""
        return await self._done(self.engine, partial(_whole, work))

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Write; nobody else writes what this has read. Work may be done again, so it must know itself.

        Raises:
            RegistryError: another gradewise has upgraded the database meanwhile.
        """

        async def _ours(connection: AsyncConnection) -> T:
            await require_newest_on(connection, self.address)
            return await work(connection)

        return await self._done(self.engine.execution_options(**{WRITES: True}), partial(_whole, _ours))

    async def _done(self, engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Try until the time for connecting is over; a database that was never reached is not waited for."""
        deadline, pause = time.monotonic() + self.address.connect_within_s, FIRST_PAUSE_S
        reached = False
        await self.first()
        with translated(self.address, self.faults):
            while True:
                try:
                    async with engine.connect() as connection:
                        reached = True
                        return await work(connection)
                except Exception as error:
                    again = reached and is_interruption(error) and time.monotonic() + pause < deadline
                    if not again:
                        raise
                    self._tell(error, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)

    def _tell(self, error: Exception, pause: float) -> None:
        details = {
            "database": self.address.location,
            "cause": cause_of(error).known_as,
            "pause_seconds": pause,
        }
        _log.warning("transaction_retried", extra=details)


async def _whole(work: Callable[[AsyncConnection], Awaitable[T]], connection: AsyncConnection) -> T:
    async with connection.begin():
        return await work(connection)
