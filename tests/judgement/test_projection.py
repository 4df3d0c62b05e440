"""Grades from scores by anchors."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.essays.scales import Scale, find_scale
from gradewise.judgement.anchors import Anchors, anchor_concerns, find_anchors, inversions
from gradewise.judgement.boundaries import Boundaries, Spread, fit_boundaries, population_spread
from gradewise.judgement.bradley_terry import Prior, Scores
from gradewise.judgement.comparisons import Floats
from gradewise.judgement.projection import grade_probabilities, project_grades

SWEDISH = find_scale("swedish8")
SHARES = dict(zip(SWEDISH.grades, (0.02, 0.08, 0.15, 0.20, 0.25, 0.15, 0.10, 0.05), strict=True))
SPREAD = Spread(0.0, 2.0)


def anchors_of(codes: list[int], values: list[float], error: float = 0.3, scale: Scale = SWEDISH) -> Anchors:
    """Anchors named after their places."""
    return Anchors(
        scale=scale,
        items=tuple(f"anchor-{place:02d}" for place in range(len(codes))),
        codes=np.array(codes, dtype=np.int64),
        values=np.array(values, dtype=np.float64),
        errors=np.full(len(codes), error),
    )


def scores_of(values: Mapping[str, float], error: float = 0.3) -> Scores:
    """Scores with errors that do not depend on each other."""
    n, items = len(values), tuple(sorted(values))
    return Scores(
        items=items,
        values=np.array([values[item] for item in items]),
        errors=np.full(n, error),
        covariance=np.eye(n) * error**2,
        prior=Prior(),
        groups=np.zeros(n, dtype=np.int64),
        converged=True,
    )


def even(per_grade: int = 3) -> Anchors:
    """Anchors of every grade at even distances, which grading scatters a little."""
    rng = np.random.default_rng(0)
    codes = np.repeat(np.arange(8), per_grade)
    return anchors_of(codes.tolist(), (codes - 3.5 + rng.normal(0, 0.2, codes.size)).tolist(), 0.2)


anchor_sets = st.lists(
    st.tuples(st.integers(0, 7), st.floats(-8, 8, width=16)), min_size=2, max_size=12
).filter(lambda rows: len({code for code, _ in rows}) > 1)


@settings(max_examples=40)
@given(
    rows=anchor_sets,
    error=st.floats(0, 2),
    values=st.lists(st.floats(-12, 12), min_size=2, max_size=6),
    stated=st.booleans(),
)
def test_what_any_projection_holds(
    rows: list[tuple[int, float]], error: float, values: list[float], *, stated: bool
) -> None:
    """Real distributions, rising boundaries and grades that rise with the score, however anchors lie."""
    anchors = anchors_of([code for code, _ in rows], [value for _, value in rows], error)
    boundaries = fit_boundaries(anchors, SPREAD, population=SHARES if stated else None)
    ordered = np.sort(np.array(values))
    found = grade_probabilities(boundaries, ordered, np.full(ordered.size, error))
    assert (np.diff(boundaries.positions) > 0).all()
    assert (np.diff(boundaries.draws, axis=1) > 0).all()
    assert (found >= 0).all()
    np.testing.assert_allclose(1, found.sum(axis=1))
    assert (np.diff(np.cumsum(found, axis=1), axis=0) <= 1e-12).all()


def test_boundaries_are_found_between_anchors() -> None:
    """With several anchors of each grade, boundaries lie midway, and are known better than one grade wide."""
    boundaries = fit_boundaries(even(), SPREAD)
    np.testing.assert_allclose(np.arange(7) - 3.0, boundaries.positions, atol=0.25)
    assert (boundaries.errors < 0.4).all()
    assert boundaries.noise < 0.6


def test_more_anchors_make_boundaries_surer() -> None:
    """Boundaries from twelve anchors a grade are less in doubt than from two."""
    few, many = fit_boundaries(even(2), SPREAD), fit_boundaries(even(12), SPREAD)
    assert (many.errors < few.errors).all()


def test_noise_of_grading_is_found() -> None:
    """Where graders scatter by a whole grade, that noise is found, and boundaries still lie midway."""
    rng = np.random.default_rng(0)
    quality = rng.uniform(-4, 4, 400)
    codes = np.clip(np.floor(quality + rng.normal(0, 1, 400) + 4), 0, 7).astype(int)
    boundaries = fit_boundaries(anchors_of(codes.tolist(), quality.tolist(), 0.0), SPREAD)
    assert 1.0 == pytest.approx(boundaries.noise, abs=0.2)
    np.testing.assert_allclose(np.arange(7) - 3.0, boundaries.positions, atol=0.35)


def test_probabilities_are_calibrated() -> None:
    """Of essays whose true grade is known, as many have it as confidence says."""
    rng = np.random.default_rng(1)
    truth, errors = rng.normal(0, 2, 2000), rng.uniform(0.2, 1.2, 2000)
    boundaries = fit_boundaries(even(), SPREAD)
    seen = truth + rng.normal(0, errors)
    shrunk, left = seen * 4 / (4 + errors**2), np.sqrt(4 * errors**2 / (4 + errors**2))
    found = grade_probabilities(boundaries, shrunk, left)
    codes = np.searchsorted(boundaries.positions, shrunk)
    right = codes == np.searchsorted(np.arange(7) - 3.0, truth)
    assert right.mean() == pytest.approx(found[np.arange(2000), codes].mean(), abs=0.03)


def test_a_score_that_is_not_known_is_spread_over_grades() -> None:
    """The less a score is known the less confident its grade; none is certain by construction."""
    boundaries = fit_boundaries(even(), SPREAD)
    found = grade_probabilities(boundaries, np.zeros(3) + 0.5, np.array([0.0, 0.5, 2.0]))
    confidences = found[:, 4].tolist()
    assert sorted(confidences, reverse=True) == confidences
    assert found[2].max() < 0.5
    assert (found[1] > 1e-6).sum() > 2


def test_inverted_anchors_leave_every_grade_a_place() -> None:
    """With eight anchors of the highest grade below four of the lowest, each grade can still be given."""
    anchors = anchors_of([7] * 8 + [0] * 4, [-1.0] * 8 + [1.0] * 4)
    values = {f"essay-{n:03d}": value for n, value in enumerate(np.linspace(-12, 12, 601).tolist())}
    values |= dict(zip(anchors.items, anchors.values.tolist(), strict=True))
    projection = project_grades(scores_of(values), anchors)
    assert set(SWEDISH.grades) == set(projection.grades)
    assert {"no anchor", "inverted anchors", "out of range"} == {one.kind for one in projection.concerns}


def test_a_grade_without_anchors_is_borrowed() -> None:
    """Its boundaries lie between those of its neighbours, and are less sure than with anchors of its own."""
    whole = even()
    keep = whole.codes != 4
    part = anchors_of(whole.codes[keep].tolist(), whole.values[keep].tolist(), 0.2)
    with_all, without = fit_boundaries(whole, SPREAD), fit_boundaries(part, SPREAD)
    assert np.diff(without.positions)[3] > 0.3
    assert (without.errors[3:5] > with_all.errors[3:5]).all()
    np.testing.assert_allclose(with_all.positions, without.positions, atol=0.45)


def test_population_shares_place_what_anchors_do_not() -> None:
    """With two anchors, the boundaries of a population of high grades lie lower than of low ones."""
    anchors = anchors_of([3, 4], [-0.1, 0.1])
    high = fit_boundaries(anchors, SPREAD, population={"A": 0.9, "B": 0.1})
    low = fit_boundaries(anchors, SPREAD, population={"F": 0.9, "E": 0.1})
    assert (high.positions < low.positions).all()


def test_two_grades_have_one_boundary() -> None:
    """The shortest scale works as any other."""
    scale = find_scale("0-1")
    boundaries = fit_boundaries(anchors_of([0, 0, 1, 1], [-2.0, -1.0, 1.0, 2.0], scale=scale), SPREAD)
    assert (1,) == boundaries.positions.shape
    assert 0.0 == pytest.approx(boundaries.positions[0], abs=0.15)


def test_a_projection_names_grades_and_confidence() -> None:
    """The grade holds the score, and confidence is its probability."""
    anchors = even()
    values = dict(zip(anchors.items, anchors.values.tolist(), strict=True)) | {"essay": 0.4, "far": -12.0}
    projection = project_grades(scores_of(values, 0.2), anchors, population=SHARES)
    place = projection.items.index("essay")
    assert "C" == projection.grades[place]
    assert projection.probabilities[place, 4] == projection.confidences[place]
    assert 4 == pytest.approx(projection.means[place], abs=0.5)
    (concern,) = projection.concerns
    assert ("out of range", ("far",)) == (concern.kind, concern.about)


def test_without_concern_nothing_is_said() -> None:
    """Anchors of every grade and essays between them leave nothing to say."""
    anchors = even()
    values = dict(zip(anchors.items, anchors.values.tolist(), strict=True))
    assert () == project_grades(scores_of(values, 0.2), anchors).concerns


def test_anchors_are_found_among_scores() -> None:
    """Known grades in any spelling meet their scores; an anchor that was not judged is set aside."""
    found = find_anchors({"b": "a", "a": "F", "z": "C"}, scores_of({"a": -1.0, "b": 1.0, "c": 0.0}), SWEDISH)
    assert (("a", "b"), ("z",)) == (found.anchors.items, found.unscored)
    assert [0, 7] == found.anchors.codes.tolist()
    assert [-1.0, 1.0] == found.anchors.values.tolist()


@pytest.mark.parametrize(
    ("grades", "message"),
    [({"a": "C", "b": "C"}, "judged anchors: C;"), ({}, "judged anchors: none;"), ({"a": "Q"}, "'Q' is not")],
    ids=["one grade", "none", "not on the scale"],
)
def test_anchors_that_say_nothing_are_refused(grades: Mapping[str, str], message: str) -> None:
    """Fewer than two different grades do not say where a boundary lies."""
    with pytest.raises(InputError, match=message):
        find_anchors(grades, scores_of({"a": -1.0, "b": 1.0}), SWEDISH)


def test_an_anchor_without_a_score_is_refused() -> None:
    """A score or error that is no number cannot be an anchor's."""
    with pytest.raises(InputError, match="is no number"):
        anchors_of([0, 1], [np.nan, 1.0])


def test_inversions_are_told_clearest_first() -> None:
    """Anchors the wrong way round beyond their errors, and no others."""
    anchors = anchors_of([0, 1, 2, 3], [2.0, 0.0, 0.1, 0.05], 0.3)
    found = inversions(anchors)
    assert [("anchor-00", f"anchor-0{place}") for place in (1, 3, 2)] == [
        (one.lower, one.higher) for one in found
    ]
    concern = anchor_concerns(anchors)[-1]
    assert "3 pairs of anchors" in concern.message
    assert 4 == len(concern.about)


@pytest.mark.parametrize(
    "shares",
    [{"A": -1.0, "B": 2.0}, {"A": 0.0}, {"A": float("nan")}, {}],
    ids=["below 0", "nothing", "no number", "none"],
)
def test_shares_that_are_none_are_refused(shares: Mapping[str, float]) -> None:
    """Shares are numbers of 0 or more, and not all 0."""
    with pytest.raises(InputError, match="are no shares"):
        fit_boundaries(even(), SPREAD, population=shares)


def test_scores_that_do_not_differ_are_refused() -> None:
    """Where all scores are the same, there is no scale to place boundaries on."""
    with pytest.raises(InputError, match="must differ"):
        population_spread(np.zeros(4), np.ones(4))


@pytest.mark.parametrize(
    ("error", "deviation"), [(0.0, 2.0), (1.0, np.sqrt(3.0)), (5.0, 1.0)], ids=["exact", "noisy", "all noise"]
)
def test_errors_are_taken_out_of_the_spread(error: float, deviation: float) -> None:
    """What scores measure spreads less than scores do; never less than half."""
    values: Floats = np.array([-2.0, 2.0])
    assert deviation == pytest.approx(population_spread(values, np.full(2, error)).deviation)


def test_many_grades_and_essays_are_projected() -> None:
    """A scale of 61 grades, an inverted pair included, has 61 distributions that sum to 1."""
    scale = find_scale("0-60")
    anchors = anchors_of([0, 10, 30, 25, 60], [-4.0, -2.0, 0.0, 0.4, 5.0], scale=scale)
    boundaries: Boundaries = fit_boundaries(anchors, SPREAD)
    found = grade_probabilities(boundaries, np.linspace(-5, 5, 250), np.full(250, 0.4))
    assert (250, 61) == found.shape
    np.testing.assert_allclose(1, found.sum(axis=1))
