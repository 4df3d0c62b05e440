"""Figures with and without flagged essays."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graded_essays import certain_grades, noisy_grades
from gradewise.errors import InputError
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.flagged import evaluate_flagged
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.slices import select

GRADED = noisy_grades(200)
FLAGS = [("odd", "long") if row % 10 == 0 else ("long",) if row % 4 == 0 else () for row in range(200)]


def test_kept_and_set_aside_are_evaluated_on_their_own() -> None:
    """Each part has the figures of its essays alone, and the parts partition the whole."""
    found = evaluate_flagged(GRADED, FLAGS, set_aside={"odd"}, resampling=Resampling(20))
    rows = np.arange(200)
    for part, kept in (
        (found.kept, rows % 10 != 0),
        (found.set_aside, rows % 10 == 0),
        (found.everything, rows >= 0),
    ):
        of_part = select(GRADED, rows[kept])
        expected = quadratic_weighted_kappa(of_part.true_codes, of_part.predicted_codes, n_grades=9)
        assert expected == pytest.approx(part["qwk"].estimate)
        error = np.abs(of_part.true_codes - of_part.predicted_codes).mean()
        assert error == pytest.approx(part["mae"].estimate)
        assert part["qwk"].low < part["qwk"].estimate < part["qwk"].high
    assert (200, 20, 60) == (found.n, found.n_set_aside, found.n_flagged)


def test_gain_is_kept_less_everything() -> None:
    """On the same resamples, so that it is surer than either figure."""
    found = evaluate_flagged(GRADED, FLAGS, set_aside={"odd"}, resampling=Resampling(200))
    for name, gain in found.gain.items():
        expected = found.kept[name].estimate - found.everything[name].estimate
        assert expected == pytest.approx(gain.estimate)
    width = found.gain["mae"].high - found.gain["mae"].low
    assert width < (found.kept["mae"].high - found.kept["mae"].low) / 2


def test_setting_aside_bad_cases_helps() -> None:
    """Where flagged essays are graded at random, the rest is better, and the interval says so."""
    grades = GRADED.predicted_codes.copy()
    grades[::10] = (grades[::10] + 4) % 9
    found = evaluate_flagged(
        replace(GRADED, predicted_codes=grades), FLAGS, set_aside={"odd"}, resampling=Resampling(100)
    )
    assert found.gain["qwk"].low > 0
    assert found.gain["mae"].high < 0
    odd = next(row for row in found.flags if row.flag == "odd")
    assert odd.metrics["mae"].estimate > 2 * found.kept["mae"].estimate


def test_flags_are_counted_commonest_first() -> None:
    """One row a flag, an essay counting under each of its own, once."""
    found = evaluate_flagged(
        GRADED, [(*flags, *flags) for flags in FLAGS], set_aside=(), resampling=Resampling(5)
    )
    assert [("long", 60), ("odd", 20)] == [(row.flag, row.n) for row in found.flags]
    assert 0 == found.n_set_aside


def test_nothing_flagged_leaves_the_figures_alone() -> None:
    """Kept is everything, gain is 0, and what was set aside has no figure."""
    found = evaluate_flagged(GRADED, [()] * 200, set_aside={"odd"}, resampling=Resampling(20))
    assert found.everything == found.kept
    assert {0.0} == {bound for gain in found.gain.values() for bound in (gain.estimate, gain.low, gain.high)}
    assert all(np.isnan(interval.estimate) for interval in found.set_aside.values())
    assert () == found.flags


def test_everything_flagged_leaves_nothing() -> None:
    """Then there is no figure for the rest, and no gain."""
    found = evaluate_flagged(GRADED, [("odd",)] * 200, set_aside={"odd"}, resampling=Resampling(5))
    assert np.isnan(found.kept["qwk"].estimate)
    assert np.isnan(found.gain["mae"].estimate)
    assert found.everything == found.set_aside


def test_a_few_essays_have_no_bounds() -> None:
    """Nine essays have figures without bounds, ten have bounds."""
    flags = [("nine",) if row < 9 else ("ten",) if row < 19 else () for row in range(200)]
    found = evaluate_flagged(GRADED, flags, set_aside={"nine"}, resampling=Resampling(20))
    bounds = {row.flag: row.metrics["mae"].low for row in found.flags}
    assert np.isnan(bounds["nine"])
    assert np.isfinite(bounds["ten"])
    assert np.isnan(found.set_aside["mae"].low)
    assert np.isfinite(found.gain["mae"].low)


def test_whole_prompts_may_be_drawn() -> None:
    """Clusters widen the intervals and are recorded."""
    found = evaluate_flagged(
        GRADED, FLAGS, set_aside={"odd"}, resampling=Resampling(20, clustered_by="prompt")
    )
    assert "prompt" == found.resampling.clustered_by


@given(st.lists(st.sets(st.sampled_from("abc")), min_size=6, max_size=6))
def test_counts_add_up(flags: list[set[str]]) -> None:
    """Flagged and not flagged are all essays; a flag is on as many essays as have it."""
    graded = certain_grades(np.array([0, 1, 2, 0, 1, 2]), np.array([0, 1, 1, 0, 2, 2]), n_grades=3)
    found = evaluate_flagged(graded, flags, set_aside={"a"}, resampling=Resampling(2))
    assert sum(bool(of_essay) for of_essay in flags) == found.n_flagged
    assert {
        name: sum(name in of_essay for of_essay in flags) for row in found.flags for name in row.flag
    } == {row.flag: row.n for row in found.flags}
    assert found.n_set_aside == sum("a" in of_essay for of_essay in flags)


@pytest.mark.parametrize("n", [0, 199])
def test_each_essay_needs_its_flags(n: int) -> None:
    """The message counts both."""
    with pytest.raises(InputError, match=f"200 graded essays and {n} sets of flags"):
        evaluate_flagged(GRADED, FLAGS[:n], set_aside={"odd"})


def test_no_essay_is_refused() -> None:
    """There is nothing to say."""
    with pytest.raises(InputError, match="0 graded essays and 0 sets"):
        evaluate_flagged(select(GRADED, np.array([], dtype=np.int64)), [], set_aside={"odd"})
