"""Quantiles of times, with bounds from their order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.evaluation.timings import fewest_timings, quantile_of_times


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=150), st.sampled_from([0.5, 0.95]))
def test_bounds_are_timings_around_the_quantile(times: list[float], share: float) -> None:
    """Whatever the times: nothing is made up, and bounds are in order where there are any."""
    found = quantile_of_times(times, share)
    assert found.estimate in times
    assert np.isnan(found.low) or (found.low in times and found.low <= found.estimate)
    assert np.isnan(found.high) or (found.high in times and found.high >= found.estimate)
    assert np.isnan(found.high) == (len(times) < fewest_timings(share))


def test_the_interval_covers_as_often_as_it_says() -> None:
    """The 95th percentile of times with a long tail lies within its bounds in 95 of 100 cases at least."""
    generator = np.random.default_rng(0)
    true = float(np.exp(1.6448536269514722))
    draws = np.exp(generator.normal(size=(400, 100)))
    found = [quantile_of_times(draw.tolist(), 0.95) for draw in draws]
    assert 0.94 <= float(np.mean([each.low <= true <= each.high for each in found])) <= 1


def test_six_batches_bound_their_median() -> None:
    """The fastest and the slowest do."""
    found = quantile_of_times([3, 1, 2, 6, 5, 4], 0.5)
    assert (3, 1, 6) == (found.estimate, found.low, found.high)
    assert 6 == fewest_timings(0.5)


def test_no_timing_is_refused() -> None:
    """There is no time to speak of."""
    with pytest.raises(InputError, match="no timing"):
        quantile_of_times([], 0.95)
