"""Graders side by side: the figures are those of the one room, and luck cancels."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graded_essays import certain_grades, noisy_grades
from gradewise.errors import InputError
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.figures import figures_of, headline_figures
from gradewise.evaluation.fold_figures import figures_by_fold, gains_by_fold
from gradewise.evaluation.results import COMPARED, ERRORS, HEADLINE, Graded, Interval, Resampling
from gradewise.evaluation.side_by_side import compare_graders, paired_difference
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
    assert {name: headline[name][0] for name in COMPARED} == figures_of(graded)
    spoilt = worse(graded)
    side = compare_graders([(graded, spoilt)], resampling=RESAMPLING)
    for name in COMPARED:
        expected = (figures_of(graded)[name] + figures_of(spoilt)[name]) / 2
        assert expected == pytest.approx(side.interval(name, 0).estimate)


def test_a_gain_is_the_paired_difference_turned_so_that_more_is_better() -> None:
    """The same resamples give the same interval as a comparison of two models, whatever the figure."""
    good = noisy_grades(150)
    bad = worse(good)
    side = compare_graders([(good,), (bad,)], resampling=RESAMPLING)
    for name in HEADLINE:
        pair = (bad, good) if name in ERRORS else (good, bad)
        expected = paired_difference(name, *pair, resampling=Resampling(200, seed=3))
        assert expected == side.gains(0, over=1)[name]
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
    with pytest.raises(InputError, match="different essays .30 and 31, such as 'essay-30'"):
        compare_graders([(noisy_grades(30),), (noisy_grades(31),)], resampling=RESAMPLING)


@given(st.integers(0, 50))
def test_gains_by_fold_change_sign_with_the_sides(seed: int) -> None:
    """What one gains the other loses, in every fold and figure."""
    good = noisy_grades(60, seed=seed)
    folds = [np.arange(0, 30), np.arange(30, 60)]
    ours, theirs = figures_by_fold((good, good), folds), figures_by_fold((worse(good), good), folds)
    there, back = gains_by_fold(ours, over=theirs), gains_by_fold(theirs, over=ours)
    for name in COMPARED:
        assert (2, 2) == there[name].shape
        np.testing.assert_allclose(there[name], -back[name])
        np.testing.assert_array_equal(there[name][1], 0)


def test_a_model_does_not_differ_from_itself() -> None:
    """The difference of a model to itself is 0 in every resample."""
    graded = noisy_grades(50)
    assert Interval(0.0, 0.0, 0.0) == paired_difference("qwk", graded, graded, resampling=Resampling(50))


def test_a_better_model_is_seen_more_surely_when_paired() -> None:
    """A paired interval is narrower than the two intervals apart suggest, and finds the better model."""
    a = noisy_grades(400)
    shifted = np.where(np.arange(400) % 8 == 0, a.predicted_codes - 1, a.predicted_codes)
    b = replace(a, predicted_codes=np.clip(shifted, 0, 8))
    found = paired_difference("mae", b, a, resampling=Resampling(400))
    alone = bootstrap_intervals(partial(headline_figures, a), 400, resampling=Resampling(400, 0.95, 0, None))[
        "mae"
    ][0]
    assert found.low > 0
    assert found.high - found.low < alone.high - alone.low
    assert found == paired_difference("mae", b, a, resampling=Resampling(400))


def test_whole_prompts_may_be_drawn() -> None:
    """The estimate is the same and its interval is not."""
    a = noisy_grades(60)
    b = replace(a, predicted_codes=np.clip(a.predicted_codes - 1, 0, 8))
    essays, prompts = (
        compare_graders([(a,), (b,)], resampling=RESAMPLING, clusters=clusters).difference("mae", 0, less=1)
        for clusters in (None, a.prompts)
    )
    assert essays.estimate == prompts.estimate
    assert essays != prompts


def test_differences_that_mean_nothing_are_refused() -> None:
    """An unknown metric, other essays and another truth are named."""
    graded = noisy_grades(4)
    with pytest.raises(InputError, match="unknown metric 'kappa'; use one of qwk"):
        paired_difference("kappa", graded, graded)
    with pytest.raises(InputError, match="same essays in the same order"):
        paired_difference("qwk", graded, noisy_grades(5))
    other = replace(graded, true_codes=8 - graded.true_codes)
    with pytest.raises(InputError, match=r"'essay-[0-3]' has two true grades"):
        paired_difference("qwk", graded, other)
