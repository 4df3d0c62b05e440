"""Classes of unequal size: weights that make them count alike, or rows made up between neighbours."""

import importlib
from typing import Any

import numpy as np

from gradewise.errors import MissingDependencyError
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.piecewise import Floats


def balanced_rows(rows: ClassRows, *, params: ClassifierParams, seed: int) -> ClassRows:
    """Rows to learn from, as ``params.balancing`` wants them; give it training rows alone.

    - ``none``: as they are.
    - ``class_weights``: every class counts alike, see `class_weights`.
    - ``smote``: every class has as many rows as the largest. New ones lie between a row and one of its
      nearest ``params.neighbours`` of the same class; in a class of ``n`` rows there are
      ``min(neighbours, n - 1)`` of them, and the row of a class of one is repeated, for there is nothing
      between. Given rows come first, as they were.

    Source: Chawla, Bowyer, Hall & Kegelmeyer (2002), doi:10.1613/jair.953.

    Raises:
        MissingDependencyError: ``smote`` without imbalanced-learn.
    """
    if params.balancing == "class_weights":
        return ClassRows(rows.values, rows.codes, rows.n_classes, class_weights(rows))
    if params.balancing == "smote":
        return _with_made_up(rows, neighbours=params.neighbours, seed=seed)
    return rows


def class_weights(rows: ClassRows) -> Floats:
    """Weights by which all classes that have rows count alike, with mean 1: shape ``(n,)``."""
    counts = rows.counts
    return np.asarray(len(rows) / (np.count_nonzero(counts) * counts[rows.codes].astype(np.float64)))


def _with_made_up(rows: ClassRows, *, neighbours: int, seed: int) -> ClassRows:
    counts = rows.counts
    most = int(counts.max())
    small = np.flatnonzero((counts > 0) & (counts < most))
    nearest = np.minimum(neighbours, counts - 1)
    values, codes = [rows.values], [rows.codes]
    for k in np.unique(nearest[small]):
        wanted = {int(code): most for code in small if nearest[code] == k}
        part = rows.part(np.flatnonzero(np.isin(rows.codes, list(wanted))))
        made = _repeated(part, most) if k == 0 else _between(part, wanted, neighbours=int(k), seed=seed)
        values.append(made.values)
        codes.append(made.codes)
    return ClassRows(np.concatenate(values), np.concatenate(codes), rows.n_classes)


def _repeated(part: ClassRows, most: int) -> ClassRows:
    """What rows, each alone in its class, lack from `most`: themselves."""
    return ClassRows(
        np.repeat(part.values, most - 1, axis=0), np.repeat(part.codes, most - 1), part.n_classes
    )


def _between(part: ClassRows, wanted: dict[int, int], *, neighbours: int, seed: int) -> ClassRows:
    """The rows that SMOTE adds."""
    smote = _library().SMOTE(sampling_strategy=wanted, k_neighbors=neighbours, random_state=seed)
    # SMOTE refuses rows of one class: one more, of a class that there is not, changes nothing else.
    values = np.concatenate([part.values, part.values[:1]])
    made, codes = smote.fit_resample(values, np.append(part.codes, part.n_classes))
    added = slice(len(values), None)
    return ClassRows(made[added].astype(np.float32), codes[added].astype(np.int64), part.n_classes)


def _library() -> Any:
    try:
        return importlib.import_module("imblearn.over_sampling")
    except ImportError as error:
        raise MissingDependencyError(
            "smote needs imbalanced-learn: pip install 'gradewise[balance]'"
        ) from error
