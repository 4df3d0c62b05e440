"""Rules that a model must beat to be worth its trouble."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes


def length_scores(
    word_counts: NDArray[np.int64],
    codes: Codes,
    train: Sequence[int] | NDArray[np.int64],
    predict: Sequence[int] | NDArray[np.int64],
) -> NDArray[np.float32]:
    """Scores of essays that know nothing but how long they are.

    Least squares of the code on the logarithm of the length and its square, fitted on the training rows only.

    Args:
        word_counts: length of every essay in words, shape ``(n,)``.
        codes: the teacher's grades, shape ``(n,)``; only the training rows are looked at.
        train: rows to learn from.
        predict: rows to score.

    Returns:
        Scores on the axis of codes, shape ``(len(predict),)``.
    """
    logs = np.log(np.maximum(word_counts, 1).astype(np.float64))
    design = np.stack([np.ones_like(logs), logs, logs**2], axis=1)
    weights, *_ = np.linalg.lstsq(design[train], codes[train].astype(np.float64), rcond=None)
    return np.asarray(design[predict] @ weights, dtype=np.float32)
