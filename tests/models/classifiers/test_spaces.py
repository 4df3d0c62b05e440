"""Spaces: what searches try unless told otherwise, and what comes of a setting."""

from typing import get_args

import numpy as np
import pytest

from gradewise.errors import PlanError
from gradewise.models.classifiers.params import ClassifierParams, LearnerName
from gradewise.models.classifiers.spaces import default_space, draw, grid, with_settings
from gradewise.models.search import Choices, SearchSpace, Span


@pytest.mark.parametrize("learner", get_args(LearnerName))
def test_every_learner_can_be_searched(learner: LearnerName) -> None:
    """What is drawn from a learner's space lies in it and makes a classifier; seeds draw alike."""
    space = default_space(learner)
    members = (ClassifierParams(), ClassifierParams()) if learner in ("voting", "stacking") else ()
    params = ClassifierParams(learner=learner, members=members)
    for seed in range(20):
        settings = draw(space, np.random.default_rng(seed))
        assert space.holds(settings)
        assert settings == draw(space, np.random.default_rng(seed))
        changed = with_settings(params, settings)
        for key, value in settings.items():
            assert all(value == getattr(one, key) for one in (changed, *changed.members))


def test_a_grid_has_every_combination_once() -> None:
    """Choices and steps give all their values, spans without steps a few, the last key turning fastest."""
    space = SearchSpace(
        (Choices("penalty", ("l2", "l1")), Span("c", 0.01, 100, log=True), Span("rounds", 1, 2, whole=True))
    )
    found = grid(space, points=3)
    assert 12 == len(found)
    assert [{"penalty": "l2", "c": 0.01, "rounds": 1}, {"penalty": "l2", "c": 0.01, "rounds": 2}] == found[:2]
    assert [0.01, 1.0, 100.0] == sorted({settings["c"] for settings in found})
    assert 3 == len(grid(SearchSpace((Span("rounds", 1, 9, whole=True),)), points=3))
    assert [{"l1_ratio": 0.5}] == grid(SearchSpace((Span("l1_ratio", 0.5, 0.5),)))


@pytest.mark.parametrize(
    ("settings", "message"), [({"depth": 3}, "'depth' is no setting"), ({"c": -1.0}, "c is -1.0")]
)
def test_settings_that_make_no_classifier_are_refused(settings: dict[str, float], message: str) -> None:
    """Unknown settings and those out of range are named."""
    with pytest.raises(PlanError, match=message):
        with_settings(ClassifierParams(), settings)
