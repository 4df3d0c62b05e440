"""Agreement between two raters who grade the same essays on one scale.

Each figure is a function of joint counts, so that one count of ``(human, machine)`` pairs, or a
stack of a thousand resampled ones, goes through the same line of arithmetic.
"""

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation.weights import Floats, Weights, group_sums, ratio, unit_weights

Counts = NDArray[np.int64] | Floats
"""Essays by (human code, machine code): shape ``(n_grades, n_grades)``, or a stack of such."""


def joint_counts(human: Codes, machine: Codes, *, n_grades: int) -> NDArray[np.int64]:
    """Count essays by (human code, machine code): shape ``(n_grades, n_grades)``.

    Raises:
        InputError: the raters graded different numbers of essays, or a code is not on the scale.

    >>> joint_counts(np.array([0, 1, 1]), np.array([0, 1, 0]), n_grades=2).tolist()
    [[1, 0], [1, 1]]
    """
    _check_codes(human, machine, n_grades=n_grades)
    cells = np.bincount(human * n_grades + machine, minlength=n_grades**2)
    return cells.reshape(n_grades, n_grades).astype(np.int64)


def weighted_joint_counts(human: Codes, machine: Codes, weights: Weights, *, n_grades: int) -> Floats:
    """Joint counts of every resample: shape ``(n_resamples, n_grades, n_grades)``."""
    _check_codes(human, machine, n_grades=n_grades)
    cells = group_sums(weights, human * n_grades + machine, n_grades**2)
    return cells.reshape(-1, n_grades, n_grades)


def _check_codes(human: Codes, machine: Codes, *, n_grades: int) -> None:
    if human.shape != machine.shape or human.ndim != 1:
        raise InputError(
            f"raters graded {human.shape} and {machine.shape} essays; give one code each per essay"
        )
    for codes in (human, machine):
        outside = codes[(codes < 0) | (codes >= n_grades)]
        if outside.size:
            raise InputError(f"code {outside[0]} is not on a scale of {n_grades} grades (0 … {n_grades - 1})")


def kappa_of_counts(counts: Counts) -> Floats:
    """Quadratic weighted kappa of joint counts ``(…, n_grades, n_grades)``: shape ``(…)``.

    The chance term is written with the margins' moments: ``sum(W * E) = a2 + b2 - 2 * a1 * b1 / n``.
    Whole numbers stay exact, so a constant pair gives ``0 / 0``, which is ``nan``, and never noise.
    """
    steps = np.arange(counts.shape[-1], dtype=np.float64)
    rows, columns = counts.sum(axis=-1), counts.sum(axis=-2)
    n = rows.sum(axis=-1)
    observed = _weigh(counts, np.subtract.outer(steps, steps) ** 2)
    expected = n * (rows @ steps**2 + columns @ steps**2) - 2 * (rows @ steps) * (columns @ steps)
    return 1 - ratio(n * observed, expected)


def accuracy_of_counts(counts: Counts, *, tolerance: int = 0) -> Floats:
    """Share of essays on which the raters are at most ``tolerance`` steps apart, in ``[0, 1]``.

    Of joint counts of shape ``(…, n_grades, n_grades)``, one share each: shape ``(…)``; ``nan`` of no essay.
    """
    return _mean(counts, (_distances(counts) <= tolerance).astype(np.float64))


def mean_absolute_error_of_counts(counts: Counts) -> Floats:
    """Mean distance in grade steps, ≥ 0: shape ``(…)`` of counts ``(…, n_grades, n_grades)``."""
    return _mean(counts, _distances(counts))


def root_mean_squared_error_of_counts(counts: Counts) -> Floats:
    """Root of the mean squared distance in grade steps, ≥ 0.

    Shape ``(…)`` of counts ``(…, n_grades, n_grades)``.
    """
    root: Floats = np.sqrt(_mean(counts, _distances(counts) ** 2))
    return root


def mean_residual_of_counts(counts: Counts) -> Floats:
    """Mean of machine minus human, in grade steps: above zero, the machine is generous.

    Shape ``(…)`` of counts ``(…, n_grades, n_grades)``, the human's grades by row.
    """
    steps = np.arange(counts.shape[-1], dtype=np.float64)
    return _mean(counts, steps[np.newaxis, :] - steps[:, np.newaxis])


def precision_of_counts(counts: Counts) -> Floats:
    """Share of each grade given by the machine that was the human's too: shape ``(…, n_grades)``.

    ``nan`` for a grade that the machine never gave.
    """
    return ratio(_hits(counts), counts.sum(axis=-2))


def recall_of_counts(counts: Counts) -> Floats:
    """Share of each grade given by the human that the machine found: shape ``(…, n_grades)``.

    ``nan`` for a grade that the human never gave.
    """
    return ratio(_hits(counts), counts.sum(axis=-1))


def f1_of_counts(counts: Counts) -> Floats:
    """Harmonic mean of precision and recall, ``2 hits / (given + found)``: shape ``(…, n_grades)``.

    ``nan`` for a grade that neither gave; 0 for one that only one of them gave.
    """
    return ratio(2 * _hits(counts), counts.sum(axis=-1) + counts.sum(axis=-2))


def macro_f1_of_counts(counts: Counts) -> Floats:
    """Mean F1 over the grades that either rater gave, in ``[0, 1]``: a rare one weighs as much as any other.

    Shape ``(…)`` of counts ``(…, n_grades, n_grades)``.
    """
    f1 = f1_of_counts(counts)
    present = ~np.isnan(f1)
    return ratio(np.where(present, f1, 0).sum(axis=-1), present.sum(axis=-1).astype(np.float64))


def _hits(counts: Counts) -> Floats:
    hits: Floats = np.diagonal(counts, axis1=-2, axis2=-1).astype(np.float64)
    return hits


def _distances(counts: Counts) -> Floats:
    steps = np.arange(counts.shape[-1], dtype=np.float64)
    return np.abs(np.subtract.outer(steps, steps))


def _weigh(counts: Counts, table: Floats) -> Floats:
    cells = counts.reshape(*counts.shape[:-2], table.size).astype(np.float64)
    weighed: Floats = cells @ table.ravel()
    return weighed


def _mean(counts: Counts, table: Floats) -> Floats:
    return ratio(_weigh(counts, table), counts.sum(axis=(-2, -1)).astype(np.float64))


def quadratic_weighted_kappa(human: Codes, machine: Codes, *, n_grades: int) -> float:
    """Chance-corrected agreement that forgives near misses: 1 is perfect, 0 is chance.

    ``1 - sum(W * O) / sum(W * E)`` with ``W[i, j] = (i - j)**2``, ``O`` the joint counts and ``E`` what
    the margins alone would give. Equal to scikit-learn's ``cohen_kappa_score(weights="quadratic")``.

    Args:
        human: Shape ``(n,)``.
        machine: Shape ``(n,)``.
        n_grades: Grades on the scale, rare ones included.

    Returns:
        Kappa in ``[-1, 1]``; ``nan`` when both raters use one and the same grade throughout.

    Source: Cohen (1968), doi:10.1037/h0026256.

    >>> quadratic_weighted_kappa(np.array([0, 1, 2]), np.array([0, 1, 2]), n_grades=3)
    1.0
    """
    return float(kappa_of_counts(joint_counts(human, machine, n_grades=n_grades)))


def accuracy(human: Codes, machine: Codes, *, n_grades: int) -> float:
    """Share of essays with the same grade from both: exact agreement, in ``[0, 1]``.

    Codes are of shape ``(n,)``, ``0 … n_grades - 1``.

    Raises:
        InputError: as `joint_counts`.
    """
    return float(accuracy_of_counts(joint_counts(human, machine, n_grades=n_grades)))


def adjacent_accuracy(human: Codes, machine: Codes, *, n_grades: int) -> float:
    """Share of essays on which the raters are at most one grade apart, in ``[0, 1]``.

    Codes are of shape ``(n,)``, ``0 … n_grades - 1``.

    Raises:
        InputError: as `joint_counts`.
    """
    return float(accuracy_of_counts(joint_counts(human, machine, n_grades=n_grades), tolerance=1))


def mean_absolute_error(human: Codes, machine: Codes, *, n_grades: int) -> float:
    """Mean distance in grade steps, ≥ 0.

    Codes are of shape ``(n,)``, ``0 … n_grades - 1``.

    Raises:
        InputError: as `joint_counts`.
    """
    return float(mean_absolute_error_of_counts(joint_counts(human, machine, n_grades=n_grades)))


def root_mean_squared_error(human: Codes, machine: Codes, *, n_grades: int) -> float:
    """Root of the mean squared distance between the grades, in grade steps, ≥ 0.

    Codes are of shape ``(n,)``, ``0 … n_grades - 1``.

    Raises:
        InputError: as `joint_counts`.
    """
    return float(root_mean_squared_error_of_counts(joint_counts(human, machine, n_grades=n_grades)))


def macro_f1(human: Codes, machine: Codes, *, n_grades: int) -> float:
    """Mean F1 over the grades that either rater gave, in ``[0, 1]``.

    A grade that nobody gave says nothing and is left out; one that only one of them gave counts as 0.
    Equal to scikit-learn's ``f1_score(average="macro")``.
    """
    return float(macro_f1_of_counts(joint_counts(human, machine, n_grades=n_grades)))


def spearman(human: Codes | Floats, machine: Codes | Floats) -> float:
    """Correlation of ranks, ties at their middle rank, in ``[-1, 1]``, of values of shape ``(n,)``.

    ``nan`` when either rater gives one value throughout.

    Source: Spearman (1904), doi:10.2307/1412159.
    """
    return float(weighted_spearman(human, machine, unit_weights(human.size))[0])


def weighted_spearman(human: Codes | Floats, machine: Codes | Floats, weights: Weights) -> Floats:
    """Spearman's correlation on every resample, exactly: shape ``(n_resamples,)``.

    Values are sorted once; a resample only moves the middle ranks of the tie groups. Centred ranks are
    multiples of one half, so that sums stay exact and a constant rater gives ``nan``.
    """
    x = _centred_ranks(human, weights)
    y = _centred_ranks(machine, weights)
    weighted_x = weights * x
    covariance = np.einsum("rn,rn->r", weighted_x, y)
    spread = np.einsum("rn,rn->r", weighted_x, x) * np.einsum("rn,rn,rn->r", weights, y, y)
    return np.clip(ratio(covariance, np.sqrt(spread)), -1, 1)


def _centred_ranks(values: Codes | Floats, weights: Weights) -> Floats:
    distinct, ties = np.unique(values, return_inverse=True)
    mass = group_sums(weights, ties, distinct.size)
    ranks = mass.cumsum(axis=1) - mass / 2 - mass.sum(axis=1, keepdims=True) / 2
    spread: Floats = ranks[:, ties]
    return spread
