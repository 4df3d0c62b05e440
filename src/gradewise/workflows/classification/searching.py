"""Searching for settings of a learner by folds of the training part; the locked test is not looked at."""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from math import isfinite
from statistics import fmean, median
from typing import Any

import numpy as np

from gradewise.errors import GradewiseError, MissingDependencyError, TrainingError
from gradewise.evaluation.trials import SearchTrial
from gradewise.models.classifiers.fitting import fit_classifier
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.spaces import grid
from gradewise.models.folds import FoldRows
from gradewise.models.one_thread import one_blas_thread
from gradewise.models.piecewise import Floats
from gradewise.models.search import SearchSpace, Settings, Trial, best_trial
from gradewise.protocols.experiments import Studies
from gradewise.telemetry import Listener, Notice, stage
from gradewise.work_events import SearchAdvanced
from gradewise.workflows.classification.experiment import TextExperiment
from gradewise.workflows.classification.settings import (
    figure_of,
    figure_of_loss,
    loss_of_figure,
    own_settings,
    params_of,
    space_of,
)
from gradewise.workflows.classification.views import FoldView, TextViews
from gradewise.workflows.plans.classifier import ClassifierSearchPlan
from gradewise.workflows.research.proposals import SearchRules, next_batch
from gradewise.workflows.runs.checkpoints import Checkpoints
from gradewise.workflows.services import Services

BATCH = 4
"""Settings that are proposed at a time and know nothing of each other, on any machine."""
FEWEST_RIVALS = 4
"""Earlier settings on the first fold that are needed to call one hopeless."""
FAILED = "failure"
"""Under which name a trial keeps why it came to nothing."""

Propose = Callable[[Sequence[Trial]], Sequence[Settings]]
"""What is tried after some finished trials; nothing at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The settings that are used, and what was tried to find them."""

    params: ClassifierParams
    """The learner."""
    settings: Settings
    """What the search decided of it; nothing where nothing was searched."""
    trials: tuple[Trial, ...] = ()
    """Every setting that was tried, in order."""
    metric: str = ""
    """What the best has most of."""

    @property
    def shown(self) -> tuple[SearchTrial, ...]:
        """The trials as reports show them."""
        return tuple(_shown(trial, self.metric) for trial in self.trials)


def _shown(trial: Trial, metric: str) -> SearchTrial:
    failed = FAILED in trial.facts
    loss = trial.loss if trial.loss is not None else (fmean(trial.steps) if trial.steps else None)
    return SearchTrial(
        params={key: value for key, value in trial.settings.items() if value is not None},
        score=figure_of_loss(metric, None if failed else loss),
        seconds=float(trial.facts.get("seconds", 0.0)),
        state="failed" if failed else trial.state,
    )


def fit_fold(experiment: TextExperiment, view: FoldView, fold: FoldRows, params: ClassifierParams) -> Floats:
    """P(class) of texts that a fold holds out, by a classifier of others: shape ``(n, n_classes)``."""
    fitted = fit_classifier(
        view.values(fold.train_rows),
        experiment.train.codes[fold.train_rows],
        params=params,
        n_classes=experiment.scale.n_grades,
        seed=experiment.plan.seed,
    )
    return fitted.probabilities(view.values(fold.validate_rows))


def search_settings(
    experiment: TextExperiment,
    views: TextViews,
    services: Services,
    listener: Listener,
    *,
    checkpoints: Checkpoints,
) -> Found:
    """Find settings by the folds that the plan gives to the search.

    The plan's own settings are tried first. A setting that cannot be learnt is kept with the reason. One
    whose loss on the first fold is above the median of `FEWEST_RIVALS` earlier ones or more is dropped there.

    Raises:
        TrainingError: no setting could be learnt.
        MissingDependencyError: a bayesian search without Optuna, or every setting needs what is not there.
    """
    plan = experiment.plan
    if plan.search.method == "none":
        return Found(params=params_of(plan), settings={})
    space = space_of(plan)
    judge = _Judge(experiment, views, checkpoints)
    bayesian = plan.search.method == "bayesian"
    with closing(services.open_studies()) if bayesian else nullcontext() as studies:
        trials = _tried(
            _proposals(experiment, space, studies), judge, listener, total=_total(plan.search, space)
        )
    _require_one(trials, judge.errors)
    best = best_trial(trials)
    if dropped := sum(FAILED in trial.facts for trial in trials):
        listener(Notice(f"{dropped} of {len(trials)} settings could not be learnt: artifacts/search.json"))
    return Found(
        params=params_of(plan, best.settings),
        settings=best.settings,
        trials=trials,
        metric=plan.search.metric,
    )


def _total(search: ClassifierSearchPlan, space: SearchSpace) -> int:
    """Settings that are tried at the most."""
    if search.method == "grid":
        return len(grid(space))
    return search.trials if space.size is None else min(search.trials, space.size + 1)


def _proposals(experiment: TextExperiment, space: SearchSpace, studies: Studies | None) -> Propose:
    search, own = experiment.plan.search, own_settings(experiment.plan, space)
    if search.method == "grid":
        every = grid(space)
        return lambda tried: every[len(tried) : len(tried) + BATCH]
    rules = SearchRules(
        trials=search.trials,
        batch=BATCH,
        sampler="random" if studies is None else "tpe",
        prune=True,
        seed=(search.seed,),
    )

    def propose(tried: Sequence[Trial]) -> Sequence[Settings]:
        if len(tried) >= rules.trials:
            return ()
        suggest = _nothing if studies is None else studies.suggest
        return next_batch(rules, space, own, tried, suggest=suggest, identify=identify)

    return propose


def _nothing(_space: SearchSpace, _told: Sequence[Trial], _n: int, _seed: int) -> Sequence[Settings]:
    return ()


def identify(settings: Settings) -> str:
    """What tells settings from others."""
    return json.dumps(dict(settings), sort_keys=True)


def _tried(propose: Propose, judge: "_Judge", listener: Listener, *, total: int) -> tuple[Trial, ...]:
    """Every setting that is proposed, judged; those of a batch side by side."""
    trials: list[Trial] = []
    with (
        stage(listener, "search", total=total, unit="settings") as done,
        one_blas_thread(),
        ThreadPoolExecutor(judge.experiment.workers) as pool,
    ):
        while batch := propose(trials):
            rivals = tuple(trials)
            numbered = [(len(rivals) + place, settings) for place, settings in enumerate(batch)]
            for trial in pool.map(partial(judge.judge, rivals=rivals), numbered):
                trials.append(trial)
                done(len(trials))
                best = min((each.loss for each in trials if each.loss is not None), default=None)
                shown = best if judge.experiment.dataset.metrics_allowed else None
                listener(SearchAdvanced("classifier", len(trials), total, shown))
    return tuple(trials)


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """Says what settings come to."""

    experiment: TextExperiment
    views: TextViews
    checkpoints: Checkpoints
    errors: list[GradewiseError] = field(default_factory=list)

    def judge(self, proposed: tuple[int, Settings], *, rivals: Sequence[Trial]) -> Trial:
        """Learn settings, which have a number, on fold after fold, until they are known or hopeless."""
        number, settings = proposed
        key = f"trial {number} {identify(settings)}"
        kept = self.checkpoints.recall(key)
        if kept is not None:
            return _recalled(number, settings, kept)
        started = time.perf_counter()
        trial = Trial(number=number, settings=settings, state="pruned")
        try:
            trial = self._learn(trial, rivals)
        except GradewiseError as error:
            self.errors.append(error)
            trial = replace(trial, facts={FAILED: str(error)})
        trial = replace(trial, facts={**trial.facts, "seconds": round(time.perf_counter() - started, 3)})
        if FAILED not in trial.facts:
            self.checkpoints.keep(key, _as_arrays(trial))
        return trial

    def _learn(self, trial: Trial, rivals: Sequence[Trial]) -> Trial:
        search = self.experiment.plan.search
        params = params_of(self.experiment.plan, trial.settings)
        steps: list[float] = []
        for fold, view in list(zip(self.experiment.folds, self.views.by_fold, strict=True))[: search.folds]:
            probabilities = fit_fold(self.experiment, view, fold, params)
            codes = self.experiment.train.codes[fold.validate_rows]
            steps.append(loss_of_figure(search.metric, figure_of(search.metric, probabilities, codes)))
            if not isfinite(steps[-1]):
                raise TrainingError(f"{search.metric} of a fold is {steps[-1]}")
            if len(steps) == 1 and _hopeless(steps[0], rivals):
                return replace(trial, steps=tuple(steps))
        return replace(trial, state="complete", steps=tuple(steps), loss=fmean(steps))


def _hopeless(loss: float, rivals: Sequence[Trial]) -> bool:
    """Whether settings are worse than the median of earlier ones on the first fold."""
    earlier = [trial.steps[0] for trial in rivals if trial.steps]
    return len(earlier) >= FEWEST_RIVALS and loss > median(earlier)


def _as_arrays(trial: Trial) -> dict[str, Any]:
    return {
        "steps": np.array(trial.steps),
        "seconds": np.array([trial.facts["seconds"]]),
        "complete": np.array([trial.loss is not None]),
    }


def _recalled(number: int, settings: Settings, kept: Any) -> Trial:
    steps = tuple(kept["steps"].tolist())
    complete = bool(kept["complete"][0])
    return Trial(
        number=number,
        settings=settings,
        state="complete" if complete else "pruned",
        steps=steps,
        loss=fmean(steps) if complete else None,
        facts={"seconds": float(kept["seconds"][0])},
    )


def _require_one(trials: Sequence[Trial], errors: Sequence[GradewiseError]) -> None:
    """Pass when some setting could be learnt."""
    if any(trial.state == "complete" for trial in trials):
        return
    first = errors[0] if errors else None
    if isinstance(first, MissingDependencyError):
        raise first
    reasons = [trial.facts[FAILED] for trial in trials if FAILED in trial.facts]
    raise TrainingError(
        f"none of {len(trials)} settings could be learnt; the first: {reasons[0] if reasons else 'dropped'}"
    )
