"""How sure grades are: grade sets and the review policy, learnt out of fold, judged where they were not."""

from collections.abc import Sequence

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.coverage import evaluate_coverage
from gradewise.evaluation.release import apply_policy, choose_policy
from gradewise.evaluation.review import Candidates, declared_cuts, find_candidates, review_curve
from gradewise.models.confidence import Confidence
from gradewise.models.folds import FoldRows
from gradewise.models.grade_sets import fit_grade_sets, held_out_bounds
from gradewise.models.grader_fitting import OutOfFold
from gradewise.models.predictions import GradePredictions
from gradewise.reporting.parts import Section
from gradewise.reporting.topics.confidence import coverage_section, review_section
from gradewise.workflows.plans.evaluation import ConfidencePlan, EvaluationPlan
from gradewise.workflows.research.asked import resampling_of


def learn_confidence(honest: OutOfFold, codes: Codes, scale: Scale, plan: ConfidencePlan) -> Confidence:
    """Grade sets and review policy from out-of-fold predictions.

    Args:
        honest: predictions of essays by models that had not seen them.
        codes: the teacher's grades of the same essays, shape ``(n_held_out,)``.
        scale: the grades.
        plan: what is promised and required.

    Raises:
        InputError: a cut is not on the scale, or is its lowest grade.
    """
    return Confidence(
        fit_grade_sets(honest.predictions.scores, codes, n_grades=scale.n_grades, coverage=plan.coverage),
        choose_policy(
            _candidates(honest.predictions, codes, scale, plan), required=plan.required, level=plan.level
        ),
    )


def confidence_sections(
    honest: OutOfFold,
    codes: Codes,
    folds: Sequence[FoldRows],
    confidence: Confidence,
    *,
    scale: Scale,
    plan: ConfidencePlan,
    evaluation: EvaluationPlan,
    test: tuple[GradePredictions, Codes],
) -> tuple[Section, Section]:
    """What grade sets and the review policy are worth.

    Args:
        honest: out-of-fold predictions.
        codes: the teacher's grades of the same essays, shape ``(n_held_out,)``.
        folds: which essays were held out together; the sets of each are learnt from the others.
        confidence: what ships.
        scale: the grades.
        plan: what is promised and required.
        evaluation: how intervals are made.
        test: predictions and grades of the locked test set.
    """
    predictions = honest.predictions
    parts = [np.searchsorted(honest.rows, fold.validate_rows) for fold in folds]
    low, high = held_out_bounds(
        predictions.scores, codes, predictions.codes, parts, n_grades=scale.n_grades, coverage=plan.coverage
    )
    coverage = evaluate_coverage(
        codes,
        low,
        high,
        scale,
        promised=plan.coverage,
        resampling=resampling_of(evaluation),
    )
    candidates = _candidates(predictions, codes, scale, plan)
    released = apply_policy(confidence.policy, candidates, confidence=evaluation.confidence)
    on_test = apply_policy(
        confidence.policy, _candidates(*test, scale, plan), confidence=evaluation.confidence
    )
    curve = review_curve(
        candidates,
        resampling=resampling_of(evaluation),
    )
    return coverage_section(coverage), review_section(curve, released, scale, test=on_test)


def _candidates(
    predictions: GradePredictions, codes: Codes, scale: Scale, plan: ConfidencePlan
) -> Candidates:
    cuts = declared_cuts(scale, plan.cuts)
    return find_candidates(predictions.cumulative, codes, predictions.codes, cuts=cuts)
