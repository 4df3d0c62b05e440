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
from gradewise.adapters.sql.addresses import read_address
from gradewise.errors import GradewiseError, InputError, MissingDependencyError, PlanError, UnavailableError
from gradewise.telemetry import Event, StageAdvanced
from gradewise.workflows.datasets.extract_data import extract_training_data
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


def test_locations_hold_neither_user_nor_secret() -> None:
    """What is kept beside essays says where they came from, and nothing of who asked."""
    for given, location in {
        "postgresql://teacher:pass%40word@db.school:6432/essays?sslmode=require": (
            "postgresql://db.school:6432/essays"
        ),
        "postgresql://teacher@/essays?host=/run": "postgresql:///essays on /run",
        "sqlite:///a.db": "sqlite:///a.db",
    }.items():
        assert location == read_address(given).location


@pytest.mark.parametrize("url", ["pass:word", "mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:"])
def test_other_urls_are_refused_without_being_shown(url: str) -> None:
    """The message says what to write instead."""
    error = failure(url)
    assert isinstance(error, PlanError)
    assert "postgresql://user:password@host/database or sqlite:///file" in str(error)
    assert "secret" not in str(error)


def test_a_server_that_is_not_there_is_said() -> None:
    """Nobody listens: the address stands in the message, the password does not."""
    error = failure("postgresql://teacher:secret@127.0.0.1:1/essays")
    assert isinstance(error, UnavailableError)
    assert "postgresql://teacher@127.0.0.1:1/essays cannot be reached" in str(error)
    assert "secret" not in str(error)


def test_a_database_that_is_not_there_or_not_ours_is_said(postgresql_url: str) -> None:
    """A wrong name is a login that is refused; a table without the right to read it says what to ask for."""
    wrong = shown(make_url(postgresql_url).set(database="no_such_database"))
    assert "is not there; check its name" in str(failure(wrong))
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
    assert "is no SQLite database" in str(failure(f"sqlite:///{tmp_path / 'a.db'}"))


def test_a_text_that_is_not_unicode_is_not_quoted(tmp_path: Path) -> None:
    """SQLite keeps any bytes as text; what says that they cannot be read must not say what they are."""
    (tmp_path / "a.db").touch()
    school = School(f"sqlite:///{tmp_path / 'a.db'}")
    essays_school(school, {"essay_id": "a"}, vectors=False)
    school.run("UPDATE essays SET text_content = CAST(x'FF' || 'Private words.' AS TEXT)")
    error = failure(school.url)
    assert isinstance(error, InputError)
    assert "cannot make out a value (OperationalError)" in str(error)
    assert "Private" not in str(error)


def test_a_server_that_stops_midway_leaves_no_file(own_postgres: PostgresServer) -> None:
    """Rows are streamed and the server is stopped: an error in words, and nothing is half-written."""
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
            with pytest.raises(UnavailableError, match="was interrupted"):
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
