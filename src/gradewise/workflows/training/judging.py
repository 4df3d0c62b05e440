"""How good a trained model is: its figures, the rules it must beat, and what moves its scores."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.essays.texts import count_words
from gradewise.evaluation.results import Evaluation, Graded, leading_metric
from gradewise.evaluation.side_by_side import paired_difference
from gradewise.evaluation.summary import evaluate
from gradewise.features.constructs import construct_of, has_name
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.models.baselines import length_scores
from gradewise.models.cross_fit import FoldReading, join_readings
from gradewise.models.decisions import DecisionKind
from gradewise.models.folds import FoldRows
from gradewise.models.grader import fit_decoding
from gradewise.models.grader_fitting import decode_out_of_fold
from gradewise.models.predictions import GradePredictions
from gradewise.models.score_models import Readings
from gradewise.models.shapley import Explainer
from gradewise.reporting.report import (
    LENGTH_ONLY,
    BaselineRow,
    ConstructShare,
    FeatureShare,
    NamedEvaluation,
)
from gradewise.telemetry import Listener, stage
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.research.asked import resampling_of

EXPLAINED_ROWS = 300
"""Essays over which importance is averaged: enough for shares to within about a point."""
FEATURES_SHOWN = 5
COMMONEST = "commonest grade"
DESCRIPTIONS = {
    LENGTH_ONLY: "grades by the number of words alone, decoded like the model",
    COMMONEST: "gives every essay the commonest grade",
}
"""What each simple rule does."""


def graded_essays(
    essays: Sequence[Essay], codes: Codes, predictions: GradePredictions, *, ordered: bool = True
) -> Graded:
    """Essays beside what the model said of them; `ordered` is that of the scale."""
    prompts = tuple(essay.prompt or "" for essay in essays)
    return Graded(
        essay_ids=tuple(essay.id for essay in essays),
        true_codes=codes,
        predicted_codes=predictions.codes,
        scores=predictions.scores.astype(np.float64),
        probabilities=predictions.probabilities,
        prompts=prompts if any(prompts) else None,
        word_counts=word_counts(essays),
        ordered=ordered,
    )


def word_counts(essays: Sequence[Essay]) -> NDArray[np.int64]:
    """Length of each essay in words: shape ``(n,)``."""
    return np.array([count_words(essay.text) for essay in essays], dtype=np.int64)


def figures(graded: Graded, scale: Scale, plan: EvaluationPlan) -> Evaluation:
    """Every figure with its interval, as the plan asks."""
    return evaluate(graded, scale, resampling=resampling_of(plan))


def named_evaluations(
    graded: Mapping[str, Graded], scale: Scale, plan: EvaluationPlan, listener: Listener, *, of: str = ""
) -> tuple[NamedEvaluation, ...]:
    """Every figure of several sets of essays, by their names; `of` names the trait, where it is one."""
    with stage(listener, f"evaluation{of}", total=len(graded), unit="sets") as done:
        named = []
        for count, (name, each) in enumerate(graded.items(), start=1):
            named.append(NamedEvaluation(name=name, evaluation=figures(each, scale, plan), graded=each))
            done(count)
    return tuple(named)


def baseline_rows(
    model: Graded, rules: Mapping[str, tuple[str, Graded]], scale: Scale, plan: EvaluationPlan
) -> tuple[BaselineRow, ...]:
    """Each rule's figures, and how much better the model is: by QWK, or macro F1 of classes."""
    by = leading_metric(scale)
    return tuple(
        BaselineRow(
            name=name,
            description=description,
            metrics=figures(rule, scale, plan).metrics,
            difference=paired_difference(by, model, rule, resampling=resampling_of(plan)),
        )
        for name, (description, rule) in rules.items()
    )


def simple_rules(
    train: Sequence[Essay], codes: Codes, folds: Sequence[FoldRows], judged: Graded, scale: Scale
) -> dict[str, tuple[str, Graded]]:
    """What the simple rules say of the judged essays, learnt from the training essays alone."""
    return {
        LENGTH_ONLY: (DESCRIPTIONS[LENGTH_ONLY], _by_length(train, codes, folds, judged, scale)),
        COMMONEST: (DESCRIPTIONS[COMMONEST], _by_commonest(codes, judged, scale)),
    }


def cross_fitted_rules(
    train: Sequence[Essay], codes: Codes, folds: Sequence[FoldRows], judged: Graded, scale: Scale
) -> dict[str, tuple[str, Graded]]:
    """What the simple rules say of essays that folds hold out, learnt in each fold from its other essays.

    Args:
        train: the training essays.
        codes: their grades, shape ``(n_train,)``.
        folds: rows of `train`.
        judged: the essays that some fold holds out, in the order of `train`.
        scale: the grades.
    """
    counts = word_counts(train)
    by_length = [
        Readings(length_scores(counts, codes, fold.train_rows, fold.validate_rows)) for fold in folds
    ]
    commonest = [
        Readings(np.full(len(fold.validate_rows), _commonest(codes[fold.train_rows], scale), np.float32))
        for fold in folds
    ]
    decisions: Mapping[str, tuple[list[Readings], DecisionKind]] = {
        LENGTH_ONLY: (by_length, "rescale"),
        COMMONEST: (commonest, "rounding"),
    }
    return {
        name: (DESCRIPTIONS[name], _regraded(judged, _decoded(readings, codes, folds, scale, decision)))
        for name, (readings, decision) in decisions.items()
    }


def _decoded(
    readings: Sequence[Readings],
    codes: Codes,
    folds: Sequence[FoldRows],
    scale: Scale,
    decision: DecisionKind,
) -> GradePredictions:
    read = [FoldReading(held_out, np.empty(0, np.float32), ()) for held_out in readings]
    return decode_out_of_fold(
        join_readings(read, folds, n=len(codes)),
        codes,
        folds,
        n_grades=scale.n_grades,
        calibration="none",
        decision=decision,
    ).predictions


def _commonest(codes: Codes, scale: Scale) -> int:
    return int(np.argmax(np.bincount(codes, minlength=scale.n_grades)))


def _by_length(
    train: Sequence[Essay], codes: Codes, folds: Sequence[FoldRows], judged: Graded, scale: Scale
) -> Graded:
    counts = word_counts(train)
    held_out = np.concatenate([fold.validate_rows for fold in folds])
    scores = np.concatenate(
        [length_scores(counts, codes, fold.train_rows, fold.validate_rows) for fold in folds]
    )
    decoding = fit_decoding(
        Readings(scores), codes[held_out], n_grades=scale.n_grades, calibration="none", decision="rescale"
    )
    assert judged.word_counts is not None  # noqa: S101 - graded_essays always counts words
    together = np.concatenate([counts, judged.word_counts])
    every = np.arange(len(together))
    test = length_scores(
        together, np.concatenate([codes, judged.true_codes]), every[: len(counts)], every[len(counts) :]
    )
    return _regraded(judged, decoding.decode(Readings(test)))


def _by_commonest(codes: Codes, judged: Graded, scale: Scale) -> Graded:
    shares = np.bincount(codes, minlength=scale.n_grades) / len(codes)
    n = len(judged.essay_ids)
    commonest = np.full(n, int(np.argmax(shares)), dtype=np.int64)
    probabilities = np.tile(shares, (n, 1))
    cumulative = np.cumsum(probabilities, axis=1)[:, :-1]
    return _regraded(
        judged, GradePredictions(commonest.astype(np.float32), cumulative, probabilities, commonest)
    )


def _regraded(judged: Graded, predictions: GradePredictions) -> Graded:
    return replace(
        judged,
        predicted_codes=predictions.codes,
        scores=predictions.scores.astype(np.float64),
        probabilities=predictions.probabilities,
    )


def construct_shares(explainer: Explainer, matrix: FeatureMatrix) -> tuple[ConstructShare, ...]:
    """What moves scores: mean absolute TreeSHAP contribution by construct, weightiest first."""
    rows = np.linspace(0, len(matrix.essay_ids) - 1, min(EXPLAINED_ROWS, len(matrix.essay_ids))).astype(
        np.int64
    )
    contributions = explainer.contributions_many(matrix.values[rows])
    names = [construct_of(spec) for spec in matrix.schema.specs]
    columns = {name: [at for at, each in enumerate(names) if each == name] for name in dict.fromkeys(names)}
    sizes = {name: float(np.abs(contributions[:, of].sum(axis=1)).mean()) for name, of in columns.items()}
    total = sum(sizes.values()) or 1.0
    shares = (
        ConstructShare(
            construct=name,
            share=sizes[name] / total,
            features=_feature_shares(contributions, matrix.schema, columns[name]),
        )
        for name in sorted(columns, key=lambda name: -sizes[name])
    )
    return tuple(shares)


def _feature_shares(
    contributions: NDArray[np.float64], schema: FeatureSchema, columns: Sequence[int]
) -> tuple[FeatureShare, ...]:
    sizes = np.abs(contributions).mean(axis=0)
    total = float(sizes.sum()) or 1.0
    named = [column for column in columns if has_name(schema.specs[column])]
    strongest = sorted(named, key=lambda column: -sizes[column])[:FEATURES_SHOWN]
    return tuple(
        FeatureShare(
            name=schema.specs[column].name,
            definition=schema.specs[column].definition,
            share=float(sizes[column]) / total,
        )
        for column in strongest
    )
