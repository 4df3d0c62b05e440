"""What every `ScoreLog` must do where answers about one person are to go."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import TypeVar

import pytest

from gradewise.errors import InputError, NotFoundError
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.chain import START, Link
from gradewise.scores.correction_chain import CorrectionBreak
from gradewise.scores.queue import WaitingCount
from gradewise.testing.score_logs import NOON, made_up_correction, made_up_draft, made_up_note
from gradewise.workflows.scoring.verify_corrections import VerifiedCorrections, verify_corrections
from gradewise.workflows.scoring.verify_log import verify_log

T = TypeVar("T")
SOME = 4
MINUTE = timedelta(minutes=1)


class ErasingContract:
    """The part of the contract of a score log that is about erasures."""

    def opened(self, url: str) -> AbstractAsyncContextManager[ScoreLog]:
        """The log in a database."""
        raise NotImplementedError

    def on(self, url: str, work: Callable[[ScoreLog], Awaitable[T]]) -> T:
        """Do something with the log within one event loop."""

        async def _work() -> T:
            async with self.opened(url) as log:
                return await work(log)

        return asyncio.run(_work())

    def test_answers_about_one_person_are_taken_out(self, database_url: str) -> None:
        """From the middle and the end, with what was decided and what waits; both chains hold."""

        async def _work(log: ScoreLog) -> None:
            assert await log.erasures() == ()
            added = await log.add([made_up_draft(number, route="review") for number in range(6)])
            for number in (1, 2, 3):
                await log.correct(made_up_correction(number, added[number].draft))
            gone = [added[place].draft.id for place in (5, 2, 0, 2)]
            first = await log.erase(gone, made_up_note(1, reason="därför att 'ja'"))
            assert (first,) == await log.erasures()
            places = tuple(Link(added[place].serial, added[place].digest) for place in (0, 2, 5))
            assert (1, places, START.digest) == (first.serial, first.answers, first.previous)
            assert (added[1], added[3], added[4]) == await log.records()
            assert (added[4],) == await log.waiting()
            assert WaitingCount(n_review=1, oldest=added[4].draft.made_at) == await log.count_waiting()
            assert [added[1].draft.id, added[3].draft.id] == [e.score_id for e in await log.corrections()]
            assert await log.find(gone[1]) is None
            assert (6, added[5].digest) == await log.head()
            (later,) = await log.add([made_up_draft(9)])
            assert (7, added[5].digest) == (later.serial, later.previous)
            second = await log.erase([later.draft.id], made_up_note(2))
            assert (2, first.digest) == (second.serial, second.previous)
            found = await verify_log(log, known=places[1], known_erasure=Link(1, first.digest))
            assert (3, (), (first, second), ()) == (
                found.n, found.breaks, found.erasures, found.erasure_breaks,
            )  # fmt: skip
            assert _gist(await verify_corrections(log)) == (2, 1, ())

        self.on(database_url, _work)

    def test_an_erasure_that_cannot_be_takes_nothing_out(self, database_url: str) -> None:
        """Of nothing, of an answer that is not there among others, or without a word of who and why."""

        async def _work(log: ScoreLog) -> None:
            added = await log.add([made_up_draft(number) for number in range(3)])
            ids = [record.draft.id for record in added]
            with pytest.raises(InputError, match="name at least one"):
                await log.erase([], made_up_note(1))
            with pytest.raises(NotFoundError, match="there is no answer"):
                await log.erase([*ids, "0" * 32], made_up_note(1))
            for field, value, words in (
                ("reason", " ", "why answers are taken out is not said"),
                ("erased_by", "", "who takes answers out is not said"),
                ("reason", "a\x00b", "reason"),
                ("erased_at", NOON.replace(tzinfo=None), "erased_at"),
            ):
                with pytest.raises(InputError, match=words):
                    await log.erase(ids, made_up_note(1, **{field: value}))
            assert (added, ()) == (await log.records(), await log.erasures())

        self.on(database_url, _work)

    def test_erased_answers_and_forgotten_ones_go_together(self, database_url: str) -> None:
        """Old answers around those that were taken out are pruned; whatever is left is a whole chain."""

        async def _work(log: ScoreLog) -> None:
            added = await log.add([made_up_draft(number) for number in range(6)])
            await log.correct(made_up_correction(1, added[4].draft))
            await log.erase([added[place].draft.id for place in (0, 2, 3, 5)], made_up_note(1))
            for before, left, origin in ((NOON + 3 * MINUTE, 1, 2), (NOON + timedelta(days=1), 0, 5)):
                assert await log.forget(before) == 1
                found = await verify_log(log)
                assert (left, (), origin) == (found.n, found.breaks, (await log.origin())[0])
            assert _gist(await verify_corrections(log)) == (0, 1, ())
            assert (6, added[5].digest) == await log.head()

        self.on(database_url, _work)

    def test_erasing_goes_on_beside_writing(self, database_url: str) -> None:
        """Answers come and go at once: none is lost, none left, and the chains hold."""

        async def _work(log: ScoreLog) -> None:
            added = await log.add([made_up_draft(number) for number in range(SOME)])
            erasing = [log.erase([record.draft.id], made_up_note(record.serial)) for record in added[::2]]
            writing = [log.add([made_up_draft(number)]) for number in range(SOME, 2 * SOME)]
            await asyncio.gather(*erasing, *writing)
            found = await verify_log(log)
            assert (found.n, found.breaks, len(found.erasures), found.erasure_breaks) == (6, (), 2, ())

        self.on(database_url, _work)


def _gist(found: VerifiedCorrections) -> tuple[int, int, tuple[CorrectionBreak, ...]]:
    return found.n, found.n_forgotten, found.breaks
