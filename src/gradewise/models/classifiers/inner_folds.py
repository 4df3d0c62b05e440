"""Folds within training rows: for what must be learnt from rows that a classifier has not seen."""

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.models.folds import FoldRows

INNER_FOLDS = 3
"""Into how many parts training rows are dealt."""


def inner_folds(codes: Codes, *, seed: int, n_folds: int = INNER_FOLDS) -> list[FoldRows]:
    """Deal rows out, class by class, so that the counts of each class differ by one at most.

    Args:
        codes: classes, shape ``(n,)``, at least `n_folds` of them.
        seed: of the dealing.
        n_folds: two or more.
    """
    shuffled = np.random.default_rng(seed).permutation(len(codes))
    by_class = shuffled[np.argsort(codes[shuffled], kind="stable")]
    fold = np.empty(len(codes), dtype=np.int64)
    fold[by_class] = np.arange(len(codes)) % n_folds
    return [FoldRows(np.flatnonzero(fold != one), np.flatnonzero(fold == one)) for one in range(n_folds)]
