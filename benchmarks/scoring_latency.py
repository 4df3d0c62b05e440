"""How long an answer takes: one essay from text, from the cache, and fifty at once, by the scoring use case.

`make bench-scoring MODEL=…` asks `Scoring` as an edge does, with a score log in memory, for
the essays of the ELLIPSE test set (GRADEWISE_CORPORA=DIRECTORY); without a model it trains one on the first
1,200 of the training set. Wall-clock time says what the machine had to give; CPU time beside it, what the
work costs whoever else is there.
"""

import asyncio
import csv
import gzip
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.corpora import ELLIPSE_COLUMNS, ellipse
from benchmarks.measurements import Measurement, show, write
from gradewise.bootstrap import reading_tools, serving_cache
from gradewise.cli.main import run
from gradewise.essays.records import Essay
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.naming import named_bundle
from gradewise.scores.routing import ReviewRouting
from gradewise.settings import Settings
from gradewise.testing.score_logs import MemoryScoreLog
from gradewise.workflows.scoring.arms import Arms
from gradewise.workflows.scoring.bundle_model import BundleModel
from gradewise.workflows.scoring.models import GradingModel
from gradewise.workflows.scoring.requests import ScoreRequest
from gradewise.workflows.scoring.scoring import Scoring

CORES = 2
N_TRAINING, N_WARM, N_SINGLE, N_BATCHES, BATCH = 1_200, 20, 150, 6, 50


@dataclass(frozen=True, slots=True)
class Slot:
    """Holds the model."""

    current: GradingModel


@dataclass(frozen=True, slots=True)
class Timed:
    """Times of some requests, one after the other."""

    wall_ms: Sequence[float]
    """By the clock."""
    cpu_ms: Sequence[float]
    """Of all threads of the process."""

    def measurement(self, name: str, asked: float, *, share: float) -> Measurement:
        """A quantile beside what was asked."""
        wall, cpu = np.array(self.wall_ms), np.array(self.cpu_ms)
        return Measurement(
            name=name,
            value=float(np.quantile(wall, share)),
            unit="ms",
            asked=asked,
            note=f"n={len(wall)}; median {np.median(wall):.1f} ms; CPU median {np.median(cpu):.1f}, "
            f"p95 {np.quantile(cpu, 0.95):.1f} ms",
        )


async def timed(asks: Sequence[Callable[[], Awaitable[object]]]) -> Timed:
    """Ask one after the other."""
    wall, cpu = [], []
    for ask in asks:
        began, used = time.perf_counter(), time.process_time()
        await ask()
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    return Timed(wall, cpu)


async def measure(scoring: Scoring, requests: Sequence[ScoreRequest]) -> list[Measurement]:
    """Every figure; no text is read from the cache that is said to be read anew."""
    single = requests[N_WARM : N_WARM + N_SINGLE]
    rest = requests[N_WARM + N_SINGLE :]
    batches = [rest[start : start + BATCH] for start in range(0, N_BATCHES * BATCH, BATCH)]
    await timed([partial(scoring.score, each) for each in requests[:N_WARM]])
    first = await timed([partial(scoring.score, each) for each in single])
    again = await timed([partial(scoring.score, each) for each in single])
    many = await timed([partial(scoring.score_many, batch) for batch in batches if len(batch) == BATCH])
    await scoring.close()
    return [
        first.measurement("one essay from text, p95", 30, share=0.95),
        again.measurement("one essay from the cache, p95", 5, share=0.95),
        many.measurement("fifty essays from text, median", 700, share=0.5),
    ]


def requests_of(path: Path) -> list[ScoreRequest]:
    """The essays of a file of ELLIPSE, as an edge hands them over."""
    text, name, prompt = (ELLIPSE_COLUMNS[each] for each in ("text", "id", "prompt"))
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [
            ScoreRequest(essay=Essay(id=row[name], text=row[text], prompt=row[prompt]))
            for row in csv.DictReader(file)
        ]


def train_one(directory: Path, training: Path) -> Path:
    """A default model of some ELLIPSE essays."""
    with gzip.open(training, "rt", encoding="utf-8") as file:
        rows = [row for _, row in zip(range(N_TRAINING), csv.DictReader(file), strict=False)]
    with (directory / "essays.csv").open("w", encoding="utf-8", newline="") as written:
        table = csv.writer(written)
        table.writerow(["id", "text", "label", "prompt"])
        columns = [ELLIPSE_COLUMNS[each] for each in ("id", "text", "label", "prompt")]
        table.writerows([row[column] for column in columns] for row in rows)
    output = directory / "output"
    options = ["--scale", "ellipse", "--set-aside", "--quiet", "--output", str(output)]
    if run(["train", str(directory / "essays.csv"), *options]) != 0:
        sys.exit("the model could not be trained")
    return next(output.glob("*/*"))


def main() -> None:
    """Measure, print, write."""
    test, training = ellipse("test"), ellipse("train")
    if test is None or training is None:
        sys.exit("GRADEWISE_CORPORA names no directory with ELLIPSE")
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else train_one(directory, training)
        settings = Settings(cache_directory=directory / "cache", workers=CORES)
        tools = reading_tools(settings)
        with closing(serving_cache(settings)) as cache:
            model = BundleModel(load_bundle(named_bundle(path)), tools, cache)
            scoring = Scoring(
                Arms(Slot(model)),
                log=MemoryScoreLog(),
                readers=CORES,
                review=ReviewRouting(),
                clock=partial(datetime.now, UTC),
            )
            measurements = asyncio.run(measure(scoring, requests_of(test)))
    show(measurements)
    print(f"\nwritten to {write('scoring_latency', measurements)}")


if __name__ == "__main__":
    main()
