"""How sure a model is: what ships beside its grades, or its classes."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassConfidence:
    """What a model promises about a class, learnt from texts that it had not seen."""

    coverage: float
    """Share of texts whose set of classes holds the right one, such as 0.9."""
    least: float
    """A class belongs to a text's set when its probability is this at least, 0 to 1; the class that is given
    always does. Source: Sadinle, Lei & Wasserman (2019), doi:10.1080/01621459.2017.1395341."""
    threshold: float
    """Least probability of the class given with which a text is taken for one of the classes at all: below it
    is out of scope, and waits for a person. ``inf`` lets nothing out."""
    in_scope_share: float
    """Share of texts of the known classes that lie above `threshold`, by which it was chosen, such as 0.9."""
