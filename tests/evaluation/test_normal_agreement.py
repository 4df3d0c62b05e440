"""Which agreement goes with which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.evaluation.normal_agreement import agreement_at, agreement_with

shares = st.lists(st.integers(1, 20), min_size=2, max_size=8).map(
    lambda counts: tuple(count / sum(counts) for count in counts)
)


def test_strangers_agree_by_chance_alone() -> None:
    """Without correlation kappa is 0 and two raters of eight grades are alike in one case of eight."""
    level = agreement_at(0, (1 / 8,) * 8)
    assert 0 == pytest.approx(level.qwk, abs=1e-9)
    assert 1 / 8 == pytest.approx(level.accuracy)
    assert 22 / 64 == pytest.approx(level.adjacent_accuracy)


@given(shares, st.floats(0, 0.9), st.floats(0.01, 0.09))
def test_agreement_rises_with_correlation(given_shares: tuple[float, ...], low: float, more: float) -> None:
    """All its figures together, whatever the shares of grades."""
    first, second = agreement_at(low, given_shares), agreement_at(low + more, given_shares)
    assert first.qwk < second.qwk
    assert first.accuracy < second.accuracy
    assert first.adjacent_accuracy <= second.adjacent_accuracy + 1e-9


@pytest.mark.parametrize("metric", ["qwk", "accuracy", "adjacent_accuracy"])
def test_a_figure_is_found_again(metric: str) -> None:
    """The level that goes with a figure has that figure; what chance exceeds goes with nothing."""
    level = agreement_with(metric, 0.8, (0.1, 0.2, 0.4, 0.2, 0.1))
    assert level is not None
    assert 0.8 == pytest.approx(getattr(level, metric), abs=1e-6)
    assert agreement_with(metric, -0.1, (0.5, 0.5)) is None
