"""A worker answers each event once, as it did before, and gives up what never comes in time."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from gradewise.errors import DeadlineError
from gradewise.judgement.batches import OutboxEvent
from gradewise.protocols.events import EventBroker, Hear
from gradewise.serving.events.messages import SCORE_COMPLETED, SCORE_FAILED
from gradewise.serving.events.worker import Worker
from gradewise.workflows.scoring.requests import Scored, ScoreRequest
from gradewise.workflows.scoring.scoring import Scoring
from working_service import ESSAY, HASTY, Service, service


@dataclass
class Told:
    """A broker that nobody sends anything by, and that keeps what it is given."""

    events: list[OutboxEvent] = field(default_factory=list)

    def listen(self, topic: str, hear: Hear) -> None:
        """Hear nothing."""

    async def publish(self, event: OutboxEvent) -> None:
        """Keep it."""
        self.events.append(event)

    def said(self, topic: str) -> list[dict[str, Any]]:
        """What was told about that."""
        return [each.payload["data"] for each in self.events if each.topic == topic]


def answered(go: Callable[[Service, Callable[[], Worker]], Awaitable[None]]) -> Told:
    """What workers told, each made where the one before it may have ended."""
    told = Told()

    async def _run() -> None:
        async with service() as up:
            await go(up, lambda: Worker(up.serving, cast("EventBroker", told), patience=HASTY))

    asyncio.run(_run())
    return told


def message(event_id: str, text: str = ESSAY) -> bytes:
    """An event that asks for a grade."""
    return json.dumps({"id": event_id, "schema_version": 1, "data": {"text": text}}).encode()


def test_an_event_that_comes_again_is_answered_from_the_log() -> None:
    """By another worker too; an id that asked for another essay before is no way to its grade."""

    async def go(up: Service, worker: Callable[[], Worker]) -> None:
        for text in (ESSAY, ESSAY, f"{ESSAY} and one more"):
            await worker().score(message("e-1", text))
        assert 1 == len(await up.log.records())

    told = answered(go)
    first, again = told.said(SCORE_COMPLETED)
    assert first == again
    (refused,) = told.said(SCORE_FAILED)
    assert ("input", 1) == (refused["reason"], refused["tries"])
    assert "another essay before" in refused["detail"]


def test_what_a_worker_remembers_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that it has forgotten is answered once more, from the log."""
    monkeypatch.setattr("gradewise.serving.events.worker.REMEMBERED", 1)

    async def go(up: Service, worker: Callable[[], Worker]) -> None:
        one = worker()
        for event_id in ("e-1", "e-1", "e-2", "e-1"):
            await one.score(message(event_id))
        assert 2 == len(await up.log.records())

    assert ["e-1", "e-2", "e-1"] == [each["request_id"] for each in answered(go).said(SCORE_COMPLETED)]


def test_a_request_that_was_mended_is_answered_under_its_id() -> None:
    """By the same worker: it knows that it refused what came under the id before, and has not graded it."""

    async def go(up: Service, worker: Callable[[], Worker]) -> None:
        one = worker()
        for text in (" ", ESSAY, ESSAY):
            await one.score(message("e-1", text))
        assert 1 == len(await up.log.records())

    told = answered(go)
    assert [["e-1"], ["e-1"]] == [
        [each["request_id"] for each in told.said(topic)] for topic in (SCORE_FAILED, SCORE_COMPLETED)
    ]


def test_an_event_that_comes_twice_at_once_is_answered_once() -> None:
    """A broker that was away for a moment may send what is still being answered."""

    async def go(up: Service, worker: Callable[[], Worker]) -> None:
        one = worker()
        await asyncio.gather(one.score(message("e-1")), one.score(message("e-1")))
        assert 1 == up.model.n_read

    assert 1 == len(answered(go).said(SCORE_COMPLETED))


@pytest.mark.parametrize("others", ["e" * 200, ""], ids=["too long", "empty"])
def test_events_without_an_id_of_their_own_are_refused_one_by_one(others: str) -> None:
    """Ids that are too long and begin alike are two, and answers to both have ids of their own."""

    async def go(up: Service, worker: Callable[[], Worker]) -> None:
        one = worker()
        for end in ("12", "34") if others else ("", ""):
            await one.score(message(others + end, f"{ESSAY} {end or len(told_ids)}"))
            told_ids.append(end)
        assert not await up.log.records()

    told_ids: list[str] = []
    events = answered(go).events
    assert 2 == len({event.id for event in events}) == len({event.key for event in events})
    assert {SCORE_FAILED} == {event.topic for event in events}
    assert all(event.key.startswith("sha256:") for event in events)


def test_what_is_never_read_in_time_is_given_up() -> None:
    """A text that takes too long is no database that will be back: it is tried three times, and told of."""

    class Late:
        async def score(self, request: ScoreRequest) -> Scored:
            raise DeadlineError(f"{request.essay.id} could not be read in time")

    async def go(up: Service, worker: Callable[[], Worker]) -> None:
        up.serving = replace(up.serving, scoring=cast("Scoring", Late()))
        await asyncio.wait_for(worker().score(message("e-1")), 10)

    (failed,) = answered(go).said(SCORE_FAILED)
    assert ("deadline", 3) == (failed["reason"], failed["tries"])
