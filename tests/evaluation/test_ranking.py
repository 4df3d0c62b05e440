"""ROC area and average precision, alone and on resamples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from graded_essays import classified_texts
from gradewise.evaluation.ranking import average_precision, rank, roc_auc, weighted_ranking


@st.composite
def ranked_texts(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores with many ties, which texts are positive, and how often each counts; both kinds count."""
    n = draw(st.integers(2, 25))
    scores = np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))) / 6
    positive = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    positive[:2] = True, False
    weights = np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), dtype=np.float64)
    weights[:2] += 1
    return scores, positive, weights


@settings(max_examples=25)
@given(ranked_texts())
def test_areas_are_those_of_scikit_learn(texts: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    """With ties and weights, both areas are what scikit-learn says."""
    scores, positive, weights = texts
    found = rank(scores, positive, weights[:, np.newaxis])
    assert roc_auc_score(positive, scores, sample_weight=weights) == pytest.approx(found.roc_auc[0])
    assert average_precision_score(positive, scores, sample_weight=weights) == pytest.approx(found.pr_auc[0])
    assert roc_auc_score(positive, scores) == pytest.approx(roc_auc(scores, positive))
    assert average_precision_score(positive, scores) == pytest.approx(average_precision(scores, positive))


def test_means_over_classes_are_those_of_scikit_learn() -> None:
    """Of many classes, each stands against the rest, and all weigh the same."""
    texts = classified_texts(120, n_classes=5)
    found = weighted_ranking(texts.probabilities, texts.true_codes, np.ones((1, 120)))
    expected = roc_auc_score(texts.true_codes, texts.probabilities, multi_class="ovr", average="macro")
    assert expected == pytest.approx(found.roc_auc[0])
    indicators = np.eye(5)[texts.true_codes]
    purity = average_precision_score(indicators, texts.probabilities, average="macro")
    assert purity == pytest.approx(found.pr_auc[0])


def test_two_classes_are_judged_by_the_second() -> None:
    """Of two classes the areas are about the second."""
    texts = classified_texts(60, n_classes=2, sharpness=1.0)
    found = weighted_ranking(texts.probabilities, texts.true_codes, np.ones((1, 60)))
    second = texts.true_codes == 1
    assert average_precision_score(second, texts.probabilities[:, 1]) == pytest.approx(found.pr_auc[0])


def test_a_class_without_texts_is_left_out() -> None:
    """A class that nobody has, or everybody, has no areas and does not spoil the mean."""
    nobody = np.zeros(3, dtype=np.bool_)
    assert np.isnan(roc_auc(np.arange(3.0), nobody))
    assert np.isnan(average_precision(np.arange(3.0), nobody))
    assert np.isnan(roc_auc(np.arange(3.0), ~nobody))
    assert average_precision(np.arange(3.0), ~nobody) == 1
    texts = classified_texts(80, n_classes=3)
    wider = np.column_stack([texts.probabilities, np.zeros(80)])
    weights = np.ones((1, 80))
    assert weighted_ranking(texts.probabilities, texts.true_codes, weights).roc_auc == pytest.approx(
        weighted_ranking(wider, texts.true_codes, weights).roc_auc
    )
