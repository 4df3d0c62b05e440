"""Events by Redis Streams: kept by the server, acknowledged one by one; pub/sub would forget them."""

import os
import platform
from collections.abc import Awaitable, Callable
from typing import Any

from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from redis.exceptions import ResponseError

from gradewise.adapters.brokers.carrying import BrokerOptions, Carrying, whole
from gradewise.redaction import bare_addresses

BODY = "__data__"
"""The field of an entry that holds the message."""
KEPT = 100_000
"""Answers in a stream, about; the oldest go first. Requests go when they are answered."""
LOOK_EVERY_MS = 1000
"""From one look at what others left undone to the next."""


class RedisStreams(Carrying):
    """Carries events through streams, one a topic, read by one consumer group."""

    def __init__(self, url: str, options: BrokerOptions) -> None:
        """Do not connect yet.

        Args:
            url: ``redis://[USER:PASSWORD@]HOST:PORT/NUMBER``, or ``rediss://``.
            options: how events are heard.
        """
        broker = RedisBroker(
            url, logger=None, apply_types=False,  # type: ignore[arg-type]  # as for every other broker
            graceful_timeout=options.drain_s, decoder=whole,
            socket_connect_timeout=5, health_check_interval=30,
        )  # fmt: skip
        super().__init__(broker, bare_addresses(url), options)
        self._consumer = f"{platform.node()}-{os.getpid()}"

    def _subscribe(self, topic: str, heard: Callable[[Any], Awaitable[None]]) -> None:
        options = self._options
        fresh = StreamSub(
            topic, group=options.group, consumer=self._consumer, max_records=options.concurrency,
            polling_interval=1000,
        )  # fmt: skip
        left = StreamSub(
            topic, group=options.group, consumer=self._consumer, polling_interval=LOOK_EVERY_MS,
            min_idle_time=round(1000 * options.again_after_s),
        )  # fmt: skip
        for stream, workers in ((fresh, options.concurrency), (left, 1)):
            self._broker.subscriber(stream=stream, max_workers=workers, ack_policy=AckPolicy.MANUAL)(heard)

    async def _prepare(self) -> None:
        client = await self._broker.connect()
        for topic in self._topics:
            try:
                # From the first entry on: what was asked before any worker began counts too.
                await client.xgroup_create(topic, self._options.group, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    async def _send(self, topic: str, body: bytes, *, key: str, event_id: str) -> None:
        del key, event_id
        client = await self._broker.connect()
        most = None if topic in self._topics else KEPT
        await client.xadd(topic, {BODY: body}, maxlen=most, approximate=True)

    async def _done(self, message: Any) -> None:
        await message.ack()
        await message.delete()

    async def _give_back(self, message: Any) -> None:
        """Leave it: it comes again after a while."""
