"""Events by NATS JetStream: kept on disk by the server, acknowledged one by one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from nats.errors import NoRespondersError
from nats.js.api import ConsumerConfig, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError, ServiceUnavailableError

from gradewise.adapters.brokers.carrying import BrokerOptions, Carrying, whole
from gradewise.errors import UnavailableError
from gradewise.redaction import bare_addresses

STREAM = "gradewise"
SUBJECTS = "gradewise.>"
KEPT_S = 14 * 86_400.0
"""Seconds that the stream, where this makes it, keeps events."""
FETCH_WITHIN_S = 1.0
BEATS = 3  # within the time after which a message would come to others


class NatsStream(Carrying):
    """Carries events through a JetStream stream, which is left as it is where there is one.

    Core NATS forgets what nobody hears at that moment, so that a server without JetStream is refused.
    """

    def __init__(self, url: str, options: BrokerOptions) -> None:
        """Do not connect yet.

        Args:
            url: ``nats://[USER:PASSWORD@]HOST:PORT``, several with commas between them.
            options: how events are heard.
        """
        broker = NatsBroker(
            url.split(","), logger=None, apply_types=False, graceful_timeout=options.drain_s, decoder=whole,
            max_reconnect_attempts=-1, reconnect_time_wait=1, error_cb=_unheard,
        )  # fmt: skip
        super().__init__(broker, bare_addresses(url), options)

    def _subscribe(self, topic: str, heard: Callable[[Any], Awaitable[None]]) -> None:
        options, durable = self._options, f"{self._options.group}-{topic}".replace(".", "_")
        config = ConsumerConfig(ack_wait=options.again_after_s, max_ack_pending=4 * options.concurrency)
        self._broker.subscriber(
            topic,
            stream=JStream(STREAM, declare=False),
            durable=durable,
            config=config,
            pull_sub=PullSub(batch_size=options.concurrency, timeout=FETCH_WITHIN_S),
            ack_policy=AckPolicy.MANUAL,
        )(heard)

    async def _prepare(self) -> None:
        manager = (await self._broker.connect()).jetstream()
        try:
            await manager.stream_info(STREAM)
        except NotFoundError:
            await manager.add_stream(
                StreamConfig(
                    name=STREAM, subjects=[SUBJECTS], retention=RetentionPolicy.LIMITS,
                    storage=StorageType.FILE, max_age=KEPT_S,
                )
            )  # fmt: skip
        except (ServiceUnavailableError, NoRespondersError):
            raise UnavailableError(
                f"{self._location} has no JetStream, without which events are lost that nobody hears at that "
                "moment; start nats-server with -js"
            ) from None

    async def _send(self, topic: str, body: bytes, *, key: str, event_id: str) -> None:
        del key
        # The server drops what it has had under the same id within its window, of two minutes by default.
        await self._broker.publish(body, topic, stream=STREAM, headers={"Nats-Msg-Id": event_id})

    @asynccontextmanager
    async def _held(self, message: Any) -> AsyncIterator[None]:
        beating = asyncio.create_task(self._beat(message))
        try:
            yield
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating

    async def _beat(self, message: Any) -> None:
        while True:
            await asyncio.sleep(self._options.again_after_s / BEATS)
            # While the server is away nothing can be said to it, and later more is.
            with contextlib.suppress(Exception):
                await message.in_progress()

    async def _give_back(self, message: Any) -> None:
        await message.nack(delay=1.0)


async def _unheard(_error: Exception) -> None:
    """Hear of a connection that is lost: it is made again, and what was sent meanwhile raises."""
