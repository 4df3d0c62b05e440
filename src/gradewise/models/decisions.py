"""From a score to one grade: cut points on the score, always.

A grade is the number of cuts at or below the score, compared in single precision, so that every way of
scoring gives the same grade. `rounding_cuts` minimises surprise, `rescale_cuts` undoes the shrinking that
regression brings, `qwk_cuts` also listens to the data about each cut.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import TrainingError
from gradewise.essays.codes import Codes
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import Scores

DecisionKind = Literal["rounding", "rescale", "cutpoints"]
"""How a score becomes a grade, as a plan spells it."""

Cuts = NDArray[np.float32]
"""Cut points, strictly increasing, finite: shape ``(n_grades - 1,)``."""

SMALLEST_SEARCH = 800
"""Essays below which searched cuts lose to a rescale on new essays."""

_RARE = 10  # a cut next to a grade with fewer essays is not searched


def choose_decision(kind: DecisionKind | Literal["auto"], n: int) -> DecisionKind:
    """The decision to use with `n` essays: ``auto`` rescales below 800 and searches from there on.

    >>> choose_decision("auto", 300), choose_decision("auto", 2000), choose_decision("rounding", 5)
    ('rescale', 'cutpoints', 'rounding')
    """
    if kind != "auto":
        return kind
    return "rescale" if n < SMALLEST_SEARCH else "cutpoints"


def fit_cuts(kind: DecisionKind, scores: Scores, codes: Codes, *, n_grades: int) -> Cuts:
    """Cut points of this kind for scores (shape ``(n,)``) whose grades (shape ``(n,)``) are known.

    Raises:
        TrainingError: there is no score, or one is not finite.
    """
    if scores.size == 0 or not np.isfinite(scores).all():
        raise TrainingError(f"cannot place cuts from {scores.size} scores; all must be finite")
    if kind == "rounding":
        return rounding_cuts(n_grades)
    if kind == "rescale":
        return rescale_cuts(scores, codes, n_grades=n_grades)
    return qwk_cuts(scores, codes, n_grades=n_grades)


def decide(scores: Scores, cuts: Cuts) -> Codes:
    """The number of cuts at or below each score: shape ``(n,)``, ``0 … len(cuts)``.

    >>> decide(np.array([0.49, 0.5, 7.0], dtype=np.float32), rounding_cuts(3)).tolist()
    [0, 1, 2]
    """
    return np.searchsorted(cuts, scores, side="right").astype(np.int64)


def rounding_cuts(n_grades: int) -> Cuts:
    """Halfway between codes: half-up rounding.

    >>> rounding_cuts(3).tolist()
    [0.5, 1.5]
    """
    return (np.arange(n_grades - 1) + 0.5).astype(np.float32)


def rescale_cuts(scores: Scores, codes: Codes, *, n_grades: int) -> Cuts:
    """Rounding after scores were given the mean and spread of the grades (RSMTool's `scale`), as cuts.

    ``cut_k = mean(score) + (k + 0.5 - mean(code)) * sd(score) / sd(code)``. Where either has no spread, the
    cuts are those of plain rounding.

    Source: Madnani, Loukina, von Davier, Burstein & Cahill (2017), doi:10.18653/v1/W17-1605.
    """
    s = scores.astype(np.float64)
    if s.std() == 0 or codes.std() == 0:
        return rounding_cuts(n_grades)
    return _increasing(s.mean() + (np.arange(n_grades - 1) + 0.5 - codes.mean()) * s.std() / codes.std())


def qwk_cuts(scores: Scores, codes: Codes, *, n_grades: int) -> Cuts:
    """Halfway between the rescale cuts and those with the highest QWK that any cuts reach on these essays.

    The best cuts alone are too well adapted to these essays; measured on ELLIPSE, cross-fitted (QWK on
    3,911 and 1,664 essays): rescale .653 / .629, best .649 / .639, halfway .654 / .640, with grades that are
    as exact as with a rescale. A cut beside a grade that fewer than ten essays have stays where the rescale
    put it.
    """
    rescaled = rescale_cuts(scores, codes, n_grades=n_grades).astype(np.float64)
    counts = np.bincount(codes, minlength=n_grades)
    fixed = np.minimum(counts[:-1], counts[1:]) < _RARE
    if fixed.all():
        return _increasing(rescaled)
    searched = _Search.over(scores.astype(np.float64), codes, rescaled, fixed).best_cuts()
    return _increasing(np.where(fixed, rescaled, (searched + rescaled) / 2))


@dataclass(frozen=True, eq=False)
class _Search:
    """The exact search for the cuts with the highest QWK.

    QWK is ``numerator / denominator``, and with one fixed set of essays both are sums over cuts: a cut at a
    place with ``essays`` above it, whose codes sum to ``codes_sum``, adds to ``sum(m)``, ``sum(m**2)`` and
    ``sum(h * m)`` on its own. Dinkelbach's method (1967, doi:10.1287/mnsc.13.7.492) therefore solves it: for
    a trial QWK ``q`` maximise ``numerator - q * denominator`` by dynamic programming over ordered places,
    take the ratio found as the next trial, stop when it stays. No start point, no local optimum.
    """

    places: Floats
    """Where a cut may stand: between neighbouring distinct scores and beyond the ends: ``(n_places,)``."""
    numerator: Floats
    """What a cut at a place adds to the numerator: ``(n_places,)``."""
    denominator: Floats
    """What cut k at a place adds to the denominator: ``(n_cuts, n_places)``."""
    constant: float
    """The part of the denominator that does not depend on cuts."""
    allowed: NDArray[np.bool_]
    """Whether cut k may stand at a place: ``(n_cuts, n_places)``."""

    @classmethod
    def over(cls, scores: Floats, codes: Codes, rescaled: Floats, fixed: NDArray[np.bool_]) -> "_Search":
        distinct, inverse = np.unique(scores, return_inverse=True)
        n, total = len(codes), float(codes.sum())
        essays = _sums_above(np.bincount(inverse))
        codes_sum = _sums_above(np.bincount(inverse, weights=codes))
        weight = 2 * np.arange(1, len(rescaled) + 1)[:, None] - 1
        ends = distinct[0] - 0.5, distinct[-1] + 0.5
        places = np.concatenate([[ends[0]], (distinct[1:] + distinct[:-1]) / 2, [ends[1]]])
        allowed = np.ones((len(rescaled), len(places)), dtype=np.bool_)
        allowed[fixed] = np.arange(len(places)) == np.searchsorted(distinct, rescaled[fixed])[:, None]
        return cls(
            places=places,
            numerator=2 * n * codes_sum - 2 * total * essays,
            denominator=(n * weight - 2 * total) * essays,
            constant=float(n * (codes**2).sum()),
            allowed=allowed,
        )

    def best_cuts(self) -> Floats:
        """Cuts, never falling: shape ``(n_cuts,)``."""
        cut = np.arange(len(self.denominator))
        q = 0.0
        while True:  # q rises each time and takes finitely many values; five or so are usual
            chosen = _best_path(np.where(self.allowed, self.numerator - q * self.denominator, -np.inf))
            below = self.constant + float(self.denominator[cut, chosen].sum())
            better = float(self.numerator[chosen].sum()) / below
            if better <= q:
                return self.places[chosen]
            q = better


def _best_path(gains: Floats) -> NDArray[np.intp]:
    """One place for each cut, never falling, with the largest sum of gains: shape ``(n_cuts,)``."""
    best = gains[0]
    reached = []
    for gain in gains[1:]:
        reached.append(np.maximum.accumulate(best))
        best = gain + reached[-1]
    path = [int(best.argmax())]
    for so_far in reversed(reached):
        path.append(int(np.searchsorted(so_far, so_far[path[-1]])))
    return np.array(path[::-1], dtype=np.intp)


def _sums_above(parts: NDArray[Any]) -> Floats:
    """Sums of ``parts[i:]`` for i = 0 … len(parts): shape ``(len(parts) + 1,)``."""
    return np.append(np.cumsum(parts[::-1], dtype=np.float64)[::-1], 0.0)


def _increasing(cuts: Floats) -> Cuts:
    """The same cuts in single precision, each at least one step above the one before."""
    single = cuts.astype(np.float32)
    for k in range(1, len(single)):
        single[k] = max(single[k], np.nextafter(single[k - 1], np.float32(np.inf)))
    return single
