"""From what trees sum up to a distribution over grades: margins in, P(code <= k) and a score out.

A link says how the margins of an essay (one number for each forest, without unit) become probabilities. The
score is the code to be expected, a sum of P(code > k), so that everything after it is the same for every
way to a score.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import in_order

_N_PLACES = 32  # where the slope of a softmax is looked at on its way


@dataclass(frozen=True, eq=False)
class Link(ABC):
    """How margins become a distribution; made of arrays alone, so that it can be stored."""

    def __post_init__(self) -> None:
        for field in fields(self):
            array = getattr(self, field.name)
            if array.dtype != np.float64 or array.ndim != 1 or not array.size or not np.isfinite(array).all():
                raise BundleError(
                    f"link array {field.name!r} is {array.dtype}{array.shape}, expected finite float64 (k,)"
                )

    @property
    @abstractmethod
    def n_margins(self) -> int:
        """How many forests it reads."""

    @property
    @abstractmethod
    def n_grades(self) -> int:
        """How many grades it speaks of."""

    @abstractmethod
    def cumulative(self, margins: Floats) -> Floats:
        """P(code <= k) from margins of shape ``(n, n_margins)``: ``(n, n_grades - 1)``, never falling."""

    @abstractmethod
    def scores(self, margins: Floats) -> Floats:
        """The code to be expected, ``(n,)``, within ``[0, n_grades - 1]``; margins as in `cumulative`."""

    @abstractmethod
    def mean_slopes(self, start: Floats, margins: Floats) -> Floats:
        """How steeply the score rises with each margin, on average over the straight way from `start`.

        The slopes times the ways travelled sum to the change of the score: with one margin this is the
        rescale rule, with several the Aumann–Shapley value.

        Args:
            start: shape ``(n_margins,)``.
            margins: where to, shape ``(n, n_margins)``.

        Returns:
            Scores per margin, shape ``(n, n_margins)``.

        Source: Chen, Lundberg & Lee (2022), doi:10.1038/s41467-022-31384-3, for carrying contributions
        through a link; Sundararajan, Taly & Yan (2017), arXiv:1703.01365, for the average over the way.
        """

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Its numbers by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, eq=False)
class OrderedLogitLink(Link):
    """One margin ``f``, cut at ascending thresholds: ``P(code <= k) = logistic(t_k - f)``.

    Source: McCullagh (1980), doi:10.1111/j.2517-6161.1980.tb01109.x.

    >>> OrderedLogitLink(np.array([-1.0, 1.0])).scores(np.array([[0.0]])).tolist()
    [1.0]
    """

    thresholds: Floats
    """Where one grade ends and the next begins, strictly increasing: shape ``(n_grades - 1,)``."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_unless_increasing(self.thresholds)

    @property
    def n_margins(self) -> int:
        """One."""
        return 1

    @property
    def n_grades(self) -> int:
        """How many grades it speaks of."""
        return len(self.thresholds) + 1

    def cumulative(self, margins: Floats) -> Floats:
        """P(code <= k): shape ``(n, n_grades - 1)``."""
        return logistic(self.thresholds - margins)

    def scores(self, margins: Floats) -> Floats:
        """The code to be expected: shape ``(n,)``."""
        return np.asarray(logistic(margins - self.thresholds).sum(axis=1))

    def mean_slopes(self, start: Floats, margins: Floats) -> Floats:
        """See `Link.mean_slopes`: shape ``(n, 1)``."""
        slopes = _mean_logistic_slopes(start - self.thresholds, margins - self.thresholds)
        return np.asarray(slopes.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False)
class BinaryLink(Link):
    """One margin for each threshold: ``P(code > k) = logistic(f_k + intercept_k)``, each learnt on its own.

    Learnt apart, the thresholds may contradict each other; a running maximum puts P(code <= k) in order, with
    a trace of the training grades' own shares, so that no grade in between has probability 0.

    Source: Frank & Hall (2001), doi:10.1007/3-540-44795-4_13.
    """

    intercepts: Floats
    """Log odds of P(code > k) before any tree has spoken, strictly falling: shape ``(n_grades - 1,)``."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_unless_increasing(-self.intercepts)

    @property
    def n_margins(self) -> int:
        """One for each threshold."""
        return len(self.intercepts)

    @property
    def n_grades(self) -> int:
        """How many grades it speaks of."""
        return len(self.intercepts) + 1

    @property
    def shares(self) -> Floats:
        """P(code <= k) before any tree has spoken, strictly increasing: shape ``(n_grades - 1,)``."""
        return logistic(-self.intercepts)

    def cumulative(self, margins: Floats) -> Floats:
        """P(code <= k), put in order: shape ``(n, n_grades - 1)``."""
        return in_order(logistic(-(margins + self.intercepts)), raw=self.shares)

    def scores(self, margins: Floats) -> Floats:
        """The sum of P(code > k) as the thresholds say it, each for itself: shape ``(n,)``."""
        return np.asarray(logistic(margins + self.intercepts).sum(axis=1))

    def mean_slopes(self, start: Floats, margins: Floats) -> Floats:
        """See `Link.mean_slopes`: shape ``(n, n_grades - 1)``."""
        return _mean_logistic_slopes(start + self.intercepts, margins + self.intercepts)


@dataclass(frozen=True, eq=False)
class SoftmaxLink(Link):
    """One margin for each grade, without order: ``P(code = k) ~ exp(f_k + intercept_k)``."""

    intercepts: Floats
    """Log of P(code = k) before any tree has spoken: shape ``(n_grades,)``."""

    @property
    def n_margins(self) -> int:
        """One for each grade."""
        return len(self.intercepts)

    @property
    def n_grades(self) -> int:
        """How many grades it speaks of."""
        return len(self.intercepts)

    def cumulative(self, margins: Floats) -> Floats:
        """P(code <= k): shape ``(n, n_grades - 1)``."""
        return self.shares(margins) @ self.up_to

    def scores(self, margins: Floats) -> Floats:
        """The code to be expected: shape ``(n,)``."""
        return self.shares(margins) @ np.arange(self.n_grades, dtype=np.float64)

    @property
    def up_to(self) -> Floats:
        """1 where a grade is at or below a threshold: shape ``(n_grades, n_grades - 1)``."""
        return np.triu(np.ones((self.n_grades, self.n_grades - 1)))

    def shares(self, margins: Floats) -> Floats:
        """P(code = k): shape ``(n, n_grades)``."""
        sums = margins + self.intercepts
        odds = np.exp(sums - sums.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def mean_slopes(self, start: Floats, margins: Floats) -> Floats:
        """See `Link.mean_slopes`: shape ``(n, n_grades)``.

        The integral is a Gauss–Legendre sum over 32 places; what it misses of the whole change (1e-14 of a
        grade where margins come 10 apart, 1e-7 at 20) goes to the margins by how far each travels.
        """
        way, codes = margins - start, np.arange(self.n_grades)
        slopes = np.zeros_like(way)
        for place, weight in zip(*np.polynomial.legendre.leggauss(_N_PLACES), strict=True):
            shares = self.shares(start + (place + 1) / 2 * way)
            slopes += weight / 2 * shares * (codes - (shares @ codes)[:, None])
        missed = self.scores(margins) - self.scores(start[None, :]) - (slopes * way).sum(axis=1)
        travelled = np.maximum((way**2).sum(axis=1), np.finfo(np.float64).tiny)
        return np.asarray(slopes + (missed / travelled)[:, None] * way)


LINKS: Mapping[str, type[Link]] = {
    "cumulative_link": OrderedLogitLink,
    "frank_hall": BinaryLink,
    "multiclass": SoftmaxLink,
}
"""Every link by the name that plans and files give it."""


def logistic(values: Floats) -> Floats:
    """``1 / (1 + exp(-v))``, precise in both tails: the shape of `values`, in ``[0, 1]``.

    >>> logistic(np.array([-800.0, 0.0, 800.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    odds = np.exp(-np.abs(values))
    return np.asarray(np.where(values >= 0, 1.0, odds) / (1 + odds))


def _refuse_unless_increasing(thresholds: Floats) -> None:
    if (np.diff(thresholds) <= 0).any():
        raise BundleError(f"thresholds {thresholds.tolist()} must increase; train the model again")


def _mean_logistic_slopes(start: Floats, end: Floats) -> Floats:
    """``(s(end) - s(start)) / (end - start)``, the slope itself where the two are the same.

    With ``s`` the logistic function, ``s(u) - s(l) = s(u) * s(-l) * (1 - exp(l - u))``: precise in the tails.
    """
    way = end - start
    same = np.abs(way) < np.finfo(np.float64).tiny
    apart = np.where(same, 1.0, way)
    steepness = np.where(same, 1.0, -np.expm1(-np.abs(apart)) / np.abs(apart))
    upper, lower = np.maximum(start, end), np.minimum(start, end)
    return np.asarray(logistic(upper) * logistic(-lower) * steepness)
