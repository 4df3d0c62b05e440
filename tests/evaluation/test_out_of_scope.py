"""Texts of no class, told apart by confidence."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from gradewise.errors import InputError
from gradewise.evaluation.out_of_scope import (
    BY_ACCURACY,
    BY_SHARE,
    SHIPPED,
    evaluate_out_of_scope,
    out_of_scope_to_json,
)
from gradewise.evaluation.results import Resampling

TEN = np.arange(10, 0, -1) / 10
"""Confidence 1.0, 0.9 … 0.1."""
RIGHT = np.ones(10, dtype=np.bool_)


def test_the_threshold_lets_nine_in_ten_pass() -> None:
    """Of ten texts nine pass; what is as sure passes, what is less sure is held back."""
    found = evaluate_out_of_scope(TEN, RIGHT, np.array([0.05, 0.2, 0.15, 0.9]), resampling=Resampling(20))
    point = found.point(BY_SHARE)
    assert point is not None
    assert 0.2 == point.threshold
    assert 0.9 == point.passed.estimate == point.right.estimate
    assert 0.5 == point.recall.estimate == point.false_accept.estimate


def test_in_scope_accuracy_counts_what_passes_and_is_right() -> None:
    """A wrong text does not count though it passes; so more must pass than the accuracy that is asked for."""
    wrong_at_top = RIGHT.copy()
    wrong_at_top[0] = False
    found = evaluate_out_of_scope(
        TEN, wrong_at_top, np.array([0.25]), required_accuracy=0.5, resampling=Resampling(20)
    )
    point = found.point(BY_ACCURACY)
    assert point is not None
    assert 0.5 == point.threshold
    assert (0.6, 0.5, 1.0) == (point.passed.estimate, point.right.estimate, point.recall.estimate)
    assert 0.9 == found.accuracy.estimate


def test_an_accuracy_out_of_reach_has_no_threshold() -> None:
    """A model that is right about half of the texts keeps no accuracy of 90 %."""
    half = np.arange(10) % 2 == 0
    point = evaluate_out_of_scope(TEN, half, np.array([0.5]), resampling=Resampling(20)).point(BY_ACCURACY)
    assert point is not None
    assert np.isnan([point.threshold, point.recall.estimate, point.false_accept.low]).all()


@pytest.mark.parametrize(
    ("threshold", "passed", "recall"),
    [(0.55, 0.5, 0.5), (0.0, 1.0, 0.0), (float("inf"), 0.0, 1.0)],
    ids=["between", "everything", "nothing"],
)
def test_the_threshold_that_ships_is_taken_as_it_is(threshold: float, passed: float, recall: float) -> None:
    """Learnt on other texts, it is only applied here."""
    found = evaluate_out_of_scope(
        TEN, RIGHT, np.array([0.1, 0.7]), threshold=threshold, resampling=Resampling(20)
    )
    point = found.point(SHIPPED)
    assert point is not None
    assert (threshold, passed, recall) == (point.threshold, point.passed.estimate, point.recall.estimate)


def test_without_a_threshold_there_is_no_such_point() -> None:
    """Only the points that the texts themselves give are there."""
    found = evaluate_out_of_scope(TEN, RIGHT, TEN, resampling=Resampling(5))
    assert found.point(SHIPPED) is None
    assert (BY_SHARE, BY_ACCURACY) == tuple(point.name for point in found.points)


_CONFIDENCES = st.lists(st.integers(0, 8), min_size=2, max_size=20).map(lambda many: np.array(many) / 8)


@settings(max_examples=25)
@given(_CONFIDENCES, _CONFIDENCES, st.integers(0, 8))
def test_points_do_what_they_say(inside: np.ndarray, outside: np.ndarray, threshold: int) -> None:
    """Whatever the ties: shares are those of plain comparison, the area is scikit-learn's, bars hold all."""
    right = np.arange(inside.size) % 3 > 0
    found = evaluate_out_of_scope(inside, right, outside, threshold=threshold / 8, resampling=Resampling(5))
    truth = np.repeat([1, 0], [inside.size, outside.size])
    assert roc_auc_score(truth, np.concatenate([inside, outside])) == pytest.approx(found.roc_auc.estimate)
    for point in found.points:
        if not np.isnan(point.threshold):
            passed = inside >= point.threshold
            assert passed.mean() == pytest.approx(point.passed.estimate)
            assert (passed & right).mean() == pytest.approx(point.right.estimate)
            assert (outside < point.threshold).mean() == pytest.approx(point.recall.estimate)
            assert point.recall.low <= point.recall.estimate <= point.recall.high
    assert (inside.size, outside.size) == (found.in_counts.sum(), found.out_counts.sum())


def test_one_text_of_a_kind_gives_no_intervals() -> None:
    """Nothing could have been drawn instead of it."""
    found = evaluate_out_of_scope(TEN, RIGHT, np.array([0.3]), resampling=Resampling(5))
    assert np.isnan(found.roc_auc.low)
    assert found.roc_auc.estimate == pytest.approx(0.75)


def test_the_record_has_every_point() -> None:
    """What is not defined is null."""
    record = out_of_scope_to_json(
        evaluate_out_of_scope(TEN, ~RIGHT, TEN, threshold=0.5, resampling=Resampling(5))
    )
    assert ["shipped", "share", "accuracy"] == [point["name"] for point in record["points"]]
    assert json.loads(json.dumps(record))["points"][2]["threshold"] is None


@pytest.mark.parametrize(
    ("inside", "right", "outside", "said"),
    [
        ([], [], [0.5], "0 in-scope texts"),
        ([0.5], [True], [], "0 out-of-scope texts"),
        ([0.5], [True, False], [0.5], "with 2 marks"),
        ([0.5], [True], [1.5], "a confidence is 1.5"),
        ([float("nan")], [True], [0.5], "a confidence is nan"),
    ],
    ids=["none inside", "none outside", "marks", "too sure", "no number"],
)
def test_texts_that_cannot_be_judged_are_refused(
    inside: list[float], right: list[bool], outside: list[float], said: str
) -> None:
    """The message says what is wrong."""
    with pytest.raises(InputError, match=said):
        evaluate_out_of_scope(np.array(inside), np.array(right, dtype=np.bool_), np.array(outside))
