"""Fitting any classifier: the one entry for every learner."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import TrainingError
from gradewise.essays.scales import Codes
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.linear_fitting import fit_linear
from gradewise.models.classifiers.one_thread import one_blas_thread
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.placed import PlacedClassifier
from gradewise.models.classifiers.rows import ClassRows


def fit_classifier(
    values: NDArray[np.float32],
    codes: Codes,
    *,
    params: ClassifierParams,
    n_classes: int,
    seed: int,
    n_threads: int = 1,
) -> FittedClassifier:
    """Learn to tell classes apart.

    The same rows, settings and seed give the same classifier, whatever the number of threads. A class that
    has no row gets probability 0.

    Args:
        values: features, finite: shape ``(n, n_features)``.
        codes: the class of each row, 0 to ``n_classes - 1``: shape ``(n,)``.
        params: which learner, with which settings.
        n_classes: how many classes there are, whether or not each has rows.
        seed: of inner folds, of trees and of made-up rows.
        n_threads: members of ensembles, and inner folds, that are fitted at a time.

    Raises:
        InputError: shapes disagree, or a number is not finite.
        MissingDependencyError: ``smote`` without imbalanced-learn.
        TrainingError: the rows are of fewer than two classes.
    """
    return fit_path(values, codes, settings=[params], n_classes=n_classes, seed=seed, n_threads=n_threads)[0]


def fit_path(
    values: NDArray[np.float32],
    codes: Codes,
    *,
    settings: Sequence[ClassifierParams],
    n_classes: int,
    seed: int,
    n_threads: int = 1,
) -> list[FittedClassifier]:
    """Classifiers for several settings on the same rows, quicker than one by one; see `fit_classifier`.

    Returns:
        One classifier for each setting, in their order.
    """
    rows = ClassRows(values, codes, n_classes)
    present, dense = np.unique(codes, return_inverse=True)
    if len(present) <= 1:
        raise TrainingError("all texts to learn from are of one class; give texts of two classes at least")
    with one_blas_thread():
        known = ClassRows(rows.values, dense.astype(np.int64), len(present))
        found: list[FittedClassifier] = [fit_linear(known, params=params) for params in settings]
    if len(present) == n_classes:
        return found
    return [PlacedClassifier(one, present, n_classes) for one in found]
