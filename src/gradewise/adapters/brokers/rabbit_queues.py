"""Events by RabbitMQ: durable queues, messages on disk, each acknowledged."""

from collections.abc import Awaitable, Callable
from typing import Any

from faststream import AckPolicy
from faststream.rabbit import Channel, ExchangeType, RabbitBroker, RabbitExchange, RabbitQueue

from gradewise.adapters.brokers.carrying import BrokerOptions, Carrying, whole
from gradewise.redaction import bare_addresses

EXCHANGE = RabbitExchange("gradewise", type=ExchangeType.TOPIC, durable=True)
"""Where everything goes; the routing key is the topic."""


class RabbitQueues(Carrying):
    """Carries events through one durable exchange, and a durable queue for each topic.

    A queue is made for what is sent as well, so that answers wait for whoever reads them first.
    """

    def __init__(self, url: str, options: BrokerOptions) -> None:
        """Do not connect yet.

        Args:
            url: ``amqp://[USER:PASSWORD@]HOST:PORT/VHOST``, or ``amqps://``.
            options: how events are heard.
        """
        broker = RabbitBroker(
            url, logger=None, apply_types=False, graceful_timeout=options.drain_s, decoder=whole,
            reconnect_interval=1.0, default_channel=Channel(prefetch_count=options.concurrency),
        )  # fmt: skip
        super().__init__(broker, bare_addresses(url), options)
        self._bound: set[str] = set()

    def _subscribe(self, topic: str, heard: Callable[[Any], Awaitable[None]]) -> None:
        self._broker.subscriber(_queue(topic), EXCHANGE, ack_policy=AckPolicy.MANUAL)(heard)

    async def _prepare(self) -> None:
        await self._broker.declare_exchange(EXCHANGE)

    async def _send(self, topic: str, body: bytes, *, key: str, event_id: str) -> None:
        del key
        if topic not in self._bound:
            exchange = await self._broker.declare_exchange(EXCHANGE)
            await (await self._broker.declare_queue(_queue(topic))).bind(exchange, topic)
            self._bound.add(topic)
        await self._broker.publish(
            body, exchange=EXCHANGE, routing_key=topic, persist=True, mandatory=True, message_id=event_id
        )


def _queue(topic: str) -> RabbitQueue:
    return RabbitQueue(topic, durable=True, routing_key=topic)
