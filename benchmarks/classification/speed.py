"""How long a training of 10,000 short texts takes, stage by stage."""

from benchmarks.classification.accuracy import KINDS
from benchmarks.classification.corpora import banking77
from benchmarks.classification.training import TRIALS, Trained, Trainings
from benchmarks.measurements import Measurement

ASKED_S = 180
COUNTED = ("embeddings", "wording", "search", "training")
"""Stages of features, search and fits; the rest reads, judges and writes."""


def speed(trainings: Trainings) -> list[Measurement]:
    """Features, random search and fits of BANKING77; and the whole training around them."""
    return [
        measurement
        for embeddings, features in KINDS
        for measurement in _seconds(trainings.trained(banking77(), embeddings=embeddings), features)
    ]


def _seconds(trained: Trained, features: str) -> list[Measurement]:
    data = trained.run.report.data
    counted = [trained.stages[name] for name in COUNTED if name in trained.stages]
    n = f"{data.n_train + data.n_test} texts, {data.n_train} of them learnt from, two threads"
    return [
        Measurement(
            name=f"{features}: features, random search of {TRIALS}, 5 folds and the final fit",
            value=sum(each.wall_s for each in counted),
            unit="s",
            asked=ASKED_S,
            note=f"{n}; CPU {sum(each.cpu_s for each in counted):.1f} s",
        ),
        Measurement(
            name=f"{features}: the whole training",
            value=trained.whole.wall_s,
            unit="s",
            note=f"CPU {trained.whole.cpu_s:.1f} s: {trained.told}",
        ),
    ]
