"""How good a classifier is: training texts, held-out ones, the locked test; and texts of no class."""

from dataclasses import dataclass

import numpy as np

from gradewise.evaluation.coverage import CoverageEvaluation
from gradewise.evaluation.gates import GateReport
from gradewise.evaluation.out_of_scope import OutOfScope
from gradewise.evaluation.results import Graded
from gradewise.models.predictions import GradePredictions, class_predictions
from gradewise.reporting.report import (
    LOCKED_TEST,
    OUT_OF_FOLD,
    TRAINED_ON,
    BaselineRow,
    NamedEvaluation,
)
from gradewise.telemetry import Listener
from gradewise.workflows.classification.experiment import TextExperiment, Texts
from gradewise.workflows.classification.learning import HeldOut, LearnedClasses
from gradewise.workflows.classification.promises import judge_out_of_scope, judge_sets
from gradewise.workflows.training.judging import baseline_rows, graded_essays, named_evaluations
from gradewise.workflows.training.standards import class_gate_reports

COMMONEST = "commonest class"
COMMONEST_MEANS = "gives every text the commonest class"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """What is known of a classifier's worth."""

    evaluations: tuple[NamedEvaluation, ...]
    """Of the texts that it learnt from, of the same out of fold, and of the locked test."""
    baselines: tuple[BaselineRow, ...]
    """A rule that it must beat, on the locked test."""
    sets: CoverageEvaluation
    """Whether its sets of classes hold the right ones, on the locked test."""
    out_of_scope: OutOfScope | None
    """How it tells texts of no class apart; ``None`` where there are none."""
    gates: tuple[GateReport, ...]
    """What gates say of the locked test."""
    test: GradePredictions
    """What it says of the locked test."""
    outside: GradePredictions
    """What it says of texts of no class."""


def judge_classes(experiment: TextExperiment, learned: LearnedClasses, listener: Listener) -> Judged:
    """Every figure: the locked test is looked at here, once, by the graph that ships."""
    plan, scale = experiment.dataset.plan.evaluation, experiment.scale
    train = experiment.train
    test = learned.shipped.predict_each(learned.test_matrix.values)
    by_heart = learned.shipped.predict(learned.train_matrix.values)
    outside = learned.shipped.predict(learned.outside_matrix.values)
    graded = {
        TRAINED_ON: _graded(train, by_heart),
        OUT_OF_FOLD: graded_out_of_fold(experiment, learned.held_out),
        LOCKED_TEST: _graded(experiment.test, test),
    }
    codes, promise = experiment.test.codes, learned.confidence
    commonest = {COMMONEST: (COMMONEST_MEANS, _graded(experiment.test, _commonest(experiment)))}
    evaluations = named_evaluations(graded, scale, plan, listener)
    locked = evaluations[-1]
    return Judged(
        evaluations=evaluations,
        baselines=baseline_rows(graded[LOCKED_TEST], commonest, scale, plan),
        sets=judge_sets(test, codes, scale, promise, plan),
        out_of_scope=judge_out_of_scope(test, codes, outside, promise, plan),
        gates=class_gate_reports(locked.graded, locked.evaluation, plan),
        test=test,
        outside=outside,
    )


def judge_held_out(experiment: TextExperiment, held_out: HeldOut, listener: Listener) -> NamedEvaluation:
    """Figures of the training texts as models say that had not seen them; the locked test stays locked."""
    graded = {OUT_OF_FOLD: graded_out_of_fold(experiment, held_out)}
    (named,) = named_evaluations(graded, experiment.scale, experiment.dataset.plan.evaluation, listener)
    return named


def graded_out_of_fold(experiment: TextExperiment, held_out: HeldOut) -> Graded:
    """Training texts beside what models say that had not seen them."""
    essays = [experiment.train.essays[row] for row in held_out.rows.tolist()]
    codes = experiment.train.codes[held_out.rows]
    return graded_essays(essays, codes, held_out.predictions, ordered=False)


def _graded(texts: Texts, predictions: GradePredictions) -> Graded:
    return graded_essays(texts.essays, texts.codes, predictions, ordered=False)


def _commonest(experiment: TextExperiment) -> GradePredictions:
    """What a rule says of the locked test that knows how often each class occurs, and nothing else."""
    shares = np.bincount(experiment.train.codes, minlength=experiment.scale.n_grades) / len(experiment.train)
    return class_predictions(np.tile(shares, (len(experiment.test), 1)))
