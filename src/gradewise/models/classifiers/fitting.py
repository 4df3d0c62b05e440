"""Fitting any classifier: the one entry for every learner."""

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import TrainingError
from gradewise.essays.codes import Codes
from gradewise.models.classifiers.balancing import balanced_rows
from gradewise.models.classifiers.boosting import fit_boosted
from gradewise.models.classifiers.ensemble_fitting import fit_stacking, fit_voting
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.linear_fitting import fit_linear
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.placed import PlacedClassifier
from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.classifiers.svm_fitting import fit_svm
from gradewise.models.one_thread import one_blas_thread


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
        InputError: shapes disagree, a number is not finite, or a code is no class.
        MissingDependencyError: ``smote`` without imbalanced-learn.
        TrainingError: the rows are of fewer than two classes.
    """
    with one_blas_thread():
        return _fit(ClassRows(values, codes, n_classes), params, seed=seed, n_threads=n_threads)


def _fit(rows: ClassRows, params: ClassifierParams, *, seed: int, n_threads: int = 1) -> FittedClassifier:
    known, present = _known(rows)

    def fit_member(part: ClassRows, member: ClassifierParams) -> FittedClassifier:
        return _fit(part, member, seed=seed)

    found: FittedClassifier
    if params.learner == "voting":
        found = fit_voting(known, params=params, fit=fit_member, n_threads=n_threads)
    elif params.learner == "stacking":
        found = fit_stacking(known, params=params, fit=fit_member, seed=seed, n_threads=n_threads)
    elif params.learner == "linear_svm":
        found = fit_svm(known, params=params, seed=seed, n_threads=n_threads)
    elif params.learner == "gradient_boosting":
        found = fit_boosted(balanced_rows(known, params=params, seed=seed), params=params, seed=seed)
    else:
        found = fit_linear(balanced_rows(known, params=params, seed=seed), params=params, seed=seed)
    return _placed(found, present, rows.n_classes)


def _known(rows: ClassRows) -> tuple[ClassRows, NDArray[np.int64]]:
    """The rows with the classes that they are of numbered anew, and which classes these are."""
    present, dense = np.unique(rows.codes, return_inverse=True)
    if len(present) == 1:
        raise TrainingError("all texts to learn from are of one class; give texts of two classes at least")
    return ClassRows(rows.values, dense.astype(np.int64), len(present), rows.weights), present


def _placed(found: FittedClassifier, present: NDArray[np.int64], n_classes: int) -> FittedClassifier:
    return found if len(present) == n_classes else PlacedClassifier(found, present, n_classes)
