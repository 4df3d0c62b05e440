"""Telling texts that belong to no known class from those that do, by how sure the model is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.results import Interval, Resampling
from gradewise.evaluation.weights import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """What one threshold of confidence does: a text passes when its confidence is the threshold or more."""

    name: str
    """How the threshold was come by."""
    threshold: float
    """Least confidence with which a text passes; ``nan`` where no threshold does what is asked."""
    passed: Interval
    """Share of in-scope texts that pass."""
    right: Interval
    """In-scope accuracy: share of all in-scope texts that pass **and** are given their right class."""
    recall: Interval
    """Out-of-scope recall: share of out-of-scope texts that are held back."""
    false_accept: Interval
    """Share of out-of-scope texts that pass: 1 less `recall`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutOfScope:
    """How well low confidence tells texts apart that belong to no class."""

    n_in: int
    """Texts of the known classes."""
    n_out: int
    """Texts of none."""
    roc_auc: Interval
    """Chance that an in-scope text has the higher confidence of a pair; ties count half."""
    accuracy: Interval
    """Share of in-scope texts that are given their right class when every one passes."""
    points: tuple[OperatingPoint, ...]
    """The shipped threshold where there is one, then the two that these texts themselves give."""
    in_counts: NDArray[np.int64]
    """In-scope texts by confidence in `N_BARS` equal bins of 0 to 1."""
    out_counts: NDArray[np.int64]
    """Out-of-scope texts by the same bins."""
    resampling: Resampling
    """How intervals were made: in-scope and out-of-scope texts are drawn apart."""


def evaluate_out_of_scope(
    in_confidence: Floats,
    in_right: NDArray[np.bool_],
    out_confidence: Floats,
    *,
    threshold: float | None = None,
    in_scope_share: float = 0.9,
    required_accuracy: float = 0.9,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> OutOfScope:
    """Say how well texts of no class are told from others.

    Args:
        in_confidence: Probability of the class given to each in-scope text: shape ``(n_in,)``, in ``[0, 1]``.
        in_right: Whether that class was right: shape ``(n_in,)``.
        out_confidence: The same probability of out-of-scope texts: shape ``(n_out,)``.
        threshold: The threshold that ships, learnt on other texts; ``None`` where there is none.
        in_scope_share: Share of in-scope texts that the second point lets through.
        required_accuracy: In-scope accuracy that the third point keeps.
        n_resamples: Bootstrap resamples.
        confidence: Of all intervals, such as 0.95.
        seed: Of the resampling.
    """
    raise NotImplementedError
