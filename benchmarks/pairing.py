"""How many comparisons chosen pairs save, against pairs drawn at random.

`make bench-pairing` plays judges over essays of known quality: the synthetic set of
``GRADEWISE_CORPORA/cj/example_writing_samples1000.csv.gz``, and normal qualities of several widths. Random
pairs reach some rank correlation with the truth after so many comparisons an essay; the figure is the share
of them after which chosen pairs reach the same, over seeds. With a model, its grades (correlation .8 with the
truth) are expected before the first comparison; what judgement alone says of the same pairs stands beside it.

It prints a table and writes `benchmarks/output/pairing.json`.
"""

import argparse
import csv
import gzip
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.special import expit

from benchmarks.corpora import corpora
from benchmarks.measurements import Measurement, seconds_of, show, write
from gradewise.judgement.beliefs import Beliefs, Expected, believe, expect_nothing
from gradewise.judgement.comparisons import Comparisons, Floats, compare
from gradewise.judgement.pairing import Pair, next_pairs

AGREEMENT = 0.8  # of the model's scores with the truth
CHOSEN, WITH_MODEL = 0.60, 0.45  # of the comparisons that random pairs need
SYNTHETIC = "example_writing_samples1000.csv.gz"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is played."""

    name: str
    """In the table."""
    truth: Floats
    """Quality of each essay: shape ``(n,)``, in logits."""
    per_essay: int
    """Comparisons an essay that random pairs get, each counted once; every essay is seen twice as often."""
    share: float
    """Of those comparisons after which chosen pairs give up."""
    batches_per_round: int
    """Batches in which as many pairs are asked as there are essays."""

    @property
    def batch(self) -> int:
        """Pairs that are chosen at once."""
        return max(1, self.truth.size // self.batches_per_round)


@dataclass(slots=True)
class Course:
    """One seed's play, batch by batch."""

    counts: list[int]
    """Comparisons so far."""
    believed: list[float]
    """Rank correlation of beliefs with the truth."""
    judged: list[float]
    """The same of judgement alone, without what a model expected."""

    def reaches(self, target: float, *, judged: bool = False) -> float:
        """Comparisons after which the correlation is reached; all that were made when it is not."""
        figures = self.judged if judged else self.believed
        for place, figure in enumerate(figures):
            if figure >= target:
                if place == 0:
                    return float(self.counts[0])
                before, last = figures[place - 1], self.counts[place - 1]
                return last + (self.counts[place] - last) * (target - before) / (figure - before)
        return float(self.counts[-1])


def names_of(n_items: int) -> tuple[str, ...]:
    """Names that sort as the items stand."""
    return tuple(f"{position:05d}" for position in range(n_items))


def answered(
    asked: Comparisons, pairs: Iterable[Pair], truth: Floats, rng: np.random.Generator
) -> Comparisons:
    """The comparisons with a judge's answers to some pairs: better wins as Bradley and Terry say."""
    first = np.array([int(pair.first) for pair in pairs])
    second = np.array([int(pair.second) for pair in pairs])
    won = rng.random(first.size) < expit(truth[first] - truth[second])
    return replace(
        asked,
        first=np.append(asked.first, first),
        second=np.append(asked.second, second),
        first_won=np.append(asked.first_won, won),
        judges=np.append(asked.judges, np.full(first.size, -1)),
        confidences=np.append(asked.confidences, np.full(first.size, np.nan)),
    )


def random_pairs(asked: Comparisons, n_pairs: int, rng: np.random.Generator) -> list[Pair]:
    """Pairs that were not asked before, in which essays occur evenly."""
    n = len(asked.items)
    seen = set(zip(asked.first.tolist(), asked.second.tolist(), strict=True))
    pairs: list[Pair] = []
    while len(pairs) < n_pairs:
        order = rng.permutation(n).tolist()
        for one, other in zip(order[0 : n - 1 : 2], order[1::2], strict=True):
            if len(pairs) < n_pairs and (one, other) not in seen and (other, one) not in seen:
                seen.add((one, other))
                pairs.append(Pair(asked.items[one], asked.items[other]))
    return pairs


def model_of(truth: Floats, rng: np.random.Generator) -> Expected:
    """What a model expects that agrees with the truth as `AGREEMENT` says."""
    spread = truth.std()
    seen = truth + rng.normal(0, spread * np.sqrt(AGREEMENT**-2 - 1), truth.size)
    means = AGREEMENT**2 * (seen - seen.mean())
    return Expected(means, np.full(truth.size, spread * np.sqrt(1 - AGREEMENT**2)))


def correlation(beliefs: Beliefs, truth: Floats) -> float:
    """Spearman's, with the truth."""
    return float(stats.spearmanr(beliefs.means, truth).statistic)


def play(setting: Setting, seed: int, *, chosen: bool, model: bool = False, share: float = 1.0) -> Course:
    """Ask, answer and score until `share` of the comparisons are made."""
    rng = np.random.default_rng([seed, chosen, model])
    n = setting.truth.size
    expected = model_of(setting.truth, rng) if model else expect_nothing(n)
    asked = compare([], items=names_of(n))
    beliefs = alone = believe(asked, expected=expected)
    course = Course([], [], [])
    while asked.n < share * setting.per_essay * n:
        pairs = (
            next_pairs(beliefs, asked, setting.batch, rng=rng)
            if chosen
            else random_pairs(asked, setting.batch, rng)
        )
        asked = answered(asked, pairs, setting.truth, rng)
        beliefs = believe(asked, expected=expected, start=beliefs.means)
        alone = believe(asked, start=alone.means) if model else beliefs
        course.counts.append(asked.n)
        course.believed.append(correlation(beliefs, setting.truth))
        course.judged.append(correlation(alone, setting.truth))
    return course


def shares(setting: Setting, seeds: int) -> Mapping[str, list[float]]:
    """What share of the comparisons each way needs, by seed."""
    needed: dict[str, list[float]] = {"target": [], "chosen": [], "with a model": [], "judgement alone": []}
    for seed in range(seeds):
        random = play(setting, seed, chosen=False)
        target, total = random.believed[-1], random.counts[-1]
        chosen = play(setting, seed, chosen=True, share=setting.share)
        with_model = play(setting, seed, chosen=True, model=True, share=setting.share)
        needed["target"].append(target)
        needed["chosen"].append(chosen.reaches(target) / total)
        needed["with a model"].append(with_model.reaches(target) / total)
        needed["judgement alone"].append(with_model.reaches(target, judged=True) / total)
        print(
            f"  {setting.name}, seed {seed}: " + ", ".join(f"{k} {v[-1]:.3f}" for k, v in needed.items()),
            flush=True,
        )
    return needed


def measured(name: str, values: list[float], asked: float | None, note: str) -> Measurement:
    """Mean over seeds with its interval of 95 %; a seed that never got there counts as all it made."""
    mean = float(np.mean(values))
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)) if len(values) > 1 else float("nan")
    note = f"{mean - half:.3f} … {mean + half:.3f}, n = {len(values)} seeds; {note}"
    return Measurement(name=name, value=mean, unit="of random", asked=asked, note=note)


def synthetic() -> Floats | None:
    """The true qualities of the synthetic set, when the machine has it."""
    path = corpora() / "cj" / SYNTHETIC
    if not path.is_file():
        return None
    with gzip.open(path, "rt", encoding="utf-8", newline="") as opened:
        return np.array([float(row["theta_true"]) for row in csv.DictReader(opened)])


def settings(*, quick: bool) -> Iterable[tuple[Setting, bool]]:
    """What is played, and whether the figures are asked for."""
    known = synthetic()
    if known is not None and not quick:
        yield Setting("1,000 synthetic essays", known, 10, 0.7, 2), True
    if known is not None:
        few = np.random.default_rng(0).choice(known, 200, replace=False)
        yield Setting("200 of the synthetic essays", few, 10, 1.0, 4), True
        yield Setting("30 of the synthetic essays", few[:30], 5, 1.0, 6), False
    for width in (1.0, 2.0, 3.0):
        truth = np.random.default_rng(1).normal(0, width, 100)
        yield Setting(f"100 normal essays, SD {width:g}", truth, 10, 1.0, 5), False


def speed() -> Iterable[Measurement]:
    """How long one batch takes among 1,000 items with 5,000 comparisons."""
    rng, n_items = np.random.default_rng(0), 1000
    truth, asked = rng.normal(0, 2, n_items), compare([], items=names_of(n_items))
    asked = answered(asked, random_pairs(asked, 5000, rng), truth, rng)
    beliefs = believe(asked)
    fit = seconds_of(lambda: believe(asked, start=beliefs.means), repeat=3)
    yield Measurement(name="beliefs of 1,000 essays, from the last", value=fit, unit="s")
    for n_pairs in (50, 500, 2000):
        taken = seconds_of(lambda n=n_pairs: next_pairs(beliefs, asked, n, rng=rng), repeat=3)  # type: ignore[misc]
        bound = 1.0 if n_pairs <= n_items // 2 else None  # beyond it, an essay is asked about several times
        yield Measurement(name=f"{n_pairs} pairs of 1,000 essays", value=taken, unit="s", asked=bound)


def main() -> int:
    """Play every setting; 1 when a figure that is asked for is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="leave out the thousand essays")
    arguments = parser.parse_args()
    measurements = list(speed())
    for setting, asked in settings(quick=arguments.quick):
        needed = shares(setting, arguments.seeds)
        reached = np.mean(needed["target"])
        note = f"random pairs reach {reached:.3f} with {setting.per_essay} comparisons an essay"
        for way, bound in (("chosen", CHOSEN), ("with a model", WITH_MODEL), ("judgement alone", None)):
            name = f"{setting.name}: {way}"
            measurements.append(measured(name, needed[way], bound if asked else None, note))
    show(measurements)
    write(Path(__file__).stem, measurements)
    return 1 if any(each.verdict == "MISSED" for each in measurements) else 0


if __name__ == "__main__":
    sys.exit(main())
