"""What a cross-validation finds out, from what its folds have learnt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.fold_figures import FoldFigures, agreement_of_codes
from gradewise.evaluation.residual_diagnostics import ResidualDiagnostics, diagnose_residuals
from gradewise.models.decisions import decide
from gradewise.reporting.report import LOCKED_TEST, BaselineRow, NamedEvaluation
from gradewise.telemetry import Listener, stage
from gradewise.workflows.research.asked import resampling_of
from gradewise.workflows.research.decoding import DecodingCost, measure_decoding
from gradewise.workflows.research.residuals import NO_FOLD, ResidualTable, covariates_of
from gradewise.workflows.training.experiment import Experiment
from gradewise.workflows.training.judging import baseline_rows, cross_fitted_rules
from gradewise.workflows.training.learning import Learned, judge


@dataclass(frozen=True, slots=True, kw_only=True)
class CvFindings:
    """Everything that a cross-validation finds out."""

    experiment: Experiment
    """On what."""
    learned: Learned
    """The model of the overall grade."""
    evaluations: tuple[NamedEvaluation, ...]
    """Out of fold, then on the locked test unless it stays locked."""
    folds: tuple[FoldFigures, ...]
    """Fold by fold."""
    decoding: DecodingCost
    """What the way from scores to grades wins and costs."""
    residuals: ResidualTable
    """Every held-out essay."""
    diagnostics: ResidualDiagnostics
    """What their residuals go along with."""
    baselines: tuple[BaselineRow, ...]
    """Simple rules, cross-fitted alike."""
    traits: Mapping[str, tuple[NamedEvaluation, ...]] = field(default_factory=dict)
    """Evaluations of each trait."""


def find_out(
    experiment: Experiment, learned: Learned, traits: Sequence[Learned], listener: Listener
) -> CvFindings:
    """Everything that a cross-validation says, from what its folds have learnt."""
    plan, scale = experiment.dataset.plan.evaluation, experiment.dataset.scale
    evaluations = judge(experiment, learned, listener)
    of_traits = {trait.target.name: judge(experiment, trait, listener) for trait in traits}
    graded, sure = evaluations[0].graded, resampling_of(plan)
    with stage(listener, "residuals and simple rules"):
        residuals = _out_of_fold_table(experiment, learned, evaluations[0])
        rules = cross_fitted_rules(experiment.train, experiment.train_codes, experiment.folds, graded, scale)
        return CvFindings(
            experiment=experiment,
            learned=learned,
            evaluations=evaluations,
            folds=fold_figures(experiment, learned),
            decoding=measure_decoding(learned.fitted, learned.decision, graded, scale, sure),
            residuals=residuals,
            diagnostics=diagnose_residuals(graded, scale, _with_length(residuals), sure),
            baselines=baseline_rows(graded, rules, scale, plan),
            traits=of_traits,
        )


def fold_figures(experiment: Experiment, learned: Learned) -> tuple[FoldFigures, ...]:
    """Fold by fold, on the essays that it learnt from and on those that it had not seen.

    Both are graded by cut points that the other folds' scores taught.
    """
    honest, codes, n_grades = (
        learned.fitted.out_of_fold,
        experiment.train_codes,
        experiment.dataset.scale.n_grades,
    )
    figures = []
    for number, fold in enumerate(experiment.folds):
        places = np.searchsorted(honest.rows, fold.validate_rows)
        by_heart = decide(honest.train_scores[number], honest.cuts[number])
        figures.append(
            FoldFigures(
                fold=number,
                n_train=len(fold.train_rows),
                n_validate=len(fold.validate_rows),
                rounds=honest.rounds[number],
                train=agreement_of_codes(codes[fold.train_rows], by_heart, n_grades=n_grades),
                validate=agreement_of_codes(
                    codes[fold.validate_rows], honest.predictions.codes[places], n_grades=n_grades
                ),
            )
        )
    return tuple(figures)


def _out_of_fold_table(experiment: Experiment, learned: Learned, named: NamedEvaluation) -> ResidualTable:
    rows = learned.fitted.out_of_fold.rows
    folds = np.full(len(experiment.train), NO_FOLD, dtype=np.int64)
    for number, fold in enumerate(experiment.folds):
        folds[fold.validate_rows] = number
    measured = covariates_of(experiment.train_matrix)
    return ResidualTable(
        split="cv_val_oof",
        graded=named.graded,
        folds=folds[rows],
        covariates={name: values[rows] for name, values in measured.items()},
    )


def locked_table(found: CvFindings) -> ResidualTable | None:
    """The locked test set, essay by essay; ``None`` where it stays locked."""
    locked = next((named for named in found.evaluations if named.name == LOCKED_TEST), None)
    if locked is None:
        return None
    return ResidualTable(
        split="locked_test",
        graded=locked.graded,
        folds=np.full(locked.evaluation.n, NO_FOLD, dtype=np.int64),
        covariates=covariates_of(found.experiment.test_matrix),
    )


def _with_length(table: ResidualTable) -> dict[str, NDArray[np.float64]]:
    counts = table.graded.word_counts
    lengths = {} if counts is None else {"word_count": counts.astype(np.float64)}
    return {**lengths, **table.covariates}
