"""What every `ScoreLog` must do."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta, timezone
from typing import TypeVar

import pytest

from gradewise.errors import InputError
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.chain import START, Link, verify
from gradewise.scores.queue import QueueFaults, WaitingCount
from gradewise.scores.records import ScoreRecord
from gradewise.testing.contracts.score_log_erasing import ErasingContract
from gradewise.testing.score_logs import NOON, made_up_correction, made_up_draft
from gradewise.workflows.scoring.verify_corrections import verify_corrections

T = TypeVar("T")
FIFTY, THREE, TWO = 50, 3, 2
MINUTE = timedelta(minutes=1)


class ScoreLogContract(ErasingContract):
    """Inherit, open the log in `opened`, and pytest runs every promise of the port against it.

    The tests take a fixture ``database_url``: the URL of an empty log of their own.
    """

    def test_is_a_log(self, database_url: str) -> None:
        """It has the shape of the port, and knows nothing at first."""

        async def _work(log: ScoreLog) -> None:
            assert isinstance(log, ScoreLog)
            await log.require_writable()
            assert () == await log.add([]) == await log.records() == await log.newest()
            assert await log.waiting() == ()
            assert WaitingCount() == await log.count_waiting()
            assert await log.corrections() == ()
            assert None is await log.find("0" * 32)
            assert (0, START.digest) == await log.origin() == await log.head()
            assert await log.forget(NOON) == 0

        self.on(database_url, _work)

    def test_an_answer_comes_back_as_it_was_told(self, database_url: str) -> None:
        """Every field, any letters and zones, in a chain from the beginning."""
        odd = made_up_draft(
            2,
            essay_id="Elevs uppsats №2 'a' \"b\" 🙂 %",
            made_at=(NOON + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=5))),
            values=bytes(range(256)),
            urgency=0.1 + 0.2,
            route="review",
            arm="shadow",
            task_sha256="a" * 64,
            batch_id="batch 1",
            correlation_id="request-1",
            prediction='{"grade":"C+","score":0.30000000000000004,"å":"\\u0000"}',
        )
        empty = made_up_draft(3, values=b"", essay_id="", grade="")

        async def _work(log: ScoreLog) -> None:
            drafts = (made_up_draft(1), odd, empty)
            added = await log.add(drafts)
            assert drafts == tuple(record.draft for record in added)
            assert added == await log.records()
            assert [record.serial for record in added] == [1, 2, 3]
            assert verify(added, START, head=Link(*await log.head())) == ()

        self.on(database_url, _work)

    def test_what_was_told_stays_once(self, database_url: str) -> None:
        """Told again, alone, among others or with other words, an answer is as it was at first."""

        async def _work(log: ScoreLog) -> None:
            first, second = await log.add([made_up_draft(1), made_up_draft(2)])
            other = made_up_draft(2, grade="A")
            again = await log.add([other, made_up_draft(3), made_up_draft(1), made_up_draft(3, grade="A")])
            assert [second, first] == [again[0], again[2]]
            assert again[1] == again[3]
            assert made_up_draft(3) == again[1].draft
            assert [record.serial for record in await log.records()] == [1, 2, 3]
            assert (first,) == await log.add([made_up_draft(1)])
            assert (await log.head())[0] == THREE

        self.on(database_url, _work)

    def test_many_write_at_once(self, database_url: str) -> None:
        """Fifty writers, of whom each tells of one that another tells of too: no gap, no fork, none twice."""

        async def _work(log: ScoreLog) -> None:
            told = [[made_up_draft(number), made_up_draft(number + 1)] for number in range(FIFTY)]
            answered = await asyncio.gather(*(log.add(drafts) for drafts in told))
            kept = await log.records()
            assert [*range(1, FIFTY + 2)] == [record.serial for record in kept]
            assert verify(kept, START, head=Link(*await log.head())) == ()
            by_id = {record.draft.id: record for record in kept}
            for drafts, records in zip(told, answered, strict=True):
                assert [by_id[draft.id] for draft in drafts] == list(records)

        self.on(database_url, _work)

    def test_answers_are_found(self, database_url: str) -> None:
        """By id or the beginning of one, by essay, by serial page after page, and the newest first."""

        async def _work(log: ScoreLog) -> None:
            ids = ("ab" + "0" * 30, "ab" + "f" * 30, "b" + "0" * 31)
            drafts = [
                made_up_draft(number, id=score_id, essay_id=f"essay-{number % 2}")
                for number, score_id in enumerate(ids)
            ]
            first, second, third = await log.add(drafts)
            assert [first, second, third] == [await log.find(score_id) for score_id in ids]
            assert [second, third] == [await log.find(text) for text in ("abf", "b")]
            for text in ("", "ab", "a", "c", "ABF", "%", "_", "x", ids[0] + "0"):
                assert None is await log.find(text)
            assert (first, third) == await log.records(essay_id="essay-0")
            assert (third,) == await log.records(after=1, essay_id="essay-0")
            assert (second,) == await log.records(after=1, limit=1)
            assert (third, second) == await log.newest(limit=2)

        self.on(database_url, _work)

    def test_whoever_is_to_be_looked_at_waits(self, database_url: str) -> None:
        """Most urgent first, then oldest; what a teacher has decided about waits no longer."""

        async def _work(log: ScoreLog) -> None:
            released = made_up_draft(1, urgency=9.0)
            drafts = [
                made_up_draft(2, route="audit", urgency=0.5),
                made_up_draft(3, route="review", urgency=0.5, model_name="other"),
                made_up_draft(4, route="review", urgency=2.0),
                made_up_draft(5, route="review"),
            ]
            await log.add([released, *drafts])
            assert _serials(await log.waiting()) == [4, 2, 3, 5]
            oldest = drafts[0].made_at
            assert WaitingCount(n_review=3, n_audit=1, oldest=oldest) == await log.count_waiting()
            other = WaitingCount(n_review=1, oldest=drafts[1].made_at)
            assert other == await log.count_waiting(model_name="other")
            assert WaitingCount(n_audit=1, oldest=oldest) == await log.count_waiting(routes=("audit",))
            assert _serials(await log.waiting(limit=2)) == [4, 2]
            assert _serials(await log.waiting(routes=("audit",))) == [2]
            assert _serials(await log.waiting(routes=("release", "review"), limit=2)) == [4, 3]
            assert await log.waiting(routes=()) == ()
            await log.correct(made_up_correction(1, drafts[2]))
            assert _serials(await log.waiting()) == [2, 3, 5]
            assert WaitingCount(n_review=2, n_audit=1, oldest=oldest) == await log.count_waiting()
            assert QueueFaults() == await log.queue_faults() == await log.mend_queue()
            assert _serials(await log.waiting()) == [2, 3, 5]

        self.on(database_url, _work)

    def test_corrections_stay(self, database_url: str) -> None:
        """In the order in which they are told, whatever their times; each once; about answers there are."""
        draft, other, third = (made_up_draft(number) for number in (1, 2, 3))

        async def _work(log: ScoreLog) -> None:
            await log.add([draft, other, third])
            first = made_up_correction(1, draft, reason="därför att 'ja'")
            told = [first, made_up_correction(2, other), made_up_correction(3, draft, corrected_at=NOON)]
            for correction in told:
                assert correction == await log.correct(correction)
            assert first == await log.correct(replace(first, grade="A"))
            assert tuple(told) == await log.corrections()
            assert (told[0], told[2]) == await log.corrections(score_ids=[draft.id, third.id])
            assert await log.corrections(score_ids=[]) == ()
            assert tuple(told[:2]) == await log.corrections(since=NOON + MINUTE)
            with pytest.raises(InputError, match="there is no answer"):
                await log.correct(made_up_correction(4, made_up_draft(4)))
            assert tuple(told) == await log.corrections()

        self.on(database_url, _work)

    def test_corrections_are_chained(self, database_url: str) -> None:
        """In order, each once, told one by one or at once; a link stays when what it is of is forgotten."""

        async def _work(log: ScoreLog) -> None:
            assert await log.correction_links() == ()
            added = await log.add([made_up_draft(number) for number in range(3)])
            for number, place in ((1, 2), (2, 0), (1, 2), (3, 1), (4, 2)):
                await log.correct(made_up_correction(number, added[place].draft))
            links = await log.correction_links()
            assert [(each.serial, each.score_serial) for each in links] == [(1, 3), (2, 1), (3, 2), (4, 3)]
            assert links[1:3] == await log.correction_links(after=1, limit=2)
            found = await verify_corrections(log)
            assert (4, 0, (), Link(4, links[3].digest)) == (
                found.n,
                found.n_forgotten,
                found.breaks,
                found.head,
            )
            await log.forget(NOON + MINUTE)
            assert links == await log.correction_links()
            at_once = (log.correct(made_up_correction(number, added[1].draft)) for number in range(5, 15))
            await asyncio.gather(*at_once)
            found = await verify_corrections(log, known=found.head)
            assert (found.n, found.n_forgotten, found.breaks, found.head.serial) == (13, 1, (), 14)

        self.on(database_url, _work)

    def test_the_oldest_are_forgotten(self, database_url: str) -> None:
        """With what was decided about them; the chain goes on from where it begins now."""

        async def _work(log: ScoreLog) -> None:
            added = await log.add([made_up_draft(number, route="review") for number in range(6)])
            for number in (1, 3):
                await log.correct(made_up_correction(number, added[number].draft))
            assert await log.forget(NOON) == 0
            assert await log.forget(NOON + 3 * MINUTE) == THREE
            assert await log.forget(NOON + 3 * MINUTE) == 0
            assert added[3:] == await log.records()
            assert (3, added[2].digest) == await log.origin()
            assert [each.serial - 1 for each in added if each.draft.id in await _corrected(log)] == [3]
            assert None is await log.find(added[0].draft.id)
            assert await log.forget(NOON + timedelta(days=1)) == THREE
            assert (6, added[5].digest) == await log.origin() == await log.head()
            (later,) = await log.add([made_up_draft(9)])
            assert (7, added[5].digest) == (later.serial, later.previous)
            assert verify([later], Link(*await log.origin()), head=Link(*await log.head())) == ()

        self.on(database_url, _work)

    def test_a_clock_that_was_set_back_loses_nothing(self, database_url: str) -> None:
        """An old answer after a young one stays until the young one goes."""

        async def _work(log: ScoreLog) -> None:
            await log.add([made_up_draft(1), made_up_draft(2, made_at=NOON + timedelta(days=2))])
            await log.add([made_up_draft(3)])
            assert await log.forget(NOON + timedelta(days=1)) == 1
            assert _serials(await log.records()) == [2, 3]
            assert await log.forget(NOON + timedelta(days=3)) == TWO

        self.on(database_url, _work)

    def test_what_would_not_come_back_is_refused(self, database_url: str) -> None:
        """The field is named, and of several answers none is written down."""

        async def _work(log: ScoreLog) -> None:
            for field, value in (
                ("id", "F" * 32),
                ("text_sha256", "short"),
                ("task_sha256", "short"),
                ("made_at", NOON.replace(tzinfo=None)),
                ("urgency", float("nan")),
                ("urgency", -1.0),
                ("values", b"123"),
                ("essay_id", "a\x00b"),
                ("prediction", "\ud800"),
            ):
                with pytest.raises(InputError, match=field):
                    await log.add([made_up_draft(1), made_up_draft(2, **{field: value})])
            assert await log.records() == ()
            (kept,) = await log.add([made_up_draft(1)])
            for field, value in (
                ("id", "x"),
                ("corrected_at", NOON.replace(tzinfo=None)),
                ("reason", "\x00"),
            ):
                with pytest.raises(InputError, match=field):
                    await log.correct(made_up_correction(1, kept.draft, **{field: value}))
            assert await log.corrections() == ()

        self.on(database_url, _work)


async def _corrected(log: ScoreLog) -> set[str]:
    return {correction.score_id for correction in await log.corrections()}


def _serials(records: Sequence[ScoreRecord]) -> list[int]:
    return [record.serial for record in records]
