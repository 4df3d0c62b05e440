"""Answers are written down before they are given, and none that was given is lost."""

import asyncio
import contextlib
import fcntl
import os
import resource
from collections.abc import Sequence
from pathlib import Path

import pytest

from gradewise.errors import InputError, RegistryError, UnavailableError
from gradewise.scores.records import ScoreDraft, ScoreRecord
from gradewise.service_events import ScoreLogChanged
from gradewise.testing.score_logs import MemoryScoreLog, made_up_draft
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.keeping import MOST_CAUSES, Keeping
from gradewise.workflows.scoring.log_writer import MOST_AT_ONCE, LogWriter
from gradewise.workflows.scoring.spool import ROOM_BYTES, Spool


class Log(MemoryScoreLog):
    """A log that can be away or hang, and remembers how many answers came at once."""

    def __init__(self) -> None:
        super().__init__()
        self.state = "there"
        self.groups: list[int] = []
        self.let_go = asyncio.Event()

    async def add(self, drafts: Sequence[ScoreDraft]) -> tuple[ScoreRecord, ...]:
        """Do what its state says."""
        self.groups.append(len(drafts))
        if self.state == "away":
            raise UnavailableError("the database does not answer")
        if self.state == "hangs":
            await asyncio.sleep(3600)
        if self.state == "deaf":
            await _whatever_is_said(self.let_go)
        if self.state == "broken":
            raise RuntimeError("a fault")
        if self.state == "changed":
            raise RegistryError("the tables are another's")
        await asyncio.sleep(0)
        return await super().add(drafts)

    async def require_writable(self) -> None:
        """Do what its state says."""
        if self.state == "changed":
            raise RegistryError("the tables are another's")
        if self.state != "there":
            raise UnavailableError("the database does not answer")


async def _whatever_is_said(event: asyncio.Event) -> None:
    """Wait as a driver does whose thread waits for a lock: it ends when that does, cancelled or not."""
    waiting = asyncio.ensure_future(event.wait())
    while not waiting.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(waiting)


async def ids(log: Log) -> list[str]:
    """What is in the log, in order."""
    return [record.draft.id for record in await log.records()]


def test_what_comes_meanwhile_is_written_together() -> None:
    """Forty answers at once take two transactions, in the order in which they came."""
    drafts, log = [made_up_draft(n) for n in range(40)], Log()

    async def go() -> list[bool]:
        writer = LogWriter(log)
        assert 0 == await writer.start()
        logged = await asyncio.gather(*(writer.write([each]) for each in drafts))
        await writer.close()
        return logged

    assert [True] * 40 == asyncio.run(go())
    assert [40] == log.groups
    assert [each.id for each in drafts] == asyncio.run(ids(log))


def test_what_comes_a_little_later_goes_along() -> None:
    """Requests that are read from their sockets one turn of the loop after the other share a transaction."""
    log = Log()

    async def go() -> list[bool]:
        writer, writing = LogWriter(log), []
        for n in range(5):
            writing.append(asyncio.create_task(writer.write([made_up_draft(n)])))
            await asyncio.sleep(0)
        logged = await asyncio.gather(*writing)
        await writer.close()
        return logged

    assert [True] * 5 == asyncio.run(go())
    assert [5] == log.groups


def test_who_ends_finishes_what_was_begun() -> None:
    """An answer that is being written down is in the log when `close` returns."""
    log = Log()

    async def go() -> list[str]:
        writer = LogWriter(log)
        writing = asyncio.create_task(writer.write([made_up_draft(1)]))
        await asyncio.sleep(0)
        await writer.close()
        found = await ids(log)
        assert await writing
        return found

    assert [made_up_draft(1).id] == asyncio.run(go())


def test_nobody_waits_for_ever_for_those_who_come_later() -> None:
    """Where something comes in every turn, answers are written all the same."""
    log = Log()

    async def go() -> int:
        writer = LogWriter(log)
        writing = [asyncio.create_task(writer.write([made_up_draft(0)]))]
        while not writing[0].done():
            await asyncio.sleep(0)
            writing.append(asyncio.create_task(writer.write([made_up_draft(len(writing))])))
        await asyncio.gather(*writing)
        await writer.close()
        return len(writing)

    assert asyncio.run(go()) == sum(log.groups)
    assert 1 < len(log.groups)


def test_a_transaction_has_a_bound() -> None:
    """More than fit one transaction are written by several, those of one request never divided."""
    log = Log()

    async def go() -> None:
        writer = LogWriter(log)
        await asyncio.gather(
            *(writer.write([made_up_draft(300 * n + k) for k in range(300)]) for n in range(3))
        )
        await asyncio.gather(*(writer.write([made_up_draft(900 + n)]) for n in range(MOST_AT_ONCE + 1)))

    asyncio.run(go())
    assert [300, 300, 300, MOST_AT_ONCE, 1] == log.groups
    assert MOST_AT_ONCE < 600


@pytest.mark.parametrize("state", ["away", "hangs", "changed"])
def test_answers_wait_on_disk_while_the_log_is_away(state: str, tmp_path: Path) -> None:
    """They are given, the log is left alone for a while, and as soon as it is back it has them all."""
    log, breaker = Log(), Breaker(failures=1, pause_s=0.001)
    log.state = state

    async def go() -> list[bool]:
        spool = Spool(tmp_path)
        writer = LogWriter(log, spool=spool, within_s=0.05, ask_every_s=0.01, breaker=breaker)
        given = [await writer.write([made_up_draft(n)]) for n in range(3)]
        assert spool.waiting().drafts
        log.state = "there"
        while spool.waiting().drafts:  # noqa: ASYNC110 - it is emptied by a thread
            await asyncio.sleep(0.01)
        given.append(await writer.write([made_up_draft(3)]))
        await writer.close()
        return given

    assert [False, False, False, True] == asyncio.run(go())
    assert {made_up_draft(n).id for n in range(4)} == set(asyncio.run(ids(log)))
    assert not list(tmp_path.iterdir())


def test_a_log_that_was_away_is_left_alone(tmp_path: Path) -> None:
    """The next answers do not wait for it."""
    log = Log()
    log.state = "away"

    async def go() -> None:
        writer = LogWriter(log, spool=Spool(tmp_path), ask_every_s=3600)
        for n in range(3):
            assert not await writer.write([made_up_draft(n)])
        asked = len(log.groups)
        assert not await writer.write([made_up_draft(3)])
        assert asked == len(log.groups)
        await writer.close()

    asyncio.run(go())


def test_a_log_that_lets_nobody_go_is_not_waited_for(tmp_path: Path) -> None:
    """Answers go to the disk in time, nothing more is asked meanwhile, and at last the log has each once."""
    drafts, log = [made_up_draft(n) for n in range(4)], Log()

    async def go() -> None:
        writer = LogWriter(log, spool=Spool(tmp_path), within_s=0.01, ask_every_s=0.01)
        log.state = "deaf"
        async with asyncio.timeout(30):
            assert [False, False, False] == [await writer.write([each]) for each in drafts[:3]]
        assert [1] == log.groups
        log.state = "there"
        log.let_go.set()
        while len(await ids(log)) < 3:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
        await writer.close()

    asyncio.run(go())
    assert {each.id for each in drafts[:3]} == set(asyncio.run(ids(log)))
    assert [] == list(tmp_path.iterdir())


def test_what_an_ended_process_left_behind_is_written_at_the_next_start(tmp_path: Path) -> None:
    """A new process takes over the spool of one that has ended, and not that of one that lives."""
    left, alive = Spool(tmp_path), Spool(tmp_path)
    left.keep([made_up_draft(1), made_up_draft(2)])
    left.close()
    alive.keep([made_up_draft(3)])
    log = Log()

    async def go() -> int:
        writer = LogWriter(log, spool=Spool(tmp_path))
        adopted = await writer.start()
        await writer.close()
        return adopted

    assert 2 == asyncio.run(go())
    assert [made_up_draft(1).id, made_up_draft(2).id] == asyncio.run(ids(log))
    assert (made_up_draft(3),) == alive.waiting().drafts
    alive.close()


def test_without_a_spool_an_answer_is_refused() -> None:
    """What cannot be written down is not given."""
    log = Log()
    log.state = "away"

    async def go() -> None:
        writer = LogWriter(log)
        for words in ("does not answer", "unlogged"):
            with pytest.raises(UnavailableError, match=words):
                await writer.write([made_up_draft(1)])
        await writer.close()

    asyncio.run(go())


@pytest.mark.parametrize("comes_back", ["log", "spool"])
def test_where_nothing_can_be_written_is_told_once_and_ends_by_itself(
    comes_back: str, tmp_path: Path
) -> None:
    """Nobody sends essays to a service that is not ready, so that it looks for room without any."""
    log, heard, place = Log(), list[ScoreLogChanged](), tmp_path / "spool"
    log.state = "away"
    place.write_text("in the way")

    async def go() -> bool:
        writer = LogWriter(log, spool=Spool(place), ask_every_s=0.01, listener=heard.append)
        for n in range(5):
            with pytest.raises(UnavailableError, match="cannot be written"):
                await writer.write([made_up_draft(n)])
            assert writer.is_unwritable
        if comes_back == "log":
            log.state = "there"
        else:
            place.unlink()
        async with asyncio.timeout(30):
            while writer.is_unwritable:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.005)
        given = await writer.write([made_up_draft(9)])
        await writer.close()
        return given

    assert (comes_back == "log") is asyncio.run(go())
    state = "kept" if comes_back == "log" else "away"
    assert ["unwritable", state] == list(dict.fromkeys(each.state for each in heard))
    assert "database does not answer" in heard[0].reason
    assert "cannot be written" in heard[0].reason
    assert 1 == sum(each.state == "unwritable" for each in heard)


def test_causes_are_told_once_each_and_not_without_end() -> None:
    """Another cause is told, the same one is not, nor a hundred; after an answer in the log they are anew."""
    heard = list[ScoreLogChanged]()
    keeping = Keeping(heard.append)
    for words in ("away", "full", "away"):
        keeping.log_failed(UnavailableError(words))
        keeping.spooled()
    assert ["away", "full"] == [each.reason for each in heard]
    keeping.logged()
    keeping.log_failed(UnavailableError("away"))
    for n in range(100):
        keeping.refused(UnavailableError(f"no room for {n}"))
    assert ScoreLogChanged("kept") == heard[2]
    assert ScoreLogChanged("unwritable", "away; no room for 0") == heard[3]
    assert 3 + MOST_CAUSES == len(heard)


def test_a_spool_says_whether_there_is_room(tmp_path: Path) -> None:
    """Looking leaves nothing behind."""
    Spool(tmp_path, limit_bytes=ROOM_BYTES).require_room()
    spool = Spool(tmp_path / "other", limit_bytes=ROOM_BYTES)
    spool.keep([made_up_draft(1)])
    with pytest.raises(UnavailableError, match="bring the score log back"):
        spool.require_room()
    assert (made_up_draft(1),) == spool.waiting().drafts
    spool.close()


def test_errors_reach_who_asked() -> None:
    """A fault of the log is told to everybody who waited for it; an unsound answer to its asker alone."""
    log = Log()

    async def go() -> None:
        writer = LogWriter(log)
        unsound, sound = await asyncio.gather(
            writer.write([made_up_draft(1, essay_id="\0")]),
            writer.write([made_up_draft(2)]),
            return_exceptions=True,
        )
        assert isinstance(unsound, InputError)
        assert sound is True
        log.state = "broken"
        with pytest.raises(RuntimeError):
            await writer.write([made_up_draft(3)])
        await writer.close()

    asyncio.run(go())


def test_an_answer_is_on_the_disk_before_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loss of power right after `keep` loses nothing: the system was told to write it, and has."""
    synced, sync = list[int](), os.fsync

    def _synced(descriptor: int) -> None:
        sync(descriptor)
        synced.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", _synced)
    spool = Spool(tmp_path)
    for n in range(2):
        spool.keep([made_up_draft(n)])
        (file,) = tmp_path.iterdir()
        assert file.stat().st_size == synced[-1]
    spool.close()


def test_an_unfinished_line_is_no_damage(tmp_path: Path) -> None:
    """The machine stopped while it was written, and its answer was not given: nobody need look at it."""
    spool = Spool(tmp_path)
    spool.keep([made_up_draft(1)])
    spool.close()
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes() + file.read_bytes()[:300])
    other = Spool(tmp_path)
    assert 1 == other.adopt()
    other.forget(other.waiting())
    other.close()
    assert [] == list(tmp_path.iterdir())


def test_a_spool_keeps_what_is_whole(tmp_path: Path) -> None:
    """Damaged and unfinished lines are passed over alone; a full spool refuses, and keeps what it has."""
    spool = Spool(tmp_path, limit_bytes=2_000)
    drafts = [made_up_draft(1, prediction='{"message":"åäö\\n"}'), made_up_draft(2)]
    spool.keep(drafts)
    assert tuple(drafts) == spool.waiting().drafts
    with pytest.raises(UnavailableError, match="of 2000 bytes"):
        spool.keep([made_up_draft(n) for n in range(9)])
    (file,) = tmp_path.iterdir()
    spool.close()
    file.write_bytes(b"x" + file.read_bytes() + file.read_bytes()[:300])
    other = Spool(tmp_path)
    assert 1 == other.adopt()
    assert (made_up_draft(2),) == other.waiting().drafts
    other.forget(other.waiting())
    assert other.is_empty
    other.close()
    assert [file.with_suffix(".damaged")] == list(tmp_path.iterdir())


def test_what_was_left_behind_is_taken_over_however_much_it_is(tmp_path: Path) -> None:
    """By a disk and a spool that are full of it: where it lies, in pieces, and gone piece by piece."""
    for n in range(2):
        left = Spool(tmp_path)
        left.keep([made_up_draft(2 * n), made_up_draft(2 * n + 1)])
        left.close()
    files = {path: path.read_bytes() for path in tmp_path.iterdir()}
    spool = Spool(tmp_path, limit_bytes=ROOM_BYTES // 8)
    assert 4 == spool.adopt()
    assert files == {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(UnavailableError, match="bring the score log back"):
        spool.keep([made_up_draft(5)])
    found = set[str]()
    while (waiting := spool.waiting(most=1)).file:
        (draft,) = waiting.drafts
        found.add(draft.id)
        spool.forget(waiting)
    assert {made_up_draft(n).id for n in range(4)} == found
    assert [] == list(tmp_path.iterdir())
    spool.close()


def test_what_a_full_disk_took_of_an_answer_harms_no_other(tmp_path: Path) -> None:
    """A line that did not fit is taken back, so that the next one does not stand behind half of it."""
    spool = Spool(tmp_path)
    spool.keep([made_up_draft(1)])
    (file,) = tmp_path.iterdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 100, before[1]))
    try:
        with pytest.raises(UnavailableError, match="cannot be written"):
            spool.keep([made_up_draft(2)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    spool.keep([made_up_draft(3)])
    assert (made_up_draft(1), made_up_draft(3)) == spool.waiting().drafts
    spool.close()


def test_nothing_is_kept_in_a_file_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process may take a new file for one that was left behind, and remove it before it is held."""
    lock, others = fcntl.flock, [1]

    def _too_late(descriptor: int, how: int) -> None:
        if others:
            others.pop()
            (file,) = tmp_path.iterdir()
            file.unlink()
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", _too_late)
    spool = Spool(tmp_path)
    with pytest.raises(UnavailableError, match="held by another process"):
        spool.keep([made_up_draft(1)])
    spool.keep([made_up_draft(2)])
    assert (made_up_draft(2),) == spool.waiting().drafts
    spool.close()


def test_a_line_that_was_damaged_midway_is_kept_aside(tmp_path: Path) -> None:
    """Also by the process that wrote it: nothing else of it is held up, and nothing of it thrown away."""
    spool = Spool(tmp_path)
    spool.keep([made_up_draft(1), made_up_draft(2)])
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes().replace(b'"essay_id":', b'"essay-id":', 1))
    assert (made_up_draft(2),) == spool.waiting().drafts
    spool.forget(spool.waiting())
    spool.close()
    assert [file.with_suffix(".damaged")] == list(tmp_path.iterdir())


def test_a_spool_forgets_only_what_was_written(tmp_path: Path) -> None:
    """What came while the log took the first ones still waits."""
    spool = Spool(tmp_path)
    assert () == spool.waiting().drafts
    spool.forget(spool.waiting())
    spool.keep([made_up_draft(1)])
    waiting = spool.waiting()
    spool.keep([made_up_draft(2)])
    spool.forget(waiting)
    assert (made_up_draft(2),) == spool.waiting().drafts
    spool.forget(spool.waiting())
    assert spool.is_empty
    spool.keep([made_up_draft(3)])
    assert (made_up_draft(3),) == spool.waiting().drafts
    spool.close()
    spool.close()


def test_a_spool_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """Where there is a file in the place of the directory, the error names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="cannot be written"):
        Spool(tmp_path / "file" / "spool").keep([made_up_draft(1)])
