"""Writing into a file by one connection that is kept: whole or not at all, also for who stops waiting."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import event

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.engines import open_engine
from gradewise.adapters.sql.file_writing import FileWriter
from gradewise.adapters.sql.score_log import SqlScoreLog, open_score_log
from gradewise.errors import UnavailableError
from gradewise.testing.score_logs import made_up_draft


def _told(number: int) -> Callable[[sqlite3.Connection], int]:
    def _tell(file: sqlite3.Connection) -> int:
        file.execute("INSERT INTO told VALUES (?)", (number,))
        return number

    return _tell


def _all_told(file: sqlite3.Connection) -> list[int]:
    return [row[0] for row in file.execute("SELECT n FROM told ORDER BY n")]


def _on_file(path: Path, work: Callable[[FileWriter], Awaitable[None]]) -> int:
    """Work with a writer of a file with one table; how many connections that took."""
    opened = []

    async def _run() -> None:
        async with open_engine(read_address(f"sqlite:///{path}")) as engine:
            event.listen(engine.sync_engine, "connect", lambda *_: opened.append(1))
            writer = FileWriter(engine)
            await writer.write(lambda file: file.execute("CREATE TABLE told (n INTEGER)"))
            try:
                await work(writer)
            finally:
                await writer.close()

    asyncio.run(_run())
    return len(opened)


def test_who_writes_at_once_stands_in_line_at_one_connection(tmp_path: Path) -> None:
    """Nobody meets another's transaction, and nothing is opened again."""

    async def _work(writer: FileWriter) -> None:
        await writer.close()  # so that the first to come find none that is kept
        assert list(range(20)) == await asyncio.gather(*(writer.write(_told(n)) for n in range(20)))
        assert list(range(20)) == await writer.write(_all_told)

    assert 1 == _on_file(tmp_path / "told.sqlite", _work)


def test_what_fails_is_not_there_and_harms_nobody_else(tmp_path: Path) -> None:
    """Of one that fails nothing stays; those before and behind it are there."""

    def _fail(file: sqlite3.Connection) -> None:
        _told(99)(file)
        raise KeyError

    async def _work(writer: FileWriter) -> None:
        works: list[Callable[[sqlite3.Connection], object]] = [_told(1), _fail, _told(2)]
        ends = await asyncio.gather(*map(writer.write, works), return_exceptions=True)
        assert [int, KeyError, int] == [type(end) for end in ends]
        assert [1, 2] == await writer.write(_all_told)

    _on_file(tmp_path / "told.sqlite", _work)


def test_who_stops_waiting_is_let_go_when_the_file_is(tmp_path: Path) -> None:
    """The end of the wait is the end of the work, so that nobody writes beside what still goes on."""
    held, begun = Event(), Event()

    def _wait(file: sqlite3.Connection) -> None:
        begun.set()
        held.wait(30)
        _told(1)(file)

    async def _work(writer: FileWriter) -> None:
        writing = asyncio.create_task(writer.write(_wait))
        await asyncio.to_thread(begun.wait, 30)
        writing.cancel()
        done, _ = await asyncio.wait({writing}, timeout=0.05)
        assert not done
        held.set()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert [1] == await writer.write(_all_told)

    _on_file(tmp_path / "told.sqlite", _work)


def test_what_was_exchanged_for_a_copy_is_written_to(tmp_path: Path) -> None:
    """Nothing goes to the file that lies there no more, which would be told as kept and be lost."""
    path = tmp_path / "log.sqlite"

    async def _work(log: SqlScoreLog) -> None:
        await log.add([made_up_draft(1)])
        with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(tmp_path / "copy")) as copy:
            file.backup(copy)
        await log.add([made_up_draft(2)])
        await log.records()
        exchange(path, tmp_path / "copy")
        assert 1 == len(await log.records())
        await log.add([made_up_draft(3)])
        assert [1, 2] == [record.serial for record in await log.records()]

    on_log(path, _work)
    with closing(sqlite3.connect(path)) as file:
        assert [(2,)] == file.execute("SELECT count(*) FROM score_log").fetchall()


def test_what_was_removed_is_not_made_anew(tmp_path: Path) -> None:
    """It is said to be away, also to who reads, until somebody puts it back."""
    path, aside = tmp_path / "log.sqlite", tmp_path / "aside"

    async def _work(log: SqlScoreLog) -> None:
        await log.add([made_up_draft(1)])
        await log.records()
        exchange(aside, path)
        for work in (log.add([made_up_draft(2)]), log.records(), log.require_writable()):
            with pytest.raises(UnavailableError, match="was there and is no more; put it back"):
                await work
        assert not path.exists()
        exchange(path, aside)
        await log.add([made_up_draft(2)])
        assert [1, 2] == [record.serial for record in await log.records()]

    on_log(path, _work)


def exchange(place: Path, file: Path) -> None:
    """Put a database where another may lie, with what belongs to it."""
    for suffix in ("", "-wal", "-shm"):
        beside, goal = (each.with_name(each.name + suffix) for each in (file, place))
        goal.unlink(missing_ok=True)
        if beside.exists():
            beside.rename(goal)


def on_log(path: Path, work: Callable[[SqlScoreLog], Awaitable[None]]) -> None:
    """Do something with a log in a file within one event loop."""

    async def _work() -> None:
        async with open_score_log(read_address(f"sqlite:///{path}")) as log:
            await work(log)

    asyncio.run(_work())
