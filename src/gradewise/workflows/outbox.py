"""Events are carried from the outbox to a broker: at least once, in order within what each is about."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gradewise.errors import UnavailableError
from gradewise.protocols.scoring import Batches, EventPublisher

EVERY_S = 1.0
"""From one look at the outbox to the next, in seconds."""
LONGEST_PAUSE_S = 60.0
"""Between attempts at a broker or a database that does not answer, in seconds."""
AT_ONCE = 100
"""Events that are read at once."""
MOST_FAILURES = 3
"""Events in a row that the broker does not take, after which it is left alone for a while."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Relayed:
    """What came of one look."""

    published: int
    """Events that the broker has."""
    failed: int
    """Events that it has not taken."""
    held_back: int
    """Events behind those, about the same, or that were not tried any more."""


async def relay_once(batches: Batches, publisher: EventPublisher, *, limit: int = AT_ONCE) -> Relayed:
    """Hand over what waits, each event marked once the broker has it.

    Who dies between the two has handed an event over that waits still: it is handed over again, and whoever
    hears it twice knows it by its id. Behind an event that is not taken, those with its key wait.

    Args:
        batches: With the outbox.
        publisher: To the broker.
        limit: Events at the most.

    Raises:
        UnavailableError: the database does not answer.
    """
    blocked: set[str] = set()
    published = failed = held_back = in_a_row = 0
    for event in await batches.waiting_events(limit=limit):
        if event.key in blocked or in_a_row >= MOST_FAILURES:
            held_back += 1
            continue
        try:
            await publisher.publish(event)
        except UnavailableError as error:
            _log.warning(
                "event_not_taken", extra={"event_id": event.id, "topic": event.topic, "why": str(error)}
            )
            blocked.add(event.key)
            failed, in_a_row = failed + 1, in_a_row + 1
            continue
        await batches.published([event.id])
        published, in_a_row = published + 1, 0
    return Relayed(published, failed, held_back)


async def relay(
    batches: Batches,
    publisher: EventPublisher,
    *,
    every_s: float = EVERY_S,
    longest_pause_s: float = LONGEST_PAUSE_S,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Carry events until it is cancelled; what does not answer is tried again, ever more rarely.

    Args:
        batches: With the outbox.
        publisher: To the broker.
        every_s: Seconds between looks while all goes well.
        longest_pause_s: Seconds between looks at the most.
        pause: Waits so many seconds.
    """
    wait_s = every_s
    while True:
        try:
            done = await relay_once(batches, publisher)
        except UnavailableError as error:
            _log.warning("outbox_not_read", extra={"why": str(error)})
            done = Relayed(0, 1, 0)
        wait_s = every_s if not done.failed else min(2 * wait_s, longest_pause_s)
        if done.failed or done.published < AT_ONCE:
            await pause(wait_s)
