"""What tests of databases stand on: every test has a database of its own, and no server stays behind."""

import signal
import subprocess
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from databases import PostgresDatabases
from postgres_server import PostgresServer

HOLD = """
import sys, time
sys.path.insert(0, {tests!r})
from postgres_server import shared_server
with shared_server({key!r}) as server:
    print(server.directory, flush=True)
    time.sleep(60)
"""


def test_a_database_of_either_kind_answers(database_url: str) -> None:
    """What the fixture names can be connected to."""
    url = make_url(database_url)
    engine = create_engine(
        url.set(drivername="postgresql+psycopg") if url.host is None and url.query else url
    )
    with engine.connect() as connection:
        assert 1 == connection.execute(text("SELECT 1")).scalar()
    engine.dispose()


def test_databases_share_nothing(postgres: PostgresDatabases) -> None:
    """What one test makes no other sees, and it is gone afterwards."""
    with postgres.new() as first, postgres.new() as second:
        with closing(psycopg.connect(first, autocommit=True)) as connection:
            connection.execute("CREATE TABLE mine (n integer)")
        with closing(psycopg.connect(second)) as connection:
            assert (None,) == connection.execute("SELECT to_regclass('mine')").fetchone()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(first)


def test_a_server_of_ones_own_can_be_stopped_and_started(own_postgres: PostgresServer) -> None:
    """It refuses while it is down, and keeps what it was told."""
    with closing(psycopg.connect(own_postgres.url, autocommit=True)) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
        own_postgres.stop("immediate")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(own_postgres.url)
    own_postgres.start()
    with closing(psycopg.connect(own_postgres.url)) as connection:
        assert (0,) == connection.execute("SELECT count(*) FROM kept").fetchone()


def test_no_server_outlives_a_killed_process() -> None:
    """Whoever held a server and was killed leaves neither the server nor its directory."""
    source = HOLD.format(tests=str(Path(__file__).parent), key=uuid.uuid4().hex[:12])
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        directory = Path(holder.stdout.readline().strip())
        postmaster = (directory / "data" / "postmaster.pid").read_text().splitlines()[0]
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while directory.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not directory.exists()
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", postmaster], capture_output=True, text=True, check=False
    )
    assert state.stdout[:1] in {"", "Z"}
