"""How several ways to grade stand, and what choosing the best of them is worth."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graded_essays import certain_grades, noisy_grades
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.prompts import PromptLimits
from gradewise.evaluation.results import Graded, Resampling
from gradewise.evaluation.standings import Standing, choose_elsewhere, stand

N = 240
FOLDS = tuple(np.split(np.arange(N), 4))
GOOD = noisy_grades(N, seed=2, n_prompts=4)


def guessed(seed: int) -> Graded:
    """The same essays, graded at random."""
    codes = np.random.default_rng(seed).integers(9, size=N)
    return replace(GOOD, predicted_codes=codes)


def standings(*, fewest: int = 30, good: Graded = GOOD) -> dict[str, Standing]:
    """A good way and a bad one, over the bad one."""
    return stand(
        {"good": (good,), "bad": (replace(good, predicted_codes=guessed(0).predicted_codes),)},
        FOLDS,
        reference="bad",
        resampling=Resampling(100, 0.95, 0, None),
        limits=PromptLimits(fewest, 2),
    )


def test_gains_are_over_the_reference_and_figures_over_all_essays() -> None:
    """The reference gains nothing on itself."""
    found = standings()
    assert found["good"].gains["qwk"].low > 0
    assert 0 == found["bad"].gains["qwk"].estimate
    expected = quadratic_weighted_kappa(GOOD.true_codes, GOOD.predicted_codes, n_grades=9)
    assert expected == pytest.approx(found["good"].figures["qwk"].estimate)
    spread = found["good"].over_folds("qwk")
    assert spread.mean == pytest.approx(found["good"].by_fold["qwk"].mean())
    assert spread.sd > 0


def test_tails_and_weak_prompts_are_told() -> None:
    """By true grade, and only of prompts with enough essays; the worst are pooled."""
    good = standings()["good"]
    assert N == sum(tail.n for tail in good.tails)
    assert good.tails[0].mean_residual > 0 > good.tails[-1].mean_residual
    assert good.prompts is not None
    assert good.prompts.n_prompts == 4
    assert good.prompts.worst_qwk <= good.prompts.pooled_qwk
    assert good.prompts.n_pooled > good.prompts.n_worst
    assert standings(fewest=N)["good"].prompts is None
    assert standings(good=replace(GOOD, prompts=None))["good"].prompts is None


def test_a_figure_that_no_fold_defines_has_no_mean() -> None:
    """Kappa of constants."""
    same = certain_grades(np.zeros(N, dtype=np.int64), np.zeros(N, dtype=np.int64), n_grades=3)
    found = stand(
        {"same": (same,)},
        FOLDS,
        reference="same",
        resampling=Resampling(100, 0.95, 0, None),
        limits=PromptLimits(2, 1),
    )
    assert np.isnan(found["same"].over_folds("qwk").mean)


def test_each_fold_gets_what_is_best_elsewhere() -> None:
    """A way that is good on one fold alone is not chosen there, since the others know nothing of it."""
    lucky = guessed(1)
    codes = lucky.predicted_codes.copy()
    codes[FOLDS[0]] = GOOD.true_codes[FOLDS[0]]
    lucky = replace(lucky, predicted_codes=codes)
    found = choose_elsewhere([guessed(3), lucky, GOOD], FOLDS, name="mae")
    assert (2, 2, 2, 2) == found.choices
    np.testing.assert_array_equal(GOOD.predicted_codes, found.graded.predicted_codes)


@given(st.integers(0, 30))
def test_choosing_among_guesses_is_worth_nothing(seed: int) -> None:
    """The best of twenty guesses looks better than chosen elsewhere, on average; each row keeps its truth."""
    rng = np.random.default_rng(seed)
    ways = [guessed(int(each)) for each in rng.integers(1 << 30, size=20)]
    folds = tuple(np.sort(part) for part in np.array_split(rng.permutation(N), 3))
    found = choose_elsewhere(ways, folds, name="qwk")
    np.testing.assert_array_equal(GOOD.true_codes, found.graded.true_codes)
    for fold, choice in zip(folds, found.choices, strict=True):
        np.testing.assert_array_equal(ways[choice].predicted_codes[fold], found.graded.predicted_codes[fold])
    best = max(quadratic_weighted_kappa(GOOD.true_codes, each.predicted_codes, n_grades=9) for each in ways)
    honest = quadratic_weighted_kappa(found.graded.true_codes, found.graded.predicted_codes, n_grades=9)
    assert honest < best + 0.1


def test_an_undefined_figure_is_never_chosen() -> None:
    """Where kappa is not defined on the other folds, something else is taken."""
    constant = replace(GOOD, true_codes=GOOD.true_codes * 0, predicted_codes=GOOD.true_codes * 0)
    varied = replace(constant, predicted_codes=GOOD.predicted_codes)
    assert (1, 1, 1, 1) == choose_elsewhere([constant, varied], FOLDS, name="qwk").choices


def test_a_way_without_any_agreement_has_no_worst_prompt() -> None:
    """Kappa is not defined on a prompt where truth and grades are one and the same grade."""
    prompts = tuple("ab"[row % 2] for row in range(N))
    truth = np.array([row % 2 for row in range(N)])
    right = replace(certain_grades(truth, truth, n_grades=3), prompts=prompts)
    wrong = replace(certain_grades(truth, 1 - truth, n_grades=3), prompts=prompts)
    found = stand(
        {"right": (right,), "wrong": (wrong,)},
        FOLDS,
        reference="right",
        resampling=Resampling(100, 0.95, 0, None),
        limits=PromptLimits(30, 2),
    )
    assert found["right"].prompts is None
