"""A Kafka for tests: the broker that librdkafka carries for its own tests, on a port of this machine.

It speaks Kafka's protocol over sockets, with groups, offsets and producers that repeat nothing; it keeps
what it has in memory. Its threads are those of the test's process, which nothing of it can outlive.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import confluent_kafka

from gradewise.judgement.batch_events import FINALIZED
from gradewise.serving.events.messages import (
    BATCH_FAILED,
    BATCH_FINALIZE,
    SCORE_COMPLETED,
    SCORE_FAILED,
    SCORE_REQUESTED,
)

PRODUCER, ONE_BROKER, FIRST = 0, 1, 1
SAID_LENGTH = 512

TOPICS = (SCORE_REQUESTED, SCORE_COMPLETED, SCORE_FAILED, BATCH_FINALIZE, BATCH_FAILED, FINALIZED)


@dataclass(slots=True)
class KafkaServer:
    """A cluster of one broker that can be away for a while."""

    url: str
    """Where it answers."""
    _library: ctypes.CDLL
    _cluster: ctypes.c_void_p

    def start(self) -> None:
        """Answer again, with what there was."""
        self._library.rd_kafka_mock_broker_set_up(self._cluster, FIRST)

    def stop(self) -> None:
        """End every connection, and take no other."""
        self._library.rd_kafka_mock_broker_set_down(self._cluster, FIRST)


@contextmanager
def kafka_server() -> Iterator[KafkaServer]:
    """A broker that runs until the block ends."""
    library = _librdkafka()
    said = ctypes.create_string_buffer(SAID_LENGTH)
    handle = library.rd_kafka_new(PRODUCER, None, said, SAID_LENGTH)
    assert handle, said.value
    cluster = ctypes.c_void_p(library.rd_kafka_mock_cluster_new(ctypes.c_void_p(handle), ONE_BROKER))
    # Otherwise it waits three seconds for others before a group begins.
    library.rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 200)
    for topic in TOPICS:
        library.rd_kafka_mock_topic_create(cluster, topic.encode(), 1, 1)
    address = library.rd_kafka_mock_cluster_bootstraps(cluster).decode()
    try:
        yield KafkaServer(f"kafka://{address}", library, cluster)
    finally:
        library.rd_kafka_mock_cluster_destroy(cluster)
        library.rd_kafka_destroy(ctypes.c_void_p(handle))


def _librdkafka() -> ctypes.CDLL:
    """The library that the wheel brings along."""
    package = Path(confluent_kafka.__path__[0])
    places = (package.with_name("confluent_kafka.libs"), package / ".dylibs")
    library = ctypes.CDLL(str(next(found for place in places for found in place.glob("librdkafka*"))))
    library.rd_kafka_new.restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_new.restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    return library
