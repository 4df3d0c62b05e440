"""Temperature: one number that makes all probabilities as bold, or as careful, as they have reason to be."""

import numpy as np
from scipy.optimize import minimize_scalar

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.models.classifiers.linear import softmax
from gradewise.models.piecewise import Floats

LEAST_PROBABILITY = 1e-300
"""What 0 is taken for before the logarithm."""
COLDEST, HOTTEST = 0.05, 20.0
"""The temperatures that are looked at: below 1 makes bolder, above 1 more careful."""

_LEAST_LIKELY = 1e-15  # a class held for impossible that comes true counts as this, not as infinity


def fit_temperature(probabilities: Floats, codes: Codes) -> float:
    """The temperature under which probabilities have the smallest log loss.

    It leaves the order of the classes of each row as it is, and so the class that is given.

    Args:
        probabilities: of rows that took no part in the fit, shape ``(n, n_classes)``, rows sum to 1.
        codes: their classes, shape ``(n,)``.

    Returns:
        A number from `COLDEST` to `HOTTEST`; 1 changes nothing.

    Raises:
        InputError: there is no row, or there are more codes than rows.

    Source: Guo, Pleiss, Sun & Weinberger (2017), ICML, https://proceedings.mlr.press/v70/guo17a.html.

    >>> fit_temperature(np.array([[0.5, 0.5]]), np.array([0]))
    1.0
    """
    if len(codes) == 0 or len(codes) != len(probabilities):
        raise InputError(
            f"{len(codes)} classes for probabilities of {len(probabilities)} texts; give as many"
        )
    own = np.arange(len(codes)), codes

    def loss(log_temperature: float) -> float:
        changed = tempered(probabilities, float(np.exp(log_temperature)))[own]
        return -float(np.log(np.maximum(changed, _LEAST_LIKELY)).mean())

    found = minimize_scalar(
        loss, bounds=np.log([COLDEST, HOTTEST]), method="bounded", options={"xatol": 1e-4}
    )
    return float(np.exp(found.x)) if loss(found.x) < loss(0.0) else 1.0


def tempered(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities to the power of ``1 / temperature``, brought to the sum 1 again: of the same shape.

    >>> tempered(np.array([[0.1, 0.9]]), 2.0).round(2).tolist()
    [[0.25, 0.75]]
    """
    if temperature == 1:
        return probabilities
    return softmax(np.log(np.maximum(probabilities, LEAST_PROBABILITY)) / temperature)
