"""How good a classifier is: training texts, held-out ones, the locked test; and texts of no class."""

from dataclasses import dataclass

import numpy as np

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
from gradewise.workflows.classification.experiment import TextExperiment, Texts
from gradewise.workflows.classification.learning import HeldOut, LearnedClasses
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
    train = experiment.train
    test = learned.shipped.predict(learned.test_matrix.values)
    by_heart = learned.shipped.predict(learned.train_matrix.values)
    outside = learned.shipped.predict(learned.outside_matrix.values)
    graded = {
        TRAINED_ON: _graded(train, by_heart),
        OUT_OF_FOLD: graded_out_of_fold(experiment, learned.held_out),
        LOCKED_TEST: _graded(experiment.test, test),
    }
    with stage(listener, "evaluation", total=len(graded), unit="sets") as done:
        named = []
        for count, (name, of) in enumerate(graded.items(), start=1):
            named.append(NamedEvaluation(name=name, evaluation=figures(of, scale, plan), graded=of))
            done(count)
        commonest = {
            COMMONEST: (
                COMMONEST_MEANS,
                _graded(experiment.test, _commonest(experiment)),
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


def judge_held_out(experiment: TextExperiment, held_out: HeldOut, listener: Listener) -> NamedEvaluation:
    """Figures of the training texts as models say that had not seen them; the locked test stays locked."""
    graded = graded_out_of_fold(experiment, held_out)
    with stage(listener, "evaluation"):
        evaluation = figures(graded, experiment.scale, experiment.dataset.plan.evaluation)
    return NamedEvaluation(name=OUT_OF_FOLD, evaluation=evaluation, graded=graded)


def graded_out_of_fold(experiment: TextExperiment, held_out: HeldOut) -> Graded:
    """Training texts beside what models say that had not seen them."""
    essays = [experiment.train.essays[row] for row in held_out.rows.tolist()]
    codes = experiment.train.codes[held_out.rows]
    return graded_essays(essays, codes, held_out.predictions, ordered=False)


def _graded(texts: Texts, predictions: GradePredictions) -> Graded:
    return graded_essays(texts.essays, texts.codes, predictions, ordered=False)


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
