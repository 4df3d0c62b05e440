"""Sets of classes and their promise; curves of classes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import auc

from graded_essays import classified_texts, forecasts
from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.essays.scales import class_scale
from gradewise.evaluation.class_curves import class_curves
from gradewise.evaluation.class_sets import class_sets, evaluate_class_sets
from gradewise.evaluation.ranking import roc_auc
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.slices import select

THREE = class_scale("abc")


def test_coverage_and_size_are_counted_by_class() -> None:
    """A set holds its probable classes; what it holds is counted in all, by class and by size."""
    likely = np.array([[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.4, 0.35, 0.25], [0.1, 0.8, 0.1]])
    found = evaluate_class_sets(
        likely, np.array([0, 1, 2, 0]), THREE, least=0.3, promised=0.9, resampling=Resampling(10)
    )
    assert 0.5 == found.whole.coverage.estimate
    assert 1.5 == found.mean_size.estimate
    assert [0.5, 1.0, 0.0] == [row.coverage.estimate for row in found.grades]
    assert ["1", "2"] == [row.name for row in found.sizes]
    assert found.tails == found.prompts == ()
    assert "all texts" == found.whole.name


@settings(max_examples=25)
@given(forecasts(), st.floats(0, 1))
def test_a_set_is_never_empty_and_shrinks(forecast: tuple[np.ndarray, Codes], least: float) -> None:
    """The most probable class always belongs to it; the more is asked of a class, the fewer do."""
    probabilities, _ = forecast
    held = class_sets(probabilities, least=least)
    assert held[np.arange(len(held)), probabilities.argmax(axis=1)].all()
    assert (held <= class_sets(probabilities, least=least / 2)).all()


def test_probabilities_of_other_classes_are_refused() -> None:
    """Each text needs a probability for each class, and there must be a text."""
    for n in (0, 2):
        with pytest.raises(InputError, match="give one row for each text"):
            evaluate_class_sets(np.ones((2, 2)), np.zeros(n, dtype=np.int64), THREE, least=0.5, promised=0.9)


def test_curves_agree_with_the_area() -> None:
    """The area under the drawn curve of two classes is the area, to the width of its places."""
    texts = classified_texts(400, n_classes=2, sharpness=1.0)
    curves = class_curves(texts)
    assert curves is not None
    assert 1 == curves.n_classes
    expected = roc_auc(texts.probabilities[:, 1], texts.true_codes == 1)
    assert expected == pytest.approx(auc(curves.roc.at, curves.roc.mean), abs=0.01)
    assert (np.diff(curves.roc.mean) >= 0).all()
    assert curves.roc.mean[-1] == 1
    assert curves.precision_recall.mean[-1] == pytest.approx((texts.true_codes == 1).mean(), abs=0.1)


def test_the_spread_of_many_curves_holds_their_mean() -> None:
    """Of many classes there is a band; of few it holds all of them."""
    for n_classes in (3, 12):
        curves = class_curves(classified_texts(500, n_classes=n_classes))
        assert curves is not None
        assert n_classes == curves.n_classes
        for curve in (curves.roc, curves.precision_recall):
            assert (curve.low <= curve.high).all()
            assert ((curve.mean >= 0) & (curve.mean <= 1)).all()


def test_one_class_alone_has_no_curve() -> None:
    """Where all texts are of one class there is nothing to tell apart."""
    texts = classified_texts(50)
    assert class_curves(select(texts, np.flatnonzero(texts.true_codes == 0))) is None
