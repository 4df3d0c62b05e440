"""Fitting ensembles of classifiers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product

import numpy as np

from gradewise.models.classifiers.ensembles import StackedClassifier, VotingClassifier
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.inner_folds import inner_folds
from gradewise.models.classifiers.linear_fitting import fit_linear
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.folds import Rows

Fit = Callable[[ClassRows, ClassifierParams], FittedClassifier]
"""Fits a member, of whatever learner, on some rows."""

STACKING = ClassifierParams(c=1.0)
"""What learns from the members' probabilities: these reach from 0 to 1, so that ``c`` needs no search."""


def fit_voting(
    rows: ClassRows, *, params: ClassifierParams, fit: Fit, n_threads: int = 1
) -> VotingClassifier:
    """Every member on all rows.

    Args:
        rows: to learn from.
        params: the members; their balancing is that of the whole.
        fit: fits one of them.
        n_threads: members that are fitted at a time.
    """
    with ThreadPoolExecutor(n_threads) as pool:
        return VotingClassifier(tuple(pool.map(lambda member: fit(rows, member), _members(params))))


def fit_stacking(
    rows: ClassRows, *, params: ClassifierParams, fit: Fit, seed: int, n_threads: int = 1
) -> StackedClassifier:
    """Every member on all rows, and logistic regression on what members of other rows say of each row.

    Source: Wolpert (1992), doi:10.1016/S0893-6080(05)80023-1.

    Args:
        rows: to learn from.
        params: the members; their balancing is that of the whole.
        fit: fits one of them.
        seed: of the inner folds.
        n_threads: members and inner folds that are fitted at a time.
    """
    folds, members = inner_folds(rows.codes, seed=seed), _members(params)
    parts: list[Rows | None] = [None, *(fold.train_rows for fold in folds)]

    def learn(job: tuple[ClassifierParams, Rows | None]) -> FittedClassifier:
        member, part = job
        return fit(rows if part is None else rows.part(part), member)

    with ThreadPoolExecutor(n_threads) as pool:
        found = list(pool.map(learn, product(members, parts)))
    whole = tuple(found[:: len(parts)])
    said = np.empty((len(rows), len(members), rows.n_classes), dtype=np.float32)
    for place in range(len(members)):
        partial = found[place * len(parts) + 1 : (place + 1) * len(parts)]
        for fold, one in zip(folds, partial, strict=True):
            said[fold.validate_rows, place] = one.probabilities(rows.values[fold.validate_rows])
    beside = ClassRows(said.reshape(len(rows), -1), rows.codes, rows.n_classes)
    return StackedClassifier(whole, fit_linear(beside, params=STACKING, seed=seed))


def _members(params: ClassifierParams) -> list[ClassifierParams]:
    return [
        replace(member, balancing=params.balancing, neighbours=params.neighbours) for member in params.members
    ]
