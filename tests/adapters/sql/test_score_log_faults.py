"""The score log when writers are killed, and when the database is down, locked, full or harmed."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from operator import methodcaller
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from databases import PostgresDatabases, lay_out_registry
from gradewise.adapters.sql import score_queue
from gradewise.adapters.sql.addresses import Address, read_address
from gradewise.adapters.sql.engines import UPGRADE_LOCK, WRITES, open_engine
from gradewise.adapters.sql.refusals import scores_fault
from gradewise.adapters.sql.score_file import require_room_beside
from gradewise.adapters.sql.score_log import SqlScoreLog, open_score_log
from gradewise.adapters.sql.tables import NEWEST, VERSION_TABLE
from gradewise.adapters.sql.transactions import Transactions
from gradewise.errors import InputError, RegistryError, UnavailableError
from gradewise.scores.chain import START, Link, verify
from gradewise.scores.queue import QueueFaults
from gradewise.testing.score_logs import made_up_correction, made_up_draft
from gradewise.workflows.scoring.verify_corrections import verify_corrections
from gradewise.workflows.scoring.verify_log import verify_log
from postgres_server import PostgresServer

PROGRAM = Path(__file__).parents[2] / "writing_answers.py"
EACH, TIMES, OTHERS = 50, 3, 1_000_000
ROOM_PAGES = 90
"""Enough for all tables, not for much more."""
T = TypeVar("T")


def on(address: Address, work: Callable[[SqlScoreLog], Awaitable[T]]) -> T:
    """Do something with a log within one event loop."""

    async def _work() -> T:
        async with open_score_log(address) as log:
            return await work(log)

    return asyncio.run(_work())


def test_a_writer_is_killed_beside_another(tmp_path: Path, postgres: PostgresDatabases) -> None:
    """Of what one of two processes wrote when it was killed all fifty are there or none, in one chain."""
    with postgres.new() as server:
        urls = [f"sqlite:///{tmp_path / 'log.sqlite'}", server]
        other = subprocess.Popen(
            [sys.executable, PROGRAM, str(OTHERS), str(EACH), *urls],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert other.stdout is not None
            assert "written\n" == other.stdout.readline()
            for url in urls:
                on(read_address(url), _write_beside)
        finally:
            other.send_signal(signal.SIGKILL)
            other.communicate()
        for url in urls:
            kept = on(read_address(url), _all_kept)
            theirs = [number for number in kept if number >= OTHERS]
            assert [*range(EACH * TIMES)] == [number for number in kept if number < OTHERS]
            assert [*range(OTHERS, OTHERS + len(theirs))] == theirs
            assert 0 == len(theirs) % EACH < len(theirs)


async def _write_beside(log: SqlScoreLog) -> None:
    for first in range(0, EACH * TIMES, EACH):
        await log.add([made_up_draft(number) for number in range(first, first + EACH)])


async def _all_kept(log: SqlScoreLog) -> Sequence[int]:
    assert () == (await verify_log(log)).breaks
    return [int(record.draft.essay_id.removeprefix("essay-")) for record in await log.records(limit=10**6)]


def test_the_log_cannot_be_changed(database_url: str) -> None:
    """The database itself refuses to change, replace, remove or empty answers, corrections and origins."""
    statements = [
        "UPDATE score_log SET grade = 'A'",
        "DELETE FROM score_log",
        "DELETE FROM score_log WHERE serial = 3",
        "UPDATE corrections SET grade = 'A'",
        "DELETE FROM corrections",
        "UPDATE score_log_origins SET serial = 9",
        "DELETE FROM score_log_origins",
        "UPDATE correction_links SET content = ''",
        "DELETE FROM correction_links",
        "INSERT INTO score_log_head VALUES (2, 0, '')",
    ]
    if database_url.startswith("sqlite"):
        tables = ("score_log", "corrections", "score_log_origins", "correction_links")
        replacing = "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"
        statements += [replacing.format(table) for table in tables]
    else:
        statements += ["TRUNCATE score_log CASCADE", "TRUNCATE corrections", "TRUNCATE score_log_origins"]
        statements += ["TRUNCATE correction_links"]

    async def _work(log: SqlScoreLog) -> None:
        added = await log.add([made_up_draft(number, route="review") for number in range(4)])
        await log.forget(made_up_draft(1).made_at)
        await log.correct(made_up_correction(1, added[2].draft))
        for statement in map(text, statements):
            with pytest.raises(RegistryError, match="only ever added to|one end"):
                await log._transactions.write(methodcaller("execute", statement))
        assert added[1:] == await log.records()
        assert (added[1], added[3]) == await log.waiting()
        assert 1 == len(await log.corrections())

    on(read_address(database_url), _work)


def test_a_locked_log_is_said_in_time(database_url: str) -> None:
    """While another holds it an answer is refused in words; nothing is changed, and later it is taken."""
    address = read_address(database_url)

    async def _work() -> None:
        async with open_score_log(address) as log:
            await log.add([made_up_draft(1)])
        async with open_engine(address) as engine, engine.connect() as holder:
            writing = await holder.execution_options(**{WRITES: True})
            await writing.execute(text("UPDATE score_log_head SET serial = serial"))
            async with open_score_log(replace(address, answer_within_s=0.3)) as hurried:
                with pytest.raises(UnavailableError, match="did not answer in time"):
                    await hurried.add([made_up_draft(2)])
            await holder.rollback()
        async with open_score_log(address) as log:
            assert (2,) == tuple(record.serial for record in await log.add([made_up_draft(2)]))

    asyncio.run(_work())


def test_a_full_disk_is_said_as_such(tmp_path: Path) -> None:
    """Of many answers none is there; what was there stays, and with room it goes on."""
    address = read_address(f"sqlite:///{tmp_path / 'log.sqlite'}")
    drafts = [made_up_draft(number, values=bytes(4096)) for number in range(ROOM_PAGES)]

    async def _work() -> None:
        async with open_engine(address) as engine:

            @event.listens_for(engine.sync_engine, "connect")
            def _limit(connection: object, _record: object) -> None:
                cursor = connection.cursor()  # type: ignore[attr-defined]
                cursor.execute(f"PRAGMA max_page_count = {ROOM_PAGES}")

            log = SqlScoreLog(Transactions(engine, address, scores_fault))
            first = await log.add(drafts[:1])
            with pytest.raises(UnavailableError, match="is full; make room"):
                await log.add(drafts)
            assert first == await log.records()
        async with open_score_log(address) as log:
            assert len(drafts) == len(await log.add(drafts))
            assert () == (await verify_log(log)).breaks

    lay_out_registry(f"sqlite:///{tmp_path / 'log.sqlite'}")
    asyncio.run(_work())


def test_a_server_that_restarts_loses_nothing(own_postgres: PostgresServer) -> None:
    """Down it is said; back, what is told again is there once."""
    lay_out_registry(own_postgres.url)
    address = replace(read_address(own_postgres.url), connect_within_s=5, answer_within_s=5)

    async def _work(log: SqlScoreLog) -> None:
        await log.add([made_up_draft(1)])
        own_postgres.stop("immediate")
        with pytest.raises(UnavailableError, match="cannot be reached|was interrupted"):
            await log.add([made_up_draft(2)])
        own_postgres.start()
        kept = await log.add([made_up_draft(1), made_up_draft(2)])
        assert [1, 2] == [record.serial for record in kept]
        assert () == verify(kept, START, head=Link(*await log.head()))

    on(address, _work)


def test_a_server_that_is_not_there_yet_is_used_once_it_is(
    tmp_path: Path, postgres: PostgresDatabases
) -> None:
    """Who can wait is told; nothing is written before its tables were looked at, everything afterwards."""
    told: list[UnavailableError] = []

    async def _work(there: Address, address: Address) -> None:
        with pytest.raises(UnavailableError):
            async with open_score_log(address):
                pass
        async with open_score_log(address, when_away=told.append) as log:
            with pytest.raises(UnavailableError):
                await log.add([made_up_draft(1)])
            (tmp_path / "server").symlink_to(str(there.url.query["host"]))
            await _become(there, "9999")
            with pytest.raises(UnavailableError, match="update gradewise"):
                await log.add([made_up_draft(1)])
            await _become(there, NEWEST)
            added = [await log.add([made_up_draft(number)]) for number in (1, 2)]
        assert [1, 2] == [record.serial for (record,) in added]

    with postgres.new() as url:
        there = read_address(url)
        if "host" not in there.url.query:
            pytest.skip("the server has no socket that a link could lead to")
        away = there.url.update_query_dict({"host": str(tmp_path / "server")})
        asyncio.run(_work(there, replace(there, url=away)))
    assert 1 == len(told)


async def _become(address: Address, revision: str) -> None:
    """Have a database say that it is of a revision."""
    async with open_engine(address) as engine, engine.begin() as connection:
        asked = text(f"UPDATE {VERSION_TABLE} SET version_num = :revision")  # noqa: S608 - ours
        await connection.execute(asked, {"revision": revision})


def test_a_changed_byte_in_the_file_is_found(tmp_path: Path) -> None:
    """Somebody edits the file itself, past the database: the record is named."""
    path = tmp_path / "log.sqlite"
    address = read_address(f"sqlite:///{path}")
    on(
        address,
        lambda log: log.add([made_up_draft(number, essay_id=f"who-{number}-x") for number in range(9)]),
    )
    content = path.read_bytes()
    assert content.count(b"who-4-x") >= 1
    path.write_bytes(content.replace(b"who-4-x", b"who-8-x"))
    found = on(address, verify_log)
    assert ["record 5 was changed after it was written"] == [str(each) for each in found.breaks]


def test_a_removed_end_is_found(tmp_path: Path) -> None:
    """Somebody who can take the triggers away removes the last answers: the head knows of them."""
    path = tmp_path / "log.sqlite"
    address = read_address(f"sqlite:///{path}")
    on(address, lambda log: log.add([made_up_draft(number) for number in range(5)]))
    with closing(sqlite3.connect(path)) as file:
        file.execute("DROP TRIGGER score_log_no_delete")
        file.execute("DELETE FROM score_log WHERE serial > 3")
        file.commit()
    assert ["records 4 to 5 are missing"] == [str(each) for each in on(address, verify_log).breaks]


def test_a_correction_that_was_changed_in_the_file_is_found(tmp_path: Path) -> None:
    """Past the database and its triggers: the correction is named, and a removed one too."""
    path = tmp_path / "log.sqlite"
    address = read_address(f"sqlite:///{path}")

    async def _told(log: SqlScoreLog) -> None:
        for record in await log.add([made_up_draft(number) for number in range(3)]):
            await log.correct(
                made_up_correction(record.serial, record.draft, reason=f"because {record.serial}")
            )

    on(address, _told)
    path.write_bytes(path.read_bytes().replace(b"because 2", b"because 9"))
    with closing(sqlite3.connect(path)) as file:
        file.execute("DROP TRIGGER corrections_no_delete")
        file.execute("DELETE FROM corrections WHERE reason = 'because 3'")
        file.commit()
    breaks = on(address, verify_corrections).breaks
    assert [(2, "changed"), (3, "missing")] == [(each.serial, each.kind) for each in breaks]


def test_tables_of_another_are_said(database_url: str) -> None:
    """A log whose table was taken away says what to run."""

    async def _work(log: SqlScoreLog) -> None:
        await log._transactions.write(methodcaller("execute", text("DROP TABLE score_log_head")))
        for work in (log.head(), log.add([made_up_draft(1)])):
            with pytest.raises(RegistryError, match="run `gradewise db upgrade`"):
                await work

    on(read_address(database_url), _work)


def test_what_no_database_holds_is_refused(database_url: str) -> None:
    """A number too great, and half a character: wrong input, whatever the driver makes of it."""

    async def _work(log: SqlScoreLog) -> None:
        for work in (log.records(limit=2**70), log.records(essay_id="\ud800")):
            with pytest.raises(InputError, match="refuses it: it holds what cannot be kept"):
                await work

    on(read_address(database_url), _work)


def test_room_is_looked_for_where_the_file_lies(tmp_path: Path) -> None:
    """As much as an answer takes is written beside it, and nothing of it stays."""
    require_room_beside(tmp_path / "here.sqlite")
    require_room_beside(None)  # in memory
    with pytest.raises(FileNotFoundError):
        require_room_beside(tmp_path / "gone" / "here.sqlite")
    assert [] == list(tmp_path.iterdir())


def test_who_writes_beside_a_newer_gradewise_is_refused_in_words(database_url: str) -> None:
    """Tables that another brought up meanwhile are written by nobody older; what is there can be read."""

    async def _work(log: SqlScoreLog) -> None:
        await log.add([made_up_draft(1)])
        newer = text("UPDATE gradewise_version SET version_num = '0099'")
        await log._transactions.write(methodcaller("execute", newer))
        correction = made_up_correction(1, made_up_draft(1))
        for work in (log.add([made_up_draft(2)]), log.correct(correction), log.require_writable()):
            with pytest.raises(RegistryError, match="is of revision 0099, .* update gradewise"):
                await work
        assert [1] == [record.serial for record in await log.records()]

    on(read_address(database_url), _work)


def test_an_upgrade_waits_for_who_writes_and_who_writes_for_it(postgresql_url: str) -> None:
    """Nothing is written between what an upgrade reads and its end, by whichever revision."""
    told: list[str] = []
    lay_out_registry(postgresql_url)

    async def _work(log: SqlScoreLog) -> None:
        transactions, begun, upgraded = log._transactions, asyncio.Event(), asyncio.Event()

        async def _write(connection: AsyncConnection) -> None:
            begun.set()
            await asyncio.sleep(0.05)
            told.append("written")
            await connection.execute(text("SELECT 1"))

        async def _upgrade() -> None:
            await begun.wait()
            async with transactions.engine.begin() as connection:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
                told.append("upgrading")
                upgraded.set()
                await asyncio.sleep(0.05)
                await connection.execute(text("UPDATE gradewise_version SET version_num = '0099'"))

        async def _write_later() -> None:
            await upgraded.wait()
            with pytest.raises(RegistryError, match="revision 0099"):
                await log.add([made_up_draft(1)])

        await asyncio.gather(transactions.write(_write), _upgrade(), _write_later())

    on(read_address(postgresql_url), _work)
    assert ["written", "upgrading"] == told


def test_a_queue_that_somebody_changed_is_seen_and_put_right(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the answers and decisions, which it follows; slice by slice, and twice is once."""
    monkeypatch.setattr(score_queue, "SLICE", 2)
    drafts = [made_up_draft(n, route="review", urgency=n / 2) for n in range(1, 6)]

    async def _work(log: SqlScoreLog) -> None:
        await log.add([*drafts, made_up_draft(6)])
        await log.correct(made_up_correction(1, drafts[1]))
        sound = await log.waiting()
        assert not await log.queue_faults()
        assert not await log.mend_queue()
        for harm in (
            "DELETE FROM score_queue WHERE serial IN (3, 5)",
            "UPDATE score_queue SET urgency = 99 WHERE serial = 4",
            "INSERT INTO score_queue VALUES (2, 'review', 1), (6, 'release', 0), (77, 'review', 0)",
        ):
            await log._transactions.write(methodcaller("execute", text(harm)))
        found = QueueFaults(n_missing=3, n_stray=4, first_missing=3)
        assert found == await log.queue_faults()
        assert replace(found, first_missing=None) == await log.mend_queue()
        assert sound == await log.waiting()
        assert not await log.queue_faults()

    on(read_address(database_url), _work)


def test_a_log_that_was_put_back_in_part_is_nobodys_input(database_url: str) -> None:
    """Answers that do not fit to its end are no fault of theirs; they wait until somebody mends it."""

    async def _work(log: SqlScoreLog) -> None:
        await log.add([made_up_draft(1), made_up_draft(2)])
        await log._transactions.write(methodcaller("execute", text("UPDATE score_log_head SET serial = 1")))
        with pytest.raises(RegistryError, match="answers are only ever added to"):
            await log.add([made_up_draft(3)])
        assert 2 == len(await log.records())

    on(read_address(database_url), _work)
