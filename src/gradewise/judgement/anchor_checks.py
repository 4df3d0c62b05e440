"""Whether anchors hold what they are to hold: each graded by the others, and where they lay before."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradewise.errors import InputError
from gradewise.judgement.anchors import FEWEST_GRADES, Anchors
from gradewise.judgement.boundaries import Boundaries, fit_boundaries, population_spread
from gradewise.judgement.bradley_terry import Scores
from gradewise.judgement.projection import grade_probabilities

MOVED = 2.0
"""How many standard errors an anchor may move against the others before it is called moved."""
_FEWEST_TO_LINK = 3
_ROBUST = 1.4826  # standard deviations to one median absolute deviation, of the normal distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorCheck:
    """An anchor, graded as if its grade were not known."""

    item: str
    """Which anchor."""
    known: str
    """Its grade."""
    found: str
    """What the other anchors give it."""
    steps: int
    """Found less known, in steps of the scale."""
    probability: float
    """That the others give to its own grade: 0 to 1."""


def leave_one_out(
    scores: Scores, anchors: Anchors, *, population: Mapping[str, float] | None = None
) -> tuple[AnchorCheck, ...]:
    """Grade each anchor by all the others.

    An anchor without which there are fewer than two different grades is not checked. The score stays as all
    comparisons make it; only the grade is hidden.

    Args:
        scores: Of the batch, anchors included.
        anchors: Of the same batch.
        population: As for `project_grades`.
    """
    spread = population_spread(scores.values, scores.errors)
    return tuple(
        _check(anchors, place, fit_boundaries(anchors.without(place), spread, population=population))
        for place in range(len(anchors.items))
        if np.unique(np.delete(anchors.codes, place)).size >= FEWEST_GRADES
    )


def _check(anchors: Anchors, place: int, boundaries: Boundaries) -> AnchorCheck:
    """The anchor at a place, graded by the boundaries that the others make."""
    grades, own = anchors.scale.grades, int(anchors.codes[place])
    value, error = anchors.values[place : place + 1], anchors.errors[place : place + 1]
    code = int(np.searchsorted(boundaries.positions, value[0]))
    return AnchorCheck(
        item=anchors.items[place],
        known=grades[own],
        found=grades[code],
        steps=code - own,
        probability=float(grade_probabilities(boundaries, value, error)[0, own]),
    )


@dataclass(frozen=True, slots=True)
class EarlierScore:
    """Where an anchor lay in another batch."""

    value: float
    """Score in logits, around the mean of that batch."""
    error: float
    """Its standard error in logits, 0 or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorMove:
    """How far an anchor lies from where the other anchors say that it should."""

    item: str
    """Which anchor."""
    earlier: float
    """Its score then, in logits of this batch."""
    now: float
    """Its score now."""
    deviate: float
    """How far apart, in standard errors of the difference."""

    @property
    def moved(self) -> bool:
        """Whether that is more than chance."""
        return abs(self.deviate) > MOVED


@dataclass(frozen=True, slots=True)
class AnchorDrift:
    """Anchors of two batches, laid over each other."""

    shift: float
    """What is added to earlier scores, in logits: their batch had another mean."""
    moves: tuple[AnchorMove, ...]
    """Anchors of both batches, the farthest moved first."""


def anchor_drift(anchors: Anchors, earlier: Mapping[str, EarlierScore]) -> AnchorDrift:
    """Lay an earlier batch over this one by the anchors of both, and see which do not fit.

    Scores of each batch are around its own mean, so only distances compare. The median of differences is the
    shift, which one anchor that moved cannot pull. Where the others scatter more than their errors say, that
    scatter is what an anchor is held against.

    Raises:
        InputError: fewer than three anchors are in both.

    Source: Huynh & Meyer (2010), Practical Assessment, Research and Evaluation 15(2), on the robust z.
    """
    place = {item: position for position, item in enumerate(anchors.items)}
    common = [item for item in anchors.items if item in earlier]
    if len(common) < _FEWEST_TO_LINK:
        raise InputError(
            f"{len(common)} anchors are in the earlier batch too; {_FEWEST_TO_LINK} or more are needed to "
            "lay one over the other"
        )
    at = np.array([place[item] for item in common], dtype=np.int64)
    then = np.array([earlier[item].value for item in common])
    errors = np.hypot(anchors.errors[at], [earlier[item].error for item in common])
    apart = anchors.values[at] - then
    shift = float(np.median(apart))
    scatter = _ROBUST * float(np.median(np.abs(apart - shift)))
    deviates = (apart - shift) / np.maximum(np.maximum(errors, scatter), np.finfo(np.float64).tiny)
    moves = [
        AnchorMove(item=item, earlier=float(value + shift), now=float(anchors.values[place[item]]), deviate=z)
        for item, value, z in zip(common, then, deviates.tolist(), strict=True)
    ]
    return AnchorDrift(shift, tuple(sorted(moves, key=lambda move: (-abs(move.deviate), move.item))))
