"""Gains: paired, signed so that more is better, and honest about what chance explains."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from graded_essays import missed_grades
from gradewise.evaluation.figures import headline_figures
from gradewise.evaluation.gains import figure_of, gains, loss_of
from gradewise.evaluation.results import ERRORS, METRICS, Resampling
from gradewise.evaluation.side_by_side import paired_difference

N, N_GRADES = 240, 5
DRAWN = Resampling(200, 0.95, 3, None)


graded = partial(missed_grades, n=N, n_grades=N_GRADES)
"""Essays whose grade is missed by so many steps or so."""


def test_a_gain_is_positive_where_the_second_is_better() -> None:
    """Of errors less is better, of agreement more; the gain is above 0 for both."""
    found = gains(headline_figures, graded(1.2), graded(0.4), ("qwk", "rmse"), resampling=DRAWN)
    for gain in found.values():
        assert gain.shown
        assert not gain.lost
        assert 0 < gain.gain.low <= gain.gain.estimate <= gain.gain.high
        assert N == gain.n
    assert found["qwk"].before < found["qwk"].after
    assert found["rmse"].before > found["rmse"].after
    back = gains(headline_figures, graded(0.4), graded(1.2), ("qwk",), resampling=DRAWN)["qwk"]
    assert back.lost
    assert -found["qwk"].gain.estimate == back.gain.estimate


def test_the_same_grades_gain_nothing() -> None:
    """A way over itself gains 0, with no width, and that is not shown."""
    gain = gains(headline_figures, graded(1.0), graded(1.0), ("qwk",), resampling=DRAWN)["qwk"]
    assert (0.0, 0.0, 0.0) == (gain.gain.estimate, gain.gain.low, gain.gain.high)
    assert not gain.shown
    assert not gain.lost


def test_gains_agree_with_paired_differences() -> None:
    """The interval is that of `paired_difference` on the same draws."""
    before, after = graded(1.0), graded(0.8, seed=2)
    gain = gains(headline_figures, before, after, ("qwk",), resampling=DRAWN)["qwk"]
    assert paired_difference("qwk", after, before, resampling=Resampling(200, seed=3)) == gain.gain


@given(st.sampled_from(METRICS), st.floats(-1, 1))
def test_losses_and_figures_undo_each_other(metric: str, figure: float) -> None:
    """Whatever the figure: less loss is better, and nothing is lost on the way."""
    assert figure == figure_of(metric, loss_of(metric, figure))
    better = figure - 0.1 if metric in ERRORS else figure + 0.1
    assert loss_of(metric, better) < loss_of(metric, figure)
