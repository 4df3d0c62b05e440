"""What carries events from and to others: a broker."""

from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from gradewise.protocols.scoring import EventPublisher

Hear = Callable[[bytes], Awaitable[None]]
"""Does what a message asks for; when it returns, the message is acknowledged, and when it raises, it is given
back and comes again."""


@runtime_checkable
class EventBroker(EventPublisher, Protocol):
    """Carries events both ways; made and used within one event loop.

    At least once: what is not acknowledged comes again, to whichever worker of the same group, also after the
    broker or the worker was away. In no order.
    """

    def listen(self, topic: str, hear: Hear) -> None:
        """Say who hears of a topic; before `start`."""
        ...

    async def start(self) -> None:
        """Connect, make what is missing there, and begin to hear.

        Raises:
            UnavailableError: the broker does not answer, or could not keep events.
        """
        ...

    async def stop(self) -> None:
        """Hear nothing more, finish what was begun, and disconnect; may be called twice."""
        ...

    async def send(self, topic: str, body: bytes, *, key: str, event_id: str) -> None:
        """Hand a message over; when this returns, the broker keeps it.

        Raises:
            UnavailableError: the broker does not take it; it may be handed over again.
        """
        ...
