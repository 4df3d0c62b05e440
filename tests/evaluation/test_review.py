"""Which decisions matter, how sure the model is of them, and what releasing the surest essays means."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.evaluation.policy import agreement_probabilities, side_probabilities
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.review import (
    SHARES,
    declared_cuts,
    find_candidates,
    review_curve,
    review_curve_to_json,
)
from gradewise.evaluation.weights import Floats
from judged_essays import judged

SWEDISH = Scale("swedish", ("F", "E", "D", "C", "B", "A"))


@given(hnp.arrays(np.float64, (7, 4), elements=st.floats(0, 1)), st.sets(st.integers(1, 4), min_size=1))
def test_parts_of_the_scale_share_the_probability(raw: Floats, cuts: set[int]) -> None:
    """Over one grade from each part the probabilities of agreeing sum to 1, whatever the cuts."""
    cumulative, rising = np.sort(raw, axis=1), tuple(sorted(cuts))
    parts = [agreement_probabilities(cumulative, np.full(7, grade), cuts=rising) for grade in (0, *rising)]
    assert all(((part >= 0) & (part <= 1)).all() for part in parts)
    np.testing.assert_allclose(np.sum(parts, axis=0), 1, atol=1e-12)


@given(
    hnp.arrays(np.float64, (7, 4), elements=st.floats(0, 1)),
    st.lists(st.integers(0, 4), min_size=7, max_size=7),
    st.sets(st.integers(1, 4), min_size=1),
)
def test_an_essay_is_as_sure_alone_as_among_others(raw: Floats, given: list[int], cuts: set[int]) -> None:
    """Bit for bit: one is reckoned without arrays, several with them."""
    cumulative, codes, rising = np.sort(raw, axis=1), np.array(given), tuple(sorted(cuts))
    for measure in (agreement_probabilities, side_probabilities):
        together = measure(cumulative, codes, cuts=rising)
        alone = [measure(cumulative[row : row + 1], codes[row : row + 1], cuts=rising)[0] for row in range(7)]
        assert together.tolist() == np.array(alone).tolist()


@given(
    hnp.arrays(np.float64, (7, 4), elements=st.floats(0, 1)),
    st.lists(st.integers(0, 4), min_size=7, max_size=7),
    st.sets(st.integers(1, 4), min_size=1),
)
def test_sides_are_what_each_cut_alone_says(raw: Floats, codes: list[int], cuts: set[int]) -> None:
    """To the last bit, since answers that were logged must be given again."""
    cumulative, given_grades, rising = np.sort(raw, axis=1), np.array(codes), tuple(sorted(cuts))
    alone = [agreement_probabilities(cumulative, given_grades, cuts=(cut,)) for cut in rising]
    np.testing.assert_array_equal(
        np.stack(alone, axis=1), side_probabilities(cumulative, given_grades, cuts=rising)
    )


@given(hnp.arrays(np.float64, (7, 4), elements=st.floats(0, 1)), st.integers(0, 4))
def test_more_cuts_never_make_sure(raw: Floats, grade: int) -> None:
    """With one more cut the model is at most as sure; with a cut everywhere it is the grade's probability."""
    cumulative, given_grades = np.sort(raw, axis=1), np.full(7, grade)
    one, two, every = (
        agreement_probabilities(cumulative, given_grades, cuts=cuts) for cuts in ((2,), (2, 3), (1, 2, 3, 4))
    )
    assert (one >= two).all()
    assert (two >= every).all()
    edges = np.concatenate([np.zeros((7, 1)), cumulative, np.ones((7, 1))], axis=1)
    np.testing.assert_array_equal(np.diff(edges, axis=1)[:, grade], every)


def test_grade_on_the_less_probable_side_is_not_sure() -> None:
    """It is the given grade that is released: on the wrong side of the odds its confidence is below half."""
    cumulative = np.array([[0.1, 0.7]])
    assert 0.3 == pytest.approx(agreement_probabilities(cumulative, np.array([2]), cuts=(2,))[0])
    assert 0.7 == pytest.approx(agreement_probabilities(cumulative, np.array([1]), cuts=(2,))[0])


def test_confidence_is_kept() -> None:
    """Where probabilities are right, the essays agree as often as the model says they will."""
    candidates = judged(20_000)
    assert candidates.confidence.mean() == pytest.approx(candidates.agrees.mean(), abs=0.01)
    sure = candidates.confidence > 0.9
    assert candidates.confidence[sure].mean() == pytest.approx(candidates.agrees[sure].mean(), abs=0.01)


def test_agreement_is_about_every_cut() -> None:
    """Teacher and model agree when no cut lies between their grades."""
    cumulative = np.tile([0.2, 0.4, 0.6, 0.8, 0.9], (4, 1))
    codes, given_grades = np.array([0, 1, 2, 5]), np.array([0, 2, 3, 3])
    found = find_candidates(cumulative, codes, given_grades, cuts=(1, 3))
    assert [True, True, False, True] == found.agrees.tolist()
    assert [True, True, True, False] == found.outcomes["within_one"].tolist()
    assert [True, False, False, False] == found.outcomes["exact"].tolist()


def test_curve_follows_the_surest_essays() -> None:
    """Each point is about the surest share of the essays; the last one is about all of them."""
    candidates = judged(200)
    curve = review_curve(candidates, resampling=Resampling(50))
    order = np.argsort(-candidates.confidence, kind="stable")
    assert (200, len(SHARES)) == (curve.n, len(curve.points))
    for point in curve.points:
        released = order[: round(point.share * 200)]
        assert point.agreement.estimate == pytest.approx(candidates.agrees[released].mean())
        assert point.within_one.estimate == pytest.approx(candidates.outcomes["within_one"][released].mean())
        assert point.exact.estimate == pytest.approx(candidates.outcomes["exact"][released].mean())
        assert point.threshold == candidates.confidence[released].min()
        assert point.agreement.low <= point.agreement.estimate <= point.agreement.high
    assert curve.points[3].agreement.estimate > curve.points[-1].agreement.estimate


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 9))
def test_curve_exists_for_any_number_of_essays(n: int, seed: int) -> None:
    """One essay or sixty: every point has a share of essays, and thresholds never rise."""
    curve = review_curve(judged(n, seed=seed), resampling=Resampling(3))
    assert all(0 <= point.agreement.estimate <= 1 for point in curve.points)
    assert (np.diff([point.threshold for point in curve.points]) <= 0).all()


def test_resampled_curve_is_that_of_repeated_essays() -> None:
    """The bands come from essays drawn as often as their weights say: twice each changes nothing."""
    candidates = judged(150)
    twice = judged(150, copies=2)
    once, doubled = (review_curve(each, resampling=Resampling(400)) for each in (candidates, twice))
    for point, again in zip(once.points, doubled.points, strict=True):
        assert point.agreement.estimate == pytest.approx(again.agreement.estimate, abs=0.04)
    widths = [
        np.mean([point.agreement.high - point.agreement.low for point in curve.points])
        for curve in (once, doubled)
    ]
    assert widths[0] / widths[1] == pytest.approx(np.sqrt(2), rel=0.1)


def test_curve_goes_through_json() -> None:
    """The record holds plain values only."""
    record = review_curve_to_json(review_curve(judged(30), resampling=Resampling(5)))
    assert record == json.loads(json.dumps(record, allow_nan=False))
    assert ([3], 30, 1.0) == (record["cuts"], record["n"], record["points"][-1]["share"])


def test_cuts_are_named_by_the_grade_above() -> None:
    """Grades may be spelled as leniently as elsewhere, in any order, and twice."""
    assert (1, 4) == declared_cuts(SWEDISH, ["b", "E", "E"])
    assert (1, 2, 3, 4, 5) == declared_cuts(SWEDISH, ())


@pytest.mark.parametrize(("grades", "match"), [(["F"], "every essay reaches 'F'"), (["G"], "'G' is not a")])
def test_refuses_cuts_that_are_none(grades: list[str], match: str) -> None:
    """Nothing lies below the lowest grade, and an unknown grade has no cut."""
    with pytest.raises(InputError, match=match):
        declared_cuts(SWEDISH, grades)


@pytest.mark.parametrize("cuts", [(), (0,), (6,), (2, 1), (2, 2)])
def test_refuses_cuts_that_are_no_rising_boundaries(cuts: tuple[int, ...]) -> None:
    """Cuts rise and lie on the scale."""
    with pytest.raises(InputError, match="not rising boundaries of 6 grades; use 1 to 5"):
        agreement_probabilities(np.full((1, 5), 0.5), np.zeros(1, np.int64), cuts=cuts)


@pytest.mark.parametrize(("n_codes", "n_rows"), [(0, 0), (2, 1)])
def test_refuses_arrays_of_different_essays(n_codes: int, n_rows: int) -> None:
    """Each essay has a teacher's grade, a model's grade and probabilities."""
    codes = np.zeros(n_codes, np.int64)
    with pytest.raises(InputError, match="give one of each for each essay"):
        find_candidates(np.full((n_rows, 5), 0.5), codes, codes, cuts=(1,))
