"""A worker for tests: the real use case over a model that counts words, and whoever asks it by a broker."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

from gradewise.bootstrap.events import broker_at
from gradewise.errors import NotFoundError, UnavailableError
from gradewise.judgement.batches import BatchResult
from gradewise.protocols.events import EventBroker
from gradewise.scores.routing import ReviewRouting
from gradewise.serving.events.messages import (
    BATCH_FAILED,
    BATCH_FINALIZE,
    SCORE_COMPLETED,
    SCORE_FAILED,
    SCORE_REQUESTED,
)
from gradewise.serving.events.running import working
from gradewise.serving.events.worker import Patience, Worker
from gradewise.telemetry import Event
from gradewise.testing.grading_models import MadeUpModel
from gradewise.testing.judged import RememberedBatches, made_up_result
from gradewise.testing.score_logs import MemoryScoreLog
from gradewise.workflows.scoring.arms import Arms
from gradewise.workflows.scoring.scoring import Scoring
from gradewise.workflows.scoring.services import Serving
from gradewise.workflows.scoring.slot import ModelSlot

PATIENCE_S = 25.0
ESSAY = "A perfectly ordinary essay of some words"
HASTY = Patience(pause_s=0.01, longest_pause_s=0.05)


@dataclass
class Service:
    """What a worker answers with."""

    serving: Serving
    model: MadeUpModel
    log: MemoryScoreLog
    batches: RememberedBatches
    heard: list[Event]


async def _finalized(batch_id: str) -> BatchResult:
    """A made-up batch, of which there is one alone."""
    if batch_id == "away":
        raise UnavailableError("the database does not answer")
    if batch_id != "batch-1":
        raise NotFoundError("there is no such batch")
    return made_up_result()


@asynccontextmanager
async def service() -> AsyncIterator[Service]:
    """A service that is up."""
    heard: list[Event] = []
    model, log, batches = MadeUpModel(), MemoryScoreLog(), RememberedBatches()
    scoring = Scoring(
        Arms(SimpleNamespace(current=model)), log=log, readers=2, clock=partial(datetime.now, UTC),
        review=ReviewRouting(audit_rate=0), listener=heard.append,
    )  # fmt: skip
    await scoring.start()
    serving = Serving(
        scoring=scoring, champion=cast("ModelSlot", None), clock=partial(datetime.now, UTC), log=log,
        batches=batches, finalize=_finalized, listener=heard.append,
    )  # fmt: skip
    try:
        yield Service(serving, model, log, batches, heard)
    finally:
        await scoring.close()


@dataclass
class Asker:
    """Asks by a broker, and counts what it hears."""

    broker: EventBroker
    heard: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for topic in (SCORE_COMPLETED, SCORE_FAILED, BATCH_FAILED, "gradewise.batch.finalized"):
            self.heard[topic] = []
            self.broker.listen(topic, partial(self._hear, topic))

    async def _hear(self, topic: str, body: bytes) -> None:
        self.heard[topic].append(json.loads(body))

    async def ask(self, event_id: str, **data: Any) -> None:
        """Ask for a grade, however long the broker is away."""
        await self.send(SCORE_REQUESTED, event_id, {"text": ESSAY, **data})

    async def finalize(self, event_id: str, batch_id: str) -> None:
        """Ask for a batch to be final."""
        await self.send(BATCH_FINALIZE, event_id, {"batch_id": batch_id})

    async def send(self, topic: str, event_id: str, data: dict[str, Any]) -> None:
        """Send an envelope."""
        envelope = {"id": event_id, "schema_version": 1, "correlation_id": f"for-{event_id}", "data": data}
        body = json.dumps(envelope).encode()
        while True:
            try:
                return await self.broker.send(topic, body, key=event_id, event_id=event_id)
            except UnavailableError:
                await asyncio.sleep(0.05)

    def answers(self, topic: str = SCORE_COMPLETED) -> Counter[str]:
        """How often each request was answered."""
        return Counter(each["data"].get("request_id", each["key"]) for each in self.heard[topic])


@asynccontextmanager
async def asker(url: str) -> AsyncIterator[Asker]:
    """Somebody who asks, until the block ends."""
    asking = Asker(broker_at(url, again_after_s=1.0, group="readers", concurrency=1))
    await asking.broker.start()
    try:
        yield asking
    finally:
        await asking.broker.stop()


@asynccontextmanager
async def worker_at(url: str, up: Service, *, patience: Patience = HASTY) -> AsyncIterator[Worker]:
    """A worker of a service, until the block ends."""
    # Kafka's broker for tests has no groups of several that hear.
    broker = broker_at(url, concurrency=1 if url.startswith("kafka") else 4, again_after_s=1.0, drain_s=5.0)
    async with working(up.serving, broker, patience=patience) as worker:
        yield worker


async def until(found: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not found():  # noqa: ASYNC110 - it looks at what others do
            await asyncio.sleep(0.01)
