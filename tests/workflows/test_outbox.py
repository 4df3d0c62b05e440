"""Events leave the outbox at least once, in order, and wait while nobody takes them."""

import asyncio
import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gradewise.adapters.event_file import EventFile
from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.batches import open_batches
from gradewise.errors import UnavailableError
from gradewise.judgement.batch_events import AT_ONCE, FINALIZED, RESULTS, batch_events, envelope
from gradewise.judgement.batches import OutboxEvent
from gradewise.protocols.scoring import EventPublisher
from gradewise.testing.judged import RememberedBatches, made_up_event, made_up_result
from gradewise.workflows.outbox import Relayed, relay, relay_once


class Broker:
    """Takes events, unless it is told not to."""

    def __init__(self, *, refuses: frozenset[str] = frozenset()) -> None:
        self.taken: list[str] = []
        self.refuses = refuses

    @property
    def location(self) -> str:
        """Nowhere."""
        return "memory"

    async def publish(self, event: OutboxEvent) -> None:
        """Take an event."""
        if event.id in self.refuses:
            raise UnavailableError("no room")
        self.taken.append(event.id)


async def filled(*events: OutboxEvent) -> RememberedBatches:
    """Batches with these events waiting."""
    batches = RememberedBatches()
    await batches.finalize("batch-1", lambda: (made_up_result(), events))
    return batches


def test_everything_is_handed_over_once() -> None:
    """In the order in which it was written; then nothing waits."""
    broker = Broker()

    async def _work() -> None:
        batches = await filled(*(made_up_event(number) for number in (2, 1, 3)))
        assert isinstance(broker, EventPublisher)
        assert Relayed(3, 0, 0) == await relay_once(batches, broker)
        assert Relayed(0, 0, 0) == await relay_once(batches, broker)

    asyncio.run(_work())
    assert [made_up_event(number).id for number in (2, 1, 3)] == broker.taken


def test_behind_an_event_that_is_not_taken_its_own_kind_waits() -> None:
    """Events about others go on; later everything comes in order."""
    events = [made_up_event(1, key="a"), made_up_event(2, key="a"), made_up_event(3, key="b")]
    broker = Broker(refuses=frozenset({events[0].id}))

    async def _work() -> None:
        batches = await filled(*events)
        assert Relayed(1, 1, 1) == await relay_once(batches, broker)
        broker.refuses = frozenset()
        assert Relayed(2, 0, 0) == await relay_once(batches, broker)

    asyncio.run(_work())
    assert [events[2].id, events[0].id, events[1].id] == broker.taken


def test_a_broker_that_takes_nothing_is_left_alone() -> None:
    """After three events in a row the others are not tried."""
    events = [made_up_event(number, key=str(number)) for number in range(9)]
    broker = Broker(refuses=frozenset(event.id for event in events))

    async def _work() -> Relayed:
        return await relay_once(await filled(*events), broker)

    assert Relayed(0, 3, 6) == asyncio.run(_work())


def test_a_broker_that_takes_some_is_told_of_all() -> None:
    """Failures between which something is taken are those of events, and not of the broker."""
    events = [made_up_event(number, key=str(number)) for number in range(9)]
    broker = Broker(refuses=frozenset(event.id for event in events[::2]))

    async def _work() -> Relayed:
        return await relay_once(await filled(*events), broker)

    assert Relayed(4, 5, 0) == asyncio.run(_work())


def test_what_does_not_answer_is_tried_ever_more_rarely() -> None:
    """The pause doubles up to the longest, and is short again after a success."""
    event, pauses = made_up_event(1), list[float]()
    broker = Broker(refuses=frozenset({event.id}))

    class _Gone(RememberedBatches):
        async def waiting_events(self, *, limit: int = 100) -> tuple[OutboxEvent, ...]:
            if len(pauses) == 2:
                raise UnavailableError("the database is gone")
            return await super().waiting_events(limit=limit)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 4:
            broker.refuses = frozenset()
        if len(pauses) == 6:
            raise asyncio.CancelledError

    async def _work() -> None:
        batches = _Gone()
        await batches.finalize("batch-1", lambda: (made_up_result(), (event,)))
        with pytest.raises(asyncio.CancelledError):
            await relay(batches, broker, every_s=1, longest_pause_s=5, pause=pause)

    asyncio.run(_work())
    assert [2, 4, 5, 5, 1, 1] == pauses
    assert [event.id] == broker.taken


def test_the_events_of_a_batch() -> None:
    """Rich ones with every essay, in parts that brokers take; a thin one last; the same ids each time."""
    result = made_up_result()
    rich, thin = batch_events(result)
    assert (RESULTS, FINALIZED) == (rich.topic, thin.topic)
    assert {"batch-1"} == {rich.key, thin.key}
    assert (rich, thin) == batch_events(result)
    assert rich.id != thin.id
    assert ["å1", "a2"] == [essay["essay_id"] for essay in rich.payload["data"]["results"]]
    told = envelope(thin)
    assert ("c", 1, thin.id, result.finalized_at.isoformat()) == (
        told["correlation_id"], told["schema_version"], told["id"], told["made_at"]
    )  # fmt: skip
    assert (2, 1, 1, "0" * 64) == (
        told["data"]["n_essays"], told["data"]["n_disagree"], told["data"]["n_bt_only"],
        told["data"]["model"]["digest"],
    )  # fmt: skip
    assert json.dumps(told)


def test_a_large_batch_is_told_of_in_parts() -> None:
    """None of more essays than a broker takes; together all of them, each event with an id of its own."""
    essay = made_up_result().essays[0]
    many = tuple(replace(essay, essay_id=str(number)) for number in range(2 * AT_ONCE + 1))
    events = batch_events(replace(made_up_result(), essays=many))
    assert [AT_ONCE, AT_ONCE, 1] == [len(event.payload["data"]["results"]) for event in events[:-1]]
    assert 4 == len({event.id for event in events})
    assert all(len(json.dumps(envelope(event))) < 500_000 for event in events)


def test_a_file_takes_events(tmp_path: Path) -> None:
    """A line each, at its end, in directories that are made; a line that was torn is left behind."""
    path = tmp_path / "new" / "events.jsonl"
    publisher = EventFile(path)
    asyncio.run(publisher.publish(made_up_event(1)))
    with path.open("a", encoding="utf-8") as file:
        file.write('{"id": "to')
    asyncio.run(publisher.publish(made_up_event(2)))
    first, torn, second = path.read_text(encoding="utf-8").splitlines()
    assert envelope(made_up_event(1)) == json.loads(first)
    assert '{"id": "to' == torn
    assert envelope(made_up_event(2)) == json.loads(second)
    assert str(path) == publisher.location


def test_a_file_that_cannot_be_written_takes_nothing(tmp_path: Path) -> None:
    """The error says where; the event waits."""
    (tmp_path / "file").touch()

    async def _work() -> None:
        batches = await filled(made_up_event(1))
        publisher = EventFile(tmp_path / "file" / "events.jsonl")
        with pytest.raises(UnavailableError, match="events.jsonl cannot be written"):
            await publisher.publish(made_up_event(1))
        assert Relayed(0, 1, 0) == await relay_once(batches, publisher)
        assert 1 == len(await batches.waiting_events())

    asyncio.run(_work())


DIES = """
import asyncio, os, signal, sys
from gradewise.adapters.event_file import EventFile
from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.batches import open_batches
from gradewise.workflows.outbox import relay_once

class DiesAfter(EventFile):
    async def publish(self, event):
        await super().publish(event)
        if event.payload["number"] == 2:
            os.kill(os.getpid(), signal.SIGKILL)

async def work():
    async with open_batches(read_address(sys.argv[1])) as batches:
        await relay_once(batches, DiesAfter(sys.argv[2]))

from pathlib import Path
sys.argv[2] = Path(sys.argv[2])
asyncio.run(work())
"""
"""Dies once the second event is on the disk and before anybody is told."""


def test_who_dies_midway_is_gone_on_with(tmp_path: Path) -> None:
    """Nothing is lost, the order is kept, and only what was under way comes twice, with one id."""
    url, path = f"sqlite:///{tmp_path / 'r.sqlite'}", tmp_path / "events.jsonl"

    async def _fill() -> None:
        async with open_batches(read_address(url)) as batches:
            events = [made_up_event(number) for number in (1, 2, 3)]
            await batches.finalize("batch-1", lambda: (made_up_result(), events))

    async def _go_on() -> Relayed:
        async with open_batches(read_address(url)) as batches:
            return await relay_once(batches, EventFile(path))

    asyncio.run(_fill())
    died = subprocess.run([sys.executable, "-c", DIES, url, str(path)], check=False, timeout=60)
    assert -signal.SIGKILL == died.returncode
    assert Relayed(2, 0, 0) == asyncio.run(_go_on())
    numbers = [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert [made_up_event(number).id for number in (1, 2, 2, 3)] == numbers
