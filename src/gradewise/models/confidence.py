"""How sure a model is: what ships beside its grades, or its classes."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError
from gradewise.essays.scales import Scale
from gradewise.evaluation.policy import ReviewPolicy, agreement_probabilities, side_probabilities
from gradewise.models.grade_sets import GradeSets
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import GradePredictions


class Promise(Protocol):
    """What a model promises beside what it says, whatever it says; the same for the same figures, always."""

    def fits(self, scale: Scale) -> bool:
        """Whether it is about the labels of this scale."""
        ...

    def sets(self, said: GradePredictions, scale: Scale) -> list[tuple[str, ...]]:
        """For each text the labels that are plausible, the one that is given among them."""
        ...

    def sure(self, said: GradePredictions) -> Floats:
        """How sure each answer is about what matters: shape ``(n,)``, in ``[0, 1]``."""
        ...

    def sides(self, said: GradePredictions, scale: Scale) -> list[dict[str, float]]:
        """The same for each cut that was declared, by the lowest grade above it; perhaps none."""
        ...

    def releases(self, sure: Floats) -> NDArray[np.bool_]:
        """Which answers may go out without a look: shape of `sure`."""
        ...

    def in_scope(self, sure: Floats) -> list[bool | None]:
        """Whether each text is taken for one of the classes at all; ``None`` of grades."""
        ...


@dataclass(frozen=True, slots=True)
class Confidence:
    """What a model promises about a grade, learnt from essays that it had not seen. A `Promise`."""

    grade_sets: GradeSets
    """Which neighbouring grades are plausible too."""
    policy: ReviewPolicy
    """Which essays may go out without a teacher's look."""

    def fits(self, scale: Scale) -> bool:
        """Whether there is a distance for each grade."""
        return scale.ordered and len(self.grade_sets.quantiles) == scale.n_grades

    def sets(self, said: GradePredictions, scale: Scale) -> list[tuple[str, ...]]:
        """The neighbouring grades that are plausible, lowest first."""
        low, high = self.grade_sets.bounds(said.scores, said.codes)
        return [
            scale.grades[first : last + 1] for first, last in zip(low.tolist(), high.tolist(), strict=True)
        ]

    def sure(self, said: GradePredictions) -> Floats:
        """The probability that the teacher agrees about every declared cut."""
        return agreement_probabilities(said.cumulative, said.codes, cuts=self.policy.cuts)

    def sides(self, said: GradePredictions, scale: Scale) -> list[dict[str, float]]:
        """The probability that each grade is on the teacher's side of each cut."""
        named = [scale.grades[cut] for cut in self.policy.cuts]
        sides = side_probabilities(said.cumulative, said.codes, cuts=self.policy.cuts).tolist()
        return [dict(zip(named, each, strict=True)) for each in sides]

    def releases(self, sure: Floats) -> NDArray[np.bool_]:
        """Which grades the review policy lets out."""
        return self.policy.releases(sure)

    def in_scope(self, sure: Floats) -> list[bool | None]:
        """Of grades nobody asks."""
        return [None] * len(sure)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassConfidence:
    """What a model promises about a class, learnt from texts that it had not seen. A `Promise`.

    Raises:
        BundleError: a figure is out of its range.
    """

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

    def __post_init__(self) -> None:
        for name in ("coverage", "least", "in_scope_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise BundleError(f"{name} is {getattr(self, name)}; it must lie in 0 to 1")
        if not self.threshold >= 0:
            raise BundleError(f"threshold is {self.threshold}; it must be 0 or more")

    def fits(self, scale: Scale) -> bool:
        """Whether the scale is of classes."""
        return not scale.ordered

    def sets(self, said: GradePredictions, scale: Scale) -> list[tuple[str, ...]]:
        """The class that is given, then the others that are plausible, most probable first."""
        sets: list[tuple[str, ...]] = [(scale.grades[code],) for code in said.codes.tolist()]
        plausible = said.probabilities >= self.least
        plausible[np.arange(len(sets)), said.codes] = False
        for row in np.flatnonzero(plausible.any(axis=1)).tolist():
            others = np.flatnonzero(plausible[row])
            order = np.argsort(-said.probabilities[row, others], kind="stable")
            sets[row] += tuple(scale.grades[code] for code in others[order].tolist())
        return sets

    def sure(self, said: GradePredictions) -> Floats:
        """The probability of the class that is given."""
        # Not the score, which is in single precision.
        sure: Floats = said.probabilities[np.arange(len(said)), said.codes]
        return sure

    def sides(self, said: GradePredictions, scale: Scale) -> list[dict[str, float]]:
        """Nothing: classes have no cuts between them."""
        del scale
        return [{} for _ in range(len(said))]

    def releases(self, sure: Floats) -> NDArray[np.bool_]:
        """Which classes are probable enough."""
        return sure >= self.threshold

    def in_scope(self, sure: Floats) -> list[bool | None]:
        """Whether each class is probable enough."""
        return [bool(each) for each in sure >= self.threshold]
