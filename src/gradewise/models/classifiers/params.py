"""What a classifier is to be: which learner, with which settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gradewise.errors import PlanError

LearnerName = Literal["logistic_regression", "linear_svm", "gradient_boosting", "voting", "stacking"]
"""Learners, as a plan spells them."""
SimpleLearner = Literal["logistic_regression", "linear_svm", "gradient_boosting"]
"""Those that others can be made of."""
Penalty = Literal["l2", "l1", "elastic_net", "none"]
"""What keeps the coefficients of a linear learner small."""
Balancing = Literal["none", "class_weights", "smote"]
"""What is done about classes of unequal size, within the training part alone."""
ClassCalibration = Literal["none", "temperature"]
"""How probabilities are corrected, by rows that took no part in the fit."""

USUAL_C: Mapping[LearnerName, float] = {"logistic_regression": 10.0, "linear_svm": 1.0}
"""``c`` of linear learners where nothing else is said: the best powers of ten on BANKING77."""
MACHINE_PENALTIES = frozenset({"l2", "l1"})
"""Those that `linear_svm` knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierParams:
    """One setting of one learner.

    Raises:
        PlanError: a number is out of its range, or an ensemble has no members, or members of ensembles.
    """

    learner: LearnerName = "logistic_regression"
    """What learns."""
    penalty: Penalty = "l2"
    """Of the linear learners."""
    c: float | None = None
    """How little they are held back, above 0: scikit-learn's ``C``; ``None`` is the learner's `USUAL_C`."""
    l1_ratio: float = 0.5
    """Share of l1 in ``elastic_net``, 0 to 1."""
    most_steps: int = 300
    """Steps of the optimiser at the most."""
    rounds: int = 100
    """Trees that gradient boosting grows for each class."""
    learning_rate: float = 0.1
    """Of gradient boosting: above 0, at most 1."""
    max_leaves: int = 15
    """Leaves of a tree, 2 or more."""
    min_child: int = 5
    """Fewest texts in a leaf."""
    balancing: Balancing = "none"
    """What is done about classes of unequal size."""
    neighbours: int = 5
    """Of SMOTE: neighbours between which texts are made up; see `gradewise.models.classifiers.balancing`."""
    members: tuple["ClassifierParams", ...] = field(default=())
    """Of ``voting`` and ``stacking``: what is averaged, or stacked; their balancing is that of the whole."""

    def __post_init__(self) -> None:
        for name in ("c", "learning_rate"):
            if getattr(self, name) is not None and not 0 < getattr(self, name) < float("inf"):
                raise PlanError(f"classifier {name} is {getattr(self, name)}; give a number above 0")
        least = {"most_steps": 1, "rounds": 1, "max_leaves": 2, "min_child": 1, "neighbours": 1}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise PlanError(f"classifier {name} is {getattr(self, name)}, expected {low} or more")
        if not 0 <= self.l1_ratio <= 1 or self.learning_rate > 1:
            raise PlanError("classifier l1_ratio lies in 0 to 1, learning_rate at most at 1")
        if self.learner == "linear_svm" and self.penalty not in MACHINE_PENALTIES:
            raise PlanError(f"linear_svm knows no penalty {self.penalty}; give l2 or l1")
        if (self.learner in ("voting", "stacking")) != bool(self.members):
            raise PlanError(f"classifier {self.learner} has {len(self.members)} members; only ensembles have")
        if any(member.members for member in self.members):
            raise PlanError("an ensemble of ensembles is none; list its members' members instead")

    @property
    def c_used(self) -> float:
        """``c``, or what is usual for the learner."""
        return USUAL_C.get(self.learner, 1.0) if self.c is None else self.c
