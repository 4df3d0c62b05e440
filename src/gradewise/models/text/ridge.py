"""Ridge regression in the space of texts: all penalties solved at once, at any number of texts."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from scipy.linalg import eigh_tridiagonal

from gradewise.models.piecewise import Floats

_MOST_STEPS = 300
_CHECK_EVERY = 10
_TOLERANCE = 1e-6


class Kernel(Protocol):
    """A symmetric matrix with no negative eigenvalue, known by what it does to a vector."""

    def __matmul__(self, vector: Floats, /) -> Floats:
        """The product, of the vector's shape."""
        ...


def solve_ridge(kernel: Kernel, targets: Floats, penalties: Sequence[float]) -> Floats:
    """Solve ``(H K H + penalty * I) a = H targets`` for every penalty, ``H`` taking away the mean.

    Lanczos' tridiagonalisation, started from the targets, builds one space in which the system is solved for
    every penalty: the same vectors as conjugate gradients for each of them. Every step is made orthogonal to
    all earlier ones, and steps end when the residuals are below 1e-6 of the targets.

    Source: Golub & Van Loan, Matrix Computations, 4th edition (2013), section 10.1.

    Args:
        kernel: shape ``(n, n)``.
        targets: shape ``(n,)``.
        penalties: above 0.

    Returns:
        Coefficients, each row summing to 0: shape ``(n_penalties, n)``.
    """
    shifts = np.asarray(penalties, dtype=np.float64)
    start = targets - targets.mean()
    size = float(np.linalg.norm(start))
    if size == 0:
        return np.zeros((len(shifts), len(targets)))
    basis = np.zeros((min(_MOST_STEPS, len(targets)), len(targets)))
    basis[0] = start / size
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        steps = len(diagonal) + 1
        image = kernel @ basis[steps - 1]
        image -= image.mean()
        diagonal.append(float(image @ basis[steps - 1]))
        for _ in range(2):  # once is not enough in floating point
            image -= basis[:steps].T @ (basis[:steps] @ image)
        length = float(np.linalg.norm(image))
        last = steps == len(basis) or length <= _TOLERANCE * max(diagonal[0], shifts.min())
        if last or steps % _CHECK_EVERY == 0:
            solved = _solve_small(diagonal, beside, shifts)
            if last or length * np.abs(solved[:, -1]).max() <= _TOLERANCE:
                return np.asarray(size * solved @ basis[:steps])
        beside.append(length)
        basis[steps] = image / length


def _solve_small(diagonal: Sequence[float], beside: Sequence[float], shifts: Floats) -> Floats:
    """Solve ``(T + shift * I) x = e_1`` for the tridiagonal ``T``: shape ``(n_shifts, n_steps)``."""
    values, vectors = eigh_tridiagonal(diagonal, beside)
    return np.asarray((vectors[0] / (values + shifts[:, None])) @ vectors.T)
