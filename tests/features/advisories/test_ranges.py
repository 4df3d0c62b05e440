"""Features beyond everything that was seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gradewise.errors import InputError
from gradewise.features.advisories.ranges import FARTHEST, FeatureRanges, learn_ranges

VALUES = np.array([[0, 5, 1], [2, 5, 1], [4, 5, 9]], dtype=np.float32)
RANGES, BEYOND = learn_ranges(VALUES, ("commas", "ones", "words"))
matrices = arrays(np.float32, (7, 3), elements=st.floats(-50, 50, width=32))


def row(*values: float) -> np.ndarray:
    """A row of features."""
    return np.array(values, dtype=np.float32)


def test_distance_is_in_ranges_beyond_the_nearer_edge() -> None:
    """Six lies half a range of four beyond it, minus four a whole one; within it is 0."""
    assert 0.5 == RANGES.beyond(row(6, 5, 1))
    assert 1.0 == RANGES.beyond(row(-4, 5, 1))
    assert 0.0 == RANGES.beyond(row(4, 5, 9))
    assert FARTHEST == RANGES.beyond(row(4000, 5, 1))


def test_a_feature_that_never_varied_does_not_count() -> None:
    """No tree split on it."""
    assert 0.0 == RANGES.beyond(row(1, 777, 1))


def test_the_oddest_features_are_named_with_their_ranges() -> None:
    """Farthest first, only those beyond their range, no more than asked for."""
    odd = RANGES.oddest(row(6, 5, 17), most=3)
    assert [("words", 17.0, 1.0, 9.0, 1.0), ("commas", 6.0, 0.0, 4.0, 0.5)] == [
        (found.name, found.value, found.low, found.high, found.beyond) for found in odd
    ]
    assert ("words",) == tuple(found.name for found in RANGES.oddest(row(6, 5, 17), most=1))
    assert () == RANGES.oddest(row(1, 5, 2), most=3)


def test_essays_are_held_against_the_others() -> None:
    """Each lies as far beyond the ranges of the others as it would, had it come later."""
    assert [1.0, 0.0, FARTHEST] == BEYOND.tolist()


@given(matrices)
def test_leaving_out_equals_learning_without(values: np.ndarray) -> None:
    """The closed formula gives what learning from all other essays gives, where something varies."""
    names = ("a", "b", "c")
    _, found = learn_ranges(values, names)
    for left_out in range(len(values)):
        others = np.delete(values, left_out, axis=0)
        varies = others.max(axis=0) > others.min(axis=0)
        alone = (values[left_out] != others[0])[~varies].any()
        expected = FARTHEST if alone else learn_ranges(others, names)[0].beyond(values[left_out])
        assert expected == pytest.approx(found[left_out], rel=1e-6)


@given(matrices)
def test_no_essay_lies_beyond_what_was_learnt_from_it(values: np.ndarray) -> None:
    """Training essays are within their own ranges."""
    ranges, _ = learn_ranges(values, ("a", "b", "c"))
    assert {0.0} == {ranges.beyond(essay) for essay in values}


def test_rows_of_other_features_are_refused() -> None:
    """The message says how many there should be."""
    with pytest.raises(InputError, match="the training essays had 3 features"):
        RANGES.beyond(row(1, 2))


@pytest.mark.parametrize("low", [[0.0], [0.0, np.nan], [9.0, 0.0]])
def test_parts_must_belong_together(low: list[float]) -> None:
    """Other lengths, holes, and lows above highs are refused."""
    with pytest.raises(InputError, match="lows first"):
        FeatureRanges(("a", "b"), row(*low), row(1, 1))
