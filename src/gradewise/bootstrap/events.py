"""Brokers by address, and what a worker needs of them."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from gradewise.errors import MissingDependencyError, PlanError
from gradewise.protocols.events import EventBroker

if TYPE_CHECKING:
    from gradewise.adapters.brokers.carrying import BrokerOptions

_NATS, _RABBIT = ("nats_stream", "NatsStream"), ("rabbit_queues", "RabbitQueues")
_REDIS, _KAFKA = ("redis_streams", "RedisStreams"), ("kafka_topics", "KafkaTopics")
BROKERS: Mapping[str, tuple[str, str]] = {
    "nats": _NATS,
    "tls": _NATS,
    "amqp": _RABBIT,
    "amqps": _RABBIT,
    "redis": _REDIS,
    "rediss": _REDIS,
    "kafka": _KAFKA,
}
"""Module and class of the broker, by the scheme of its address."""


def broker_at(
    url: str,
    *,
    concurrency: int = 8,
    drain_s: float = 20.0,
    again_after_s: float = 30.0,
    group: str = "gradewise",
) -> EventBroker:
    """The broker at an address; not connected yet.

    Args:
        url: secrets and all.
        concurrency: messages at once.
        drain_s: seconds to finish what was begun.
        again_after_s: seconds after which a message of a worker that fell silent comes to another.
        group: workers that share one name share the work.

    Raises:
        PlanError: it is no address of a broker that is known.
        MissingDependencyError: what speaks to it is not installed.
    """
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme not in BROKERS:
        raise PlanError(
            "which broker? give an address that begins with kafka://, amqp://, nats:// or redis://"
        )
    module, name = BROKERS[scheme]
    try:
        options: Callable[..., BrokerOptions] = import_module(
            "gradewise.adapters.brokers.carrying"
        ).BrokerOptions
        kind = getattr(import_module(f"gradewise.adapters.brokers.{module}"), name)
    except ImportError as error:
        raise MissingDependencyError(
            "events need FastStream and a client of the broker; install them: pip install 'gradewise[events]'"
        ) from error
    asked = options(group=group, concurrency=concurrency, drain_s=drain_s, again_after_s=again_after_s)
    broker: EventBroker = kind(url, asked)
    return broker
