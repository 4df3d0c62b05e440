"""Cut points: rounding, rescaling, the exact search, and what they promise."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from gradewise.errors import TrainingError
from gradewise.essays.codes import Codes
from gradewise.models import decisions
from gradewise.models.decisions import (
    DecisionKind,
    choose_decision,
    decide,
    fit_cuts,
    qwk_cuts,
    rescale_cuts,
    rounding_cuts,
)
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import Scores


def shrunken(n: int, *, n_grades: int = 9, seed: int = 0) -> tuple[Scores, Codes]:
    """Grades, and scores that lie too near the middle, as regression leaves them."""
    generator = np.random.default_rng(seed)
    codes = np.clip(np.round(generator.normal(n_grades / 2, n_grades / 5, n)), 0, n_grades - 1)
    middle = n_grades / 2
    scores = middle + 0.4 * (codes - middle) + generator.normal(0, 0.7, n)
    return scores.astype(np.float32), codes.astype(np.int64)


def qwk(codes: Codes, machine: Codes, n_grades: int) -> float:
    """Quadratic weighted kappa, by scikit-learn."""
    return float(cohen_kappa_score(codes, machine, labels=range(n_grades), weights="quadratic"))


def test_half_goes_up() -> None:
    """A score halfway between two grades gets the higher one, for even and odd grades alike."""
    halves = np.array([-0.5, 0.5, 1.5, 2.5, 3.5], dtype=np.float32)
    assert decide(halves, rounding_cuts(4)).tolist() == [0, 1, 2, 3, 3]


def test_rescale_equals_rounding_after_rescaling() -> None:
    """Deciding by the cuts gives what rounding gives after scores got the mean and spread of grades."""
    scores, codes = shrunken(500)
    s = scores.astype(np.float64)
    rescaled = (s - s.mean()) / s.std() * codes.std() + codes.mean()
    expected = np.clip(np.floor(rescaled + 0.5), 0, 8).astype(np.int64)
    np.testing.assert_array_equal(decide(scores, rescale_cuts(scores, codes, n_grades=9)), expected)


@pytest.mark.parametrize("scores", [[1.0, 1.0, 1.0], [0.0, 1.0, 2.0]])
def test_rescale_without_spread_is_rounding(scores: list[float]) -> None:
    """Where scores or grades are all alike there is nothing to scale by."""
    codes = np.array([2, 2, 2], dtype=np.int64)
    cuts = rescale_cuts(np.array(scores, dtype=np.float32), codes, n_grades=4)
    assert cuts.tolist() == [0.5, 1.5, 2.5]


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_search_finds_the_highest_qwk_of_all_cuts(data: st.DataObject) -> None:
    """On small samples no cuts at all give a higher QWK than those that the search returns."""
    n = data.draw(st.integers(4, 9))
    scores = np.array(data.draw(st.lists(st.integers(0, 12), min_size=n, max_size=n)), dtype=np.float64)
    codes = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)), dtype=np.int64)
    if len(set(codes.tolist())) == 1:
        return
    free = np.zeros(2, dtype=np.bool_)
    search = decisions._Search.over(scores, codes, np.array([0.5, 1.5]), free)
    found = search.best_cuts()
    best = max(
        qwk(codes, np.searchsorted(pair, scores, side="right"), 3)
        for pair in itertools.combinations_with_replacement(search.places, 2)
    )
    assert qwk(codes, np.searchsorted(found, scores, side="right"), 3) == pytest.approx(best, abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_cuts_always_increase_and_repeat(data: st.DataObject) -> None:
    """Any scores and grades give finite, strictly increasing cuts, and the same ones again."""
    n, n_grades = data.draw(st.integers(1, 60)), data.draw(st.integers(2, 8))
    values = st.floats(-3, 12, width=32)
    scores = np.array(data.draw(st.lists(values, min_size=n, max_size=n)), dtype=np.float32)
    codes = np.array(data.draw(st.lists(st.integers(0, n_grades - 1), min_size=n, max_size=n)))
    kind: DecisionKind = data.draw(st.sampled_from(["rounding", "rescale", "cutpoints"]))
    cuts = fit_cuts(kind, scores, codes, n_grades=n_grades)
    assert cuts.dtype == np.float32
    assert cuts.shape == (n_grades - 1,)
    assert np.isfinite(cuts).all()
    assert (np.diff(cuts) > 0).all()
    np.testing.assert_array_equal(fit_cuts(kind, scores, codes, n_grades=n_grades), cuts)


def test_searched_cuts_undo_shrinking() -> None:
    """Searched cuts give new essays a higher QWK than rounding does, about what a rescale gives."""
    cuts = qwk_cuts(*shrunken(2000), n_grades=9)
    scores, codes = shrunken(2000, seed=1)
    rounded = qwk(codes, decide(scores, rounding_cuts(9)), 9)
    rescaled = qwk(codes, decide(scores, rescale_cuts(*shrunken(2000), n_grades=9)), 9)
    searched = qwk(codes, decide(scores, cuts), 9)
    assert searched > rounded + 0.05
    assert searched > rescaled - 0.01


def test_cuts_beside_rare_grades_stay_rescaled() -> None:
    """A cut beside a grade that fewer than ten essays have is the rescale's own; others may move."""
    scores, codes = shrunken(1200)
    codes = np.clip(codes, 1, 8)
    stays = list[bool]()
    for n in (9, 10):
        codes[:n] = 0
        searched, rescaled = (find(scores, codes, n_grades=9) for find in (qwk_cuts, rescale_cuts))
        stays.append(bool(searched[0] == rescaled[0]))
        assert (searched[3:6] != rescaled[3:6]).any()
    assert [True, False] == stays


def test_cuts_rise_however_near_scores_are() -> None:
    """Closer together than single precision tells apart, they are one step from each other."""
    scores = np.linspace(1000, 1000.0002, 60).astype(np.float32)
    cuts = rescale_cuts(scores, np.arange(60) % 9, n_grades=9)
    assert (np.diff(cuts) > 0).all()


def test_search_looks_at_all_places_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cuts for 2,000 essays and nine grades take ten rounds at most, each one pass over all places."""
    scores, codes = shrunken(2000)
    passes: list[tuple[int, ...]] = []
    best_path = decisions._best_path

    def counted(gains: Floats) -> NDArray[np.intp]:
        passes.append(gains.shape)
        return best_path(gains)

    monkeypatch.setattr(decisions, "_best_path", counted)
    qwk_cuts(scores, codes, n_grades=9)
    assert {(8, np.unique(scores).size + 1)} == set(passes)
    assert 10 >= len(passes)


@pytest.mark.parametrize(("n", "expected"), [(799, "rescale"), (800, "cutpoints")])
def test_auto_searches_only_with_enough_essays(n: int, expected: str) -> None:
    """Below 800 essays searched cuts lose to a rescale."""
    assert choose_decision("auto", n) == expected


@pytest.mark.parametrize("scores", [[], [1.0, np.inf]])
def test_refuses_no_scores_and_special_numbers(scores: list[float]) -> None:
    """Cuts need scores, all finite."""
    with pytest.raises(TrainingError, match="scores; all must be finite"):
        fit_cuts("rescale", np.array(scores, dtype=np.float32), np.zeros(len(scores), int), n_grades=3)
