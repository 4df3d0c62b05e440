"""Judgement and a model, each with a distribution over the grades of an essay, as one.

Both measure the same thing on the axis of codes. Judgement knows this batch and the anchors in it; the model
knows the essays that it learnt from. Each is off by what it says of itself, and by something of its own that
it cannot know: judges who love long essays, a model that never saw such a task. How far the two are apart
tells how large that is at least:

1. ``d`` is the distance of the expected codes and ``v`` the variance of each, to which 1/12 is added, since a
   grade is as wide as a code. Where ``q = d^2 / (v1 + v2)`` exceeds 1, both are taken to understate their
   variances by that factor, Birge's ratio. So whoever is surer keeps the larger say; on simulated essays this
   did better than adding the same variance to both.
2. Each distribution is widened until its variance is ``q`` times what it was: smeared over the codes by a
   normal kernel.
3. The widened ones are multiplied, each to a power of at most 1 that makes up for how much their errors have
   in common. This is Bayes' rule: judgement assumes nothing of the shares of grades, the model what it
   learnt, so that shares count once.

So agreement sharpens, and where the two contradict each other the outcome is less certain than the surer one.
The grade is the median: every grade can be given, and no far-off small chance moves it. It lies between the
grades that the two give, who read them off scores, by boundaries: where both give one grade, it is that one.
Of 1,104 essays of ELLIPSE, their judges simulated, this moves 24, which then are 9 steps from the teachers'
grades together instead of 21.

Source: Birge (1932), doi:10.1103/PhysRev.40.207, on what measurements do not account for;
Winkler (1981), doi:10.1287/mnsc.27.4.479, on experts whose errors have something in common.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from gradewise.errors import InputError
from gradewise.judgement.comparisons import Flags, Floats

DEPENDENCE = 0.3
"""How much the errors of judgement and model are taken to have in common, as a correlation: both read one
text, and what dazzles one may dazzle the other. An assumption, on the safe side of 0."""
HYBRID_DEPENDENCE = 0.9
"""The same for a model that reads what judgement found: it adds little beyond the text."""
LEVEL = 0.01
"""How often an essay may be flagged on which judgement and model merely differ by chance: of 30, one in three
batches. Measured on 40,000 simulated essays: .0002 to .009, the more their errors have in common the less."""

_GRADE_WIDTH = 1 / 12  # variance of a position that is known to lie in one grade
_LEAST = 1e-12  # no grade is quite impossible
_SUM_WITHIN = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What is known of the grade of one essay."""

    probabilities: tuple[float, ...]
    """P(grade), lowest first; they sum to 1."""
    code: int
    """The grade that is given: the median between both grades, or judgement's own where it stands alone."""
    is_both: bool
    """Whether a model spoke too."""
    disagrees: bool
    """Whether the two are further apart than both uncertainties allow."""

    @property
    def confidence(self) -> float:
        """The probability of the grade that is given."""
        return self.probabilities[self.code]


def merge(
    judged: Mapping[str, tuple[float, ...]],
    modelled: Mapping[str, tuple[float, ...]],
    *,
    codes: Mapping[str, int] | None = None,
    modelled_codes: Mapping[str, int] | None = None,
    dependence: float = DEPENDENCE,
    level: float = LEVEL,
) -> Mapping[str, Merged]:
    """One distribution for each judged essay, in the same order; none is lost and none added.

    Args:
        judged: P(grade) by judgement, lowest first, by essay.
        modelled: P(grade) by the model on the same scale; essays may be missing.
        codes: Judgement's grade of essays, given where no model spoke; the median when left out.
        modelled_codes: The model's grade of essays; the median when left out.
        dependence: How much the errors of both have in common, as a correlation from 0 to below 1. A model
            that reads what judgement found needs a high one.
        level: How often essays may be flagged by chance, above 0 and below 1.

    Raises:
        InputError: the model speaks of an essay that was not judged, a distribution is none, scales differ,
            or an option is out of range.

    >>> merge({"a": (0.2, 0.6, 0.2)}, {"a": (0.1, 0.8, 0.1)})["a"].confidence > 0.8
    True
    """
    if unknown := sorted(modelled.keys() - judged.keys()):
        raise InputError(f"the model grades essay {unknown[0]!r}, which was not judged; leave it out")
    if not judged:
        return {}
    codes, modelled_codes = codes or {}, modelled_codes or {}
    both = [essay for essay in judged if essay in modelled]
    pooled: dict[str, Merged] = {}
    if both:
        first, second = _rows(judged, both), _rows(modelled, both)
        apart = disagreements(first, second, level=level)
        grades = [
            sorted((_given(essay, judged[essay], codes), _given(essay, modelled[essay], modelled_codes)))
            for essay in both
        ]
        rows = zip(both, pool(first, second, dependence=dependence), grades, apart.tolist(), strict=True)
        pooled = {
            essay: Merged(
                probabilities=tuple(row.tolist()),
                code=min(max(median_code(row), least), most),
                is_both=True,
                disagrees=disagrees,
            )
            for essay, row, (least, most), disagrees in rows
        }
    return {essay: pooled.get(essay) or _alone(essay, row, codes) for essay, row in judged.items()}


def _given(essay: str, row: tuple[float, ...], codes: Mapping[str, int]) -> int:
    code = codes.get(essay)
    return median_code(np.asarray(row)) if code is None else code


def _alone(essay: str, row: tuple[float, ...], codes: Mapping[str, int]) -> Merged:
    """Exactly what judgement says."""
    return Merged(probabilities=row, code=_given(essay, row, codes), is_both=False, disagrees=False)


def pool(first: Floats, second: Floats, *, dependence: float = DEPENDENCE) -> Floats:
    """Two distributions for each essay as one, as the module describes: the order of the two does not matter.

    Args:
        first: P(grade) by one: shape ``(n, n_grades)``, rows sum to 1.
        second: P(grade) by the other, likewise.
        dependence: Correlation of their errors, from 0 to below 1.

    Returns:
        Shape ``(n, n_grades)``, above 0, rows sum to 1.

    Raises:
        InputError: the shapes differ, a row is no distribution, or the correlation is out of range.
    """
    _require_distributions(first, second)
    if not 0 <= dependence < 1:
        raise InputError(f"dependence is {dependence}; give a correlation from 0 to below 1, such as 0.3")
    ratios = birge_ratios(first, second)
    own = [spreads(rows)[1] + _GRADE_WIDTH for rows in (first, second)]
    widened = [
        widen(rows, (ratios - 1) * variances) for rows, variances in zip((first, second), own, strict=True)
    ]
    powers = _powers(*(ratios * variances for variances in own), dependence=dependence)
    logs = sum(
        power[:, None] * np.log(np.maximum(rows, _LEAST)) for power, rows in zip(powers, widened, strict=True)
    )
    rows = np.exp(logs - np.max(logs, axis=1, keepdims=True))
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def _powers(first: Floats, second: Floats, *, dependence: float) -> tuple[Floats, Floats]:
    """How much of each is believed: its share in the best linear estimate, by the share that it has alone.

    Where errors have something in common and one is far surer, the other adds nothing: its share would be
    below 0, and is 0.
    """
    common = np.minimum(dependence * np.sqrt(first * second), np.minimum(first, second))
    determinant = first * second - common**2
    return (
        np.asarray(first * (second - common) / determinant),
        np.asarray(second * (first - common) / determinant),
    )


def disagreements(first: Floats, second: Floats, *, level: float = LEVEL) -> Flags:
    """Where two distributions are further apart than both uncertainties allow: shape ``(n,)``.

    ``|m1 - m2| > z * sqrt(v1 + v2)``, ``m`` being expected codes, ``v`` their variances with a grade's width.

    Args:
        first: P(grade) by one: shape ``(n, n_grades)``, rows sum to 1.
        second: P(grade) by the other, likewise.
        level: How often this may happen by chance, above 0 and below 1.

    Raises:
        InputError: the shapes differ, a row is no distribution, or the level is out of range.
    """
    _require_distributions(first, second)
    if not 0 < level < 1:
        raise InputError(f"the level is {level}; give a share above 0 and below 1, such as {LEVEL}")
    (mean, variance), (other_mean, other_variance) = spreads(first), spreads(second)
    allowed = float(ndtri(1 - level / 2)) * np.sqrt(variance + other_variance + 2 * _GRADE_WIDTH)
    return np.asarray(np.abs(mean - other_mean) > allowed)


def birge_ratios(first: Floats, second: Floats) -> Floats:
    """By which factor two distributions understate their variances, going by their distance.

    The squared distance of their means over what their variances and the width of a grade allow.

    Args:
        first: P(grade) by one: shape ``(n, n_grades)``, rows sum to 1.
        second: P(grade) by the other, likewise.

    Returns:
        1 or more: shape ``(n,)``.

    Source: Birge (1932), doi:10.1103/PhysRev.40.207.
    """
    (mean, variance), (other_mean, other_variance) = spreads(first), spreads(second)
    return np.maximum(1.0, (mean - other_mean) ** 2 / (variance + other_variance + 2 * _GRADE_WIDTH))


def spreads(rows: Floats) -> tuple[Floats, Floats]:
    """Expected code of each row, and the variance around it: each of shape ``(n,)``."""
    codes = np.arange(rows.shape[1])
    means = rows @ codes
    return means, np.asarray((rows * (codes[None, :] - means[:, None]) ** 2).sum(axis=1))


def widen(rows: Floats, variances: Floats) -> Floats:
    """Distributions smeared over neighbouring codes by a normal kernel; one of variance 0 changes nothing.

    Args:
        rows: P(grade): shape ``(n, n_grades)``, rows sum to 1.
        variances: Of the kernel: shape ``(n,)``, in codes squared.

    Returns:
        Shape ``(n, n_grades)``, rows sum to 1.
    """
    codes = np.arange(rows.shape[1])
    apart = (codes[:, None] - codes[None, :]) ** 2
    kernels = np.exp(-apart[None, :, :] / (2 * np.maximum(variances, _LEAST))[:, None, None])
    kernels /= kernels.sum(axis=2, keepdims=True)
    return np.asarray(np.einsum("nij,ni->nj", kernels, rows))


def median_code(row: Floats) -> int:
    """The lowest grade at or below which at least half of the probability lies: 0 to ``n_grades - 1``.

    Args:
        row: P(grade), lowest first: shape ``(n_grades,)``, summing to 1.

    >>> median_code(np.array([0.4, 0.2, 0.4]))
    1
    """
    at_half = np.flatnonzero(np.cumsum(row) >= 0.5 - _LEAST)
    return int(at_half[0])


def _rows(rows: Mapping[str, tuple[float, ...]], essays: list[str]) -> Floats:
    widths = {len(rows[essay]) for essay in essays}
    if len(widths) != 1:
        raise InputError(f"distributions are of {min(widths)} and of {max(widths)} grades; use one scale")
    return np.array([rows[essay] for essay in essays], dtype=np.float64)


def _require_distributions(first: Floats, second: Floats) -> None:
    if first.shape != second.shape:
        raise InputError(
            f"distributions have shapes {first.shape} and {second.shape}; use one scale for both"
        )
    for rows in (first, second):
        sums = rows.sum(axis=1)
        if not (np.isfinite(rows).all() and (rows >= 0).all() and np.allclose(sums, 1, atol=_SUM_WITHIN)):
            raise InputError("a distribution over grades has a number below 0 or does not sum to 1")
