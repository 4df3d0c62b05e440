"""Connections to databases of essays: URLs, and what goes wrong, in words without a secret."""

import asyncio
import importlib.util
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from databases import PostgresDatabases, shown
from gradewise.adapters.sql_connection import database_url, shown_location
from gradewise.errors import GradewiseError, InputError, MissingDependencyError, PlanError, UnavailableError
from gradewise.telemetry import Event, StageAdvanced
from gradewise.workflows.extract_data import extract_training_data
from postgres_server import PostgresServer
from schools import School, essays_school, extracted, services_for, source_plan


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test stands in an empty directory."""
    monkeypatch.chdir(tmp_path)


def failure(url: str, **source: Any) -> GradewiseError:
    """What extracting from a database fails with; no file is made."""
    with pytest.raises(GradewiseError) as error:
        asyncio.run(extracted(School(url), **source))
    assert not list(Path.cwd().glob("*training*"))
    return error.value


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgresql://u:p@h/d", "postgresql+asyncpg"),
        ("postgres://u:p@h/d", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql+asyncpg"),
        ("sqlite:///a.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite"),
    ],
    ids=["postgresql", "postgres", "asyncpg", "sqlite", "aiosqlite"],
)
def test_urls_are_read_by_the_driver_that_is_there(given: str, driver: str) -> None:
    """However somebody writes the kind of database."""
    assert driver == database_url(given).drivername


def test_locations_hold_no_secret() -> None:
    """Neither user nor password nor options are shown."""
    url = database_url("postgresql://teacher:pass%40word@db.school:6432/essays?sslmode=require")
    assert ("require", None) == (url.query.get("ssl"), url.query.get("sslmode"))
    assert "postgresql://db.school:6432/essays" == shown_location(url)
    assert "postgresql://local/essays" == shown_location(database_url("postgresql:///essays?host=/run"))
    assert "sqlite:///a.db" == shown_location(database_url("sqlite:///a.db"))


@pytest.mark.parametrize("url", ["pass:word", "mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:"])
def test_other_urls_are_refused_without_being_shown(url: str) -> None:
    """The message says what to write instead."""
    with pytest.raises(PlanError, match="write postgresql://") as error:
        database_url(url)
    assert "secret" not in str(error.value)


def test_a_server_that_is_not_there_is_said() -> None:
    """Nobody listens: the address stands in the message, the password does not."""
    error = failure("postgresql://teacher:secret@127.0.0.1:1/essays")
    assert isinstance(error, UnavailableError)
    assert "postgresql://127.0.0.1:1/essays does not answer" in str(error)
    assert "secret" not in str(error)


def test_a_database_that_is_not_there_or_not_ours_is_said(postgresql_url: str) -> None:
    """A wrong name is a login that is refused; a table without the right to read it says what to ask for."""
    wrong = shown(make_url(postgresql_url).set(database="no_such_database"))
    assert "lets nobody in so" in str(failure(wrong))
    essays_school(School(postgresql_url), vectors=False)
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE gradewise_reader LOGIN")
        try:
            reader = shown(make_url(postgresql_url).set(username="gradewise_reader", password="x"))  # noqa: S106
            assert "GRANT SELECT" in str(failure(reader))
        finally:
            connection.execute("DROP ROLE gradewise_reader")


def test_keys_of_other_kinds_are_said(postgresql_url: str) -> None:
    """A join of a number with a text is a question that PostgreSQL does not understand."""
    school = School(postgresql_url)
    essays_school(school, vectors=False)
    school.run("CREATE TABLE marks (essay INTEGER, mark TEXT)")
    joins = [{"table": "marks", "on": {"essay": "essay_id"}}]
    error = failure(postgresql_url, joins=joins, columns={"label": "marks.mark"})
    assert isinstance(error, InputError)
    assert "does not understand what is asked: operator does not exist" in str(error)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    """Bytes of another kind."""
    (tmp_path / "a.db").write_bytes(b"no database at all, but long enough to look like one" * 20)
    assert "not a database" in str(failure(f"sqlite:///{tmp_path / 'a.db'}"))


def test_a_server_that_stops_midway_leaves_no_file(own_postgres: PostgresServer) -> None:
    """Rows are streamed, the server is stopped, and the error says that nothing is half-written."""
    with PostgresDatabases(own_postgres.url).new(empty=True) as url:
        school = School(url)
        essays_school(school, vectors=False)
        school.run(
            "INSERT INTO essays "
            "SELECT n::text, repeat('word ', 200), 'C', now() FROM generate_series(1, 3000) n"
        )
        plan = source_plan()

        def stop(event: Event) -> None:
            if isinstance(event, StageAdvanced):
                own_postgres.stop()

        async def extract() -> None:
            await extract_training_data(plan, plan.data.train, services_for(url), listener=stop)

        try:
            with pytest.raises(UnavailableError, match="nothing is half-written"):
                asyncio.run(extract())
        finally:
            own_postgres.start()
        assert not list(Path.cwd().glob("*training*"))


def test_drivers_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL needs an extra; the message says which."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    error = failure("postgresql://u:p@h/d")
    assert isinstance(error, MissingDependencyError)
    assert "gradewise[postgres]" in str(error)


SLOW_IN_POSTGRES = """
CREATE VIEW essays AS
SELECT '1' AS essay_id, 'x' AS text_content, pg_sleep(60)::text AS grade, now() AS created_at
"""
SLOW_IN_SQLITE = """
CREATE VIEW essays AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
SELECT i AS essay_id, 'x' AS text_content, 'C' AS grade, '2025-12-01' AS created_at FROM n
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_who_stops_waits_for_no_answer(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Ctrl-C in the middle of a question that takes a minute: it ends at once, and no file is left."""
    if kind == "sqlite":
        (tmp_path / "school.sqlite").touch()
        school = School(f"sqlite:///{tmp_path / 'school.sqlite'}")
        school.run(SLOW_IN_SQLITE)
    else:
        school = School(request.getfixturevalue("postgresql_url"))
        school.run(SLOW_IN_POSTGRES)

    async def stopped() -> None:
        task = asyncio.create_task(extracted(school, seconds=8, columns={"prompt": "grade"}))
        await asyncio.sleep(0.3)
        task.cancel()
        await task

    started = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(stopped())
    assert time.monotonic() - started < 5
    assert not list(Path.cwd().glob("*training*"))
