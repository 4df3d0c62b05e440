"""What is promised beside a class: sets, sureness, whether a text is one of the classes at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import BundleError
from gradewise.essays.scales import Scale, class_scale
from gradewise.models.confidence import ClassConfidence
from gradewise.models.predictions import class_predictions

CLASSES = class_scale("abcde")
rows = st.lists(
    st.lists(st.integers(0, 100), min_size=5, max_size=5).filter(any), min_size=1, max_size=6
).map(lambda each: np.array(each, dtype=np.float64) / np.sum(each, axis=1, keepdims=True))


def promise(*, least: float = 0.2, threshold: float = 0.5) -> ClassConfidence:
    """A promise."""
    return ClassConfidence(coverage=0.9, least=least, threshold=threshold, in_scope_share=0.9)


@given(rows, st.floats(0, 1), st.floats(0, 1))
def test_sets_begin_with_the_class_that_is_given(
    probabilities: np.ndarray, least: float, threshold: float
) -> None:
    """Then come those of enough probability, ever less probable; out of scope is what is not sure enough."""
    made, said = promise(least=least, threshold=threshold), class_predictions(probabilities)
    sure = made.sure(said)
    for row, names in enumerate(made.sets(said, CLASSES)):
        codes = [CLASSES.grades.index(name) for name in names]
        assert said.codes[row] == codes[0]
        likely = probabilities[row, codes]
        assert (np.diff(likely) <= 0).all()
        expected = set(np.flatnonzero(probabilities[row] >= least).tolist()) | {int(said.codes[row])}
        assert expected == set(codes)
        assert len(set(codes)) == len(codes)
        assert sure[row] == likely[0]
    assert made.releases(sure).tolist() == made.in_scope(sure) == (sure >= threshold).tolist()
    assert [{}] * len(sure) == made.sides(said, CLASSES)


def test_an_infinite_threshold_lets_nothing_out() -> None:
    """However sure the model is."""
    said = class_predictions(np.eye(5))
    assert [False] * 5 == promise(threshold=float("inf")).in_scope(promise().sure(said))


def test_a_promise_about_classes_is_none_about_grades() -> None:
    """And figures out of their range are refused."""
    assert promise().fits(CLASSES)
    assert not promise().fits(Scale("letters", ("a", "b")))
    for figures, why in (({"least": 1.2}, "least is 1.2"), ({"threshold": -1.0}, "threshold is -1.0")):
        with pytest.raises(BundleError, match=why):
            promise(**figures)
