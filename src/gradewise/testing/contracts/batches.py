"""What every `Batches` must do."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from gradewise.errors import InputError
from gradewise.judgement.batches import BatchResult, JudgedBatch, OutboxEvent
from gradewise.protocols.scoring import Batches
from gradewise.testing.judged import NOON, made_up_batch, made_up_event, made_up_result

T = TypeVar("T")
TWENTY = 20


class BatchesContract:
    """Inherit, open batches that hold what they are given in `opened`, and pytest runs every promise.

    The tests take a fixture ``database_url``: the URL of an empty database of their own, which an
    implementation without one may ignore.
    """

    def opened(self, url: str, batches: Sequence[JudgedBatch]) -> AbstractAsyncContextManager[Batches]:
        """Batches in a database, the last given being the newest."""
        raise NotImplementedError

    def on(
        self, url: str, work: Callable[[Batches], Awaitable[T]], *, batches: Sequence[JudgedBatch] = ()
    ) -> T:
        """Do something with batches within one event loop."""

        async def _work() -> T:
            async with self.opened(url, batches) as opened:
                return await work(opened)

        return asyncio.run(_work())

    def test_a_batch_comes_back_as_it_is(self, database_url: str) -> None:
        """Essays by id with their texts, anchors with their grades, comparisons in their order."""
        first, second = made_up_batch("batch-1"), made_up_batch("batch-2", seed=2)

        async def _work(batches: Batches) -> None:
            assert isinstance(batches, Batches)
            assert first == await batches.batch("batch-1")
            assert second == await batches.batch("batch-2")
            assert await batches.batch_ids() == ("batch-2", "batch-1")
            assert await batches.batch_ids(limit=1) == ("batch-2",)

        self.on(database_url, _work, batches=(first, second))

    def test_a_batch_that_is_not_there_is_refused(self, database_url: str) -> None:
        """The message names it."""

        async def _work(batches: Batches) -> None:
            assert await batches.batch_ids() == ()
            assert await batches.result("batch-7") is None
            with pytest.raises(InputError, match="batch-7"):
                await batches.batch("batch-7")

        self.on(database_url, _work)

    def test_what_a_batch_came_to_is_kept_once(self, database_url: str) -> None:
        """Every figure to the last digit; whoever decides again gets what was kept, and is not asked."""
        result, event = made_up_result(), made_up_event(1)

        async def _work(batches: Batches) -> None:
            assert await batches.result("batch-1") is None
            assert result == await batches.finalize("batch-1", lambda: (result, (event,)))
            assert result == await batches.finalize("batch-1", _never)
            assert result == await batches.result("batch-1")
            assert list(result.essays[0].probabilities) == ["D", "C"]
            assert (event,) == await batches.waiting_events()

        self.on(database_url, _work)

    def test_of_many_at_once_one_decides(self, database_url: str) -> None:
        """All get the same; there is one event."""
        deciders = []

        def decider(number: int) -> Callable[[], tuple[BatchResult, Sequence[OutboxEvent]]]:
            def decide() -> tuple[BatchResult, Sequence[OutboxEvent]]:
                deciders.append(number)
                return made_up_result(), (made_up_event(number),)

            return decide

        async def _work(batches: Batches) -> None:
            results = await asyncio.gather(
                *(batches.finalize("batch-1", decider(number)) for number in range(TWENTY))
            )
            assert {made_up_result().batch_id} == {result.batch_id for result in results}
            assert len(deciders) == 1 == len(await batches.waiting_events())

        self.on(database_url, _work)

    def test_a_decision_that_fails_leaves_nothing(self, database_url: str) -> None:
        """Neither a result nor an event; the next one decides."""

        async def _work(batches: Batches) -> None:
            with pytest.raises(InputError, match="on purpose"):
                await batches.finalize("batch-1", _failing)
            assert await batches.result("batch-1") is None
            assert await batches.waiting_events() == ()
            await batches.finalize("batch-1", lambda: (made_up_result(), ()))

        self.on(database_url, _work)

    def test_events_wait_until_they_are_published(self, database_url: str) -> None:
        """In the order in which they were written; said twice or of an unknown one, nothing happens."""
        events = [made_up_event(number) for number in (3, 1, 2)]

        async def _work(batches: Batches) -> None:
            await batches.finalize("batch-1", lambda: (made_up_result(), events))
            assert events == list(await batches.waiting_events())
            assert events[:2] == list(await batches.waiting_events(limit=2))
            for _ in range(2):
                await batches.published([events[0].id, "0" * 32])
            await batches.published([])
            assert events[1:] == list(await batches.waiting_events())

        self.on(database_url, _work)

    def test_published_events_are_forgotten(self, database_url: str) -> None:
        """By when they were published; what waits stays however old it is, and a final batch stays final."""
        events = [made_up_event(number) for number in (3, 1, 2)]
        later = datetime.now(UTC) + timedelta(hours=1)

        async def _work(batches: Batches) -> None:
            final = await batches.finalize("batch-1", lambda: (made_up_result(), events))
            await batches.published([events[0].id])
            assert 0 == await batches.count_published(NOON) == await batches.forget_published(NOON)
            assert 1 == await batches.count_published(later) == await batches.forget_published(later)
            assert await batches.forget_published(later) == 0
            assert events[1:] == list(await batches.waiting_events())
            await batches.published([events[0].id])
            assert final == await batches.finalize("batch-1", _never)

        self.on(database_url, _work)


def _never() -> tuple[BatchResult, Sequence[OutboxEvent]]:
    raise AssertionError("the batch is final already")


def _failing() -> tuple[BatchResult, Sequence[OutboxEvent]]:
    raise InputError("refused on purpose")
