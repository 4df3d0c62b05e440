"""Spaces: what searches try unless told otherwise."""

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest

from gradewise.models.classifiers.params import ClassifierParams, LearnerName
from gradewise.models.classifiers.spaces import default_space, grid
from gradewise.models.search import Choices, SearchSpace, Span


@pytest.mark.parametrize("learner", get_args(LearnerName))
def test_every_learner_can_be_searched(learner: LearnerName) -> None:
    """What is drawn from a learner's space lies in it and makes a classifier."""
    space = default_space(learner)
    members = (ClassifierParams(), ClassifierParams()) if learner in ("voting", "stacking") else ()
    params = ClassifierParams(learner=learner, members=members)
    for seed in range(20):
        settings: dict[str, Any] = dict(space.draw(np.random.default_rng(seed)))
        assert space.holds(settings)
        changed = replace(params, **settings)
        assert settings == {key: getattr(changed, key) for key in settings}


def test_a_grid_has_every_combination_once() -> None:
    """Choices and steps give all their values, spans without steps a few, the last key turning fastest."""
    space = SearchSpace(
        (Choices("penalty", ("l2", "l1")), Span("c", 0.01, 100, log=True), Span("rounds", 1, 2, whole=True))
    )
    found = grid(space, points=3)
    assert 12 == len(found)
    assert [{"penalty": "l2", "c": 0.01, "rounds": 1}, {"penalty": "l2", "c": 0.01, "rounds": 2}] == found[:2]
    assert [0.01, 1.0, 100.0] == sorted({float(settings["c"] or 0) for settings in found})
    assert 3 == len(grid(SearchSpace((Span("rounds", 1, 9, whole=True),)), points=3))
    assert [{"l1_ratio": 0.5}] == grid(SearchSpace((Span("l1_ratio", 0.5, 0.5),)))
