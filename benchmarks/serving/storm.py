"""Reloads under load: what clients notice of forty, and what memory a hundred leave behind."""

import asyncio
import itertools
import json
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measurements import Measurement
from benchmarks.serving.load import OK, Answer, Load, clients_beside, connected, request_of
from benchmarks.serving.models import essay_texts, model_bundles
from benchmarks.serving.others import asked_of_mlserver, mlserver, versions
from benchmarks.serving.processes import Process, gradewise

CLIENTS, RELOADS, CALM_S, N_ESSAYS = 4, 40, 15.0, 40
MEMORY_RELOADS, SETTLING = 100, 10
OVER_CALM_MS, GROWTH_MB = 25.0, 20.0
SAME = "probabilities"


@dataclass(frozen=True, slots=True)
class Stormed:
    """The same load without reloads, and with."""

    calm: Load
    """Half before the reloads, half after."""
    storm: Load
    """While one reload followed the other."""
    reloads: int
    """How many."""

    def measurements(self, name: str, *, asked: float | None, note: str = "") -> list[Measurement]:
        """Clients' view of it."""
        calm, storm = (_milliseconds(each) for each in (self.calm, self.storm))
        said = f"{CLIENTS} clients without a pause, {self.reloads} reloads in {self.storm.seconds:.0f} s"
        return [
            Measurement(
                name=f"{name}: answers other than 200",
                value=self.storm.failures + self.calm.failures,
                unit=f"of {len(calm) + len(storm)}",
                asked=None if asked is None else 0,
                note=f"{said}{note}",
            ),
            Measurement(
                name=f"{name}: p99 over that without reloads",
                value=float(np.quantile(storm, 0.99) - np.quantile(calm, 0.99)),
                unit="ms",
                asked=asked,
                note=f"without {_quantiles(calm)}; with {_quantiles(storm)}",
            ),
        ]


def storm(scratch: Path) -> list[Measurement]:
    """Ours, with every answer held against both models; then MLServer, whose model is loaded again."""
    return [*_ours(scratch), *_mlservers(scratch)]


def memory(scratch: Path) -> list[Measurement]:
    """Memory of the server before and after a hundred reloads, while one client asks."""
    return asyncio.run(_grown(scratch))


def _ours(scratch: Path) -> list[Measurement]:
    link, bundles = _link(scratch), model_bundles()
    with gradewise(scratch, "--model", link, "--poll", "0") as server:
        requests = _requests()
        expected = asyncio.run(_expected(server, requests, link, bundles))
        stormed = asyncio.run(_stormed(server, requests, link, bundles))
    answers = [*stormed.calm.answers, *stormed.storm.answers]
    mixed = sum(not _is_of_one(index, answer, expected) for index, answer in answers)
    digests = Counter(answer.content["model"]["digest"][:8] for _, answer in answers if answer.status == OK)
    return [
        *stormed.measurements("reload storm", asked=OVER_CALM_MS),
        Measurement(
            name="reload storm: answers that are neither model's, digit for digit",
            value=mixed,
            unit=f"of {len(answers)}",
            asked=0,
            note=", ".join(f"{n} by {digest}" for digest, n in digests.items()),
        ),
    ]


async def _stormed(
    server: Process, requests: Sequence[bytes], link: Path, bundles: Sequence[Path]
) -> Stormed:
    async def calm() -> Load:
        return await clients_beside(server.port, requests, lambda: asyncio.sleep(CALM_S / 2), clients=CLIENTS)

    async def reloads() -> None:
        async with connected(server.port) as client:
            for bundle in itertools.islice(itertools.cycle(bundles), RELOADS):
                await _take(client, link, bundle)

    before = await calm()
    during = await clients_beside(server.port, requests, reloads, clients=CLIENTS)
    after = await calm()
    return Stormed(Load([*before.answers, *after.answers], before.seconds + after.seconds), during, RELOADS)


async def _take(client: Any, link: Path, bundle: Path) -> None:
    """Point the link elsewhere, have it looked at, and insist that it was taken."""
    _point(link, bundle)
    answer = await client.post("/v1/models/reload", b"{}")
    if answer.status != OK or b'"swapped"' not in answer.body:
        raise AssertionError(f"the reload was refused: {answer.status} {answer.body!r}")


def _link(scratch: Path) -> Path:
    link = scratch / "served"
    _point(link, model_bundles()[1])
    return link


def _point(link: Path, bundle: Path) -> None:
    """As an atomic act, so that nobody finds no link."""
    new = link.with_name("new")
    new.symlink_to(bundle.absolute())
    new.replace(link)


def _requests() -> list[bytes]:
    return [request_of("/v1/score", json.dumps({"text": text}).encode()) for text in essay_texts()[:N_ESSAYS]]


async def _expected(
    server: Process, requests: Sequence[bytes], link: Path, bundles: Sequence[Path]
) -> Mapping[str, Sequence[Any]]:
    """What each model says of each essay, by the model's digest; everything is in the cache afterwards."""
    expected: dict[str, Sequence[Any]] = {}
    async with connected(server.port) as client:
        for bundle in bundles:
            await _take(client, link, bundle)
            contents = [(await client.ask(request)).content for request in requests]
            (digest,) = {content["model"]["digest"] for content in contents}
            expected[digest] = [content[SAME] for content in contents]
    first, second = expected.values()
    if any(one == other for one, other in zip(first, second, strict=True)):
        raise AssertionError("the two models grade an essay alike, so that they cannot be told apart")
    return expected


def _is_of_one(index: int, answer: Answer, expected: Mapping[str, Sequence[Any]]) -> bool:
    if answer.status != OK:
        return True  # counted elsewhere
    content = answer.content
    return bool(expected[content["model"]["digest"]][index] == content[SAME])


def _milliseconds(load: Load) -> list[float]:
    return [answer.seconds * 1000 for _, answer in load.answers]


def _quantiles(milliseconds: Sequence[float]) -> str:
    p50, p99 = np.quantile(milliseconds, (0.5, 0.99))
    return f"p50 {p50:.1f}, p99 {p99:.1f}, longest {max(milliseconds):.0f} ms (n={len(milliseconds)})"


def _mlservers(scratch: Path) -> list[Measurement]:
    """The same load and as many reloads, of one and the same file, one process."""
    model = model_bundles()[0] / "model.onnx"
    asked = asked_of_mlserver(np.random.default_rng(0).normal(size=(N_ESSAYS, _width(model))))
    requests = [request_of(asked.path, body) for body in asked.bodies]

    async def reloads(port: int) -> None:
        async with connected(port) as client:
            for _ in range(RELOADS):
                answer = await client.post("/v2/repository/models/essays/load", b"{}")
                if answer.status != OK:
                    raise AssertionError(f"the reload was refused: {answer.status} {answer.body!r}")
                await asyncio.sleep(0.5)  # reloads of it are over in a moment: ours take turns with a trial

    async def all_of(port: int) -> Stormed:
        calm = await clients_beside(port, requests, lambda: asyncio.sleep(CALM_S), clients=CLIENTS)
        return Stormed(
            calm, await clients_beside(port, requests, lambda: reloads(port), clients=CLIENTS), RELOADS
        )

    with mlserver(scratch, model, workers=0) as server:
        found = asyncio.run(all_of(server.port))
    return found.measurements("MLServer, 0 workers", asked=None, note=f"; {versions('mlserver')}")


def _width(model: Path) -> int:
    import onnxruntime  # noqa: PLC0415 - takes a while

    width: int = onnxruntime.InferenceSession(model.read_bytes()).get_inputs()[0].shape[1]
    return width


async def _grown(scratch: Path) -> list[Measurement]:
    link, bundles = _link(scratch), model_bundles()
    with gradewise(scratch, "--model", link, "--poll", "0") as server:
        requests = _requests()
        await _expected(server, requests, link, bundles)
        sizes: list[float] = []

        async def reloads() -> None:
            turns = itertools.islice(itertools.cycle(bundles), SETTLING + MEMORY_RELOADS)
            async with connected(server.port) as client:
                for turn, bundle in enumerate(turns):
                    await _take(client, link, bundle)
                    if turn >= SETTLING - 1:
                        await asyncio.sleep(0.05)  # what was let go of is given back by the way
                        sizes.append(server.resident_mb)

        load = await clients_beside(server.port, requests, reloads, clients=1)
    last = statistics.median(sizes[-10:])
    return [
        Measurement(
            name=f"memory after {MEMORY_RELOADS} reloads, over that before",
            value=sizes[-1] - sizes[0],
            unit="MB",
            asked=GROWTH_MB,
            note=f"{sizes[0]:.0f} MB after {SETTLING} reloads, {sizes[-1]:.0f} at the end (median of the "
            f"last ten {last:.0f}, largest {max(sizes):.0f}); {len(load.answers)} answers by one client, "
            f"{load.failures} other than 200; bundle {_megabytes(bundles[0]):.1f} MB",
        )
    ]


def _megabytes(directory: Path) -> float:
    return sum(path.stat().st_size for path in directory.iterdir()) / 2**20
