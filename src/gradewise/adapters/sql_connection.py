"""A connection that can only read, to PostgreSQL by asyncpg or to SQLite, and its errors in our words."""

import asyncio
import importlib
import importlib.util
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import NullPool, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from gradewise.errors import GradewiseError, InputError, MissingDependencyError, PlanError, UnavailableError

CONNECT_WITHIN_S = 10
"""How long a server may take to answer at all."""
FORMS = "postgresql://USER:PASSWORD@HOST/DATABASE or sqlite:///FILE"

_Answer = TypeVar("_Answer")

_POSTGRES = ("postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg")
_SQLITE = ("sqlite", "sqlite+aiosqlite")
_OPCODES_BETWEEN_LOOKS = 20_000
_NOT_UNDERSTOOD, _BAD_VALUES = "42", "22"
"""SQLSTATE class of what is wrong with a question: its message names tables and columns, never values."""
_FOR_WANT_OF_RIGHTS, _CANCELLED = "42501", "57014"
_REFUSED_LOGINS = ("28", "3D")
_SQLITE_FAULTS = ("no such", "syntax error", "ambiguous", "malformed JSON", "UTF-8", "not a database")


@dataclass(slots=True)
class _Deadline:
    """When SQLite is told to stop."""

    seconds: float
    at: float = field(default_factory=lambda: float("inf"))

    def renew(self) -> None:
        """Count from now."""
        self.at = time.monotonic() + self.seconds

    def passed(self) -> bool:
        """Whether it is time to stop."""
        return time.monotonic() > self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOnlyConnection:
    """A connection within one transaction that sees one state and can change nothing."""

    connection: AsyncConnection
    """SQLAlchemy's."""
    location: str
    """Where the database is, without user, password and options."""
    seconds: float
    """Longest wait for an answer."""
    deadline: _Deadline

    async def answer(self, asked: Awaitable[_Answer]) -> _Answer:
        """The answer to a question, in time or not at all; its errors are in our words.

        Raises:
            UnavailableError, InputError: as `translated`.
        """
        self.deadline.renew()
        with translated(self.location, self.seconds):
            answering = asyncio.ensure_future(asked)
            try:
                return await asyncio.shield(answering)
            except asyncio.CancelledError:
                # SQLite answers in a thread, which whoever stops would wait for: it must be told first.
                self.deadline.at = 0
                answering.cancel()
                await asyncio.wait([answering])
                raise


def database_url(text_: str) -> URL:
    """The URL of a database with the driver that reads it.

    Raises:
        PlanError: it is no URL, or of another kind of database.
    """
    try:
        url = make_url(text_)
    except ArgumentError:
        raise PlanError(f"the URL of the database cannot be read; write {FORMS}") from None
    if url.drivername in _SQLITE and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+aiosqlite")
    if url.drivername not in _POSTGRES:
        raise PlanError(f"essays cannot be read from {url.drivername!r}; write {FORMS}")
    query = {("ssl" if key == "sslmode" else key): value for key, value in url.query.items()}
    return url.set(drivername="postgresql+asyncpg", query=query)


def shown_location(url: URL) -> str:
    """Where a database is, without user, password and options."""
    if url.drivername.startswith("sqlite"):
        return f"sqlite:///{url.database}"
    host = url.host or "local"
    port = "" if url.port is None else f":{url.port}"
    return f"postgresql://{host}{port}/{url.database or ''}"


@asynccontextmanager
async def read_only_connection(url: URL, *, seconds: float) -> AsyncIterator[ReadOnlyConnection]:
    """Connect, and begin a transaction in which nothing can be changed.

    Args:
        url: as `database_url` makes it.
        seconds: longest wait for an answer.

    Raises:
        UnavailableError: it does not answer, or lets nobody in under this name.
        InputError: there is no such file.
        MissingDependencyError: the driver is not installed.
    """
    location, deadline = shown_location(url), _Deadline(seconds)
    is_sqlite = url.drivername.startswith("sqlite")
    engine = create_async_engine(
        _read_only_file(url) if is_sqlite else url,
        poolclass=NullPool,
        connect_args=_sqlite_options() if is_sqlite else _postgres_options(seconds),
        hide_parameters=True,
    )
    try:
        with translated(location, seconds):
            opened = await engine.connect()
        try:
            with translated(location, seconds):
                await (_guard_sqlite(opened, deadline) if is_sqlite else _guard_postgres(opened, seconds))
            yield ReadOnlyConnection(connection=opened, location=location, seconds=seconds, deadline=deadline)
        finally:
            await _closed(opened)
    finally:
        await engine.dispose()


async def _closed(connection: AsyncConnection) -> None:
    """Close what may be broken: why it broke is what the caller must hear."""
    with suppress(*_errors()):
        await connection.close()


def _read_only_file(url: URL) -> URL:
    path = Path(url.database or "")
    if not path.is_file():
        raise InputError(f"sqlite:///{path} does not exist; check the path")
    return url.set(database=f"file:{quote(str(path.absolute()))}", query={"mode": "ro", "uri": "true"})


def _sqlite_options() -> dict[str, Any]:
    return {"timeout": CONNECT_WITHIN_S}


def _postgres_options(seconds: float) -> dict[str, Any]:
    if importlib.util.find_spec("asyncpg") is None:
        raise MissingDependencyError("reading PostgreSQL needs asyncpg: pip install 'gradewise[postgres]'")
    # The server stops a question in time; a server that is gone cannot, so the driver stops somewhat later.
    return {"timeout": CONNECT_WITHIN_S, "command_timeout": seconds + CONNECT_WITHIN_S}


async def _guard_sqlite(connection: AsyncConnection, deadline: _Deadline) -> None:
    raw: Any = (await connection.get_raw_connection()).driver_connection
    await raw.set_progress_handler(deadline.passed, _OPCODES_BETWEEN_LOOKS)
    await connection.execute(text("PRAGMA query_only = ON"))
    await connection.execute(text("BEGIN"))


async def _guard_postgres(connection: AsyncConnection, seconds: float) -> None:
    await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    # Not as options of the connection: poolers between us and the server refuse those.
    await connection.execute(text(f"SET LOCAL statement_timeout = {round(seconds * 1000)}"))


@contextmanager
def translated(location: str, seconds: float) -> Iterator[None]:
    """Say in our words what goes wrong with a database.

    Raises:
        UnavailableError: it does not answer, not in time, or no more.
        InputError: it does not understand the question, or refuses the right to read.
    """
    try:
        yield
    except GradewiseError:
        raise
    except _errors() as error:
        raise _in_our_words(error, location, seconds) from error


def _errors() -> tuple[type[BaseException], ...]:
    """What SQLAlchemy, the driver and the network raise; the driver's own come through while it connects."""
    own: tuple[type[BaseException], ...] = (SQLAlchemyError, OSError, TimeoutError)
    if importlib.util.find_spec("asyncpg") is None:
        return own
    asyncpg = importlib.import_module("asyncpg")
    return (*own, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def _in_our_words(error: BaseException, location: str, seconds: float) -> GradewiseError:
    origin = getattr(error, "orig", None) or error
    state = str(getattr(origin, "sqlstate", None) or "")
    if _timed_out(origin, state):
        return UnavailableError(
            f"{location} gave no answer within {seconds:g} s; ask for fewer essays (--since-days), or wait "
            "longer (source.timeout_seconds)"
        )
    if state.startswith(_REFUSED_LOGINS):
        said = f"{location} lets nobody in so: {_first_line(origin)}"
        return UnavailableError(f"{said}; check user, password and database in the URL")
    at_fault = _fault_of_question(origin, state)
    if at_fault is not None:
        return InputError(f"{location}{at_fault}")
    known_as = f"{type(origin).__name__}, SQLSTATE {state}" if state else type(origin).__name__
    return UnavailableError(
        f"{location} does not answer, or no more ({known_as}); nothing is half-written; try again when it "
        "is there"
    )


def _fault_of_question(origin: object, state: str) -> str | None:
    """What is wrong with the question rather than with the database."""
    if state == _FOR_WANT_OF_RIGHTS:
        return f": {_first_line(origin)}; ask for the right to read it (GRANT SELECT)"
    if state.startswith(_NOT_UNDERSTOOD) or (not state and _is_question(origin)):
        return f" does not understand what is asked: {_first_line(origin)}"
    if state.startswith(_BAD_VALUES):
        return f" cannot make out a value (SQLSTATE {state}); check the columns that the plan names"
    return None


def _timed_out(origin: object, state: str) -> bool:
    interrupted = str(origin) == "interrupted"  # SQLite has no code for it that reaches us
    return state == _CANCELLED or interrupted or isinstance(origin, TimeoutError)


def _is_question(origin: object) -> bool:
    """Whether SQLite, which knows no SQLSTATE, finds fault with the question rather than with the file."""
    return any(words in str(origin) for words in _SQLITE_FAULTS)


def _first_line(origin: object) -> str:
    said = (str(origin).splitlines() or [""])[0]
    return said.rpartition("Error'>: ")[2][:200]
