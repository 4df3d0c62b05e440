"""How sure a model is: what ships beside its grades."""

from dataclasses import dataclass

from gradewise.evaluation.policy import ReviewPolicy
from gradewise.models.grade_sets import GradeSets


@dataclass(frozen=True, slots=True)
class Confidence:
    """What a model promises about a grade, learnt from essays that it had not seen."""

    grade_sets: GradeSets
    """Which neighbouring grades are plausible too."""
    policy: ReviewPolicy
    """Which essays may go out without a teacher's look."""
