"""Samples and booster parameters: what is accepted and what is refused."""

from typing import Any

import numpy as np
import pytest

from gradewise.errors import InputError, PlanError
from gradewise.models.boosters import BoosterParams
from gradewise.models.samples import Sample

VALUES = np.zeros((3, 2), dtype=np.float32)
TARGETS = np.array([1.0, 2.0, 3.0])


def test_sample_knows_its_width() -> None:
    """The width is the number of columns."""
    assert Sample(VALUES, TARGETS).n_features == 2


def test_relative_weights_have_mean_one() -> None:
    """Weights are divided by their mean; no weights stay none."""
    assert Sample(VALUES, TARGETS).relative_weights is None
    weights = Sample(VALUES, TARGETS, np.array([1.0, 2.0, 3.0])).relative_weights
    assert weights is not None
    assert np.array_equal([0.5, 1.0, 1.5], weights)


@pytest.mark.parametrize(
    ("values", "targets", "weights", "message"),
    [
        (VALUES[:0], TARGETS[:0], None, r"shape \(0, 2\) and 0 targets"),
        (VALUES[:, 0], TARGETS, None, r"shape \(3,\)"),
        (VALUES[:, :0], TARGETS, None, r"shape \(3, 0\)"),
        (VALUES[:2], TARGETS, None, r"disagree in length: \(2, 2\) \(3,\)"),
        (VALUES, TARGETS, np.ones(2), r"disagree in length: \(3, 2\) \(3,\) \(2,\)"),
        (VALUES, TARGETS[:, None], None, r"disagree in length"),
        (VALUES + np.float32(np.nan), TARGETS, None, "must all be finite"),
        (VALUES, TARGETS * np.inf, None, "must all be finite"),
        (VALUES, TARGETS, np.array([1.0, np.nan, 1.0]), "must all be finite"),
        (VALUES, TARGETS, np.array([1.0, 0.0, 1.0]), r"weight 0\.0 is not above 0"),
    ],
)
def test_unusable_sample_is_refused(values: Any, targets: Any, weights: Any, message: str) -> None:
    """Empty, ragged, infinite or unweighted rows are named before a library sees them."""
    with pytest.raises(InputError, match=message):
        Sample(values, targets, weights)


@pytest.mark.parametrize(
    "change",
    [
        {"rounds": 0},
        {"max_leaves": 1},
        {"max_depth": -1},
        {"min_child": 0},
        {"l2": -0.1},
        {"l2": float("nan")},
        {"l2": float("inf")},
        {"max_bins": 1},
        {"early_stopping_rounds": 0},
        {"learning_rate": 0.0},
        {"learning_rate": 1.5},
        {"feature_fraction": 0.0},
        {"bagging_fraction": float("nan")},
        {"monotone": (0, 2)},
    ],
    ids=str,
)
def test_parameter_out_of_range_is_refused(change: dict[str, Any]) -> None:
    """The message names the parameter."""
    with pytest.raises(PlanError, match=f"booster {next(iter(change))} "):
        BoosterParams(**change)


def test_bounds_are_allowed() -> None:
    """Limits themselves are in range."""
    assert BoosterParams(rounds=1, learning_rate=1.0, max_leaves=2, l2=0.0, monotone=(-1, 0, 1)).rounds == 1
