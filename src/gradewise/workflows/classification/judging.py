"""How good a classifier is: training texts, held-out ones, the locked test; and texts of no class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradewise.essays.records import Essay
from gradewise.essays.scales import Codes
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
from gradewise.workflows.classification.experiment import TextExperiment
from gradewise.workflows.classification.learning import LearnedClasses
from gradewise.workflows.classification.promises import judge_out_of_scope, judge_sets
from gradewise.workflows.judging import baseline_rows, graded_essays, named_evaluations
from gradewise.workflows.standards import class_gate_reports

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
    train, held_out = experiment.train, learned.held_out
    test = learned.shipped.predict(learned.test_matrix.values)
    by_heart = learned.shipped.predict(learned.train_matrix.values)
    outside = learned.shipped.predict(learned.outside_matrix.values)
    seen = [train.essays[row] for row in held_out.rows.tolist()]
    graded = {
        TRAINED_ON: _graded(train.essays, train.codes, by_heart),
        OUT_OF_FOLD: _graded(seen, train.codes[held_out.rows], held_out.predictions),
        LOCKED_TEST: _graded(experiment.test.essays, experiment.test.codes, test),
    }
    codes, promise = experiment.test.codes, learned.confidence
    commonest = {COMMONEST: (COMMONEST_MEANS, _graded(experiment.test.essays, codes, _commonest(experiment)))}
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


def _graded(texts: Sequence[Essay], codes: Codes, predictions: GradePredictions) -> Graded:
    return graded_essays(texts, codes, predictions, ordered=False)


def _commonest(experiment: TextExperiment) -> GradePredictions:
    """What a rule says of the locked test that knows how often each class occurs, and nothing else."""
    shares = np.bincount(experiment.train.codes, minlength=experiment.scale.n_grades) / len(experiment.train)
    return class_predictions(np.tile(shares, (len(experiment.test), 1)))
