"""The service by events, over real brokers: answers, reasons, and brokers that go away midway."""

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broker_servers import BrokerServer, nats_server, rabbit_server, running, valkey_server
from gradewise.serving.events.messages import BATCH_FAILED, SCORE_COMPLETED, SCORE_FAILED, SCORE_REQUESTED
from gradewise.telemetry import RequestAnswered
from gradewise.testing.judged import made_up_event, made_up_result
from working_service import ESSAY, asker, service, until, worker_at

SERVERS: dict[str, Callable[[Path], BrokerServer]] = {
    "nats": nats_server,
    "redis": valkey_server,
    "rabbit": rabbit_server,
}


@pytest.fixture(scope="module", params=SERVERS.keys(), ids=str)
def server(request: pytest.FixtureRequest) -> Iterator[BrokerServer]:
    """A broker for the tests of this module."""
    with tempfile.TemporaryDirectory() as directory, running(SERVERS[request.param](Path(directory))) as up:
        yield up


def test_events_are_answered(server: BrokerServer) -> None:
    """Grades and reasons come back under the request's id, with its correlation id and without the essay."""

    async def _work() -> None:
        async with service() as up, asker(server.url) as asking, worker_at(server.url, up):
            await asking.ask("e-1", essay_id="first", unit="7b")
            await asking.ask("e-1", essay_id="first", unit="7b")
            await asking.ask("e-2", essay_id="raises")
            await asking.ask("e-3", text=" ")
            await asking.broker.send(SCORE_REQUESTED, b"no json", key="x", event_id="x")
            await asking.finalize("b-1", "nowhere")
            await up.batches.finalize("batch-1", lambda: (made_up_result(), (made_up_event(1),)))
            await until(lambda: bool(asking.answers() and asking.answers(BATCH_FAILED)))
            await until(lambda: len(asking.answers(SCORE_FAILED)) == 3)
            await until(lambda: not up.batches.waiting)
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


def test_a_broker_that_goes_away_loses_nothing(server: BrokerServer) -> None:
    """What was accepted is answered once it is back, and answered once."""
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
            assert set(names) == {each.draft.correlation_id[4:] for each in await up.log.records()}
            ids = {each["id"] for each in asking.heard[SCORE_COMPLETED] if each["key"] in names}
            assert len(names) == len(ids)
            print(asking.answers())

    asyncio.run(_work())
