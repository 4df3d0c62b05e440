"""How a service that answers takes another model: time, memory, and what its clients notice.

`make bench-reloads` lets four clients grade by a slot while it exchanges two bundles a hundred times, each
tried in a child process first, prints a table, and writes `benchmarks/output/reloads.json`. Clients work in
threads of the event loop, so that latencies are those of grading what was read, without HTTP.
"""

import asyncio
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.measurements import Measurement, show, write
from gradewise.essays.records import Essay
from gradewise.models.bundles.contents import bundle_files
from gradewise.models.bundles.storage import content_id
from gradewise.service_events import ModelReloaded
from gradewise.telemetry import Event
from gradewise.testing import graders
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.trial import try_in_child

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from served_models import NAME, ServedModel, Turning, clock

CLIENTS, RELOADS, WARM_UP = 4, 100, 5
ALONE_S = 10.0
MEGABYTE = 2**20
ESSAY = Essay(id="e", text="A short text.")


def large_files(count: int) -> list[dict[str, bytes]]:
    """Bundles as large as those of a real model: a thousand trees."""
    graders.PARAMS = replace(graders.PARAMS, rounds=1000, max_leaves=31, min_child=2)
    grader, boosters = graders.made_up_grader()
    versions = [f"20260131_{number:06d}" for number in range(1, count + 1)]
    return [
        bundle_files(graders.made_up_bundle(grader, boosters, name=NAME, version=each)) for each in versions
    ]


def resident() -> float:
    """Memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / MEGABYTE


class Clients:
    """Clients that grade one essay after the other."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot
        self._over = False
        self.latencies: list[float] = []
        self.digests: set[str] = set()

    async def answer(self) -> None:
        """Grade until it is over; an error ends the benchmark."""
        while not self._over:
            began = time.perf_counter()
            model = self._slot.current
            if model is None:
                raise AssertionError("there was no model for a moment")
            readings = await asyncio.to_thread(model.read, (ESSAY,))
            await asyncio.to_thread(model.grade, ("e",), readings)
            self.digests.add(model.identity.digest)
            self.latencies.append(time.perf_counter() - began)
            await asyncio.sleep(0.02)

    async def beside(self, work: "asyncio.Future[None] | asyncio.Task[None]") -> None:
        """Answer as long as something else goes on."""
        self._over, self.latencies = False, []
        tasks = [asyncio.create_task(self.answer()) for _ in range(CLIENTS)]
        await work
        self._over = True
        await asyncio.gather(*tasks)


def p99(latencies: list[float]) -> float:
    """In milliseconds."""
    return statistics.quantiles(latencies, n=100)[-1] * 1000


async def measure() -> list[Measurement]:
    """All figures."""
    pair, reloads = large_files(2), list[ModelReloaded]()

    def hear(event: Event) -> None:
        if isinstance(event, ModelReloaded):
            reloads.append(event)

    source = Turning(pair[0])
    slot = ModelSlot(source, ServedModel, clock=clock, listener=hear)

    async def exchange(times: int) -> None:
        for _ in range(times):
            source.files = pair[source.files is pair[0]]
            await slot.reload(asked_by="request")

    await slot.reload(asked_by="start")
    clients = Clients(slot)
    await clients.beside(asyncio.create_task(exchange(WARM_UP)))
    await clients.beside(asyncio.create_task(asyncio.sleep(ALONE_S)))
    alone, before = p99(clients.latencies), resident()
    reloads.clear()
    await clients.beside(asyncio.create_task(exchange(RELOADS)))
    await asyncio.sleep(1)
    if clients.digests != {content_id(files) for files in pair}:
        raise AssertionError(f"answers came from {clients.digests}")
    if [each.outcome for each in reloads] != ["swapped"] * RELOADS:
        raise AssertionError(f"not every reload took: {[each.reason for each in reloads]}")
    size = sum(map(len, pair[0].values())) / MEGABYTE
    trials = [await _trial_seconds(pair[0]) for _ in range(10)]
    answers = f"{CLIENTS} clients, {len(clients.latencies):,} answers"
    note = f"{RELOADS} reloads, {answers}, bundle of {size:.1f} MB"
    return [
        Measurement(
            name="memory after reloads", value=resident() - before, unit="MB more", asked=20, note=note
        ),
        Measurement(name="memory before", value=before, unit="MB"),
        Measurement(
            name="p99 while reloading, over none",
            value=p99(clients.latencies) - alone,
            unit="ms more",
            asked=25,
            note=f"alone {alone:.1f} ms",
        ),
        Measurement(name="a reload", value=statistics.median(each.seconds for each in reloads), unit="s"),
        Measurement(name="a trial in a child process", value=statistics.median(trials), unit="s"),
    ]


async def _trial_seconds(files: dict[str, bytes]) -> float:
    began = time.perf_counter()
    await try_in_child(files)
    return time.perf_counter() - began


def main() -> None:
    """Measure, print, write."""
    measurements = asyncio.run(measure())
    show(measurements)
    print(f"\nwritten to {write('reloads', measurements)}")


if __name__ == "__main__":
    main()
