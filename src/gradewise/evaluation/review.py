"""What may be released without a teacher's look: confidence about the decisions that matter.

A grade matters where it decides something: pass or fail, a place or none. Such a boundary is a cut, named by
the lowest grade above it, and cuts divide the scale into parts. The model is as sure of an essay as it is
that the teacher's grade lies in the same part as its own; only that confidence decides who waits for a look.

Measured on ELLIPSE (1,455 essays out of fold, cut at 3.0, where 82 % of all are on the teacher's side): of
the surest half 95 % are when sorted by that confidence, 83 % when sorted by the probability of the grade,
69 % by the spread of the probabilities. With several cuts the least sure one sorts about as well, but says
more than is so: with a cut at every grade .55 on average where .41 agree; the probability of the part
says .40.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.interval_json import intervals_to_json
from gradewise.evaluation.policy import Cuts, agreement_probabilities, parts_of_scale
from gradewise.evaluation.results import USUAL, Interval, Resampling
from gradewise.evaluation.weights import Floats, Weights, ratio

SHARES = tuple(step / 20 for step in range(1, 21))
"""Shares of the essays at which release is looked at."""

_SLACK = 1e-9  # 0.2 * 1455 comes out above 291


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Essays with the teacher's grade, the model's, and how sure the model is about the declared cuts."""

    codes: Codes
    """The teacher's grades: shape ``(n,)``."""
    given: Codes
    """The model's: shape ``(n,)``."""
    confidence: Floats
    """Probability that the teacher agrees about every cut: shape ``(n,)``."""
    cuts: Cuts
    """The boundaries that matter."""

    @property
    def agrees(self) -> NDArray[np.bool_]:
        """Whether the model's grade is on the teacher's side of every cut: shape ``(n,)``."""
        same: NDArray[np.bool_] = parts_of_scale(self.given, self.cuts) == parts_of_scale(
            self.codes, self.cuts
        )
        return same

    @property
    def outcomes(self) -> dict[str, NDArray[np.bool_]]:
        """What is counted of released essays, by name, each of shape ``(n,)``."""
        apart = np.abs(self.given - self.codes)
        return {"agreement": self.agrees, "within_one": apart <= 1, "exact": apart == 0}


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What releasing the surest essays would mean."""

    share: float
    """Share of the essays that is released, the surest first."""
    threshold: float
    """Confidence of the least sure of them."""
    agreement: Interval
    """Share of the released that agree with the teacher about every cut."""
    within_one: Interval
    """Share of the released that are at most one grade apart."""
    exact: Interval
    """Share of the released that have the teacher's grade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCurve:
    """Agreement by how much is released."""

    cuts: Cuts
    """The boundaries that matter."""
    n: int
    """Essays."""
    points: tuple[CurvePoint, ...]
    """By share, smallest first; the last one releases everything."""
    resampling: Resampling
    """How intervals were made."""


def declared_cuts(scale: Scale, grades: Sequence[str]) -> Cuts:
    """Cuts below the named grades; every boundary of the scale when none is named.

    >>> declared_cuts(Scale("pass", ("F", "E", "C", "A")), ["E"])
    (1,)
    >>> declared_cuts(Scale("pass", ("F", "E", "C", "A")), [])
    (1, 2, 3)

    Raises:
        InputError: a grade is not on the scale, or is the lowest, which everybody reaches.
    """
    cuts = sorted({scale.code(grade) for grade in grades}) or range(1, scale.n_grades)
    if min(cuts) == 0:
        raise InputError(
            f"every essay reaches {scale.grades[0]!r}, the lowest grade of scale {scale.name}; "
            "name the lowest grade above the boundary, such as the lowest that passes"
        )
    return tuple(cuts)


def find_candidates(cumulative: Floats, codes: Codes, given: Codes, *, cuts: Cuts) -> Candidates:
    """Essays with what decides about their release.

    Args:
        cumulative: P(grade ≤ k), shape ``(n, n_grades - 1)``.
        codes: The teacher's grades, shape ``(n,)``.
        given: The model's, shape ``(n,)``.
        cuts: The boundaries that matter, as `declared_cuts` gives them.

    Raises:
        InputError: there is no essay, the arrays are of different essays, or the cuts are not rising
            boundaries of the scale.
    """
    if codes.size == 0 or not codes.shape == given.shape == cumulative.shape[:1]:
        raise InputError(
            f"{codes.size} grades by the teacher, {given.size} by the model and {len(cumulative)} rows of "
            "probabilities; give one of each for each essay, at least one"
        )
    return Candidates(
        codes=codes, given=given, confidence=agreement_probabilities(cumulative, given, cuts=cuts), cuts=cuts
    )


def review_curve(candidates: Candidates, *, resampling: Resampling = USUAL) -> ReviewCurve:
    """Say how released essays agree with the teacher, for each share that could be released.

    Args:
        candidates: The essays.
        resampling: How intervals are made.
    """
    n = candidates.codes.size
    found = bootstrap_intervals(partial(_curve_figures, candidates), n, resampling=resampling)
    falling = np.sort(candidates.confidence)[::-1]
    points = (
        CurvePoint(
            share,
            float(falling[released_of(share, n) - 1]),
            *(found[name][place] for name in candidates.outcomes),
        )
        for place, share in enumerate(SHARES)
    )
    return ReviewCurve(cuts=candidates.cuts, n=n, points=tuple(points), resampling=resampling)


def released_of(share: float, n: int) -> int:
    """How many of `n` essays make up at least this share."""
    return int(np.ceil(share * n - _SLACK))


def _curve_figures(candidates: Candidates, weights: Weights) -> Figures:
    order = np.argsort(-candidates.confidence, kind="stable")
    drawn = weights[:, order]
    counted = drawn.cumsum(axis=1)
    wanted = np.array(SHARES) * counted[:, -1:] - _SLACK
    places = np.array([np.searchsorted(*row) for row in zip(counted, wanted, strict=True)])
    released = np.take_along_axis(counted, places, axis=1)
    return {
        name: ratio(np.take_along_axis((drawn * hits[order]).cumsum(axis=1), places, axis=1), released)
        for name, hits in candidates.outcomes.items()
    }


def review_curve_to_json(curve: ReviewCurve) -> dict[str, Any]:
    """The curve as plain values for JSON."""
    return {
        "cuts": list(curve.cuts),
        "n": curve.n,
        "confidence": curve.resampling.confidence,
        "points": [
            {
                "share": point.share,
                "threshold": point.threshold,
                **intervals_to_json(
                    {"agreement": point.agreement, "within_one": point.within_one, "exact": point.exact}
                ),
            }
            for point in curve.points
        ],
    }
