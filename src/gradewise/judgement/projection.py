"""Grades from scores: how probable each grade of the scale is for each essay.

An essay's grade is where its score lies among the boundaries. The score is known up to its standard error,
the boundaries up to theirs; the probability of a grade is that of lying within its boundaries, both
considered. That is also the one meaning of confidence: the probability of the grade that is given. In
simulations (40 essays, 12 anchors, 8 grades, 80 batches each) it is too high by .03 to .06 with 6 to 20
comparisons an essay, most where it is above .6 (.68 said, .50 so, with 6 to 8), and right with 40. Drawing
scores in towards the middle cures that, and makes grades and probabilities worse.

The grade given is the one whose boundaries hold the score, not the most probable one: so it rises with the
score whatever the errors, and every grade can be given, however narrow.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.judgement.anchors import Anchors, Concern, anchor_concerns
from gradewise.judgement.boundaries import Boundaries, fit_boundaries, population_spread
from gradewise.judgement.bradley_terry import Scores
from gradewise.judgement.comparisons import Floats

_AT_ONCE = 200  # essays, so that memory stays small
_FINEST = 1e-9  # logits; a score without an error has this one
_OUTSIDE = 1.0  # standard errors beyond the outermost anchor from which an essay is out of range


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projection:
    """Grades of essays, with all that they rest on."""

    scale: Scale
    """Of the grades."""
    items: tuple[str, ...]
    """Which essays, anchors included."""
    probabilities: Floats
    """P(grade): shape ``(n, n_grades)``, rows sum to 1."""
    codes: Codes
    """The grade given to each: shape ``(n,)``."""
    boundaries: Boundaries
    """Where grades end."""
    concerns: tuple[Concern, ...]
    """What the reader must know."""

    @property
    def grades(self) -> tuple[str, ...]:
        """The grade given to each, as the scale spells it."""
        return tuple(self.scale.grades[code] for code in self.codes.tolist())

    @property
    def confidences(self) -> Floats:
        """The probability of lying within the boundaries of the grade given: shape ``(n,)``, 0 to 1."""
        return np.asarray(self.probabilities[np.arange(self.codes.size), self.codes])

    @property
    def means(self) -> Floats:
        """Expected code, to order essays or to compare with a model: shape ``(n,)``."""
        return np.asarray(self.probabilities @ np.arange(self.scale.n_grades))


def project_grades(
    scores: Scores, anchors: Anchors, *, population: Mapping[str, float] | None = None
) -> Projection:
    """Grades of all items of a batch.

    Args:
        scores: Of the batch, anchors included.
        anchors: Of the same batch, with their grades.
        population: The share of each grade among those whose essays these are; without it, nothing is
            assumed of shares. It says where boundaries are expected before anchors are looked at, and no
            more: no essay's probabilities are multiplied by it.

    Raises:
        InputError: all scores are the same, or the shares are none.
    """
    spread = population_spread(scores.values, scores.errors)
    boundaries = fit_boundaries(anchors, spread, population=population)
    return Projection(
        scale=anchors.scale,
        items=scores.items,
        probabilities=grade_probabilities(boundaries, scores.values, scores.errors),
        codes=np.searchsorted(boundaries.positions, scores.values).astype(np.int64),
        boundaries=boundaries,
        concerns=(*anchor_concerns(anchors), *_out_of_range(scores, anchors)),
    )


def grade_probabilities(boundaries: Boundaries, values: Floats, errors: Floats) -> Floats:
    """How probable it is that each score lies within each grade's boundaries.

    The mean over where boundaries may lie. For one and the same error, a higher score never makes a lower
    grade, or any below it, more probable.

    Args:
        boundaries: With their draws.
        values: Scores: shape ``(n,)``, in logits.
        errors: Their standard errors, 0 or more: shape ``(n,)``.

    Returns:
        Shape ``(n, n_grades)``, 0 to 1, rows sum to 1.
    """
    below = np.empty((values.size, boundaries.positions.size))
    for start in range(0, values.size, _AT_ONCE):
        these = slice(start, start + _AT_ONCE)
        away = boundaries.draws[None, :, :] - values[these, None, None]
        below[these] = ndtr(away / np.maximum(errors[these], _FINEST)[:, None, None]).mean(axis=1)
    edge = np.zeros((values.size, 1))
    return np.asarray(np.diff(np.concatenate([edge, below, edge + 1], axis=1), axis=1))


def _out_of_range(scores: Scores, anchors: Anchors) -> tuple[Concern, ...]:
    """Essays beyond the outermost anchors, of whom nothing but the prior says how far a grade reaches."""
    lowest, highest = anchors.values.min(), anchors.values.max()
    outside = (scores.values < lowest - _OUTSIDE * scores.errors) | (
        scores.values > highest + _OUTSIDE * scores.errors
    )
    about = tuple(item for item, out in zip(scores.items, outside.tolist(), strict=True) if out)
    if not about:
        return ()
    message = (
        f"of {len(scores.items)} essays, {len(about)} beyond the outermost anchors, such as {about[0]}; "
        "grades there rest on assumed boundaries where there are any: add anchors at that end"
    )
    return (Concern("out of range", about, message),)
