"""What all brokers have in common: events as JSON, acknowledgement by hand, foreign errors translated."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gradewise.errors import UnavailableError
from gradewise.judgement.batch_events import envelope
from gradewise.judgement.batches import OutboxEvent
from gradewise.protocols.events import Hear

SEND_WITHIN_S = 10.0
"""Seconds that a broker may take to accept a message."""
START_WITHIN_S = 15.0
"""Seconds that connecting may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerOptions:
    """How events are heard."""

    group: str = "gradewise"
    """Workers that share one name share the work."""
    concurrency: int = 8
    """Messages at once; the broker keeps the others."""
    again_after_s: float = 30.0
    """Seconds after which a message of a worker that says nothing any more comes to another one."""
    drain_s: float = 20.0
    """Seconds that messages under way may take once the worker is asked to end."""


class Carrying(ABC):
    """An `EventBroker` over a broker of FastStream; one technology is one subclass."""

    def __init__(self, broker: Any, location: str, options: BrokerOptions) -> None:
        """Wrap a broker that is not connected yet.

        Args:
            broker: of FastStream, without its log, which would quote messages.
            location: without any secret.
            options: how events are heard.
        """
        self._broker, self._location, self._options = broker, location, options
        self._topics: list[str] = []
        self._started = False

    @property
    def location(self) -> str:
        """Where to, without any secret."""
        return self._location

    def listen(self, topic: str, hear: Hear) -> None:
        """Say who hears of a topic."""
        self._topics.append(topic)
        self._subscribe(topic, self._hearing(hear))

    async def start(self) -> None:
        """Connect, make what is missing there, and begin to hear.

        Raises:
            UnavailableError: the broker does not answer, or could not keep events.
        """
        try:
            async with asyncio.timeout(START_WITHIN_S):
                await self._broker.connect()
                await self._prepare()
                await self._broker.start()
        except UnavailableError:
            await self._broker.stop()
            raise
        except Exception as error:  # noqa: BLE001 - of whichever client library
            await self._broker.stop()
            raise UnavailableError(
                f"{self._location} does not answer ({type(error).__name__}); start it, or check --broker"
            ) from None  # whose words may hold the password
        self._started = True

    async def stop(self) -> None:
        """Hear nothing more, finish what was begun, and disconnect."""
        if self._started:
            self._started = False
            await self._broker.stop()

    async def publish(self, event: OutboxEvent) -> None:
        """Hand an event over; when this returns, the broker keeps it.

        Raises:
            UnavailableError: the broker does not take it.
        """
        body = json.dumps(envelope(event), ensure_ascii=False, allow_nan=False).encode()
        await self.send(event.topic, body, key=event.key, event_id=event.id)

    async def send(self, topic: str, body: bytes, *, key: str, event_id: str) -> None:
        """Hand a message over; when this returns, the broker keeps it.

        Raises:
            UnavailableError: the broker does not take it.
        """
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await self._send(topic, body, key=key, event_id=event_id)
        except Exception as error:  # noqa: BLE001 - of whichever client library
            raise UnavailableError(
                f"{self._location} does not take events ({type(error).__name__}); try again later"
            ) from None  # whose words may hold the message, or the password

    def _hearing(self, hear: Hear) -> Callable[[Any], Awaitable[None]]:
        async def heard(message: Any) -> None:
            async with self._held(message):
                try:
                    await hear(message.body)
                except Exception:  # noqa: BLE001 - whatever it was, the message is not lost
                    await self._give_back(message)
                else:
                    await self._done(message)

        return heard

    @asynccontextmanager
    async def _held(self, message: Any) -> AsyncIterator[None]:
        """Keep a message from coming to others meanwhile."""
        del message
        yield

    async def _done(self, message: Any) -> None:
        await message.ack()

    async def _give_back(self, message: Any) -> None:
        await message.nack()

    @abstractmethod
    def _subscribe(self, topic: str, heard: Callable[[Any], Awaitable[None]]) -> None:
        """Have messages of a topic handed over, each whole."""

    @abstractmethod
    async def _prepare(self) -> None:
        """Make what is missing at the broker, once connected."""

    @abstractmethod
    async def _send(self, topic: str, body: bytes, *, key: str, event_id: str) -> None:
        """Hand a message over, and wait until it is kept."""


async def whole(message: Any) -> Any:
    """A message undecoded, to be acknowledged by hand: what is no JSON must not come again for ever."""
    return message
