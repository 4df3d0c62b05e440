"""Connections to a database, which never wait for ever."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiosqlite
from sqlalchemy import Connection, NullPool, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gradewise.adapters.sql.address_options import asyncpg_arguments, asyncpg_url
from gradewise.adapters.sql.addresses import Address
from gradewise.adapters.sql.same_file import SameFile

CONNECTIONS = 5
"""At most so many at once; whoever wants another waits."""
PATIENCE_S = 5.0
"""So much longer than the server is the client patient, so that the server's own words arrive."""
FORGOTTEN_AFTER_MS = 60_000
"""A transaction in which nothing happens any more must not keep others waiting: its process hangs."""
THREAD_ENDS_WITHIN_S = 5.0
OPCODES_BETWEEN_LOOKS = 20_000
"""So often SQLite asks whether it is time to stop: every few milliseconds."""
WRITES = "gradewise_writes"
"""Execution option: the transaction writes."""
UPGRADE_LOCK = 0x67776462
"""On PostgreSQL whoever changes tables holds it alone, and whoever writes shares it: "gwdb"."""
DEADLINE = "gradewise_deadline"
"""What a connection knows its `Deadline` as."""


@dataclass(slots=True)
class Deadline:
    """When a SQLite statement is told to stop; PostgreSQL keeps its own time."""

    seconds: float
    """From when it is asked."""
    at: float = field(default=float("inf"))
    """By the clock of `time.monotonic`."""

    def renew(self) -> None:
        """Count from now."""
        self.at = time.monotonic() + self.seconds

    def passed(self) -> bool:
        """Whether it is time to stop."""
        return time.monotonic() > self.at


def deadline_of(connection: AsyncConnection | Connection) -> Deadline:
    """That of the statement which a connection is asked."""
    plain = connection.sync_connection if isinstance(connection, AsyncConnection) else connection
    found: Deadline = plain.info[DEADLINE] if plain is not None else Deadline(0)
    return found


@asynccontextmanager
async def open_engine(address: Address, *, read_only: bool = False) -> AsyncIterator[AsyncEngine]:
    """An engine whose connections are closed after the block.

    Args:
        address: of the database.
        read_only: each transaction sees the database as it was at its beginning, and can change nothing.
    """
    engine = create_async_engine(
        _driver_url(address, read_only=read_only),
        connect_args=_connect_arguments(address, read_only=read_only),
        json_serializer=partial(json.dumps, ensure_ascii=False, allow_nan=False),
        hide_parameters=True,
        **_pool_arguments(address, read_only=read_only),
        **(_reading_arguments(address) if read_only else {}),
    )
    event.listen(engine.sync_engine, "connect", partial(_give_deadline, address))
    event.listen(engine.sync_engine, "before_cursor_execute", _renew_deadline)
    if address.kind == "sqlite":
        event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, read_only=read_only))
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        if address.path is not None and not read_only:
            _look_after(engine, SameFile(address.path))
    else:
        event.listen(engine.sync_engine, "begin", partial(_begin_postgres, address, read_only=read_only))
    try:
        yield engine
    finally:
        await engine.dispose()


def _look_after(engine: AsyncEngine, file: SameFile) -> None:
    event.listen(engine.sync_engine, "do_connect", file.before_opening)
    event.listen(engine.sync_engine, "connect", file.opened)
    event.listen(engine.sync_engine, "checkout", file.before_use)


def _driver_url(address: Address, *, read_only: bool) -> URL:
    if address.kind == "postgresql":
        return asyncpg_url(address.url)
    return _file_to_read(address.path) if read_only and address.path else address.url


def _file_to_read(path: Path) -> URL:
    name = f"file:{quote(str(path.absolute()))}"
    return URL.create("sqlite+aiosqlite", database=name, query={"mode": "ro", "uri": "true"})


def _pool_arguments(address: Address, *, read_only: bool) -> dict[str, Any]:
    if address.kind == "sqlite" and address.path is None:
        return {}  # in memory there is one connection, and it is the database
    if read_only:
        return {"poolclass": NullPool}
    return {
        "pool_size": CONNECTIONS,
        "max_overflow": 0,
        "pool_timeout": address.answer_within_s,
        "pool_pre_ping": address.kind == "postgresql",
    }


def _connect_arguments(address: Address, *, read_only: bool) -> dict[str, Any]:
    if address.kind == "sqlite":
        # Whoever waits for a lock cannot be told to stop.
        patience = address.connect_within_s if read_only else address.answer_within_s
        return {"timeout": patience, "async_creator_fn": _open_sqlite}
    return {
        "timeout": address.connect_within_s,
        "command_timeout": address.answer_within_s + PATIENCE_S,
        **asyncpg_arguments(address.url.query, is_pooled=address.is_pooled),
    }


def _reading_arguments(address: Address) -> dict[str, Any]:
    if address.kind == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "execution_options": {"postgresql_readonly": True}}


async def _open_sqlite(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    """Open a file in a thread, which is waited for where that fails: it must not outlive the event loop."""
    connection = aiosqlite.connect(*arguments, **options)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does it
    try:
        return await connection
    except BaseException:
        connection._thread.join(THREAD_ENDS_WITHIN_S)  # noqa: SLF001 - there is no other way to wait for it
        raise


def _give_deadline(address: Address, _connection: Any, record: Any) -> None:
    record.info[DEADLINE] = Deadline(address.answer_within_s)


def _renew_deadline(connection: Connection, *_: object) -> None:
    deadline_of(connection).renew()


def _prepare_sqlite(connection: Any, record: Any, *, read_only: bool) -> None:
    # Transactions are begun by hand: Python's own beginning comes too late to lock what is read first.
    connection.isolation_level = None
    passed = record.info[DEADLINE].passed
    connection.run_async(lambda raw: raw.set_progress_handler(passed, OPCODES_BETWEEN_LOOKS))
    # With WAL readers never wait for the writer; FULL keeps what was committed through a power cut.
    writing = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
    cursor = connection.cursor()
    for pragma in ("query_only = ON",) if read_only else writing:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(address: Address, connection: Connection, *, read_only: bool) -> None:
    # Within the transaction, since poolers between us and the server refuse these as options of connections.
    # Who reads harms nobody by pausing.
    settings = {"statement_timeout": round(address.answer_within_s * 1000)}
    if not read_only:
        settings["idle_in_transaction_session_timeout"] = FORGOTTEN_AFTER_MS
    asked = [f"set_config('{name}', '{value}', true)" for name, value in settings.items()]
    if connection.get_execution_options().get(WRITES, False):
        asked.append(f"pg_advisory_xact_lock_shared({UPGRADE_LOCK})")
    connection.exec_driver_sql(f"SELECT {', '.join(asked)}")
