"""A connection to a database of essays that can only read, and what is wrong with what it is asked."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from gradewise.adapters.sql.addresses import FORMS, Address
from gradewise.adapters.sql.engines import deadline_of, open_engine
from gradewise.adapters.sql.failures import FOREIGN_STATEMENT, Cause, translated
from gradewise.errors import GradewiseError, InputError, PlanError, UnavailableError

_Answer = TypeVar("_Answer")

_FOR_WANT_OF_RIGHTS = "42501"
_NOT_UNDERSTOOD, _BAD_VALUES = "42", "22"
"""SQLSTATE class of what is wrong with a question: its message names tables and columns, never values."""
_LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """A connection within one transaction that sees one state and can change nothing."""

    connection: AsyncConnection
    """SQLAlchemy's."""
    address: Address
    """Where the database is, and how long an answer may take."""

    @property
    def location(self) -> str:
        """Where the database is, without user, password and options."""
        return self.address.location

    async def answer(self, asked: Awaitable[_Answer]) -> _Answer:
        """The answer to a question, in time or not at all; its errors are in our words.

        Raises:
            UnavailableError: the database does not answer, or not in time.
            InputError: it does not understand the question, or refuses the right to read.
        """
        deadline = deadline_of(self.connection)
        deadline.renew()
        with translated(self.address, fault_of_question):
            answering = asyncio.ensure_future(asked)
            try:
                return await asyncio.shield(answering)
            except asyncio.CancelledError:
                # SQLite answers in a thread, which whoever stops would wait for: it must be told first.
                deadline.at = 0
                answering.cancel()
                await asyncio.wait([answering])
                raise


@asynccontextmanager
async def open_reading(address: Address) -> AsyncIterator[Reading]:
    """Connect; the first question begins a transaction in which nothing can be changed.

    Raises:
        UnavailableError: the database does not answer, or lets nobody in under this name.
        InputError: there is no such file.
        PlanError: it is in memory.
    """
    _require_there(address)
    async with open_engine(address, read_only=True) as engine:
        with translated(address, fault_of_question):
            opened = await engine.connect()
        try:
            yield Reading(opened, address)
        finally:
            with suppress(Exception):  # it may be broken: why is what the caller must hear
                await opened.close()


def fault_of_question(cause: Cause, address: Address) -> GradewiseError | None:
    """What is wrong with what is asked of a database of essays, rather than with the database; `Faults`."""
    if cause.is_late:
        return UnavailableError(
            f"the database {address} gave no answer within {address.answer_within_s:g} s; ask for fewer "
            "essays (--since-days), or wait longer (statement_timeout=… in its URL)"
        )
    if cause.state in FOREIGN_STATEMENT:
        return None
    if cause.state == _FOR_WANT_OF_RIGHTS:
        said = f"{cause.words[:_LONGEST_WORDS]}; ask for the right to read it (GRANT SELECT)"
    elif cause.state[:2] == _NOT_UNDERSTOOD or cause.number == sqlite3.SQLITE_ERROR:
        said = f"it does not understand what is asked: {cause.words[:_LONGEST_WORDS]}"
    elif cause.state[:2] == _BAD_VALUES or _is_undecodable(cause):
        said = f"it cannot make out a value ({cause.known_as}); check the columns that the plan names"
    else:
        return None
    return InputError(f"the database {address}: {said}")


def _is_undecodable(cause: Cause) -> bool:
    """Whether a text of SQLite is not Unicode: what finds that gives no code and quotes the text."""
    return isinstance(cause.error, sqlite3.OperationalError) and cause.number is None


def _require_there(address: Address) -> None:
    if address.kind == "sqlite" and address.path is None:
        raise PlanError(f"essays cannot be read from memory; write the URL of a database as {FORMS}")
    if address.path is not None and not address.path.is_file():
        raise InputError(f"{address} does not exist; check the path")
