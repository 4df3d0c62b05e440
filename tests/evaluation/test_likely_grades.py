"""The grades that an essay may well deserve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.evaluation.likely_grades import likely_grades


@pytest.mark.parametrize(
    ("probabilities", "code", "expected"),
    [
        ([0.9, 0.1, 0.0], 0, (0, 0, 0.9)),
        ([0.1, 0.5, 0.4], 1, (1, 2, 0.9)),
        ([0.25, 0.5, 0.25], 1, (0, 2, 1.0)),
        ([0.4, 0.2, 0.4], 1, (0, 2, 1.0)),
        ([0.1, 0.8, 0.1], 0, (0, 1, 0.9)),  # the given grade is in, also where another is far more probable
        ([0.3, 0.5, 0.3 - 1e-12], 1, (0, 1, 0.8)),  # as short and as probable: the lower
        ([1.0], 0, (0, 0, 1.0)),
        ([0.05, 0.6, 0.2, 0.149999], 1, (1, 2, 0.8)),  # 0.8 as a sum of floats
    ],
)
def test_the_shortest_run_with_four_in_five(
    probabilities: list[float], code: int, expected: tuple[int, int, float]
) -> None:
    """Neighbours are taken in until there is enough, and no more."""
    low, high, probability = likely_grades(np.array(probabilities), code)
    assert expected[:2] == (low, high)
    assert expected[2] == pytest.approx(probability)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=12).filter(any), st.data(), st.floats(0.05, 1))
def test_no_shorter_run_is_enough(counts: list[int], data: st.DataObject, at_least: float) -> None:
    """The run holds the grade, has enough probability, and is as short as can be."""
    probabilities = np.array(counts) / sum(counts)
    code = data.draw(st.integers(0, len(counts) - 1))
    low, high, probability = likely_grades(probabilities, code, at_least=at_least)
    assert 0 <= low <= code <= high < len(counts)
    assert probabilities[low : high + 1].sum() == pytest.approx(probability, abs=1e-8)
    assert probability >= at_least - 1e-8
    shorter = high - low
    starts = range(max(0, code - shorter + 1), min(code, len(counts) - shorter) + 1)
    assert all(probabilities[start : start + shorter].sum() < at_least for start in starts if shorter)
