"""One essay and fifty, from text and from the cache, from the client's first byte to its last."""

import asyncio
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.measurements import Measurement
from benchmarks.serving.load import OK, Client, connected
from benchmarks.serving.models import essay_texts, model_bundles
from benchmarks.serving.processes import Process, gradewise

N_WARM, N_SINGLE, N_BATCHES, BATCH = 30, 250, 10, 50
REASONS = 6


@dataclass(frozen=True, slots=True)
class Timed:
    """Requests that were answered one after the other."""

    wall_ms: Sequence[float]
    """Time of each by the clock."""
    cpu_ms: float
    """CPU time of all processes of the server, a request."""

    def measurement(self, name: str, *, share: float, asked: float | None) -> Measurement:
        """A quantile beside what was asked."""
        p50, p95, p99 = np.quantile(self.wall_ms, (0.5, 0.95, 0.99))
        return Measurement(
            name=f"{name}, {'median' if share == 0.5 else f'p{100 * share:.0f}'}",
            value=float(np.quantile(self.wall_ms, share)),
            unit="ms",
            asked=asked,
            note=f"n={len(self.wall_ms)}; p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms; "
            f"server's CPU {self.cpu_ms:.1f} ms",
        )


def latency(scratch: Path) -> list[Measurement]:
    """Every figure, against one server with an empty cache."""
    bundle, _ = model_bundles()
    with gradewise(scratch, "--model", bundle, "--poll", "0") as server:
        return asyncio.run(_measure(server))


async def _measure(server: Process) -> list[Measurement]:
    texts = iter(essay_texts())
    async with connected(server.port) as client:
        await _one_by_one(server, client, _bodies(texts, N_WARM, 0))
        found = []
        for n_reasons, said in ((0, "no reasons"), (REASONS, f"{REASONS} reasons")):
            bodies = _bodies(texts, N_SINGLE, n_reasons)
            fresh, again = [await _one_by_one(server, client, bodies) for _ in range(2)]
            found += [
                fresh.measurement(f"one essay from text, {said}", share=0.95, asked=30),
                again.measurement(f"one essay from the cache, {said}", share=0.95, asked=5),
            ]
        for n_reasons, said in ((0, "no reasons"), (REASONS, f"{REASONS} reasons")):
            batches = [_batch(texts, n_reasons) for _ in range(N_BATCHES)]
            fresh, again = [await _one_by_one(server, client, batches, "/v1/score/batch") for _ in range(2)]
            found += [
                fresh.measurement(f"{BATCH} essays from text, {said}", share=0.5, asked=700),
                again.measurement(f"{BATCH} essays from the cache, {said}", share=0.5, asked=None),
            ]
    return found


def _bodies(texts: Iterator[str], n: int, n_reasons: int) -> list[bytes]:
    return [json.dumps({"text": text, "reasons": n_reasons}).encode() for text in itertools.islice(texts, n)]


def _batch(texts: Iterator[str], n_reasons: int) -> bytes:
    essays = [{"text": text, "essay_id": f"e{i}"} for i, text in enumerate(itertools.islice(texts, BATCH))]
    return json.dumps({"essays": essays, "reasons": n_reasons}).encode()


async def _one_by_one(
    server: Process, client: Client, bodies: Sequence[bytes], path: str = "/v1/score"
) -> Timed:
    used = server.cpu_s
    answers = [await client.post(path, body) for body in bodies]
    used = server.cpu_s - used
    if wrong := [answer for answer in answers if answer.status != OK]:
        raise AssertionError(f"{len(wrong)} of {len(answers)} were refused: {wrong[0].body!r}")
    return Timed([answer.seconds * 1000 for answer in answers], used * 1000 / len(bodies))
