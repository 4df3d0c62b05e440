"""What a model's grades lead to expect of comparisons, before any is made."""

from collections.abc import Mapping, Sequence

import numpy as np

from gradewise.errors import InputError
from gradewise.judgement.beliefs import Expected

USUAL_AGREEMENT = 0.8
"""Correlation of a model's scores with what judges find, where nothing is known of it."""
USUAL_SPREAD = 2.0
"""Standard deviation of what judges find, in logits: published sessions have 1.2 to 4.4."""


def expect_scores(
    items: Sequence[str],
    model_scores: Mapping[str, float],
    *,
    agreement: float = USUAL_AGREEMENT,
    spread: float = USUAL_SPREAD,
) -> Expected:
    """Expect each item as far from the middle as a model's score says, drawn in as far as it may be wrong.

    The regression of what judges find on what the model says: ``agreement * spread`` logits for each standard
    deviation of the model's scores, give or take ``spread * sqrt(1 - agreement**2)``. An item without a score
    is expected in the middle, give or take `spread`.

    Args:
        items: Whose scores are expected, in this order.
        model_scores: Higher is better, on any scale.
        agreement: Correlation between the two, 0 to less than 1.
        spread: Standard deviation of what judges find, in logits, above 0.

    Raises:
        InputError: agreement or spread is none, a score is no number, or no item has one.
    """
    if not 0 <= agreement < 1:
        raise InputError(f"the model's agreement is {agreement}; give a correlation from 0 to less than 1")
    if not 0 < spread < np.inf:
        raise InputError(f"the spread is {spread} logits; give more than 0, such as {USUAL_SPREAD:g}")
    scores = np.array([model_scores.get(item, np.nan) for item in items], dtype=np.float64)
    known = ~np.isnan(scores)
    if not known.any():
        raise InputError(f"the model graded none of the {len(items)} essays; check that ids are the same")
    if not np.isfinite(scores[known]).all():
        raise InputError("a model's score is no finite number; grade the essays again")
    middle, width = scores[known].mean(), scores[known].std()
    standing = np.where(known, scores - middle, 0.0) / (width if width > 0 else 1.0)
    doubt = np.where(known, np.sqrt(1 - agreement**2), 1.0)
    return Expected(agreement * spread * standing, spread * doubt)
