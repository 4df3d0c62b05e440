"""Graders side by side: the figures are those of the one room, and luck cancels."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graded_essays import certain_grades, noisy_grades
from gradewise.errors import InputError
from gradewise.evaluation.bootstrap import paired_difference
from gradewise.evaluation.figures import headline_figures
from gradewise.evaluation.results import Graded, Resampling
from gradewise.evaluation.side_by_side import BETTER, compare_graders, figures_of, fold_figures, fold_gains
from gradewise.evaluation.weights import unit_weights

RESAMPLING = Resampling(200, 0.95, 3, None)


def worse(graded: Graded, *, seed: int = 0, share: float = 0.3) -> Graded:
    """The same essays, a share of them graded at random."""
    generator = np.random.default_rng(seed)
    codes = graded.predicted_codes.copy()
    spoilt = generator.random(codes.size) < share
    codes[spoilt] = generator.integers(graded.probabilities.shape[1], size=int(spoilt.sum()))
    return replace(graded, predicted_codes=codes)


def test_figures_are_the_headline_figures() -> None:
    """What is compared is what reports show, to the last bit, and a mean over seeds."""
    graded = noisy_grades(120)
    headline = headline_figures(graded, unit_weights(120))
    assert {name: headline[name][0] for name in BETTER} == figures_of(graded)
    spoilt = worse(graded)
    side = compare_graders([(graded, spoilt)], resampling=RESAMPLING)
    for name in BETTER:
        expected = (figures_of(graded)[name] + figures_of(spoilt)[name]) / 2
        assert expected == pytest.approx(side.interval(name, 0).estimate)


def test_a_gain_is_the_paired_difference_turned_so_that_more_is_better() -> None:
    """The same resamples give the same interval as a comparison of two models, whatever the figure."""
    good = noisy_grades(150)
    bad = worse(good)
    side = compare_graders([(good,), (bad,)], resampling=RESAMPLING)
    for name, sign in BETTER.items():
        pair = (good, bad) if sign > 0 else (bad, good)
        expected = paired_difference(name, *pair, n_resamples=200, seed=3).difference
        found = side.gains(0, over=1)[name]
        np.testing.assert_allclose(
            [expected.estimate, expected.low, expected.high],
            [found.estimate, found.low, found.high],
            atol=1e-12,
        )
    assert side.figures(0)["qwk"].estimate > side.figures(1)["qwk"].estimate


def test_luck_is_small_for_a_large_gain_and_large_for_none() -> None:
    """Nobody gains on themselves; a grader who guesses a third of the grades surely loses."""
    good = noisy_grades(300)
    side = compare_graders([(good,), (worse(good),), (good,)], resampling=RESAMPLING)
    assert side.luck("qwk", 0, over=1) < 0.001
    assert side.luck("qwk", 1, over=0) > 0.999
    assert 1.0 == side.luck("qwk", 0, over=2)


def test_a_figure_that_is_not_defined_tells_nothing() -> None:
    """Kappa between constants has no interval and no luck to speak of."""
    same = certain_grades(np.zeros(5, dtype=np.int64), np.zeros(5, dtype=np.int64), n_grades=3)
    side = compare_graders([(same,), (same,)], resampling=RESAMPLING)
    assert np.isnan(side.gain("qwk", 0, over=1).low)
    assert 1.0 == side.luck("qwk", 0, over=1)


def test_one_cluster_gives_no_interval() -> None:
    """Where nothing else could have been drawn, bounds are not defined."""
    good = noisy_grades(40)
    side = compare_graders([(good,), (worse(good),)], resampling=RESAMPLING, clusters=["only"] * 40)
    gain = side.gain("mae", 0, over=1)
    assert gain.estimate > 0
    assert np.isnan(gain.low)


def test_a_gain_without_any_spread_is_no_luck() -> None:
    """One that is the same on every resample is certain, for better and for worse."""
    truth = np.array([0, 2] * 10)
    right, wrong = (certain_grades(truth, codes, n_grades=4) for codes in (truth, truth + 1))
    side = compare_graders([(right,), (wrong,)], resampling=RESAMPLING)
    assert (0.0, 1.0) == (side.luck("mae", 0, over=1), side.luck("mae", 1, over=0))


@pytest.mark.parametrize("graders", [[], [()]], ids=["nobody", "without grades"])
def test_nobody_is_refused(graders: list[tuple[Graded, ...]]) -> None:
    """There must be something to compare."""
    with pytest.raises(InputError, match="there is no grader"):
        compare_graders(graders, resampling=RESAMPLING)


def test_graders_of_other_essays_are_refused() -> None:
    """Luck cancels on the same essays alone."""
    with pytest.raises(InputError, match="graders of 30 and 31 essays"):
        compare_graders([(noisy_grades(30),), (noisy_grades(31),)], resampling=RESAMPLING)


@given(st.integers(0, 50))
def test_gains_by_fold_change_sign_with_the_sides(seed: int) -> None:
    """What one gains the other loses, in every fold and figure."""
    good = noisy_grades(60, seed=seed)
    folds = [np.arange(0, 30), np.arange(30, 60)]
    ours, theirs = fold_figures((good, good), folds), fold_figures((worse(good), good), folds)
    there, back = fold_gains(ours, over=theirs), fold_gains(theirs, over=ours)
    for name in BETTER:
        assert (2, 2) == there[name].shape
        np.testing.assert_allclose(there[name], -back[name])
        np.testing.assert_array_equal(there[name][1], 0)
