"""Weights that give rare grades more of a say in training, without letting a few essays decide."""

import numpy as np

from gradewise.errors import PlanError
from gradewise.essays.codes import Codes
from gradewise.models.piecewise import Floats

CAP = 3.0
"""The most that a rare grade weighs, unless told otherwise."""


def band_weights(codes: Codes, *, cap: float = CAP) -> Floats:
    """The square root of how rare an essay's grade is, with mean 1 and at most `cap`.

    What the cap takes from the rarest grades goes to all others in proportion.

    Args:
        codes: grades, shape ``(n,)``.
        cap: above 1.

    Returns:
        Shape ``(n,)``, above 0.

    Raises:
        PlanError: the cap is not above 1.

    >>> band_weights(np.array([0, 1, 1, 1, 1]), cap=3).round(3).tolist()
    [1.667, 0.833, 0.833, 0.833, 0.833]
    """
    if not cap > 1:
        raise PlanError(f"band weights cannot have mean 1 and a cap of {cap}; use a cap above 1, such as 3")
    _, grade, counts = np.unique(codes, return_inverse=True, return_counts=True)
    by_rarity = np.argsort(counts, kind="stable")
    weights = np.zeros(len(counts))
    free, left = float(len(codes)), np.sqrt(counts[by_rarity]).sum()
    for band in by_rarity:
        # Were no other grade capped, all would weigh this much times 1 / sqrt(count).
        weights[band] = min(cap, free / left / np.sqrt(counts[band]))
        free -= weights[band] * counts[band]
        left -= np.sqrt(counts[band])
    return np.asarray(weights[grade])
