"""Linear support vector machines whose distances were turned into probabilities."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from gradewise.models.classifiers.balancing import balanced_rows, class_weights
from gradewise.models.classifiers.inner_folds import inner_folds
from gradewise.models.classifiers.linear import LinearClassifier
from gradewise.models.classifiers.linear_fitting import fit_linear
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.platt import fit_sigmoids
from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.folds import Rows
from gradewise.models.piecewise import Floats

FAR = -1.0
"""What a class is taken to say of a row where it had none to learn from: that it is not its own."""


def fit_svm(rows: ClassRows, *, params: ClassifierParams, seed: int, n_threads: int = 1) -> LinearClassifier:
    """Each class against all others with squared hinge loss, then Platt's sigmoids, brought to the sum 1.

    The sigmoids are learnt from what machines of other training rows say (`inner_folds`); balancing happens
    within these, and where classes are balanced, their rows count alike for the sigmoids too.

    Args:
        rows: to learn from, two classes or more, each with a row at least.
        params: penalty, ``c`` and balancing.
        seed: of the inner folds and of made-up rows.
        n_threads: machines that are fitted at a time; they do not change the result.

    Source: Fan et al. (2008), LIBLINEAR, JMLR 9; see `fit_sigmoids` for Platt's method.
    """
    folds = inner_folds(rows.codes, seed=seed)

    def machine(part: Rows | None) -> LinearClassifier:
        taught = balanced_rows(rows if part is None else rows.part(part), params=params, seed=seed)
        return fit_linear(taught, params=params, loss="squared_hinge")

    with ThreadPoolExecutor(n_threads) as pool:
        whole, *partial = pool.map(machine, [None, *(fold.train_rows for fold in folds)])
    sums = np.empty((len(rows), rows.n_classes))
    for fold, one in zip(folds, partial, strict=True):
        sums[fold.validate_rows] = _said(one, rows, taught=fold.train_rows, asked=fold.validate_rows)
    weights = None if params.balancing == "none" else class_weights(rows)
    slopes, starts = fit_sigmoids(sums, ClassRows(rows.values, rows.codes, rows.n_classes, weights))
    return LinearClassifier(
        whole.weights * slopes,
        whole.intercepts * slopes + starts,
        link="sigmoids",
        settled=all(one.settled for one in (whole, *partial)),
    )


def _said(machine: LinearClassifier, rows: ClassRows, *, taught: Rows, asked: Rows) -> Floats:
    sums = machine.sums(rows.values[asked])
    sums[:, np.bincount(rows.codes[taught], minlength=rows.n_classes) == 0] = FAR
    return sums
