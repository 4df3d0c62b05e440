"""Whether sets of classes keep their promise: how often they hold the right class, and how large they are."""

from gradewise.essays.scales import Codes, Scale
from gradewise.evaluation.coverage import CoverageEvaluation
from gradewise.evaluation.weights import Floats


def evaluate_class_sets(
    probabilities: Floats,
    codes: Codes,
    scale: Scale,
    *,
    least: float,
    promised: float,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> CoverageEvaluation:
    """Say how often sets of classes hold the right one, in all and by class.

    A class belongs to a text's set when its probability is `least` or more; the most probable always does.

    Args:
        probabilities: P(class): shape ``(n, n_classes)``.
        codes: The right classes: shape ``(n,)``.
        scale: The classes.
        least: Of `ClassConfidence`.
        promised: The coverage that was asked for.
        n_resamples: Bootstrap resamples behind the interval of the mean size.
        confidence: Of all intervals, such as 0.95.
        seed: Of the resampling.
    """
    raise NotImplementedError
