"""`make bench-judgement`: published sessions of comparative judgement, and a large made-up one.

Reliabilities are those that the sessions' own publications state, by whatever program made them.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from scipy.special import expit

from benchmarks import decided_pairs
from benchmarks.corpora import judgement_sessions
from benchmarks.measurements import Measurement, seconds_of, show, write
from gradewise.evaluation.results import Interval
from gradewise.judgement.bradley_terry import Scores, fit_scores
from gradewise.judgement.comparisons import ComparisonColumns, Comparisons, Judged, compare, take_in
from gradewise.judgement.connections import held_by_prior
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.reliability import pair_closeness, separation, split_half

PUBLISHED: Mapping[str, float] = {
    "Bramley2018_1a": 0.968,
    "Bramley2018_1b": 0.753,
    "Daal2017_sample1": 0.819,
    "Pollitt2012a": 0.978,
    "PollittX_efl-writing": 0.974,
    "PollittX_philosophy1": 0.973,
    "Smith2020": 0.932,
}
"""Scale separation reliability of each session."""
MOST_APART = 0.03
"""How far from what was published a reliability may be."""
TASKS = ComparisonColumns(first="chosen", second="notChosen", judge="judgeId")
ITEMS, DECISIONS = 2_000, 40_000
MOST_SECONDS = 10.0
SPLITS = 5


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sessions(directory: Path) -> Iterator[tuple[str, Judged]]:
    """Every session by name: those with a published reliability, then the tasks of Wheadon (2020)."""
    for name in PUBLISHED:
        yield name, take_in(rows_of(directory / f"{name}.csv"))
    rows = rows_of(directory / "Wheadon2020_decisions.csv")
    for task in sorted({row["task"] for row in rows}):
        yield f"Wheadon2020, {task}", take_in([row for row in rows if row["task"] == task], TASKS)


def measured(name: str, judged: Judged) -> Iterator[Measurement]:
    """Reliability of one session, and how far that is from what was published."""
    comparisons = judged.comparisons
    scores = fit_scores(comparisons)
    found = separation(scores)
    yield Measurement(
        name=f"{name}: separation reliability",
        value=found.reliability.estimate,
        unit="",
        better="higher",
        note=f"{_bounds(found.reliability)}; {_what(judged, scores)}",
    )
    if name in PUBLISHED:
        apart = abs(found.reliability.estimate - PUBLISHED[name])
        note = f"published {PUBLISHED[name]:.3f}"
        yield Measurement(name="… distance from published", value=apart, unit="", asked=MOST_APART, note=note)
    halves = split_half(comparisons, halves_of="judges", n_splits=SPLITS).reliability
    note = f"{_bounds(halves)}, {SPLITS} splits"
    yield Measurement(
        name="… of halves of judges", value=halves.estimate, unit="", better="higher", note=note
    )


def _bounds(figure: Interval) -> str:
    return f"95 % {figure.low:.3f} to {figure.high:.3f} over essays"


def _what(judged: Judged, scores: Scores) -> str:
    n, items = judged.comparisons.n, len(scores.items)
    held = int(held_by_prior(judged.comparisons).sum())
    aside = ", ".join(f"{count} {reason}" for reason, count in judged.set_aside.items()) or "none"
    closeness = pair_closeness(judged.comparisons, scores)
    return (
        f"{n} comparisons of {items}, {scores.n_groups} group, {held} held by the prior, set aside: {aside},"
        f" closeness of pairs {closeness:.2f}"
    )


def large_session() -> tuple[Comparisons, np.ndarray]:
    """Comparisons of random pairs, and the qualities behind them in logits."""
    generator = np.random.default_rng(0)
    qualities = generator.normal(0, 2, ITEMS)
    first = generator.integers(ITEMS, size=DECISIONS)
    second = (first + generator.integers(1, ITEMS, DECISIONS)) % ITEMS
    first_won = generator.uniform(size=DECISIONS) < expit(qualities[first] - qualities[second])
    rows = (
        Comparison(f"{i:04}", f"{j:04}", bool(won))
        for i, j, won in zip(first, second, first_won, strict=True)
    )
    return compare(rows, items=[f"{item:04}" for item in range(ITEMS)]), qualities - qualities.mean()


def large() -> list[Measurement]:
    """How long a large session takes, and whether its errors are honest."""
    comparisons, truth = large_session()
    seconds = seconds_of(lambda: fit_scores(comparisons), repeat=5)
    scores = fit_scores(comparisons)
    inside = float(np.mean(np.abs(scores.values - truth) < 1.96 * scores.errors))
    correlation = float(np.corrcoef(scores.values, truth)[0, 1])
    size = f"{ITEMS:,} items, {DECISIONS:,} comparisons"
    return [
        Measurement(name="scores with errors", value=seconds, unit="s", asked=MOST_SECONDS,
                    note=f"{size}, median of 5"),
        Measurement(name="true qualities within 1.96 errors", value=inside, unit="", better="higher",
                    note=size),
        Measurement(name="correlation with true qualities", value=correlation, unit="", better="higher",
                    note=size),
    ]  # fmt: skip


def main() -> None:
    """Measure, print each figure, write."""
    directory = judgement_sessions()
    measurements = large()
    if directory is None:
        print("published sessions are not there: GRADEWISE_CORPORA=DIRECTORY make bench-judgement")
    else:
        measurements += [each for name, judged in sessions(directory) for each in measured(name, judged)]
        measurements += decided_pairs.measured(directory)
    show(measurements)
    print(f"\nwritten to {write('judgement', measurements)}")


if __name__ == "__main__":
    main()
