"""Linear support vector machines whose distances were turned into probabilities."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np

from gradewise.models.classifiers.balancing import balanced_rows, class_weights
from gradewise.models.classifiers.inner_folds import inner_folds
from gradewise.models.classifiers.linear import LinearClassifier
from gradewise.models.classifiers.linear_fitting import learnt_by
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.platt import fit_sigmoids
from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.folds import Rows

FAR = -1.0
"""What a class is taken to say of a row where it had none to learn from: that it is not its own."""
VIOLATION = 0.1
"""Where liblinear ends; a tenth of it changes no figure on BANKING77."""

_ONE_AT_A_TIME = Lock()  # liblinear draws from one generator of the whole process, and lets go of the GIL


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
        return fit_machine(taught, params=params, seed=seed)

    with ThreadPoolExecutor(n_threads) as pool:
        whole, *partial = pool.map(machine, [None, *(fold.train_rows for fold in folds)])
    sums = np.empty((len(rows), rows.n_classes))
    for fold, one in zip(folds, partial, strict=True):
        sums[fold.validate_rows] = one.sums(rows.values[fold.validate_rows])
    weights = None if params.balancing == "none" else class_weights(rows)
    slopes, starts = fit_sigmoids(sums, ClassRows(rows.values, rows.codes, rows.n_classes, weights))
    return LinearClassifier(
        whole.weights * slopes,
        whole.intercepts * slopes + starts,
        link="sigmoids",
        settled=all(one.settled for one in (whole, *partial)),
    )


def fit_machine(rows: ClassRows, *, params: ClassifierParams, seed: int) -> LinearClassifier:
    """Weighted sums that say by how much a row lies on the side of each class: above 0, or below.

    What is made small is that of scikit-learn's `LinearSVC`: for each class ``c`` times the squared hinge
    losses of all rows, plus half of the squared coefficients (l2) or their sizes (l1), intercept included.

    Args:
        rows: to learn from; a class without any is held to be `FAR` from everywhere.
        params: penalty l2 or l1, ``c`` and ``most_steps``.
        seed: of the order in which liblinear goes through the rows.
    """
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - a second, and never to score

    present, dense = np.unique(rows.codes, return_inverse=True)
    weights = np.zeros((rows.values.shape[1], rows.n_classes))
    starts = np.full(rows.n_classes, FAR)
    if len(present) == 1:
        starts[present] = -FAR
        return LinearClassifier(weights, starts)
    model = LinearSVC(
        C=params.c_used,
        penalty=params.penalty,
        dual=params.penalty == "l2",  # half of the time of the primal, and the same machine
        tol=VIOLATION,
        max_iter=params.most_steps,
        random_state=seed,
    )
    known = ClassRows(rows.values, dense.astype(np.int64), len(present), rows.weights)
    with _ONE_AT_A_TIME:
        found = learnt_by(model, known, most_steps=params.most_steps, apart=1.0)
    weights[:, present], starts[present] = found.weights, found.intercepts
    return LinearClassifier(weights, starts, settled=found.settled)
