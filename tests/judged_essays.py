"""Made-up essays whose probabilities are right, with what decides about their release."""

import numpy as np
from scipy.special import ndtr

from gradewise.evaluation.policy import Cuts
from gradewise.evaluation.review import Candidates, find_candidates


def judged(
    n: int, *, cuts: Cuts = (3,), n_grades: int = 6, noise: float = 0.8, seed: int = 0, copies: int = 1
) -> Candidates:
    """Essays whose teacher's grades are drawn from the very probabilities that the model states."""
    generator = np.random.default_rng(seed)
    scores = generator.normal((n_grades - 1) / 2, 1.2, n)
    cumulative = ndtr((np.arange(n_grades - 1) + 0.5 - scores[:, None]) / noise)
    codes = (generator.uniform(size=n)[:, None] > cumulative).sum(axis=1)
    given = np.clip(np.floor(scores + 0.5), 0, n_grades - 1).astype(np.int64)
    return find_candidates(
        np.repeat(cumulative, copies, axis=0),
        np.repeat(codes, copies),
        np.repeat(given, copies),
        cuts=cuts,
    )
