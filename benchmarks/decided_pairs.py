"""All 190 pairs of 20 texts, decided: do scores, and a model's grades, foretell decisions they did not see?

Part of `make bench-judgement`. The texts are synthetic and of stated quality (``example_writing_*``, made by
pairwiseLLM, MIT). The model is trained on the 1,000 texts of the same set, none of which is among the 20; it
learns their quality in twenty steps. Shares are means over ways of holding pairs out; intervals are over
texts, which is wider than over pairs, since every text is in 19 of them.
"""

import csv
import gzip
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.measurements import Measurement, seconds_of
from gradewise.evaluation.results import Interval
from gradewise.judgement.beliefs import Expected, believe
from gradewise.judgement.bradley_terry import fit_scores
from gradewise.judgement.columns import guess_columns
from gradewise.judgement.comparisons import Comparisons, Floats, take_in
from gradewise.judgement.expectations import expect_scores

PAIRS, SAMPLES = "example_writing_pairs.csv", "example_writing_samples.csv"
TRAINING = "example_writing_samples1000.csv.gz"
FOLDS, REPEATS = 10, 20
FEW = (10, 20, 40, 95)
RESAMPLES = 1000


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def decided(directory: Path) -> Comparisons:
    """Every pair with its decision."""
    rows = rows_of(directory / PAIRS)
    return take_in(rows, guess_columns(list(rows[0]))).comparisons


def foretold(comparisons: Comparisons, values: Floats) -> Floats:
    """Which decisions are for the higher value, ties counting half: shape ``(n,)``, 0 to 1."""
    apart = values[comparisons.winners] - values[comparisons.losers]
    return np.asarray((np.sign(apart) + 1) / 2, dtype=np.float64)


def share(comparisons: Comparisons, hits: Floats) -> Interval:
    """The share foretold with its interval of 95 % over texts; ``nan`` marks what was not held out."""
    seen = ~np.isnan(hits)
    rng, n = np.random.default_rng(0), len(comparisons.items)
    drawn = rng.multinomial(n, np.full(n, 1 / n), RESAMPLES).astype(np.float64)
    weights = (drawn[:, comparisons.first] * drawn[:, comparisons.second])[:, seen]
    figures = (weights @ hits[seen]) / weights.sum(axis=1)
    low, high = np.quantile(figures, [0.025, 0.975])
    return Interval(float(hits[seen].mean()), float(low), float(high))


def by_folds(comparisons: Comparisons) -> Floats:
    """How often each decision is foretold by scores from the other nine tenths: shape ``(n,)``."""
    rng, found = np.random.default_rng(0), np.zeros((REPEATS, comparisons.n))
    for repeat in range(REPEATS):
        fold = rng.permutation(comparisons.n) % FOLDS
        for each in range(FOLDS):
            held = fold == each
            values = fit_scores(comparisons.only(~held)).values
            found[repeat, held] = foretold(comparisons.only(held), values)
    return np.asarray(found.mean(axis=0))


def by_few(comparisons: Comparisons, n: int, expected: Expected | None) -> Floats:
    """How often each decision is foretold after so many others: shape ``(n,)``, ``nan`` if never held out."""
    rng, found = np.random.default_rng(n), np.full((REPEATS, comparisons.n), np.nan)
    for repeat in range(REPEATS):
        order = rng.permutation(comparisons.n)
        values = believe(comparisons.only(order[:n]), expected=expected).means
        found[repeat, order[n:]] = foretold(comparisons.only(order[n:]), values)
    held: NDArray[np.int64] = (~np.isnan(found)).sum(axis=0)
    return np.where(held > 0, np.nansum(found, axis=0) / np.maximum(held, 1), np.nan)


def model_scores(directory: Path, working: Path) -> Mapping[str, float]:
    """What a model says of the texts that it has not seen."""
    environment = os.environ | {"GRADEWISE_MODELS_DIR": str(working / "models")}
    program = [sys.executable, "-c", "from gradewise.cli.main import main; main()"]
    with gzip.open(directory / TRAINING, "rt", encoding="utf-8", newline="") as opened:
        texts = [(row["ID"], row["text"], row["quality_level"]) for row in csv.DictReader(opened)]
    with (working / "texts.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "text", "grade"), *texts])
    learnt = ["train", "texts.csv", "--scale", "1-20", "-q", "--output", "runs"]
    subprocess.run([*program, *learnt], cwd=working, env=environment, check=True, capture_output=True)
    run = next((working / "runs").glob("*/*/artifacts"))
    scored = [
        "score", str((directory / SAMPLES).resolve()), "--text-column", "text", "--id-column", "ID",
        "--model", str(run.parent), "--output", "scores.csv",
    ]  # fmt: skip
    subprocess.run([*program, *scored], cwd=working, env=environment, check=True, capture_output=True)
    return {row["id"]: float(row["score"]) for row in rows_of(working / "scores.csv")}


def measured(directory: Path) -> Iterator[Measurement]:
    """Every figure."""
    comparisons = decided(directory)
    quality = {row["ID"]: float(row["quality_score"]) for row in rows_of(directory / SAMPLES)}
    truth = np.array([quality[item] for item in comparisons.items])
    yield _share("decided pairs foretold by stated quality", comparisons, foretold(comparisons, truth), "")
    note = f"{FOLDS} folds of pairs, {REPEATS} times"
    yield _share("… by scores from other pairs", comparisons, by_folds(comparisons), note)
    with tempfile.TemporaryDirectory() as working:
        found: dict[str, float] = {}
        seconds = seconds_of(lambda: found.update(model_scores(directory, Path(working))))
    grades = np.array([found[item] for item in comparisons.items])
    note = f"trained on 1,000 other texts of the set in {seconds:.0f} s"
    yield _share("… by a model's scores", comparisons, foretold(comparisons, grades), note)
    correlation = float(np.corrcoef(grades, fit_scores(comparisons).values)[0, 1])
    yield Measurement(name="model's scores against judged ones: correlation", value=correlation, unit="",
                      better="higher", note=f"{len(comparisons.items)} texts")  # fmt: skip
    for n in FEW:
        expected = expect_scores(comparisons.items, found)
        alone, both = by_few(comparisons, n, None), by_few(comparisons, n, expected)
        yield _share(f"… by scores from {n} other pairs", comparisons, alone, f"{REPEATS} draws")
        yield _share(f"… by {n} other pairs and the model", comparisons, both, f"{REPEATS} draws")


def _share(name: str, comparisons: Comparisons, hits: Floats, note: str) -> Measurement:
    found = share(comparisons, hits)
    words = (
        f"95 % {found.low:.3f} to {found.high:.3f} over {len(comparisons.items)} texts, {comparisons.n} pairs"
    )
    joined = "; ".join(filter(None, (words, note)))
    return Measurement(name=name, value=found.estimate, unit="", better="higher", note=joined)
