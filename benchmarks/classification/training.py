"""Models of the bench: each trained once as `gradewise train` trains, with the time of every stage."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.classification.corpora import Corpus
from gradewise.bootstrap import services_from
from gradewise.settings import Settings
from gradewise.telemetry import Event, StageFinished, StageStarted
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan
from gradewise.workflows.train import train
from gradewise.workflows.training.trained_run import TrainedRun

WORKERS, TRIALS = 2, 20


@dataclass(frozen=True, slots=True)
class Spent:
    """What some work took."""

    wall_s: float
    """By the clock."""
    cpu_s: float
    """Of all threads of the process, whoever else is on the machine."""

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.wall_s - other.wall_s, self.cpu_s - other.cpu_s)


def spent_so_far() -> Spent:
    """Since some moment: two of these make what lies between them."""
    return Spent(time.perf_counter(), time.process_time())


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished training."""

    run: TrainedRun
    """What it left."""
    whole: Spent
    """From reading the file to the bundle."""
    stages: Mapping[str, Spent]
    """By name, in the order in which they ended."""

    @property
    def told(self) -> str:
        """Every stage in one line."""
        parts = (f"{name} {each.wall_s:.1f} s (CPU {each.cpu_s:.1f})" for name, each in self.stages.items())
        return "; ".join(parts)


@dataclass(slots=True)
class _Stages:
    """Listens for what stages take."""

    begun: list[Spent] = field(default_factory=list)
    spent: dict[str, Spent] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self.begun.append(spent_so_far())
        elif isinstance(event, StageFinished):
            self.spent[event.stage] = spent_so_far() - self.begun.pop()


@dataclass(slots=True)
class Trainings:
    """Trains a model when it is first asked for, and keeps it as long as the bench goes on."""

    scratch: Path
    """Where runs and caches go."""
    text_model: Path
    """Directory of the text model."""
    _kept: dict[tuple[str, bool, str], Trained] = field(default_factory=dict)

    def plan(self, corpus: Corpus, *, embeddings: bool, search: str = "random") -> Plan:
        """The default plan of classes for a corpus."""
        classifier: dict[str, Any] = {"search": {"method": search, "trials": TRIALS}}
        if corpus.out_of_scope is not None:
            classifier["out_of_scope"] = corpus.out_of_scope
        features = {"set": "combined", "embedder": {"model": self.text_model}} if embeddings else {}
        data = {"train": corpus.train, "test": corpus.test, "columns": corpus.columns, "card": corpus.card}
        return make_plan(
            {
                "name": corpus.name.lower().replace("-", "_"),
                "task": "nominal",
                "data": data,
                "features": features,
                "classifier": classifier,
                "output": self.scratch / "runs",
            },
            location="benchmark",
        )

    def trained(self, corpus: Corpus, *, embeddings: bool, search: str = "random") -> Trained:
        """A model of a corpus; each training has an empty feature cache."""
        key = corpus.name, embeddings, search
        if key not in self._kept:
            self._kept[key] = self._train(
                self.plan(corpus, embeddings=embeddings, search=search), f"{len(self._kept)}"
            )
        return self._kept[key]

    def any_of(self, corpus: Corpus, *, embeddings: bool) -> Trained:
        """A model of a corpus, with whatever settings: for figures that do not go by them."""
        searched = self._kept.get((corpus.name, embeddings, "random"))
        return searched or self.trained(corpus, embeddings=embeddings, search="none")

    def _train(self, plan: Plan, name: str) -> Trained:
        stages, began = _Stages(), spent_so_far()
        settings = Settings(cache_directory=self.scratch / f"cache-{name}", workers=WORKERS)
        with services_from(settings) as services:
            run = train(plan, services, listener=stages.hear)
        return Trained(run, spent_so_far() - began, stages.spent)
