"""Grade sets: what they promise to every grade, what rare grades borrow, and which sets there can be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import BundleError, TrainingError
from gradewise.essays.codes import Codes
from gradewise.models.bundles.files import from_json, to_json
from gradewise.models.decisions import decide, rounding_cuts
from gradewise.models.grade_sets import GradeSets, fewest_essays, fit_grade_sets, held_out_bounds
from gradewise.models.predictions import Scores


def marked(n: int, *, n_grades: int = 9, seed: int = 0) -> tuple[Scores, Codes, Codes]:
    """Scores that lie too near the middle, as regression leaves them, with the teacher's grades and ours."""
    generator = np.random.default_rng(seed)
    middle = (n_grades - 1) / 2
    codes = np.clip(np.round(generator.normal(middle, n_grades / 6, n)), 0, n_grades - 1).astype(np.int64)
    scores = (middle + 0.5 * (codes - middle) + generator.normal(0, 0.6, n)).astype(np.float32)
    return scores, codes, decide(scores, rounding_cuts(n_grades))


def covered(sets: GradeSets, n: int, *, seed: int) -> tuple[np.ndarray, Codes]:
    """Whether sets hold the teacher's grades of new essays, and those grades."""
    scores, codes, given_grades = marked(n, n_grades=len(sets.quantiles), seed=seed)
    low, high = sets.bounds(scores, given_grades)
    return (low <= codes) & (codes <= high), codes


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_every_grade_is_covered_as_promised(coverage: float) -> None:
    """On new essays the sets hold the teacher's grade as often as promised, at the ends as in the middle."""
    scores, codes, _ = marked(4000)
    held, new = covered(fit_grade_sets(scores, codes, n_grades=9, coverage=coverage), 40_000, seed=1)
    assert coverage == pytest.approx(held.mean(), abs=0.02)
    for grade in range(1, 8):
        assert coverage == pytest.approx(held[new == grade].mean(), abs=0.05)


def test_one_quantile_for_all_would_not_cover_the_ends() -> None:
    """The largest quantiles belong to the ends of the scale, from which scores are drawn away."""
    reach = fit_grade_sets(*marked(4000)[:2], n_grades=9).quantiles
    assert min(reach[0], reach[8]) > 2 * reach[4]


def test_quantile_is_the_conformal_one() -> None:
    """With 39 essays of a grade and 0.9 promised, the grade reaches as far as the 36th smallest distance."""
    distances = np.arange(39) / 64
    scores = np.concatenate([0 + distances, 1 - distances]).astype(np.float32)
    sets = fit_grade_sets(scores, np.repeat([0, 1], 39), n_grades=2, coverage=0.9)
    assert (35 / 64, 35 / 64) == sets.quantiles


@pytest.mark.parametrize(("n_rare", "least"), [(0, 0.65), (2, 0.65), (5, 0.75), (12, 0.9), (25, 0.9)])
def test_rare_grades_borrow_and_are_mostly_covered(n_rare: int, least: float) -> None:
    """A grade of a dozen essays is covered as promised; one of fewer, or of none, less often."""
    scores, codes, _ = marked(4000)
    rare = np.flatnonzero(codes == 7)
    kept = np.concatenate([np.flatnonzero(codes < 7), rare[:n_rare]])
    held, new = covered(fit_grade_sets(scores[kept], codes[kept], n_grades=9), 40_000, seed=1)
    assert least < held[new == 7].mean() < 0.98


def test_borrowed_essays_count_for_what_is_lacking() -> None:
    """A thousand essays of the neighbour do not drown ten own essays: they weigh as much as twenty."""
    own = np.linspace(0, 0.9, 10)
    scores = np.concatenate([own, np.full(1000, 1.5)]).astype(np.float32)
    sets = fit_grade_sets(scores, np.repeat([0, 1], [10, 1000]), n_grades=2, coverage=0.65)
    assert (0.5, 0.5) == sets.quantiles  # the neighbour's distance
    sets = fit_grade_sets(scores, np.repeat([0, 1], [10, 1000]), n_grades=2, coverage=0.9)
    assert (0.7, 0.5) == pytest.approx(sets.quantiles, abs=0.01)


def test_too_few_essays_promise_the_whole_scale() -> None:
    """Eight essays cannot show what happens nine times in ten: every set is the whole scale."""
    scores, codes, given_grades = marked(8)
    sets = fit_grade_sets(scores, codes, n_grades=9)
    assert (np.inf,) * 9 == sets.quantiles
    low, high = sets.bounds(scores, given_grades)
    assert ({0}, {8}) == (set(low.tolist()), set(high.tolist()))


def test_a_grade_without_essays_reaches_as_far_as_its_neighbours() -> None:
    """Where all essays have one grade, every other grade has the same distance."""
    scores, codes = np.linspace(1.5, 2.5, 60, dtype=np.float32), np.full(60, 2)
    reach = fit_grade_sets(scores, codes, n_grades=4).quantiles
    assert 0.5 >= reach[2]
    assert {reach[2]} == set(reach)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_sets_are_runs_with_the_given_grade(data: st.DataObject) -> None:
    """Any quantiles, scores and grades: a set is a run on the scale that holds every grade within reach."""
    n_grades = data.draw(st.integers(2, 8))
    reach = data.draw(
        st.lists(st.one_of(st.floats(0, 9), st.just(np.inf)), min_size=n_grades, max_size=n_grades)
    )
    scores = np.array(data.draw(st.lists(st.floats(-4, 12, width=32), min_size=1, max_size=9)), np.float32)
    given_grades = np.array(
        data.draw(st.lists(st.integers(0, n_grades - 1), min_size=len(scores), max_size=len(scores)))
    )
    low, high = GradeSets(0.9, tuple(reach)).bounds(scores, given_grades)
    assert (low >= 0).all()
    assert (high < n_grades).all()
    assert ((low <= given_grades) & (given_grades <= high)).all()
    within = np.abs(np.arange(n_grades) - scores.astype(np.float64)[:, None]) <= np.array(reach)
    for row, grade in np.argwhere(within):
        assert low[row] <= grade <= high[row]


def test_gap_between_grades_is_filled() -> None:
    """A grade that reaches less far than both of its neighbours does not tear the set apart."""
    low, high = GradeSets(0.9, (2.0, 0.1, 2.0)).bounds(np.array([1.4], np.float32), np.array([1]))
    assert (0, 2) == (low[0], high[0])


def test_no_grade_within_reach_leaves_the_given_one() -> None:
    """Between two grades of short reach only the grade that is given is named."""
    sets = GradeSets(0.8, (0.2, 0.2, 0.2))
    low, high = sets.bounds(np.array([0.5, 1.5], np.float32), np.array([1, 1]))
    assert ([1, 1], [1, 1]) == (low.tolist(), high.tolist())


def test_more_coverage_never_takes_a_grade_away() -> None:
    """Sets of 0.95 hold those of 0.9, and these those of 0.8."""
    scores, codes, given_grades = marked(1500)
    low, high = zip(
        *(
            fit_grade_sets(scores, codes, n_grades=9, coverage=share).bounds(scores, given_grades)
            for share in (0.8, 0.9, 0.95)
        ),
        strict=True,
    )
    assert (np.diff(low, axis=0) <= 0).all()
    assert (np.diff(high, axis=0) >= 0).all()


def test_held_out_essays_have_no_say_in_their_sets() -> None:
    """Each part gets the sets that the other parts teach, and changing its own grades changes nothing."""
    scores, codes, given_grades = marked(400)
    parts = [np.arange(400)[fold::4] for fold in range(4)]
    low, high = held_out_bounds(scores, codes, given_grades, parts, n_grades=9)
    others = np.setdiff1d(np.arange(400), parts[1])
    expected = fit_grade_sets(scores[others], codes[others], n_grades=9).bounds(
        scores[parts[1]], given_grades[parts[1]]
    )
    np.testing.assert_array_equal(expected, (low[parts[1]], high[parts[1]]))
    changed = codes.copy()
    changed[parts[1]] = 0
    again = held_out_bounds(scores, changed, given_grades, parts, n_grades=9)
    np.testing.assert_array_equal((low[parts[1]], high[parts[1]]), (again[0][parts[1]], again[1][parts[1]]))


@pytest.mark.parametrize("n", [8, 400])
def test_sets_go_through_json(n: int) -> None:
    """A bundle can keep grade sets, those without an end included."""
    sets = fit_grade_sets(*marked(n)[:2], n_grades=9)
    assert sets == from_json(GradeSets, to_json(sets), name="grade_sets.json")


def test_damaged_json_is_refused() -> None:
    """A quantile below 0 cannot be a distance; the message names the file."""
    with pytest.raises(BundleError, match="grade_sets.json: grade sets need a distance of 0 or more"):
        from_json(GradeSets, b'{"coverage": 0.9, "quantiles": [1.0, -0.5]}', name="grade_sets.json")


@pytest.mark.parametrize("quantiles", [(1.0,), (1.0, -0.1), (1.0, np.nan)])
def test_refuses_what_is_no_distance(quantiles: tuple[float, ...]) -> None:
    """Each grade needs a distance of 0 or more, and a scale has two grades or more."""
    with pytest.raises(TrainingError, match="a distance of 0 or more for each grade, two at least"):
        GradeSets(0.9, quantiles)


@pytest.mark.parametrize("coverage", [0.0, 1.0, 90.0, np.nan])
def test_refuses_a_coverage_that_is_no_share(coverage: float) -> None:
    """Coverage lies between 0 and 1."""
    with pytest.raises(TrainingError, match="ask for 0.9, say"):
        fit_grade_sets(*marked(50)[:2], n_grades=9, coverage=coverage)
    with pytest.raises(TrainingError, match="ask for 0.9, say"):
        GradeSets(coverage, (1.0, 1.0))
    with pytest.raises(TrainingError, match="ask for 0.9, say"):
        fewest_essays(coverage)


@pytest.mark.parametrize("scores", [[], [1.0, np.nan]])
def test_refuses_no_scores_and_special_numbers(scores: list[float]) -> None:
    """Grade sets need scores, all finite."""
    with pytest.raises(TrainingError, match="scores; all must be finite"):
        fit_grade_sets(np.array(scores, np.float32), np.zeros(len(scores), np.int64), n_grades=3)
