"""One search in one arena: what is queued, how a configuration is judged, when it is over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from gradewise.evaluation.figures import figures_of
from gradewise.evaluation.gains import loss_of
from gradewise.models.search import SearchSpace, Settings, Trial, best_trial
from gradewise.protocols.experiments import Study
from gradewise.workflows.research.arena import Arena, grade_out_of_fold, loss_on_fold, read_configuration
from gradewise.workflows.research.objectives import hopeless
from gradewise.workflows.research.proposals import SearchRules, Suggest, due, next_batch

SAID = ("qwk", "rps", "rmse", "mae", "accuracy", "adjacent_accuracy", "worst_prompt_qwk")
"""Figures that are kept of every configuration."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Search:
    """A search for the best configuration in an arena."""

    arena: Arena
    """Where configurations compete."""
    space: SearchSpace
    """Where it looks."""
    own: Settings
    """The plan's own settings, tried first."""
    rules: SearchRules
    """How it goes on."""
    study: Study
    """Its trials."""
    suggest: Suggest
    """The sampler."""

    def batch_of(self, number: int) -> int:
        """To which batch a trial belongs, from 0."""
        return number // self.rules.batch

    def earlier(self, number: int) -> tuple[Trial, ...]:
        """The trials of batches before that of a trial, all finished."""
        return self.study.trials()[: self.batch_of(number) * self.rules.batch]

    def winner(self) -> Trial:
        """The best configuration, once the search is over."""
        return best_trial(self.study.trials())


def queue_due(search: Search) -> tuple[Trial, ...]:
    """Queue what is to be tried next, and say when nothing is; the trials as they are then."""

    def batch_of(start: int) -> Sequence[Settings]:
        return next_batch(
            search.rules,
            search.space,
            search.own,
            trials[:start],
            suggest=search.suggest,
            identify=search.arena.identify,
        )

    trials = search.study.trials()
    wanted = due(search.rules, trials, batch_of)
    if wanted:
        search.study.queue(wanted)
        return search.study.trials()
    if all(trial.finished for trial in trials):
        search.study.end()
    return trials


def judge_trial(search: Search, trial: Trial, *, stopped: Callable[[], bool]) -> bool:
    """Learn a configuration fold by fold, and say what it came to.

    It is compared with earlier batches alone, so that it does not matter who was quicker.

    Args:
        search: to which it belongs.
        trial: in our hands.
        stopped: asked after each fold; when true the trial waits again.

    Returns:
        Whether the trial is finished.
    """
    arena, study = search.arena, search.study
    model = arena.model(trial.settings)
    rivals = [each.steps for each in search.earlier(trial.number)] if search.rules.prune else []
    readings, steps = [], list[float]()
    for fold in range(arena.n_folds):
        if stopped():
            study.release(trial.number)
            return False
        readings.append(read_configuration(arena, model, fold))
        steps.append(loss_on_fold(arena, readings[-1], fold))
        study.report(trial.number, fold, steps[-1])
        if fold + 1 < arena.n_folds and hopeless(steps, rivals):
            study.finish(trial.number, None, {"hash": arena.identify(trial.settings)})
            return True
    figures = figures_of(grade_out_of_fold(arena, model, readings), arena.measure)
    facts: dict[str, Any] = {
        "hash": arena.identify(trial.settings),
        "metrics": {name: figures[name] for name in SAID if isfinite(figures.get(name, float("nan")))},
        "trees": [sum(reading.rounds) for reading in readings],
    }
    study.finish(trial.number, loss_of(arena.objective, figures[arena.objective]), facts)
    return True
