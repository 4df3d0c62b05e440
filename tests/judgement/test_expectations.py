"""What a model leads to expect, and what judges' confidence counts for."""

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.judgement.comparisons import compare
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.expectations import expect_scores
from gradewise.judgement.weights import confidence_weights


def test_a_model_is_believed_as_far_as_it_agrees() -> None:
    """Expectations are drawn in by the agreement, and doubt makes up the rest of the spread."""
    expected = expect_scores("abc", {"a": 1.0, "b": 2.0, "c": 3.0}, agreement=0.8, spread=2.0)
    assert pytest.approx(1.6) == expected.means.std()
    assert np.allclose(1.2, expected.deviations)
    assert expected.means[0] < expected.means[1] < expected.means[2]


def test_an_essay_without_a_model_score_is_expected_in_the_middle() -> None:
    """Nothing is known of it but how far essays spread."""
    expected = expect_scores("abc", {"a": 1.0, "c": 3.0})
    assert 0 == expected.means[1]
    assert 2.0 == expected.deviations[1]


def test_a_model_that_gives_all_the_same_expects_nothing() -> None:
    """Without differences there is no order to expect."""
    assert [0, 0] == expect_scores("ab", {"a": 4.0, "b": 4.0}).means.tolist()


@pytest.mark.parametrize(
    ("scores", "agreement", "spread", "message"),
    [
        ({"a": 1.0}, 1.0, 2.0, "agreement is 1.0"),
        ({"a": 1.0}, 0.8, 0.0, "spread is 0.0"),
        ({"z": 1.0}, 0.8, 2.0, "graded none of the 2"),
        ({"a": np.inf}, 0.8, 2.0, "no finite number"),
    ],
    ids=["agreement", "spread", "other-essays", "infinite"],
)
def test_what_leads_nowhere_is_refused(
    scores: dict[str, float], agreement: float, spread: float, message: str
) -> None:
    """The message says what to give instead."""
    with pytest.raises(InputError, match=message):
        expect_scores("ab", scores, agreement=agreement, spread=spread)


def test_a_surer_judge_counts_for_more() -> None:
    """Weights are in proportion to what was said, with 1 in the mean and where nothing was."""
    rows = [Comparison("a", "b", first_won=True, confidence=sure) for sure in (1.0, 3.0, None)]
    assert [0.5, 1.5, 1.0] == confidence_weights(compare(rows)).tolist()


@pytest.mark.parametrize(
    ("confidences", "message"),
    [([None], "no judge said"), ([0.0], "no judge said"), ([2.0, -1.0], "confidence is -1")],
    ids=["nobody", "all-nothing", "negative"],
)
def test_confidences_that_are_no_weights_are_refused(confidences: list[float | None], message: str) -> None:
    """Weights need somebody who said how sure they were."""
    rows = [Comparison("a", "b", first_won=True, confidence=sure) for sure in confidences]
    with pytest.raises(InputError, match=message):
        confidence_weights(compare(rows))
