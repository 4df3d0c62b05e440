"""Settings of a classifier: what cannot be is refused where it is written."""

from typing import Any

import pytest

from gradewise.errors import PlanError
from gradewise.models.classifiers.params import ClassifierParams

SIMPLE = ClassifierParams()
VOTING = ClassifierParams(learner="voting", members=(SIMPLE, SIMPLE))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"c": 0.0}, "c is 0.0; give a number above 0"),
        ({"learning_rate": float("inf")}, "learning_rate is inf"),
        ({"max_leaves": 1}, "max_leaves is 1, expected 2 or more"),
        ({"neighbours": 0}, "neighbours is 0, expected 1 or more"),
        ({"l1_ratio": 1.5}, "l1_ratio lies in 0 to 1"),
        ({"learning_rate": 1.5}, "learning_rate at most at 1"),
        ({"learner": "linear_svm", "penalty": "none"}, "linear_svm knows no penalty none; give l2 or l1"),
        ({"learner": "voting"}, "voting has 0 members"),
        ({"members": (SIMPLE,)}, "logistic_regression has 1 members"),
        ({"learner": "stacking", "members": (VOTING,)}, "an ensemble of ensembles"),
    ],
)
def test_settings_that_make_no_classifier_are_named(settings: dict[str, Any], message: str) -> None:
    """A number out of its range, and members where none belong, are refused with what is expected."""
    with pytest.raises(PlanError, match=message):
        ClassifierParams(**settings)
