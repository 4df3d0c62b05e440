"""How much each comparison counts, where judges said how sure they were."""

import numpy as np

from gradewise.errors import InputError
from gradewise.judgement.comparisons import Comparisons, Floats


def confidence_weights(comparisons: Comparisons) -> Floats:
    """Weights in proportion to how sure judges were, 1 in the mean and where nothing is said: shape ``(n,)``.

    Nothing says that a judge who is twice as sure is right as twice as many judges: this is a choice, not a
    finding, and judges who use the scale of confidence differently get different say.

    Raises:
        InputError: nobody said how sure they were, or somebody said less than 0.

    >>> from gradewise.judgement.comparisons import Comparison, compare
    >>> rows = [Comparison("a", "b", True, confidence=1), Comparison("a", "b", False, confidence=3)]
    >>> confidence_weights(compare([*rows, Comparison("a", "b", False)])).tolist()
    [0.5, 1.5, 1.0]
    """
    said = ~np.isnan(comparisons.confidences)
    stated = comparisons.confidences[said]
    if stated.size == 0 or stated.max() <= 0:
        raise InputError(
            "no judge said how sure they were; name the column (--confidence COLUMN), or leave "
            "--weights-by-confidence out"
        )
    if stated.min() < 0:
        raise InputError(f"a judge's confidence is {stated.min():g}; weights need 0 or more")
    weights = np.ones(comparisons.n)
    weights[said] = stated / stated.mean()
    return weights
