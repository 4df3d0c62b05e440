"""How good a classifier is: training texts, held-out ones, the locked test; and texts of no class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradewise.essays.records import Essay
from gradewise.essays.scales import Codes
from gradewise.evaluation.class_sets import evaluate_class_sets
from gradewise.evaluation.coverage import CoverageEvaluation
from gradewise.evaluation.out_of_scope import OutOfScope, evaluate_out_of_scope
from gradewise.evaluation.results import Graded
from gradewise.models.predictions import GradePredictions, class_predictions
from gradewise.reporting.report import (
    LOCKED_TEST,
    OUT_OF_FOLD,
    TRAINED_ON,
    BaselineRow,
    NamedEvaluation,
)
from gradewise.telemetry import Listener, stage
from gradewise.workflows.classification.experiment import TextExperiment
from gradewise.workflows.classification.learning import LearnedClasses
from gradewise.workflows.judging import baseline_rows, figures, graded_essays

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
    with stage(listener, "evaluation", total=len(graded), unit="sets") as done:
        named = []
        for count, (name, of) in enumerate(graded.items(), start=1):
            named.append(NamedEvaluation(name=name, evaluation=figures(of, scale, plan), graded=of))
            done(count)
        commonest = {
            COMMONEST: (
                COMMONEST_MEANS,
                _graded(experiment.test.essays, experiment.test.codes, _commonest(experiment)),
            )
        }
        return Judged(
            evaluations=tuple(named),
            baselines=baseline_rows(graded[LOCKED_TEST], commonest, scale, plan),
            sets=_sets(experiment, learned, test),
            out_of_scope=_out_of_scope(experiment, learned, test, outside),
            test=test,
            outside=outside,
        )


def _graded(texts: Sequence[Essay], codes: Codes, predictions: GradePredictions) -> Graded:
    return graded_essays(texts, codes, predictions, ordered=False)


def _commonest(experiment: TextExperiment) -> GradePredictions:
    shares = _shares(experiment.train.codes, experiment.scale.n_grades)
    return class_predictions(np.tile(shares, (len(experiment.test), 1)))


def _shares(codes: Codes, n_classes: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.bincount(codes, minlength=n_classes) / len(codes)


def _sets(experiment: TextExperiment, learned: LearnedClasses, test: GradePredictions) -> CoverageEvaluation:
    plan = experiment.dataset.plan.evaluation
    return evaluate_class_sets(
        test.probabilities,
        experiment.test.codes,
        experiment.scale,
        least=learned.confidence.least,
        promised=learned.confidence.coverage,
        n_resamples=plan.resamples,
        confidence=plan.confidence,
        seed=plan.seed,
    )


def _out_of_scope(
    experiment: TextExperiment, learned: LearnedClasses, test: GradePredictions, outside: GradePredictions
) -> OutOfScope | None:
    if not len(experiment.outside):
        return None
    plan = experiment.dataset.plan.evaluation
    return evaluate_out_of_scope(
        test.probabilities.max(axis=1),
        test.codes == experiment.test.codes,
        outside.probabilities.max(axis=1),
        threshold=learned.confidence.threshold,
        in_scope_share=learned.confidence.in_scope_share,
        n_resamples=plan.resamples,
        confidence=plan.confidence,
        seed=plan.seed,
    )
