"""How fast texts are told apart: many by library and command, single ones by library and over HTTP."""

import asyncio
import csv
import json
import os
import resource
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.classification.corpora import banking77, unseen_texts
from benchmarks.classification.training import Spent, Trainings, spent_so_far
from benchmarks.measurements import Measurement
from benchmarks.serving.load import OK, connected
from benchmarks.serving.processes import Process, command_path, gradewise, own
from gradewise import load_scorer
from gradewise.bootstrap import serving_cache
from gradewise.settings import Settings
from gradewise.workflows.scoring.embedded import EmbeddedScorer

N_MANY, ROUNDS, N_WARM, N_SINGLE = 10_000, 3, 50, 500
ASKED_A_SECOND, ASKED_MS = 2_000, 15


@dataclass(frozen=True, slots=True)
class Timed:
    """Texts that were asked about one after the other."""

    wall_ms: Sequence[float]
    """Time of each by the clock."""
    cpu_ms: float
    """CPU time a text, of whatever answered."""

    def measurement(self, name: str, *, asked: float | None) -> Measurement:
        """The 95th percentile beside what was asked."""
        p50, p95, p99 = np.quantile(self.wall_ms, (0.5, 0.95, 0.99))
        return Measurement(
            name=f"{name}, p95",
            value=float(p95),
            unit="ms",
            asked=asked,
            note=f"n={len(self.wall_ms)}; p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms; "
            f"CPU {self.cpu_ms:.1f} ms",
        )


def scoring(trainings: Trainings) -> list[Measurement]:
    """Every figure, with models of BANKING77 and texts that they have not seen, none of them read before."""
    texts, scratch = unseen_texts(N_MANY), trainings.scratch
    plain = trainings.any_of(banking77(), embeddings=False).run.bundle
    seeing = trainings.any_of(banking77(), embeddings=True).run.bundle
    with _scorer(plain, scratch / "plain") as scorer:
        singly = _singly(scorer, texts)
    with _scorer(seeing, scratch / "seeing", trainings.text_model) as scorer:
        seen = _singly(scorer, texts)
    return [
        _by_library(plain, texts, scratch),
        _by_command(plain, texts, scratch),
        singly.measurement("one text, no embeddings, load_scorer(…).score", asked=None),
        seen.measurement("one text with embeddings, load_scorer(…).score", asked=ASKED_MS),
        *_by_service(seeing, trainings.text_model, texts, scratch),
    ]


@contextmanager
def _scorer(bundle: Path, cache: Path, model: Path | None = None) -> Iterator[EmbeddedScorer]:
    """A scorer with an empty cache."""
    kept = serving_cache(Settings(cache_directory=cache, workers=None))
    try:
        with load_scorer(bundle, embedding_model=model, cache=kept) as scorer:
            yield scorer
    finally:
        kept.close()


def _by_library(bundle: Path, texts: Sequence[str], scratch: Path) -> Measurement:
    """Each round with an empty cache: what was read before would be half as much work."""
    spent = []
    for number in range(ROUNDS):
        with _scorer(bundle, scratch / f"many-{number}") as scorer:
            began = spent_so_far()
            scorer.score_many(texts)
            spent.append(spent_so_far() - began)
    return _rate("load_scorer(…).score_many, no embeddings", spent, len(texts))


def _rate(name: str, spent: Sequence[Spent], n: int) -> Measurement:
    cpu_us = median(each.cpu_s for each in spent) / n * 1e6
    return Measurement(
        name=name,
        value=n / median(each.wall_s for each in spent),
        unit="texts/s",
        asked=ASKED_A_SECOND,
        better="higher",
        note=f"n={n}, median of {len(spent)}; CPU {cpu_us:.0f} µs a text",
    )


def _by_command(bundle: Path, texts: Sequence[str], scratch: Path) -> Measurement:
    """The whole command, start of Python included."""
    file = scratch / "texts.csv"
    with file.open("w", encoding="utf-8", newline="") as written:
        table = csv.writer(written)
        table.writerow(["id", "text"])
        table.writerows(enumerate(texts))
    command = [
        str(command_path()),
        "score",
        str(file),
        "--model",
        str(bundle),
        "--output",
        str(scratch / "said.csv"),
    ]
    # Compiled once and kept, as where it is installed.
    environment = {**os.environ, **own(scratch), "PYTHONDONTWRITEBYTECODE": ""}
    spent = []
    for _ in range(1 + ROUNDS):
        began = time.perf_counter(), _children_s()
        subprocess.run(command, env=environment, check=True, capture_output=True)
        spent.append(Spent(time.perf_counter() - began[0], _children_s() - began[1]))
    return _rate("the whole command gradewise score FILE, no embeddings", spent[1:], len(texts))


def _children_s() -> float:
    """CPU time of processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _singly(scorer: EmbeddedScorer, texts: Sequence[str]) -> Timed:
    for text in texts[:N_WARM]:
        scorer.score(text)
    wall, used = [], time.process_time()
    for text in texts[N_WARM : N_WARM + N_SINGLE]:
        began = time.perf_counter()
        scorer.score(text)
        wall.append((time.perf_counter() - began) * 1000)
    return Timed(wall, (time.process_time() - used) * 1000 / len(wall))


def _by_service(bundle: Path, model: Path, texts: Sequence[str], scratch: Path) -> list[Measurement]:
    """With the score log, as it comes, and without."""
    found = []
    for said, options, asked in (("", (), ASKED_MS), (", no score log", ("--no-log",), None)):
        directory = scratch / f"served{len(options)}"
        directory.mkdir()
        named = ("--model", bundle, "--embedding-model", model, "--poll", "0", *options)
        with gradewise(directory, *named) as server:
            timed = asyncio.run(_over_http(server, texts))
        found.append(timed.measurement(f"one text with embeddings, gradewise serve{said}", asked=asked))
    return found


async def _over_http(server: Process, texts: Sequence[str]) -> Timed:
    """One connection that is kept, one text after the other."""
    bodies = [json.dumps({"text": text}).encode() for text in texts[: N_WARM + N_SINGLE]]
    async with connected(server.port) as client:
        for body in bodies[:N_WARM]:
            await client.post("/v1/score", body)
        used = server.cpu_s
        answers = [await client.post("/v1/score", body) for body in bodies[N_WARM:]]
        used = server.cpu_s - used
    if wrong := [answer for answer in answers if answer.status != OK]:
        raise AssertionError(f"{len(wrong)} of {len(answers)} were refused: {wrong[0].body!r}")
    return Timed([answer.seconds * 1000 for answer in answers], used * 1000 / len(answers))
