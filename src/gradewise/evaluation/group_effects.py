"""How much of a machine's errors groups of writers explain: three regressions, solved in closed form.

Source: Loukina, Madnani & Zechner (2019), "The many dimensions of algorithmic fairness in educational
applications", doi:10.18653/v1/W19-4401.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from gradewise.essays.codes import Codes
from gradewise.evaluation.weights import Floats, Weights, group_sums, ratio, unit_weights

EFFECTS = ("osa", "osd", "csd")
"""Overall score accuracy, overall score difference, conditional score difference."""

# Share of the essays under which an eigenvalue is rounding noise.
_NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class GroupFit:
    """What groups add to a model of an outcome: one value a resample."""

    gain: Floats
    """Gain in adjusted R²; may fall below 0."""
    f: Floats
    """F statistic of the gain."""
    added: Floats
    """Parameters that groups add."""
    left: Floats
    """Degrees of freedom left to the errors."""

    @property
    def p_value(self) -> float:
        """Of the F test, on the first resample."""
        return float(fdtrc(self.added, self.left, self.f)[0])


def group_effects(
    human: Codes | Floats, scores: Floats, groups: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """OSA, OSD and CSD: gain in adjusted R² and p-value of the F test, by name.

    OSA regresses squared errors on group, OSD errors (machine minus human) on group; CSD is what group adds
    to a regression of errors on the human's score, each score being a category of its own.

    Args:
        human: Shape ``(n,)``.
        scores: The machine's, on the same axis: shape ``(n,)``.
        groups: Each writer's group.

    Returns:
        By name in `EFFECTS`; a gain may fall below 0, and of one group alone it is 0, its p-value ``nan``.
    """
    fits = group_fits(human, scores, np.unique(groups, return_inverse=True)[1], unit_weights(human.size))
    return {name: (float(fit.gain[0]), fit.p_value) for name, fit in fits.items()}


def group_fits(
    human: Codes | Floats, scores: Floats, groups: NDArray[np.int64], weights: Weights
) -> dict[str, GroupFit]:
    """The three fits on every resample, by name in `EFFECTS`.

    Args:
        human: Shape ``(n,)``; for CSD each value is a category of its own.
        scores: The machine's, on the same axis: shape ``(n,)``.
        groups: Each writer's group as a code from 0: shape ``(n,)``.
        weights: Shape ``(n_resamples, n)``.
    """
    errors = np.asarray(scores - human, dtype=np.float64)
    everyone = np.zeros(errors.size, dtype=np.int64)
    levels = np.unique(human, return_inverse=True)[1]
    return {
        "osa": _fit_groups(errors**2, everyone, groups, weights),
        "osd": _fit_groups(errors, everyone, groups, weights),
        "csd": _fit_groups(errors, levels, groups, weights),
    }


def _fit_groups(
    outcome: Floats, strata: NDArray[np.int64], groups: NDArray[np.int64], weights: Weights
) -> GroupFit:
    """Least squares of ``stratum + group`` against ``stratum`` alone, without building design matrices.

    Group means are taken within strata; what they explain is ``r' S⁺ r``, with ``S`` the Schur complement
    of the strata in the normal equations. Its rank counts the parameters that groups add.
    """
    n_strata, n_groups = int(strata.max()) + 1, int(groups.max()) + 1
    centred = outcome - outcome.mean()
    n = weights.sum(axis=1)
    cells = group_sums(weights, strata * n_groups + groups, n_strata * n_groups)
    cells = cells.reshape(-1, n_strata, n_groups)
    in_strata = cells.sum(axis=2)
    shares = np.nan_to_num(ratio(cells, in_strata[:, :, np.newaxis]))
    strata_sums = group_sums(weights, strata, n_strata, values=centred)
    group_totals = group_sums(weights, groups, n_groups, values=centred)
    rest = group_totals - np.einsum("rsg,rs->rg", shares, strata_sums)
    schur = cells.sum(axis=1)[:, :, np.newaxis] * np.eye(n_groups) - np.einsum("rsg,rsh->rgh", shares, cells)
    explained, added = _explained(schur, rest, n)
    squares = weights @ centred**2
    total = squares - strata_sums.sum(axis=1) ** 2 / n
    base = squares - np.nan_to_num(ratio(strata_sums**2, in_strata)).sum(axis=1)
    free = n - (in_strata > 0).sum(axis=1)
    return _compare_fits(total=total, base=base, explained=explained, n=n, free=free, added=added)


def _explained(schur: Floats, rest: Floats, n: Floats) -> tuple[Floats, Floats]:
    values, vectors = np.linalg.eigh(schur)
    kept = values > _NOISE * n[:, np.newaxis]
    along = np.einsum("rgk,rg->rk", vectors, rest)
    explained = np.where(kept, along**2 / np.where(kept, values, 1), 0).sum(axis=1)
    return explained, kept.sum(axis=1).astype(np.float64)


def _compare_fits(
    *, total: Floats, base: Floats, explained: Floats, n: Floats, free: Floats, added: Floats
) -> GroupFit:
    left = free - added
    noise = ratio(base - explained, left)
    gain = ratio(ratio(base, free) - noise, ratio(total, n - 1))
    return GroupFit(gain=gain, f=ratio(ratio(explained, added), noise), added=added, left=left)
