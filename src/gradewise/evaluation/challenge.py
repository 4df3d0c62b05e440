"""Whether a model on trial is ready to be promoted, by grades of teachers that both models were held to."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradewise.essays.scales import Scale
from gradewise.evaluation.comparison import Comparison, compare_graded
from gradewise.evaluation.prompts import PromptLimits
from gradewise.evaluation.results import Graded, Resampling
from gradewise.evaluation.sequential import (
    ConfidenceSequence,
    confidence_sequence,
    distance_differences,
    needed_in_all,
)
from gradewise.evaluation.weights import Floats

Readiness = Literal["ready", "not yet", "worse"]
"""Whether the challenger is nearer to the teacher, that is not known, or the champion is."""

_FEWEST_OF_A_PROMPT = 30
_READINESS: dict[str, Readiness] = {"candidate": "ready", "reference": "worse", "not known": "not yet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A challenger beside the champion, as far as teachers have graded."""

    scale: Scale
    """The grades."""
    sequence: ConfidenceSequence
    """How much nearer the challenger is, after each of the teacher's grades."""
    needed: int | None
    """About how many grades it takes in all, if the others come as these did; ``None`` where they would
    hardly ever show it."""
    comparison: Comparison
    """What ordinary intervals say: they hold for one look alone."""

    @property
    def n(self) -> int:
        """The teacher's grades so far."""
        return len(self.sequence)

    @property
    def readiness(self) -> Readiness:
        """Whether to promote."""
        return _READINESS[self.sequence.nearer]

    @property
    def more(self) -> int | None:
        """About how many more grades are needed; 0 when it is decided, ``None`` when more hardly help."""
        if self.sequence.nearer != "not known":
            return 0
        return None if self.needed is None else max(1, self.needed - self.n)

    @property
    def squared_grades(self) -> float:
        """What a difference of 1 is in squared grades; of classes, which are right or wrong, 1."""
        return float((self.scale.n_grades - 1) ** 2) if self.scale.ordered else 1.0


def judge_challenge(
    reference: Graded, candidate: Graded, *, scale: Scale, resampling: Resampling
) -> Challenge:
    """Hold a challenger against the champion.

    Args:
        reference: what the champion says of essays, in the order in which teachers graded them.
        candidate: what the challenger says of the same, in the same order.
        scale: of both.
        resampling: how the intervals are made that hold for one look; its confidence is that of the
            sequence too.

    Raises:
        InputError: the two did not grade the same essays by the same truth.
    """
    comparison = compare_graded(
        reference,
        candidate,
        resampling=resampling,
        limits=PromptLimits(min_prompt=_FEWEST_OF_A_PROMPT, bottom_k=1),
    )
    differences = _differences(reference, candidate, scale)
    return Challenge(
        scale=scale,
        sequence=confidence_sequence(differences, level=resampling.confidence),
        needed=needed_in_all(differences, level=resampling.confidence),
        comparison=comparison,
    )


def _differences(reference: Graded, candidate: Graded, scale: Scale) -> Floats:
    """How much nearer the candidate is, essay by essay; a class is at distance 0 when right, else at 1."""
    true, first, second = reference.true_codes, reference.predicted_codes, candidate.predicted_codes
    if scale.ordered:
        return distance_differences(true, first, second, n_grades=scale.n_grades)
    wrong = [(codes != true).astype(np.int64) for codes in (first, second)]
    return distance_differences(np.zeros_like(true), *wrong, n_grades=2)
