"""Events by Kafka: offsets are committed by hand, after the answer is kept and sent."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from gradewise.adapters.brokers.carrying import BrokerOptions, Carrying, whole
from gradewise.redaction import bare_addresses


class KafkaTopics(Carrying):
    """Carries events through topics; of one partition, one message is worked on at a time.

    Topics are made by whoever runs the brokers, or by their automatic creation.
    """

    def __init__(self, url: str, options: BrokerOptions) -> None:
        """Do not connect yet.

        Args:
            url: ``kafka://HOST:PORT``, several with commas between them.
            options: how events are heard.
        """
        servers = url.removeprefix("kafka://").rstrip("/").split(",")
        broker = KafkaBroker(
            servers, logger=None, apply_types=False, graceful_timeout=options.drain_s, decoder=whole,
            acks="all", enable_idempotence=True,
        )  # fmt: skip
        super().__init__(broker, bare_addresses(url), options)

    def _subscribe(self, topic: str, heard: Callable[[Any], Awaitable[None]]) -> None:
        self._broker.subscriber(
            topic,
            # Of each topic a group: whoever joins or leaves one halts nobody who hears another.
            group_id=f"{self._options.group}.{topic}",
            auto_offset_reset="earliest",
            max_workers=self._options.concurrency,
            ack_policy=AckPolicy.MANUAL,
        )(heard)

    async def _prepare(self) -> None:
        """Nothing is missing that this could make."""

    async def _send(self, topic: str, body: bytes, *, key: str, event_id: str) -> None:
        await self._broker.publish(body, topic, key=key.encode(), headers={"event-id": event_id})

    async def _give_back(self, message: Any) -> None:
        await asyncio.sleep(1.0)  # it comes again at once
        await message.nack()
