"""Whether what a classifier promises beside a class is kept: sets of classes, and texts of no class apart."""

from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.class_sets import evaluate_class_sets
from gradewise.evaluation.coverage import CoverageEvaluation
from gradewise.evaluation.out_of_scope import OutOfScope, evaluate_out_of_scope
from gradewise.models.confidence import ClassConfidence
from gradewise.models.predictions import GradePredictions
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.research.asked import resampling_of


def judge_sets(
    said: GradePredictions, codes: Codes, scale: Scale, promise: ClassConfidence, plan: EvaluationPlan
) -> CoverageEvaluation:
    """Whether sets of classes hold the right ones.

    Args:
        said: of texts with a class.
        codes: their classes: shape ``(n,)``.
        scale: the classes.
        promise: which classes belong to a set.
        plan: how intervals are made.
    """
    return evaluate_class_sets(
        said.probabilities,
        codes,
        scale,
        least=promise.least,
        promised=promise.coverage,
        resampling=resampling_of(plan),
    )


def judge_out_of_scope(
    said: GradePredictions,
    codes: Codes,
    outside: GradePredictions,
    promise: ClassConfidence,
    plan: EvaluationPlan,
) -> OutOfScope | None:
    """How texts of no class are told apart; ``None`` where there are none.

    Args:
        said: of texts with a class.
        codes: their classes: shape ``(n,)``.
        outside: said of texts of no class.
        promise: from which probability on a text is taken for one of the classes.
        plan: how intervals are made.
    """
    if not len(outside):
        return None
    return evaluate_out_of_scope(
        said.probabilities.max(axis=1),
        said.codes == codes,
        outside.probabilities.max(axis=1),
        threshold=promise.threshold,
        in_scope_share=promise.in_scope_share,
        resampling=resampling_of(plan),
    )
