"""Erasures in a database: nothing else is let through, nothing is half-done, and nothing is left behind."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from operator import methodcaller
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import text

from databases import PostgresDatabases
from erasing_answers import STEPS
from gradewise.adapters.sql import erasing
from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.erasing import Erasing
from gradewise.adapters.sql.score_log import SqlScoreLog, open_score_log
from gradewise.errors import RegistryError
from gradewise.scores.queue import QueueFaults
from gradewise.testing.score_logs import made_up_correction, made_up_draft, made_up_note
from gradewise.workflows.scoring.verify_corrections import verify_corrections
from gradewise.workflows.scoring.verify_log import verify_log

PROGRAM = Path(__file__).parents[2] / "erasing_answers.py"
T = TypeVar("T")


def on(url: str, work: Callable[[SqlScoreLog], Awaitable[T]]) -> T:
    """Do something with a log within one event loop."""

    async def _work() -> T:
        async with open_score_log(read_address(url)) as log:
            return await work(log)

    return asyncio.run(_work())


async def fill(log: SqlScoreLog) -> None:
    """Four answers that wait for teachers, of which one was decided about."""
    added = await log.add([made_up_draft(number, route="review") for number in range(4)])
    await log.correct(made_up_correction(1, added[2].draft))


def test_only_an_erasure_is_let_through(database_url: str) -> None:
    """Lines and what is left cannot be changed, nor added out of turn; no answer goes without them."""
    first = "(SELECT digest FROM score_log WHERE serial = 1)"
    statements = [
        "UPDATE erasures SET reason = 'x'",
        "DELETE FROM erasures",
        "UPDATE erased_answers SET digest = 'x'",
        "DELETE FROM erased_answers",
        "INSERT INTO erasures SELECT 3, erased_at, erased_by, reason, previous, digest FROM erasures",
        "INSERT INTO erasures SELECT 1, erased_at, erased_by, reason, previous, digest FROM erasures",
        "INSERT INTO erased_answers VALUES (9, 'x', 1)",
        "INSERT INTO erased_answers VALUES (1, 'x', 1)",
        f"INSERT INTO erased_answers VALUES (2, {first}, 1)",  # noqa: S608 - constants
        f"INSERT INTO erased_answers VALUES (1, {first}, 2)",  # noqa: S608 - constants
        "DELETE FROM score_log WHERE serial = 1",
        "DELETE FROM corrections",
        "UPDATE score_log SET essay_id = ''",
    ]
    if database_url.startswith("sqlite"):
        replacing = "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"
        statements += [replacing.format(table) for table in ("erasures", "erased_answers")]
    else:
        statements += ["TRUNCATE erasures CASCADE", "TRUNCATE erased_answers"]

    async def _work(log: SqlScoreLog) -> None:
        await fill(log)
        last = (await log.records())[-1]
        erasure = await log.erase([last.draft.id], made_up_note(1))
        kept = await log.records()
        for statement in map(text, statements):
            with pytest.raises(RegistryError, match="only ever added to|can be taken out"):
                await log._transactions.write(methodcaller("execute", statement))
        assert (kept, (erasure,)) == (await log.records(), await log.erasures())
        assert 1 == len(await log.corrections())

    on(database_url, _work)


def test_what_is_killed_amid_it_has_done_nothing(tmp_path: Path, postgres: PostgresDatabases) -> None:
    """Right before each of its steps, the commit included; then it is done as if nothing had been."""
    with postgres.new() as server:
        urls = [f"sqlite:///{tmp_path / 'log.sqlite'}", server]
        for url in urls:
            on(url, fill)
        ran = subprocess.run(
            [sys.executable, PROGRAM, *urls],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        killed = [f"{step}: {signal.SIGKILL.value}" for step in STEPS]
        assert 2 * killed == ran.stdout.splitlines(), ran.stderr
        for url in urls:
            on(url, _is_whole_and_erases)


async def _is_whole_and_erases(log: SqlScoreLog) -> None:
    assert () == await log.erasures()
    found = await verify_log(log)
    assert (4, ()) == (found.n, found.breaks)
    assert (1, ()) == ((decided := await verify_corrections(log)).n, decided.breaks)
    assert (3, QueueFaults()) == (len(await log.waiting()), await log.queue_faults())
    await log.erase([record.draft.id for record in await log.records()], made_up_note(1))
    found = await verify_log(log)
    assert (0, (), 4) == (found.n, found.breaks, len(found.erasures[0].answers))
    assert (0, QueueFaults()) == (len(await log.waiting()), await log.queue_faults())


def test_what_was_done_before_it_was_interrupted_is_not_done_again(database_url: str) -> None:
    """The connection went while the database said yes: the second try finds its own line."""

    async def _work(log: SqlScoreLog) -> None:
        await fill(log)
        attempt = Erasing((made_up_draft(1).id, made_up_draft(2).id), made_up_note(1))
        first = await log._transactions.write(attempt)
        assert first == await log._transactions.write(attempt)
        assert (first,) == await log.erasures()

    on(database_url, _work)


def test_many_answers_are_taken_out_at_once(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a database takes in one statement."""
    monkeypatch.setattr(erasing, "AT_ONCE", 2)

    async def _work(log: SqlScoreLog) -> None:
        added = await log.add([made_up_draft(number) for number in range(9)])
        erasure = await log.erase([record.draft.id for record in added[:7]], made_up_note(1))
        assert (7, 2) == (len(erasure.answers), len(await log.records()))
        assert () == (await verify_log(log)).breaks

    on(database_url, _work)


def test_nothing_is_left_in_the_file(tmp_path: Path) -> None:
    """Neither in the file itself nor in its log of changes: no name, digest, word or number."""
    path, gone = tmp_path / "log.sqlite", made_up_draft(2, essay_id="Kim Andersson", values=b"NUMB" * 900)
    correction = made_up_correction(7, gone, reason="weil Kim")

    async def _work(log: SqlScoreLog) -> None:
        await log.add([made_up_draft(1), gone, made_up_draft(3)])
        await log.correct(correction)
        traces = [gone.essay_id, gone.text_sha256, gone.id, "weil Kim", "NUMBNUMB", '"score":2}']
        assert [True] * len(traces) == [each.encode() in _bytes(tmp_path) for each in traces]
        await log.erase([gone.id], made_up_note(1))
        assert [False] * len(traces) == [each.encode() in _bytes(tmp_path) for each in traces]

    on(f"sqlite:///{path}", _work)


def _bytes(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.iterdir()))


def test_who_removes_past_the_database_is_found(tmp_path: Path) -> None:
    """An answer removed without a line, a line made up, and an answer put back from a copy are told apart."""
    path = tmp_path / "log.sqlite"
    url = f"sqlite:///{path}"
    on(url, fill)
    copy = (tmp_path / "copy.sqlite").absolute()
    with closing(sqlite3.connect(path)) as file:
        file.execute("VACUUM INTO ?", (str(copy),))
    on(url, lambda log: log.erase([made_up_draft(0).id], made_up_note(1)))
    with closing(sqlite3.connect(path)) as file:
        file.execute("DROP TRIGGER score_log_no_delete")
        file.execute("DROP TRIGGER erasures_no_update")
        file.execute("DROP TRIGGER score_log_no_replace")
        file.execute("DELETE FROM score_log WHERE serial = 4")
        file.execute("UPDATE erasures SET erased_by = 'nobody'")
        file.execute("ATTACH ? AS copy", (str(copy),))
        file.execute("INSERT INTO main.score_log SELECT * FROM copy.score_log WHERE serial = 1")
        file.commit()
    found = on(url, verify_log)
    assert ["record 1 was taken out for good, and is there", "record 4 is missing"] == list(
        map(str, found.breaks)
    )
    assert ["erasure 1 was changed after it was written"] == list(map(str, found.erasure_breaks))
