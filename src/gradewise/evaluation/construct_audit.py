"""What scores are made of: which sides of writing move them apart, and how much of that is length."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.continuous import correlation_of_moments, moments
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.results import USUAL, Interval, Resampling
from gradewise.evaluation.weights import Floats, Weights, ratio

# Two predictors whose correlation leaves less than this to either are one.
_ALIKE = 1e-9


@dataclass(frozen=True, slots=True)
class ConstructRow:
    """One side of writing in the scores of many essays."""

    construct: str
    """The side of writing, as a teacher would name it."""
    weight: Interval
    """Mean size of its part, as a share of all constructs' mean sizes: 0 … 1, together 1."""
    variance_share: Interval
    """Share of the variance of scores: its covariance with the score over the score's variance.

    Together 1; below 0 where a part works against the others.
    """
    grade_correlation: Interval
    """Pearson's correlation of its part with the teacher's grade; ``nan`` where one of them is constant."""
    length_correlation: Interval
    """Pearson's correlation of its part with the logarithm of length; ``nan`` likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstructAudit:
    """What is said about the sides of writing that scores are made of."""

    n: int
    """Essays."""
    rows: tuple[ConstructRow, ...]
    """One row a construct, largest share of variance first."""
    score_length_r2: Interval
    """Share of the variance of scores that length alone explains: R² of a parabola in log words."""
    grade_length_r2: Interval
    """The same of the teacher's grades."""
    expected_length_r2: Interval
    """The same of a model as accurate as this one that pays for length just as the teacher does.

    Its score is the mean grade of essays like this one, so length explains as much of its variance as of the
    grades'; but its variance is less by the factor of the squared correlation of score and grade. ``nan``
    where score and grade do not go together at all.
    """
    length_excess: Interval
    """How much more length explains of the scores than is to be expected; above 0 it is overpaid."""
    resampling: Resampling
    """How intervals were made."""


def audit_constructs(
    parts: NDArray[np.float64],
    constructs: Sequence[str],
    codes: Codes,
    word_counts: NDArray[np.int64],
    *,
    resampling: Resampling = USUAL,
) -> ConstructAudit:
    """Divide the variation of scores among the sides of writing.

    The score of an essay is a constant plus its parts, so that the covariances of the parts with it sum to
    its variance. Essays that the model learnt from flatter correlations with the grade: give others, or
    parts from models that had not seen them.

    Args:
        parts: what each construct adds to each score, shape ``(n, n_constructs)``, in grade steps.
        constructs: names of the columns.
        codes: the teacher's grades, shape ``(n,)``.
        word_counts: length of each essay in words, shape ``(n,)``, at least 1.
        resampling: how intervals are made.

    Raises:
        InputError: the arrays do not fit each other, or there is no essay.

    Source: the covariance decomposition of a sum, as in Shorrocks (1982), doi:10.2307/1912537.
    """
    n = len(codes)
    if parts.shape != (n, len(constructs)) or word_counts.shape != (n,) or n == 0:
        raise InputError(
            f"parts of {parts.shape} do not fit {len(constructs)} constructs, {n} grades and "
            f"{len(word_counts)} lengths; give a row an essay and a column a construct"
        )
    logs = np.log(np.maximum(word_counts, 1).astype(np.float64))
    measure = partial(_figures, parts, codes.astype(np.float64), logs)
    found = bootstrap_intervals(measure, n, resampling=resampling)
    rows = [
        ConstructRow(name, *(found[figure][place] for figure in _FAMILIES))
        for place, name in enumerate(constructs)
    ]
    return ConstructAudit(
        n=n,
        rows=tuple(sorted(rows, key=lambda row: -np.nan_to_num(row.variance_share.estimate))),
        score_length_r2=found["score_length_r2"][0],
        grade_length_r2=found["grade_length_r2"][0],
        expected_length_r2=found["expected_length_r2"][0],
        length_excess=found["length_excess"][0],
        resampling=resampling,
    )


_FAMILIES = ("weight", "variance_share", "grade_correlation", "length_correlation")


def _figures(parts: Floats, grades: Floats, logs: Floats, weights: Weights) -> Figures:
    scores = parts.sum(axis=1)
    sizes = weights @ np.abs(parts)
    columns = parts.T
    with_score = [moments(column, scores, weights) for column in columns]
    of_scores, of_grades = (_explained(values, logs, weights) for values in (scores, grades))
    expected = np.minimum(ratio(of_grades, _correlation(scores, grades, weights) ** 2), 1)
    return {
        "weight": ratio(sizes, sizes.sum(axis=1, keepdims=True)),
        "variance_share": np.column_stack([ratio(of.covariance, of.machine_variance) for of in with_score]),
        "grade_correlation": np.column_stack([_correlation(column, grades, weights) for column in columns]),
        "length_correlation": np.column_stack([_correlation(column, logs, weights) for column in columns]),
        "score_length_r2": of_scores,
        "grade_length_r2": of_grades,
        "expected_length_r2": expected,
        "length_excess": of_scores - expected,
    }


def _correlation(first: Floats, second: Floats, weights: Weights) -> Floats:
    return correlation_of_moments(moments(first, second, weights))


def _explained(values: Floats, logs: Floats, weights: Weights) -> Floats:
    """R² of values on log length and its square: shape ``(n_resamples,)``."""
    centred = logs - logs.mean()
    straight, bent = _correlation(values, centred, weights), _correlation(values, centred**2, weights)
    between = _correlation(centred, centred**2, weights)
    apart = 1 - between**2
    both = ratio(straight**2 + bent**2 - 2 * straight * bent * between, np.where(apart > _ALIKE, apart, 0))
    # Where all lengths are one of two, the square says what the logarithm says.
    return np.clip(np.where(np.isnan(both), straight**2, both), 0, 1)
