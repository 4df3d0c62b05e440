"""What tuning buys on essays that took no part in it: the search, repeated within each fold.

Source: Varma & Simon (2006), doi:10.1186/1471-2105-7-91; Cawley & Talbot (2010), JMLR 11, 2079–2107.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from gradewise.errors import SplitError
from gradewise.essays.split_plan import Fold
from gradewise.essays.splits import make_split_plan
from gradewise.evaluation.results import Graded
from gradewise.models.cross_fit import FoldReading, join_readings
from gradewise.models.decisions import choose_decision
from gradewise.models.folds import FoldRows, fold_rows
from gradewise.models.grader import fit_decoding
from gradewise.models.predictions import GradePredictions
from gradewise.telemetry import Listener
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.plans.model import ModelPlan
from gradewise.workflows.research.arena import Arena, codes_of_fold, read_configuration, read_every_fold
from gradewise.workflows.training.judging import graded_essays
from gradewise.workflows.training.views import learn_views

INNER_FOLDS = 3
"""Folds within a fold's training part, where the split plan has none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Confirmation:
    """Essays graded by a way to learn that was chosen, fitted and decoded without them."""

    own: Graded
    """By the plan's own settings."""
    tuned: Graded
    """By what a search within the other folds chose: the same essays in the same order."""


def inner_folds(dataset: Dataset) -> tuple[tuple[Fold, ...], ...]:
    """For each fold, folds within its training part: the split plan's, or made by the same scheme.

    Raises:
        SplitError: a training part cannot be divided.
    """
    by_id = {essay.id: essay for essay in dataset.essays}
    made = []
    for number, fold in enumerate(dataset.split.folds):
        if fold.inner:
            made.append(fold.inner)
            continue
        try:
            inner = make_split_plan(
                [by_id[essay_id] for essay_id in fold.train_ids],
                scale=dataset.scale,
                scheme=dataset.split.scheme,
                n_folds=INNER_FOLDS,
                test_share=0,
                seed=dataset.split.seed + number,
            )
        except SplitError as error:
            raise SplitError(
                f"fold {number} cannot be divided for the nested check: {error}; or skip it: "
                "tune.nested_trials: 0"
            ) from error
        made.append(inner.folds)
    return tuple(made)


def inner_arenas(arena: Arena, folds: Sequence[Sequence[Fold]], listener: Listener) -> tuple[Arena, ...]:
    """For each fold of an arena, one of its training essays alone; columns are learnt anew within each."""
    experiment = arena.experiment
    rows = [fold_rows(tuple(inner), experiment.dataset.split.train_ids) for inner in folds]
    every = tuple(each for inner in rows for each in inner)
    learnt = learn_views(experiment.material, every, listener, workers=experiment.workers)
    views = iter(learnt.by_fold)
    return tuple(
        replace(
            arena,
            name=f"fold {number}",
            experiment=replace(experiment, folds=inner, views=tuple(next(views) for _ in inner)),
        )
        for number, inner in enumerate(rows)
    )


def confirm(
    outer: Arena, inner: Sequence[Arena], winners: Sequence[ModelPlan], own: ModelPlan, *, workers: int
) -> Confirmation:
    """Grade each fold's held-out essays by the winner of the search within its training part.

    Both the winner and the plan's own settings learn on the fold's whole training part, and are decoded by
    what their scores within it teach.

    Args:
        outer: the folds.
        inner: the arena within each fold's training part.
        winners: what was best in each.
        own: the plan's own settings.
        workers: threads.
    """
    tasks = [(fold, model) for fold, winner in enumerate(winners) for model in (winner, own)]

    def read(task: tuple[int, ModelPlan]) -> FoldReading:
        return read_configuration(outer, task[1], task[0])

    with ThreadPoolExecutor(workers) as pool:
        readings = list(pool.map(read, tasks))
    said = [
        _decoded(inner[fold], model, reading) for (fold, model), reading in zip(tasks, readings, strict=True)
    ]
    return Confirmation(own=_graded(outer, said[1::2]), tuned=_graded(outer, said[::2]))


def _decoded(inner: Arena, model: ModelPlan, reading: FoldReading) -> GradePredictions:
    experiment = inner.experiment
    codes, folds = experiment.train_codes, experiment.folds
    crossed = join_readings(read_every_fold(inner, model), folds, n=len(codes))
    decoding = fit_decoding(
        crossed.readings,
        codes[crossed.rows],
        n_grades=experiment.dataset.scale.n_grades,
        calibration=model.calibration,
        decision=choose_decision(model.decision, len(crossed.rows)),
    )
    return decoding.decode(reading.held_out)


def _graded(outer: Arena, said: Sequence[GradePredictions]) -> Graded:
    folds: Sequence[FoldRows] = outer.experiment.folds
    essays = [outer.experiment.train[row] for fold in folds for row in fold.validate_rows]
    codes = np.concatenate([codes_of_fold(outer, number) for number in range(outer.n_folds)])
    together = GradePredictions(
        np.concatenate([each.scores for each in said]),
        np.concatenate([each.cumulative for each in said]),
        np.concatenate([each.probabilities for each in said]),
        np.concatenate([each.codes for each in said]),
    )
    return graded_essays(essays, codes, together)
