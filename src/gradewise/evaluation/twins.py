"""Which column says nearly the same as another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.ranks import mean_ranks


@dataclass(frozen=True, slots=True)
class Twin:
    """The column that ranks essays most nearly as another does."""

    name: str
    """The column."""
    correlation: float
    """Spearman's rank correlation with it, in ``[-1, 1]``, not 0."""


def nearest_columns(values: NDArray[np.float32], names: Sequence[str]) -> dict[str, Twin]:
    """For each column the one that is most like it, upright or upside down.

    Args:
        values: shape ``(n, n_columns)``.
        names: of the columns.

    Returns:
        By name; columns that never vary, or are like no other, are not in it.

    >>> nearest_columns(np.array([[1, 5, 2], [2, 4, 2], [3, 1, 2]], dtype=np.float32), ["a", "b", "c"])
    {'a': Twin(name='b', correlation=-1.0), 'b': Twin(name='a', correlation=-1.0)}
    """
    ranks = np.stack([mean_ranks(column) for column in values.T], axis=1)
    ranks -= ranks.mean(axis=0)
    sizes = np.sqrt((ranks**2).sum(axis=0))
    ranks /= np.where(sizes > 0, sizes, 1.0)
    alike = (ranks.T @ ranks).round(9)
    np.fill_diagonal(alike, 0.0)
    nearest = np.abs(alike).argmax(axis=1)
    return {
        name: Twin(names[other], float(alike[row, other]))
        for row, (name, other) in enumerate(zip(names, nearest, strict=True))
        if alike[row, other] != 0
    }
