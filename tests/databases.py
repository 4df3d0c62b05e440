"""Databases for tests: each test has its own, on SQLite and on a real PostgreSQL."""

import asyncio
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.engines import open_engine
from gradewise.adapters.sql.schema import SqlSchema
from postgres_server import PostgresServer, shared_server

STANDARD_SOCKET = Path("/var/run/postgresql/.s.PGSQL.5432")
CONNECT_WITHIN_S = 5


@dataclass(frozen=True, slots=True)
class PostgresDatabases:
    """Makes databases on one server."""

    server_url: str
    """Of a database of a user who may make others."""
    template: str | None = None
    """What new databases are copies of; empty ones when ``None``."""

    @contextmanager
    def new(self, *, empty: bool = False) -> Iterator[str]:
        """The URL of a database of one's own, dropped after the block whoever is still connected."""
        name = f"gradewise_test_{uuid.uuid4().hex[:16]}"
        template = "template0" if empty or self.template is None else self.template
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield shown(make_url(self.server_url).set(database=name))
        finally:
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def may_make_databases(self) -> bool:
        """Whether the server answers and lets us."""
        try:
            with self._connected() as connection:
                asked = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                return bool((connection.execute(asked).fetchone() or (False,))[0])
        except psycopg.OperationalError:
            return False

    def _execute(self, statement: str, *names: str) -> None:
        with self._connected() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connected(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.server_url, autocommit=True, connect_timeout=CONNECT_WITHIN_S)


def shown(url: URL) -> str:
    """A URL with its password, as programs take it."""
    return url.render_as_string(hide_password=False)


@contextmanager
def postgres_server_url() -> Iterator[str]:
    """A PostgreSQL: the one that is named, the machine's own if it lets us, else a private one."""
    named = os.environ.get("GRADEWISE_TEST_DATABASE_URL")
    local = f"postgresql:///postgres?host={STANDARD_SOCKET.parent}"
    if named:
        yield named
    elif STANDARD_SOCKET.exists() and PostgresDatabases(local).may_make_databases():
        yield local
    else:
        key = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
        with shared_server(key[:12]) as server:
            yield server.url


@contextmanager
def postgres_databases(lay_out: Callable[[str], None] | None = None) -> Iterator[PostgresDatabases]:
    """Databases on a server, each laid out alike from the beginning."""
    with postgres_server_url() as url:
        plain = PostgresDatabases(url)
        if lay_out is None:
            yield plain
            return
        with plain.new(empty=True) as template:
            lay_out(template)
            yield PostgresDatabases(url, make_url(template).database)


def lay_out_registry(url: str) -> None:
    """Make the registry's tables in a database."""

    async def _upgrade() -> None:
        address = read_address(url)
        async with open_engine(address) as engine:
            await SqlSchema(engine, address).upgrade()

    asyncio.run(_upgrade())


@contextmanager
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of one's own, to be stopped and started in the middle of a test."""
    with shared_server(uuid.uuid4().hex[:12]) as server:
        yield server
