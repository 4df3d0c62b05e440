"""Folds as rows of a feature matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.split_plan import Fold

Rows = NDArray[np.int64]
"""Positions of rows in a feature matrix."""


@dataclass(frozen=True, slots=True, eq=False)
class FoldRows:
    """Which rows a fold learns from and which it is judged on."""

    train_rows: Rows
    """Rows to learn from: shape ``(n_train,)``."""
    validate_rows: Rows
    """Rows to score, none of them among the former: shape ``(n_validate,)``."""


def fold_rows(folds: Sequence[Fold], train_ids: Sequence[str]) -> tuple[FoldRows, ...]:
    """Folds of ids as folds of rows.

    Args:
        folds: of a split plan.
        train_ids: of the rows, in order. Whom a fold names and they do not is in neither part of it; a fold
            of which a part is empty then is none.
    """
    row = {essay_id: index for index, essay_id in enumerate(train_ids)}

    def rows(ids: Sequence[str]) -> Rows:
        return np.array([row[essay_id] for essay_id in ids if essay_id in row], dtype=np.int64)

    every = (FoldRows(rows(fold.train_ids), rows(fold.validate_ids)) for fold in folds)
    return tuple(fold for fold in every if fold.train_rows.size and fold.validate_rows.size)
