"""Several grades of the same essays at once: one figure over all traits."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from gradewise.errors import InputError
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.results import USUAL, Graded, Interval, Resampling
from gradewise.evaluation.weights import Floats, Weights, ratio


def mean_columnwise_rmse(traits: Sequence[Graded], *, resampling: Resampling = USUAL) -> Interval:
    """Root mean squared error of the scores, trait by trait, averaged over traits (MCRMSE), in grade steps.

    Essays are resampled, each with all its traits, for a teacher's marks of one essay go together.

    Args:
        traits: the same essays in the same order, once for each trait.
        resampling: how intervals are made.

    Raises:
        InputError: there is no trait, or two of them are about different essays.
    """
    essays = {graded.essay_ids for graded in traits}
    if len(essays) != 1:
        raise InputError(f"{len(traits)} traits are about {len(essays)} sets of essays; give one set")
    squares = np.stack([(graded.scores - graded.true_codes) ** 2 for graded in traits])
    found = bootstrap_intervals(partial(_figure, squares), squares.shape[1], resampling=resampling)
    return found["mcrmse"][0]


def _figure(squares: Floats, weights: Weights) -> Figures:
    means = ratio(weights @ squares.T, weights.sum(axis=1, keepdims=True))
    return {"mcrmse": np.sqrt(means).mean(axis=1)}
