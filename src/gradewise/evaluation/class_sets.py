"""Whether sets of classes keep their promise: how often they hold the right class, and how large they are."""

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.coverage import CoverageEvaluation, cover
from gradewise.evaluation.results import USUAL, Resampling
from gradewise.evaluation.weights import Floats


def class_sets(probabilities: Floats, *, least: float) -> NDArray[np.bool_]:
    """Which classes belong to each text's set: shape ``(n, n_classes)``.

    Those with a probability of `least` or more, and always the most probable one.

    >>> class_sets(np.array([[0.6, 0.3, 0.1]]), least=0.25).tolist()
    [[True, True, False]]
    """
    held = probabilities >= least
    held[np.arange(len(held)), probabilities.argmax(axis=1)] = True
    return held


def evaluate_class_sets(
    probabilities: Floats,
    codes: Codes,
    scale: Scale,
    *,
    least: float,
    promised: float,
    resampling: Resampling = USUAL,
) -> CoverageEvaluation:
    """Say how often sets of classes hold the right one, in all and by class.

    A class belongs to a text's set when its probability is `least` or more; the most probable always does.
    The promise is made over all texts: a class that is seldom named keeps it less often, which is why the
    rows by class are worth a look.

    Args:
        probabilities: P(class): shape ``(n, n_classes)``.
        codes: The right classes: shape ``(n,)``.
        scale: The classes.
        least: Of `ClassConfidence`.
        promised: The coverage that was asked for.
        resampling: How the interval of the mean size is made; all have its confidence.

    Returns:
        The evaluation, without tails and prompts.

    Raises:
        InputError: there is no text, or probabilities are of other texts or classes.

    Source: Sadinle, Lei & Wasserman (2019), doi:10.1080/01621459.2017.1395341.
    """
    if codes.size == 0 or probabilities.shape != (codes.size, scale.n_grades):
        raise InputError(
            f"probabilities have shape {probabilities.shape} for {codes.size} texts of {scale.n_grades} "
            "classes; give one row for each text, at least one"
        )
    held = class_sets(probabilities, least=least)
    return cover(
        held[np.arange(codes.size), codes],
        held.sum(axis=1),
        codes,
        scale,
        promised=promised,
        resampling=resampling,
    )
