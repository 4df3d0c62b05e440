"""Whether grades are given about as often as in training."""

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.training_shares import compare_shares

MADE = Resampling(500, 0.95, 0, None)


def test_shares_are_compared_grade_by_grade() -> None:
    """The largest difference is that of the grade that differs most, whichever it is."""
    codes = np.repeat([0, 1, 2], [20, 50, 30])
    found = compare_shares(codes, (0.5, 0.3, 0.2), resampling=MADE)
    assert (0.5, 0.3, 0.2) == found.trained
    assert [0.2, 0.5, 0.3] == pytest.approx([share.estimate for share in found.given])
    assert 0.3 == pytest.approx(found.difference.estimate)
    assert 0 < found.difference.low < 0.3 < found.difference.high < 0.5


def test_few_essays_cannot_show_that_shares_are_alike() -> None:
    """With no difference at all the interval shrinks with the number of essays."""
    trained = (0.1, 0.2, 0.4, 0.2, 0.1)
    few, many = (
        compare_shares(np.repeat(range(5), counts), trained, resampling=MADE).difference.high
        for counts in ([2, 4, 8, 4, 2], [200, 400, 800, 400, 200])
    )
    assert few > 0.10 > many


def test_what_cannot_be_compared_is_refused() -> None:
    """No essays, and shares that are none."""
    with pytest.raises(InputError, match="0 grades"):
        compare_shares(np.array([], dtype=np.int64), (0.5, 0.5), resampling=MADE)
    with pytest.raises(InputError, match=r"sum to 0\.9"):
        compare_shares(np.array([0]), (0.5, 0.4), resampling=MADE)
