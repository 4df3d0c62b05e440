"""Databases that are down, slow, full, restarted or damaged: a clear error, and nothing is half-done."""

import asyncio
import errno
import json
import os
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from operator import methodcaller
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from databases import PostgresDatabases, lay_out_registry
from gradewise.adapters.sql.addresses import Address, read_address
from gradewise.adapters.sql.engines import WRITES, open_engine
from gradewise.adapters.sql.failures import explanation, translated
from gradewise.adapters.sql.refusals import registry_fault
from gradewise.adapters.sql.registry import SqlRegistry, open_registry
from gradewise.adapters.sql.transactions import Transactions
from gradewise.errors import RegistryError, UnavailableError
from gradewise.registry.acts import Act, NameState
from gradewise.testing.contracts.model_registry import check_promotions
from gradewise.testing.registered import made_up_id, moving, new_model, registering, run_entry
from postgres_server import PostgresServer

SECRET = "geheim"  # noqa: S105 - that is the point
ROOM_PAGES = 80
"""Enough for the tables of a SQLite registry, not for much more."""
TOGETHER = 20
"""Promotions by two processes; the contract has fifty by one."""
PROMOTE = """
import asyncio, json, sys
from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.refusals import registry_fault
from gradewise.adapters.sql.registry import open_registry
from gradewise.testing.registered import made_up_id, moving, new_model, registering

async def on_all(decide):
    for url in json.loads(sys.argv[1]):
        async with open_registry(read_address(url)) as registry:
            await asyncio.gather(
                *(registry.act("essays", decide(number)) for number in json.loads(sys.argv[2]))
            )

asyncio.run(on_all(lambda number: registering(new_model(number))))
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(on_all(lambda number: moving(made_up_id(number), "production")))
"""


async def register_all(urls: Sequence[str], numbers: Sequence[int]) -> None:
    """Register models in several registries."""
    for url in urls:
        async with open_registry(read_address(url)) as registry:
            await registered(registry, *numbers)


async def promote_all(urls: Sequence[str], numbers: Sequence[int]) -> None:
    """Put models into production, all at once, in one registry after the other."""
    for url in urls:
        async with open_registry(read_address(url)) as registry:
            await asyncio.gather(
                *(registry.act("essays", moving(made_up_id(number), "production")) for number in numbers)
            )


async def registered(registry: SqlRegistry, *numbers: int) -> NameState:
    """Register models of these numbers; says what there is then."""
    for number in numbers:
        await registry.act("essays", registering(new_model(number)))
    return await registry.state("essays")


def patient(url: str, *, connect: float = 5, answer: float = 5) -> Address:
    """The address of a database that is waited for so long."""
    return replace(read_address(url), connect_within_s=connect, answer_within_s=answer)


def test_promotions_from_several_processes(tmp_path: Path, postgres: PostgresDatabases) -> None:
    """Processes that share nothing but the database end with one model in production and no lost line."""
    mine, others = range(1, TOGETHER + 1, 2), range(2, TOGETHER + 1, 2)
    with postgres.new() as server:
        urls = [f"sqlite:///{tmp_path / 'registry.sqlite'}", server]
        other = subprocess.Popen(
            [sys.executable, "-c", PROMOTE, json.dumps(urls), json.dumps([*others])],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        asyncio.run(register_all(urls, mine))
        assert other.stdout is not None
        assert "ready\n" == other.stdout.readline()
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()
        asyncio.run(promote_all(urls, mine))
        other.communicate(timeout=60)
        assert 0 == other.returncode
        asyncio.run(_check_all(urls))


async def _check_all(urls: Sequence[str]) -> None:
    for url in urls:
        async with open_registry(read_address(url)) as registry:
            check_promotions(await registry.state("essays"), TOGETHER)


def test_behind_a_pooler_nothing_stays_on_a_connection(postgres: PostgresDatabases) -> None:
    """What the next transaction would find on another connection is not left; without being told, it is."""

    async def _left(address: Address) -> int:
        async with open_engine(address) as engine, engine.connect() as connection:
            for _ in range(2):
                left = await connection.execute(text("SELECT name FROM pg_prepared_statements"))
            return len(left.all())

    address = read_address(postgres.server_url)
    assert 0 == asyncio.run(_left(replace(address, is_pooled=True)))
    assert 0 < asyncio.run(_left(address))


def test_a_pooler_that_nobody_told_of_is_named(postgres: PostgresDatabases) -> None:
    """A statement that another client has left is found: the message says which option is missing."""

    async def _prepared_twice(address: Address) -> None:
        async with open_engine(address) as engine, engine.connect() as connection:
            for _ in range(2):
                await connection.execute(text("PREPARE theirs AS SELECT 1"))

    address = read_address(postgres.server_url)
    with (
        pytest.raises(UnavailableError, match="add pooler=transaction to its URL"),
        translated(address, registry_fault),
    ):
        asyncio.run(_prepared_twice(address))


def test_the_audit_trail_cannot_be_changed(database_url: str) -> None:
    """The database itself refuses to change, delete, replace or empty it; models with a trail stay too."""
    statements = [
        "UPDATE stage_changes SET reason = 'none'",
        "DELETE FROM stage_changes",
        "DELETE FROM ml_models",
    ]
    if database_url.startswith("sqlite"):
        statements.append("INSERT OR REPLACE INTO stage_changes SELECT * FROM stage_changes")
    else:
        statements.append("TRUNCATE stage_changes")

    async def _work() -> None:
        async with open_registry(read_address(database_url)) as registry:
            before = await registered(registry, 1)
            for statement in map(text, statements):
                with pytest.raises(RegistryError, match="only ever added to|not kept"):
                    await registry._transactions.write(methodcaller("execute", statement))
            assert before == await registry.state("essays")

    asyncio.run(_work())


def test_a_server_that_is_not_there_is_said_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody listens: an error that names the server and no password, within the time for connecting."""
    url = f"postgresql://me:{SECRET}@127.0.0.1:1/models"

    async def _open() -> None:
        async with open_registry(patient(url)):
            pass

    with pytest.raises(
        UnavailableError, match=r"postgresql://me@127.0.0.1:1/models cannot be reached"
    ) as down:
        asyncio.run(_open())
    assert SECRET not in _everything_said(down.value)
    logged = vars(caplog.records[-1])
    assert ("database_failed", "postgresql://127.0.0.1:1/models") == (logged["msg"], logged["database"])
    assert SECRET not in str(logged)


def test_wrong_databases_and_users_are_told_apart(postgresql_url: str) -> None:
    """A database that is not there, a user that is not known: what to do, and no password."""
    for old, new, words in (
        ("gradewise_test_", "no_such_", "is not there; check its name, or make it"),
        ("postgres@", f"nobody_here:{SECRET}@", "denies access"),
    ):
        url = postgresql_url.replace("postgresql://@", "postgresql://postgres@").replace(old, new)

        async def _open(url: str = url) -> None:
            async with open_registry(patient(url)):
                pass

        with pytest.raises(UnavailableError, match=words) as refused:
            asyncio.run(_open())
        assert SECRET not in _everything_said(refused.value)


def test_who_waits_too_long_for_others_is_told_so(database_url: str) -> None:
    """While another holds what is needed, an act ends in words within its time, and nothing is changed."""

    async def _work() -> None:
        async with open_registry(read_address(database_url)) as registry:
            before = await registered(registry, 1)
        async with open_engine(read_address(database_url)) as engine, engine.connect() as holder:
            writing = await holder.execution_options(**{WRITES: True})
            await writing.execute(text("UPDATE model_names SET serial = serial"))
            async with open_registry(patient(database_url, answer=0.3)) as hurried:
                with pytest.raises(UnavailableError, match="did not answer in time"):
                    await hurried.act("essays", moving(made_up_id(1), "staging"))
            await holder.rollback()
        async with open_registry(read_address(database_url)) as registry:
            assert before == await registry.state("essays")
            assert await registry.act("essays", moving(made_up_id(1), "staging"))

    asyncio.run(_work())


def test_a_slow_statement_is_given_up(database_url: str) -> None:
    """The server stops what takes too long, and so does SQLite; the next statement has its own time."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    async def _work() -> None:
        address = patient(database_url, answer=0.2)
        async with open_engine(address) as engine:
            transactions = Transactions(engine, address)
            with pytest.raises(UnavailableError, match="did not answer in time"):
                await transactions.read(lambda c: c.execute(text(endless)))
            await transactions.read(lambda c: c.execute(text("SELECT 1")))

    asyncio.run(_work())


def test_a_transaction_that_was_forgotten_holds_nobody_up_for_ever(postgresql_url: str) -> None:
    """Who stops in the middle of writing is let go of by the server; who only reads harms nobody."""
    asked = text("SELECT current_setting('idle_in_transaction_session_timeout')")

    async def _work(*, read_only: bool) -> object:
        address = read_address(postgresql_url)
        async with open_engine(address, read_only=read_only) as engine, engine.begin() as connection:
            return await connection.scalar(asked)

    assert ["1min", "0"] == [asyncio.run(_work(read_only=each)) for each in (False, True)]


def test_what_a_file_took_outlasts_a_loss_of_power(tmp_path: Path) -> None:
    """A commit is on the disk when it returns, and no row stands for one that is not there."""
    asked = ("journal_mode", "synchronous", "foreign_keys")

    async def _work() -> list[object]:
        address = read_address(f"sqlite:///{tmp_path / 'registry.sqlite'}")
        async with open_engine(address) as engine, engine.connect() as connection:
            return [await connection.scalar(text(f"PRAGMA {name}")) for name in asked]

    assert ["wal", 2, 1] == asyncio.run(_work())


def test_acts_go_on_after_a_restart(own_postgres: PostgresServer, caplog: pytest.LogCaptureFixture) -> None:
    """The server crashes in the middle of an act: it is done again when the server is back, once."""
    lay_out_registry(own_postgres.url)
    asked: list[int] = []

    def _crash_once(state: NameState) -> Act | None:
        asked.append(state.serial)
        if len(asked) == 1:
            own_postgres.stop("immediate")
            own_postgres.start()
        return moving(made_up_id(1), "staging", act_id=made_up_id(5))(state)

    async def _work() -> None:
        async with open_registry(patient(own_postgres.url)) as registry:
            await registered(registry, 1)
            change = await registry.act("essays", _crash_once)
            assert change is not None
            assert (2, "staging") == (change.serial, change.to_stage)
            assert [1, 1] == asked
            assert "transaction_retried" in [each.msg for each in caplog.records]
            assert 2 == len(await registry.changes())
            # Connections that died while nobody looked are made anew.
            own_postgres.stop("immediate")
            own_postgres.start()
            assert 2 == len(await registry.changes())
            own_postgres.stop("immediate")
            caplog.clear()
            with pytest.raises(UnavailableError, match="cannot be reached"):
                await registry.act("essays", moving(made_up_id(1), "production"))
            assert ["database_failed"] == [each.msg for each in caplog.records], "nobody waits for it"
            own_postgres.start()
            assert 2 == len(await registry.changes())

    asyncio.run(_work())


def test_an_act_whose_end_was_not_heard_is_done_once(postgresql_url: str) -> None:
    """The connection breaks off after the end was written: the audit trail says that it is done."""
    lay_out_registry(postgresql_url)

    async def _work() -> None:
        address = read_address(postgresql_url)
        async with open_engine(address) as engine:
            registry = SqlRegistry(Transactions(engine, address))
            await registered(registry, 1)
            broken: list[bool] = []

            @event.listens_for(engine.sync_engine, "commit")
            def _break_off(connection: object) -> None:
                if not broken:
                    broken.append(True)
                    connection.connection.dbapi_connection.commit()  # type: ignore[attr-defined]
                    raise DBAPIError("COMMIT", None, ConnectionResetError(), connection_invalidated=True)

            change = await registry.act("essays", moving(made_up_id(1), "staging"))
            assert broken
            assert (change,) == (await registry.changes())[:1]
            assert 2 == len(await registry.changes())

    asyncio.run(_work())


def test_a_full_disk_is_said_as_such(tmp_path: Path) -> None:
    """SQLite has no room left: nothing is half-done, what was there stays, and with room it goes on."""
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    lay_out_registry(url)

    async def _work() -> None:
        address = read_address(url)
        async with open_engine(address) as engine:

            @event.listens_for(engine.sync_engine, "connect")
            def _limit(connection: object, _record: object) -> None:
                connection.cursor().execute(f"PRAGMA max_page_count = {ROOM_PAGES}")  # type: ignore[attr-defined]

            registry = SqlRegistry(Transactions(engine, address))
            before = await registered(registry, 1)
            big = replace(new_model(2), metadata={"notes": "x" * 4096 * ROOM_PAGES})
            with pytest.raises(UnavailableError, match="is full; make room"):
                await registry.act("essays", registering(big))
            with pytest.raises(UnavailableError, match="is full; make room"):
                await registry.record_run(run_entry(1, facts={"notes": "x" * 4096 * ROOM_PAGES}))
            assert before == await registry.state("essays")
        async with open_registry(address) as registry:
            assert await registry.act("essays", registering(big))

    asyncio.run(_work())


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(
            lambda path: (path.parent.mkdir(), path.write_text("no database " * 200)),
            "is no SQLite database",
            id="another file",
        ),
        pytest.param(lambda path: path.mkdir(parents=True), "cannot be opened", id="a directory"),
        pytest.param(lambda path: path.parent.write_text(""), "cannot be opened", id="below a file"),
    ],
)
def test_what_is_no_database_is_refused(tmp_path: Path, make: object, words: str) -> None:
    """A file of another kind is left alone, and named."""
    path = tmp_path / "directory" / "registry.sqlite"
    make(path)  # type: ignore[operator]

    async def _open() -> None:
        async with open_registry(read_address(f"sqlite:///{path}")):
            pass

    with pytest.raises(UnavailableError, match=words):
        asyncio.run(_open())


def test_a_table_that_was_taken_away_is_said(database_url: str) -> None:
    """Tables that another changed while the registry is open are not those of this gradewise."""

    async def _work() -> None:
        async with open_registry(read_address(database_url)) as registry:
            await registry._transactions.write(lambda c: c.execute(text("DROP TABLE training_runs")))
            with pytest.raises(RegistryError, match="run `gradewise db upgrade`"):
                await registry.runs()

    asyncio.run(_work())


def test_errors_are_sorted_by_who_can_do_something() -> None:
    """What no server can be made to say here: codes and errors as the drivers raise them."""
    address = read_address(f"postgresql://me:{SECRET}@db/models")
    for error, kind, words in (
        (OSError(errno.ENOSPC, "No space left on device"), UnavailableError, "is full"),
        (_coded("53100"), UnavailableError, "is full"),
        (_coded("53300"), UnavailableError, "no connection left"),
        (_coded("28P01"), UnavailableError, "denies access"),
        (_coded("25006"), UnavailableError, "may only be read"),
        (_coded("42501"), UnavailableError, "denies access"),
        (_coded("57P01"), UnavailableError, "was interrupted"),
        (_coded("23505", "ml_models_version"), RegistryError, "version is given"),
        (_coded("XX000"), UnavailableError, "failed (Told, SQLSTATE XX000)"),
        (TimeoutError(), UnavailableError, "did not answer in time"),
        (ssl.SSLError("geheim"), UnavailableError, "does not prove who it is"),
        (ConnectionError("server rejected SSL upgrade"), UnavailableError, "does not speak TLS"),
        (ConnectionRefusedError(), UnavailableError, "cannot be reached"),
        (PermissionError(), UnavailableError, "denies access"),
        (NotADirectoryError(), UnavailableError, "cannot be opened; check the path"),
        (_coded("3F000"), UnavailableError, "has no schema"),
        (_broken_off(), UnavailableError, "was interrupted"),
        (sqlite3.DatabaseError("odd"), UnavailableError, "failed (DatabaseError)"),
    ):
        explained = explanation(error, address, registry_fault)
        assert isinstance(explained, kind)
        assert words in str(explained)
        assert SECRET not in str(explained)
    assert None is explanation(LookupError("mine"), address, registry_fault)


def _coded(code: str, constraint: str | None = None) -> DBAPIError:
    """An error as PostgreSQL's driver raises it."""
    cause = type("Told", (Exception,), {"sqlstate": code, "constraint_name": constraint})("quoted\nand more")
    return DBAPIError("SELECT 1", None, cause)


def _broken_off() -> DBAPIError:
    """A connection that is gone, without a code."""
    return DBAPIError("SELECT 1", None, Exception("gone"), connection_invalidated=True)


def _everything_said(error: BaseException | None) -> str:
    """Of an error and all that it came from."""
    said = ""
    while error is not None:
        said += f"{error}{error!r}"
        error = error.__cause__
    return said
