"""The worker as a process: it hears until it is asked to end, and then finishes what it began."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gradewise.protocols.events import EventBroker
from gradewise.serving.events.worker import Patience, Worker
from gradewise.serving.signals import signals_heard
from gradewise.workflows.outbox import relay
from gradewise.workflows.scoring.services import Serving


@asynccontextmanager
async def working(
    serving: Serving, broker: EventBroker, *, patience: Patience | None = None, relays: bool = True
) -> AsyncIterator[Worker]:
    """Answer events until the block ends; then finish what is under way.

    Args:
        serving: what answers.
        broker: where events come from and go to; not started yet.
        patience: how long to go on trying.
        relays: whether what waits in the outbox is published there too.

    Raises:
        PlanError: answers are not written down.
        UnavailableError: the broker does not answer.
    """
    worker = Worker(serving, broker, patience=patience)
    await broker.start()
    relaying = None
    if relays and serving.batches is not None:
        relaying = asyncio.create_task(relay(serving.batches, broker), name="outbox")
    try:
        yield worker
    finally:
        worker.drain()
        if relaying is not None:
            relaying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await relaying
        await broker.stop()


async def until_stopped(reload: Callable[[], object], stop: asyncio.Event) -> None:
    """Wait for SIGTERM or Ctrl-C, or until somebody sets `stop`; do something upon SIGHUP."""
    with signals_heard(end=lambda _signal: stop.set(), reload=reload):
        await stop.wait()
