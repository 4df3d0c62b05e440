"""One figure over several traits."""

from dataclasses import replace

import numpy as np
import pytest

from graded_essays import noisy_grades
from gradewise.errors import InputError
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.traits import mean_columnwise_rmse


def test_mean_of_the_traits_root_mean_squared_errors() -> None:
    """The errors of each trait are squared, averaged and rooted before traits are averaged."""
    graded = noisy_grades(200)
    error = graded.scores - graded.true_codes
    worse = replace(graded, scores=graded.true_codes + 3 * error)
    expected = np.mean([np.sqrt(np.mean(error**2)), 3 * np.sqrt(np.mean(error**2))])
    found = mean_columnwise_rmse([graded, worse], resampling=Resampling(100))
    assert expected == pytest.approx(found.estimate, abs=1e-12)
    assert found.low < expected < found.high


def test_more_essays_make_the_interval_narrower() -> None:
    """Four times the essays, about half the interval."""
    few, many = (
        mean_columnwise_rmse([noisy_grades(n, seed=3), noisy_grades(n, seed=3)], resampling=Resampling(400))
        for n in (200, 3200)
    )
    assert 3 < (few.high - few.low) / (many.high - many.low) < 6


def test_traits_of_different_essays_are_refused() -> None:
    """Resampling essays with all their traits needs the same essays for every trait."""
    with pytest.raises(InputError, match="2 traits are about 2 sets"):
        mean_columnwise_rmse([noisy_grades(20), noisy_grades(21)])


def test_no_trait_is_refused() -> None:
    """Nothing to average is said."""
    with pytest.raises(InputError, match="0 traits"):
        mean_columnwise_rmse([])
