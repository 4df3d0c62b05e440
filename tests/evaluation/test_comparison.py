"""Two models on the same essays: zero with itself, sign turned when swapped, judged by interval bounds."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graded_essays import BANDS, noisy_grades
from gradewise.errors import InputError
from gradewise.evaluation.comparison import Comparison, compare_graded, fold_differences
from gradewise.evaluation.comparison_gates import PROFILES, comparison_figures, judge_comparison, outcome
from gradewise.evaluation.comparison_json import MOST_CHANGED, comparison_to_json
from gradewise.evaluation.gates import judge_gates
from gradewise.evaluation.prompts import (
    PRIOR_ESSAYS,
    PromptLimits,
    drawn_to_mean,
    judged_prompts,
    prompt_kappas,
)
from gradewise.evaluation.results import COMPARED, Graded, Interval, Resampling
from gradewise.evaluation.side_by_side import paired_difference
from gradewise.evaluation.slices import select

SURE = Resampling(120, 0.95, 3, None)


def another(graded: Graded, *, seed: int, noise: float = 0.5) -> Graded:
    """The same essays as a second model would grade them: scores moved by noise."""
    generator = np.random.default_rng(seed)
    scores = graded.scores + generator.normal(0, noise, len(graded.essay_ids))
    top = graded.probabilities.shape[1] - 1
    weights = graded.probabilities * generator.uniform(0.5, 1.5, graded.probabilities.shape) + 1e-9
    return replace(
        graded,
        scores=scores,
        predicted_codes=np.clip(np.rint(scores), 0, top).astype(np.int64),
        probabilities=weights / weights.sum(axis=1, keepdims=True),
    )


def compared(reference: Graded, candidate: Graded, *, min_prompt: int = 5) -> Comparison:
    """A comparison with few resamples."""
    return compare_graded(reference, candidate, resampling=SURE, limits=PromptLimits(min_prompt, 2))


@settings(max_examples=15)
@given(st.integers(2, 60), st.integers(0, 10_000), st.integers(1, 4))
def test_a_model_beside_itself_is_all_zeros(n: int, seed: int, n_prompts: int) -> None:
    """No difference anywhere, no grade changed, and no rule that asks for a gain is passed."""
    graded = noisy_grades(n, seed=seed, n_prompts=n_prompts)
    found = compared(graded, graded)
    rows = [found.whole, found.over_prompts, found.hardest, *found.tails, *found.prompts]
    for row in (row for row in rows if row is not None):
        for interval in row.differences.values():
            assert all(bound == 0 or np.isnan(bound) for bound in (interval.low, interval.high))
            assert interval.estimate == 0 or np.isnan(interval.estimate)
    assert not found.changed
    report = judge_comparison("prompt_holdout_primary", found)
    assert report is not None
    assert "passed" != outcome(report)
    assert report.rules[0].verdict in {"failed", "not measured"}


@settings(max_examples=15)
@given(st.integers(5, 60), st.integers(0, 10_000))
def test_swapping_the_two_turns_every_sign(n: int, seed: int) -> None:
    """Estimates are negated exactly, bounds change sides, and the same prompts are the hardest."""
    first = noisy_grades(n, seed=seed)
    second = another(first, seed=seed + 1)
    there, back = compared(first, second), compared(second, first)
    assert there.hardest_prompts == back.hardest_prompts
    for one, other in zip(
        [there.whole, *there.tails, *there.prompts], [back.whole, *back.tails, *back.prompts], strict=True
    ):
        for name in COMPARED:
            a, b = one.differences[name], other.differences[name]
            np.testing.assert_array_equal(a.estimate, -b.estimate)
            np.testing.assert_allclose([a.low, a.high], [-b.high, -b.low], atol=1e-12)
    assert [each.change for each in there.changed] == [-each.change for each in back.changed]


def test_differences_are_those_of_the_paired_bootstrap() -> None:
    """Candidate less reference, with the very interval that the paired bootstrap gives."""
    first = noisy_grades(80, seed=1)
    second = another(first, seed=2)
    found = compared(first, second)
    for name in ("qwk", "mae", "rps"):
        expected = paired_difference(name, second, first, resampling=Resampling(120, seed=3))
        assert expected == found.whole.differences[name]
        apart = found.whole.candidate[name] - found.whole.reference[name]
        assert expected.estimate == apart


def test_a_clearly_better_candidate_passes_and_the_swap_fails() -> None:
    """Grades with much less noise pass the profile; the other way round they fail it."""
    truth = noisy_grades(600, seed=4, n_prompts=6)
    worse, better = another(truth, seed=5, noise=2.0), another(truth, seed=6, noise=0.05)
    for reference, candidate, expected in ((worse, better, "passed"), (better, worse, "failed")):
        report = judge_comparison("prompt_holdout_primary", compared(reference, candidate))
        assert report is not None
        assert expected == outcome(report)


def test_what_could_not_be_measured_is_not_shown() -> None:
    """Without prompts the rule about the hardest has no figure, so that the profile is not passed."""
    graded = noisy_grades(300, seed=7)
    alone = replace(graded, prompts=None)
    found = compared(another(alone, seed=8, noise=2.5), alone)
    assert (None, None, ()) == (found.over_prompts, found.hardest, found.prompts)
    assert "hardest_prompts_qwk" not in comparison_figures(found)
    report = judge_comparison("prompt_holdout_primary", found)
    assert report is not None
    assert ("not measured", "not shown") == (report.rules[0].verdict, outcome(report))
    assert judge_comparison("none", found) is None


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (Interval(0.0, -0.004, 0.004), "passed"),
        (Interval(-0.004, -0.02, 0.01), "not shown"),
        (Interval(-0.02, -0.03, -0.006), "failed"),
    ],
    ids=["bound above", "bound between", "bound below"],
)
def test_stability_is_judged_by_bounds(difference: Interval, expected: str) -> None:
    """The whole interval must lie above the bound to pass, and below it to fail."""
    assert expected == outcome(judge_gates(PROFILES["stratified_stability"], {"qwk": difference}))


def test_the_hardest_prompts_are_hard_for_both_together() -> None:
    """The choice goes by the mean of the two, drawn by size, takes half of the prompts at most, and pools."""
    first = noisy_grades(200, seed=9, n_prompts=5)
    second = another(first, seed=10)
    found = compare_graded(first, second, resampling=SURE, limits=PromptLimits(5, 50))
    both = {row.name: (row.reference["qwk"] + row.candidate["qwk"]) / 2 for row in found.prompts}
    mean = sum(row.n * both[row.name] for row in found.prompts) / sum(row.n for row in found.prompts)
    drawn = {
        row.name: (row.n * both[row.name] + PRIOR_ESSAYS * mean) / (row.n + PRIOR_ESSAYS)
        for row in found.prompts
    }
    assert tuple(sorted(drawn, key=drawn.__getitem__)[:2]) == found.hardest_prompts
    assert found.hardest is not None
    assert sum(row.n for row in found.prompts if row.name in found.hardest_prompts) == found.hardest.n


def test_small_prompts_are_not_looked_at_alone() -> None:
    """A prompt below the least number of essays has no row."""
    first = noisy_grades(40, seed=11, n_prompts=4)
    found = compare_graded(first, another(first, seed=12), resampling=SURE, limits=PromptLimits(100, 5))
    assert ((), None) == (found.prompts, found.hardest)


def test_essays_that_changed_most_come_first() -> None:
    """Only essays with another grade are named, the largest change first."""
    first = noisy_grades(100, seed=13)
    second = another(first, seed=14, noise=1.5)
    found = compared(first, second)
    sizes = [abs(each.change) for each in found.changed]
    assert sorted(sizes, reverse=True) == sizes
    assert int((first.predicted_codes != second.predicted_codes).sum()) == len(sizes)
    gains = sum(each.gain for each in found.changed)
    apart = np.abs(first.predicted_codes - first.true_codes) - np.abs(
        second.predicted_codes - first.true_codes
    )
    assert int(apart.sum()) == gains


def test_other_essays_or_other_truth_are_refused() -> None:
    """An essay more, another order, and another true grade are each named."""
    graded = noisy_grades(10)
    with pytest.raises(InputError, match="different essays .10 and 9, such as 'essay-9'"):
        compared(graded, select(graded, np.arange(9)))
    with pytest.raises(InputError, match="in another order"):
        compared(graded, select(graded, np.arange(10)[::-1]))
    moved = replace(graded, true_codes=(graded.true_codes + np.eye(10, dtype=np.int64)[4]) % 9)
    with pytest.raises(InputError, match="'essay-4' has two true grades"):
        compared(graded, moved)


def test_folds_are_described_one_by_one() -> None:
    """The difference of each fold is that of its essays."""
    first = noisy_grades(60, seed=15)
    second = another(first, seed=16)
    halves = {0: np.arange(30), 1: np.arange(30, 60)}
    found = fold_differences(first, second, halves)
    for fold, rows in halves.items():
        alone = compared(select(first, rows), select(second, rows)).whole.differences["qwk"]
        assert pytest.approx(alone.estimate) == found[fold]


def test_the_record_is_json_and_names_the_most_changed() -> None:
    """What is not defined is null, and a long list is cut to the largest changes."""
    first = noisy_grades(150, seed=17, n_prompts=2)
    second = another(first, seed=18, noise=2.0)
    record = comparison_to_json(compared(first, second), BANDS)
    assert record == json.loads(json.dumps(record, allow_nan=False))
    assert MOST_CHANGED == len(record["changed"]["most"]) < record["changed"]["n"]
    assert record["changed"]["nearer"] + record["changed"]["farther"] <= record["changed"]["n"]
    bare = comparison_to_json(compared(replace(first, prompts=None), replace(second, prompts=None)), BANDS)
    assert (None, None) == (bare["whole_prompts_drawn"], bare["hardest_prompts"]["pooled"])


def test_a_difference_drawn_is_the_difference_of_what_is_drawn() -> None:
    """What to expect of a prompt is what the candidate is expected to reach there, less the reference."""
    first = noisy_grades(300, seed=20, n_prompts=4)
    second = another(first, seed=21)
    judged = judged_prompts(first, min_prompt=5)
    sizes = np.array([rows.size for rows in judged.values()])
    expected = [drawn_to_mean(prompt_kappas((each,), judged.values()), sizes) for each in (second, first)]
    found = np.array([row.shrunken_qwk for row in compared(first, second).prompts], dtype=np.float64)
    np.testing.assert_allclose(expected[0] - expected[1], found)
