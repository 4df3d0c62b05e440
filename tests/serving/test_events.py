"""The service by events, over real brokers: answers, reasons, and brokers that go away midway."""

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from faststream.kafka import TestKafkaBroker
from faststream.redis.subscriber.usecases import stream_subscriber

from broker_servers import BrokerServer, nats_server, rabbit_server, running, valkey_server
from gradewise.adapters.brokers import carrying
from gradewise.adapters.brokers.carrying import BrokerOptions
from gradewise.adapters.brokers.kafka_topics import KafkaTopics
from gradewise.bootstrap.events import broker_at
from gradewise.errors import PlanError, UnavailableError
from gradewise.judgement.batch_events import FINALIZED
from gradewise.service_events import RequestAnswered
from gradewise.serving.events.messages import BATCH_FAILED, SCORE_COMPLETED, SCORE_FAILED, SCORE_REQUESTED
from gradewise.serving.events.worker import Worker
from gradewise.testing.judged import made_up_event, made_up_result
from kafka_server import kafka_server
from working_service import ESSAY, HASTY, asker, service, until, worker_at

SERVERS: dict[str, Callable[[Path], BrokerServer]] = {
    "nats": nats_server,
    "redis": valkey_server,
    "rabbit": rabbit_server,
}


class Server(Protocol):
    """A broker that can be away for a while."""

    @property
    def url(self) -> str:
        """Where it answers."""

    def start(self) -> None:
        """Bring it up with what it had."""

    def stop(self) -> None:
        """Take it away."""


@pytest.fixture(scope="module", params=SERVERS.keys(), ids=str)
def server(request: pytest.FixtureRequest) -> Iterator[BrokerServer]:
    """A broker for the tests of this module."""
    with tempfile.TemporaryDirectory() as directory, running(SERVERS[request.param](Path(directory))) as up:
        yield up


def test_events_are_answered(server: Server) -> None:
    """Grades and reasons come back under the request's id, with its correlation id and without the essay."""

    async def _work() -> None:
        async with service() as up, asker(server.url) as asking, worker_at(server.url, up):
            await asking.ask("e-1", essay_id="first", unit="7b")
            await asking.ask("e-1", essay_id="first", unit="7b")
            await asking.ask("e-2", essay_id="raises")
            await asking.ask("e-3", text=" ")
            await asking.broker.send(SCORE_REQUESTED, b"no json", key="x", event_id="x")
            await asking.finalize("b-1", "nowhere")
            final = replace(made_up_event(1), topic=FINALIZED)
            await up.batches.finalize("batch-1", lambda: (made_up_result(), (final,)))
            await until(lambda: bool(asking.answers() and asking.answers(BATCH_FAILED)))
            await until(lambda: len(asking.answers(SCORE_FAILED)) == 3)
            await until(lambda: bool(asking.heard[FINALIZED]))
            (told,) = asking.heard[SCORE_COMPLETED]
            failures = {each["data"]["request_id"]: each["data"] for each in asking.heard[SCORE_FAILED]}
            (record,) = await up.log.records()
        assert ("for-e-1", "first", "D") == (
            told["correlation_id"], told["data"]["essay_id"], told["data"]["grade"],
        )  # fmt: skip
        assert (record.draft.id, "for-e-1") == (told["data"]["score_id"], record.draft.correlation_id)
        assert ("internal", 3) == (failures["e-2"]["reason"], failures["e-2"]["tries"])
        assert ("input", 1) == (failures["e-3"]["reason"], failures["e-3"]["tries"])
        assert ESSAY not in json.dumps(asking.heard)
        assert "may quote" not in json.dumps(asking.heard)
        said = {(each.route, each.status) for each in up.heard if isinstance(each, RequestAnswered)}
        assert {("event gradewise.score.requested", 200), ("event gradewise.batch.finalize", 404)} <= said

    asyncio.run(_work())


def test_a_broker_that_goes_away_loses_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was accepted is answered once it is back, and graded once."""
    monkeypatch.setattr(stream_subscriber, "CONSUME_ERROR_BACKOFF_SECONDS", 0.1)  # seconds between its looks
    names = [f"away-{n}" for n in range(30)]

    async def _work() -> None:
        async with service() as up, asker(server.url) as asking, worker_at(server.url, up):
            for name in names[:20]:
                await asking.ask(name)
            await until(lambda: len(asking.answers()) >= 5)
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
            for name in names[20:]:
                await asking.ask(name)
            await until(lambda: set(names) <= set(asking.answers()))
            records = await up.log.records()
            assert sorted(f"for-{name}" for name in names) == sorted(
                each.draft.correlation_id for each in records if each.draft.correlation_id != "for-e-1"
            )
            told = [each for each in asking.heard[SCORE_COMPLETED] if each["key"] in names]
            # Who hears an answer twice, as after a connection was lost, hears the same under the same id.
            assert len(names) == len({json.dumps(each, sort_keys=True) for each in told})

    asyncio.run(_work())


def test_a_worker_that_ends_gives_back_what_it_holds(server: BrokerServer) -> None:
    """While the database is away messages are held; another worker answers them."""

    async def _work() -> None:
        async with service() as up, asker(server.url) as asking:
            async with worker_at(server.url, up):
                await asking.finalize("held", "away")
                await asyncio.sleep(0.2)
                assert not asking.answers(BATCH_FAILED)["held"]
            up.serving = replace(up.serving, finalize=None)
            async with worker_at(server.url, up):
                await until(lambda: asking.answers(BATCH_FAILED)["held"] == 1)

    asyncio.run(_work())


def test_a_message_of_kafka_is_graded() -> None:
    """In memory, also where no server is at hand."""

    async def _work() -> None:
        broker = KafkaTopics("kafka://localhost:9092", BrokerOptions(concurrency=2))
        async with service() as up:
            worker = Worker(up.serving, broker, patience=HASTY)
            async with TestKafkaBroker(broker._broker) as kafka:
                body = json.dumps({"id": "k-1", "schema_version": 1, "data": {"text": ESSAY}}).encode()
                await kafka.publish(body, SCORE_REQUESTED)
                worker.drain()
            assert 1 == len(await up.log.records())

    asyncio.run(_work())


def test_kafka_does_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over Kafka's own protocol answers come, reasons too, and a broker that goes away loses nothing."""
    with kafka_server() as server:
        test_events_are_answered(server)
    with kafka_server() as server:
        test_a_broker_that_goes_away_loses_nothing(server, monkeypatch)


@pytest.mark.parametrize("url", ["", "mqtt://h", "http://u:pass@h"])
def test_another_address_is_no_broker(url: str) -> None:
    """The message holds no part of it."""
    with pytest.raises(PlanError, match="which broker") as caught:
        broker_at(url)
    assert "pass" not in str(caught.value)


@pytest.mark.parametrize("url", ["nats://u:secret@127.0.0.1:1", "redis://:secret@127.0.0.1:1/0"])
def test_a_broker_that_is_away_is_told_without_its_password(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the start, so that whoever starts the worker knows."""
    monkeypatch.setattr(carrying, "START_WITHIN_S", 0.5)

    async def _work() -> None:
        async with service() as up, worker_at(url, up):
            pass

    with pytest.raises(UnavailableError, match="127.0.0.1:1") as caught:
        asyncio.run(_work())
    assert "secret" not in str(caught.value)
