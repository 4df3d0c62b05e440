"""Stored databases of every earlier revision come up to the newest, and keep every row."""

import asyncio
import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from databases import PostgresDatabases, shown
from gradewise.adapters.sql import schema as schemas
from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.batches import open_batches
from gradewise.adapters.sql.engines import WRITES, open_engine
from gradewise.adapters.sql.registry import SqlRegistry, open_registry
from gradewise.adapters.sql.revisions import KNOWN
from gradewise.adapters.sql.schema import SqlSchema
from gradewise.adapters.sql.score_log import open_score_log
from gradewise.adapters.sql.tables import NEWEST
from gradewise.errors import RegistryError
from gradewise.testing.registered import made_up_id, moving, new_model, registering
from gradewise.testing.score_logs import made_up_correction, made_up_note
from gradewise.workflows.scoring.verify_corrections import verify_corrections
from gradewise.workflows.scoring.verify_log import verify_log

STORED = Path(__file__).parent / "stored"
T = TypeVar("T")
Rows = dict[str, list[dict[str, Any]]]
Statements = list[tuple[str, str, str]]


@pytest.fixture(params=sorted(path.stem for path in STORED.glob("*.sql")))
def stored_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database as an earlier gradewise, or a program before it, left it."""
    dump = (STORED / f"{request.param}.sql").read_text(encoding="utf-8")
    if request.param.startswith("sqlite"):
        with closing(sqlite3.connect(tmp_path / "stored.sqlite")) as connection:
            connection.executescript(dump)
        yield f"sqlite:///{tmp_path / 'stored.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_url")
        with psycopg.connect(url) as server:
            server.execute(dump.encode())
        yield url


def on_schema(url: str, work: Callable[[SqlSchema], Awaitable[T]]) -> T:
    """Do something with the tables of a database."""

    async def _work() -> T:
        address = read_address(url)
        async with open_engine(address) as engine:
            return await work(SqlSchema(engine, address))

    return asyncio.run(_work())


def on_registry(url: str, work: Callable[[SqlRegistry], Awaitable[T]]) -> T:
    """Do something with the registry in a database."""

    async def _work() -> T:
        async with open_registry(read_address(url)) as registry:
            return await work(registry)

    return asyncio.run(_work())


def execute(url: str, *statements: str) -> None:
    """Do with a database what gradewise would not."""

    async def _execute(schema: SqlSchema) -> None:
        async with schema.engine.execution_options(**{WRITES: True}).begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))

    on_schema(url, _execute)


async def rows(schema: SqlSchema) -> Rows:
    """Every row of every table but the revision's."""
    async with schema.engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        queries = {table: text(f"SELECT * FROM {table}") for table in tables if table != "gradewise_version"}  # noqa: S608 - the database's own names
        return {
            table: [dict(row) for row in (await connection.execute(query)).mappings()]
            for table, query in queries.items()
        }


def test_every_row_is_kept(stored_url: str) -> None:
    """After the upgrade the tables are the newest, every row is there, and every column as it was."""

    async def _upgrade(schema: SqlSchema) -> None:
        before = await rows(schema)
        await schema.upgrade()
        after = await rows(schema)
        assert () == await schema.differences()
        assert NEWEST == await schema.current() == await schema.upgrade()
        for table, kept in before.items():
            columns = list(kept[0]) if kept else []
            there = [str({name: row[name] for name in columns}) for row in after[table]]
            assert not kept or sorted(map(str, kept)) == sorted(there)

    on_schema(stored_url, _upgrade)


def test_work_goes_on_after_an_upgrade(stored_url: str) -> None:
    """Old models are listed in their order, with what is known of them; the next act counts on.

    Corrections of old are chained as they stood, and the next one follows them; answers of old can be erased.
    """
    stored_tables = on_schema(stored_url, rows)
    on_schema(stored_url, lambda schema: schema.upgrade())

    async def _work(registry: SqlRegistry) -> None:
        name = (await registry.names())[0]
        before = await registry.state(name)
        numbers = [model.serial for model in before.models]
        assert numbers == sorted(numbers, reverse=True)
        assert "production" == before.models[1 if name == "essay-scorer" else 0].stage
        change = await registry.act(name, registering(new_model(9, name=name)))
        assert change is not None
        assert before.serial + 1 == change.serial
        await registry.act(name, moving(made_up_id(9), "production"))
        assert [made_up_id(9)] == [model.id for model in await registry.models(stage="production")]

    on_registry(stored_url, _work)
    if "score_log" in stored_tables:
        asyncio.run(_chained(stored_url))
    if "gradewise_outbox" in stored_tables:
        asyncio.run(_final(stored_url))


async def _final(url: str) -> None:
    async with open_batches(read_address(url)) as batches:
        batch, result = await batches.batch("spring"), await batches.result("spring")
        assert result is not None
        assert {essay.id for essay in batch.essays} == {essay.essay_id for essay in result.essays}
        (waiting,) = await batches.waiting_events()
        await batches.published([waiting.id])
        assert 2 == await batches.forget_published(datetime.now(UTC) + timedelta(hours=1))


async def _chained(url: str) -> None:
    async with open_score_log(read_address(url)) as log:
        assert 1 == (await verify_corrections(log)).n
        (record,) = await log.newest(limit=1)
        await log.correct(made_up_correction(99, record.draft))
        found = await verify_corrections(log)
        assert (2, (), 2) == (found.n, found.breaks, found.head.serial)
        await log.erase([record.draft.id], made_up_note(1))
        assert (1, ()) == ((found := await verify_corrections(log)).n, found.breaks)
        assert () == (await verify_log(log)).breaks


def test_a_new_file_has_what_migrations_make(tmp_path: Path) -> None:
    """Tables that are made at once equal those that come revision by revision, with indexes and triggers."""

    async def _made(schema: SqlSchema) -> Statements:
        return await _statements(schema, schemas._make_all)

    async def _migrated(schema: SqlSchema) -> Statements:
        return await _statements(schema, schemas._migrate)

    made = on_schema(f"sqlite:///{tmp_path / 'made'}", _made)
    assert made == on_schema(f"sqlite:///{tmp_path / 'migrated'}", _migrated)


async def _statements(schema: SqlSchema, make: Callable[[Connection], None]) -> Statements:
    async with schema.engine.execution_options(**{WRITES: True}).begin() as connection:
        await connection.run_sync(make)
        found = await connection.execute(text("SELECT type, name, sql FROM sqlite_master"))
        return sorted((row.type, row.name, _canonical(row.sql)) for row in found)


def _canonical(statement: str | None) -> str:
    """A statement without what means nothing: spaces, quotes, and the order of what is in a table."""
    plain = " ".join((statement or "").replace('"', "").split())
    return (
        plain
        if "TRIGGER" in plain
        else " ".join(sorted(plain.replace("(", " ").replace(")", " ").replace(",", " ").split()))
    )


def test_the_newest_revision_is_the_last_migration() -> None:
    """Nobody adds a migration and forgets to say so."""
    config = Config()
    config.set_main_option("script_location", str(schemas.MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert [NEWEST] == list(script.get_heads())
    assert list(KNOWN) == [revision.revision for revision in script.walk_revisions()][::-1]


def test_differences_are_named(database_url: str) -> None:
    """A missing column, index, trigger and table are each said; what others keep beside ours is not."""
    execute_on = ["CREATE TABLE studies (study_id integer PRIMARY KEY)", "DROP INDEX ml_models_version"]
    trigger = "stage_changes_no_update" if database_url.startswith("sqlite") else "stage_changes_no_change"
    on = "" if database_url.startswith("sqlite") else " ON stage_changes"
    on_schema(database_url, lambda schema: schema.upgrade())
    assert () == on_schema(database_url, lambda schema: schema.differences())
    execute(
        database_url,
        *execute_on,
        f"DROP TRIGGER {trigger}{on}",
        "DROP TABLE training_runs",
        "ALTER TABLE ml_models DROP COLUMN pruned_at",
    )
    assert {
        "table training_runs is missing",
        "column ml_models.pruned_at is missing",
        "index ml_models_version is missing",
        f"trigger {trigger} is missing",
    } <= set(on_schema(database_url, lambda schema: schema.differences()))


def test_a_database_without_tables_is_refused_until_it_is_upgraded(postgresql_url: str) -> None:
    """On a server nothing is made behind anybody's back; the message says the command."""

    async def _names(registry: SqlRegistry) -> tuple[str, ...]:
        return await registry.names()

    with pytest.raises(RegistryError, match=r"has no tables of gradewise; run `gradewise db upgrade`"):
        on_registry(postgresql_url, _names)
    assert "revision none" in on_schema(postgresql_url, lambda schema: schema.differences())[0]
    assert None is on_schema(postgresql_url, lambda schema: schema.upgrade())
    assert () == on_registry(postgresql_url, _names)


def test_a_newer_database_is_left_alone(database_url: str) -> None:
    """A revision that this gradewise does not know is refused by every way in."""
    on_schema(database_url, lambda schema: schema.upgrade())
    execute(database_url, "UPDATE gradewise_version SET version_num = '0099'")
    with pytest.raises(RegistryError, match="is of revision 0099, .* update gradewise"):
        on_schema(database_url, lambda schema: schema.upgrade())
    with pytest.raises(RegistryError, match="update gradewise"):
        on_registry(database_url, lambda registry: registry.names())


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        pytest.param("UPDATE ml_models SET stage = 'live'", "has a stage that is none", id="stage"),
        pytest.param("UPDATE ml_models SET stage = 'production'", "in production beside", id="production"),
        pytest.param("UPDATE ml_models SET version = '1'", "shares its version", id="version"),
        pytest.param("ALTER TABLE ml_models DROP COLUMN model_path", "another program", id="column"),
    ],
)
def test_rows_that_contradict_each_other_are_refused_and_kept(
    postgresql_url: str, statement: str, words: str
) -> None:
    """What no constraint would let in is named, and nothing is changed to make it fit."""
    with psycopg.connect(postgresql_url) as server:
        server.execute((STORED / "postgresql_seed.sql").read_bytes())
        server.execute(statement.encode())
    before = on_schema(postgresql_url, rows)
    with pytest.raises(RegistryError, match=words):
        on_schema(postgresql_url, lambda schema: schema.upgrade())
    assert before == on_schema(postgresql_url, rows)


def test_a_database_that_has_not_every_letter_is_refused(postgres: PostgresDatabases) -> None:
    """Before anything is put into it, and with the command that makes a better one."""
    name, url = f"gradewise_test_{uuid.uuid4().hex[:16]}", make_url(postgres.server_url)
    with psycopg.connect(postgres.server_url, autocommit=True) as server:
        server.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        try:
            with pytest.raises(RegistryError, match="keeps text as LATIN1, .* createdb --encoding=UTF8"):
                on_schema(shown(url.set(database=name)), lambda schema: schema.upgrade())
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_two_who_upgrade_at_once_do_it_once(postgresql_url: str) -> None:
    """The second waits for the first, and finds nothing to do."""

    async def _upgrade_both(schema: SqlSchema) -> set[str | None]:
        return {*await asyncio.gather(schema.upgrade(), schema.upgrade())}

    assert {None, NEWEST} == (on_schema(postgresql_url, _upgrade_both))


def test_an_upgrade_that_fails_changes_nothing(stored_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a migration did before it failed is taken back, on SQLite too."""
    before = on_schema(stored_url, rows)
    revision = on_schema(stored_url, lambda schema: schema.current())
    if revision == NEWEST:
        return  # nothing is done, so that nothing can fail
    migrate = schemas._migrate

    def _fail(connection: Any) -> None:
        migrate(connection)
        raise LookupError

    monkeypatch.setattr(schemas, "_migrate", _fail)
    with pytest.raises(LookupError):
        on_schema(stored_url, lambda schema: schema.upgrade())
    assert before == on_schema(stored_url, rows)
    assert revision == on_schema(stored_url, lambda schema: schema.current())
