"""Connections to a database, which never wait for ever."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from gradewise.adapters.sql.addresses import Address

CONNECTIONS = 5
"""At most so many at once; whoever wants another waits."""
PATIENCE_S = 5.0
"""So much longer than the server is the client patient, so that the server's own words arrive."""
FORGOTTEN_AFTER_MS = 60_000
"""A transaction in which nothing happens any more must not keep others waiting: its process hangs."""
THREAD_ENDS_WITHIN_S = 5.0
WRITES = "gradewise_writes"
"""Execution option: the transaction writes."""


@asynccontextmanager
async def open_engine(address: Address) -> AsyncIterator[AsyncEngine]:
    """An engine whose connections are closed after the block."""
    engine = create_async_engine(
        address.url,
        connect_args=_connect_arguments(address),
        json_serializer=partial(json.dumps, ensure_ascii=False, allow_nan=False),
        hide_parameters=True,
        **_pool_arguments(address),
    )
    if address.kind == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    try:
        yield engine
    finally:
        await engine.dispose()


def _pool_arguments(address: Address) -> dict[str, Any]:
    if address.kind == "sqlite" and address.path is None:
        return {}  # in memory there is one connection, and it is the database
    return {
        "pool_size": CONNECTIONS,
        "max_overflow": 0,
        "pool_timeout": address.answer_within_s,
        "pool_pre_ping": address.kind == "postgresql",
    }


def _connect_arguments(address: Address) -> dict[str, Any]:
    if address.kind == "sqlite":
        return {"timeout": address.answer_within_s, "async_creator_fn": _open_sqlite}
    return {
        "timeout": address.connect_within_s,
        "command_timeout": address.answer_within_s + PATIENCE_S,
        "server_settings": {
            "application_name": "gradewise",
            "statement_timeout": str(round(address.answer_within_s * 1000)),
            "idle_in_transaction_session_timeout": str(FORGOTTEN_AFTER_MS),
        },
    }


async def _open_sqlite(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    """Open a file in a thread, which is waited for where that fails: it must not outlive the event loop."""
    connection = aiosqlite.connect(*arguments, **options)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does it
    try:
        return await connection
    except BaseException:
        connection._thread.join(THREAD_ENDS_WITHIN_S)  # noqa: SLF001 - there is no other way to wait for it
        raise


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Transactions are begun by hand: Python's own beginning comes too late to lock what is read first.
    connection.isolation_level = None
    cursor = connection.cursor()
    # With WAL readers never wait for the writer; FULL keeps what was committed through a power cut.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
