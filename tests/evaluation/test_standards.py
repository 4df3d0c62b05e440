"""What testing organisations report, measured at once."""

import numpy as np
import pytest

from graded_essays import BANDS, noisy_grades
from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.evaluation.agreement import joint_counts, quadratic_weighted_kappa
from gradewise.evaluation.continuous import pearson, sd_ratio, standardized_mean_difference
from gradewise.evaluation.gates import PRESETS, judge_gates
from gradewise.evaluation.results import Graded, Resampling
from gradewise.evaluation.standards import (
    FEWEST_SECOND_GRADES,
    Standards,
    gate_figures,
    measure_standards,
    share_difference_of_counts,
)
from gradewise.evaluation.summary import evaluate
from gradewise.evaluation.true_scores import prmse

N = 240


def second_grades(
    graded: Graded, *, noise: float = 0.8, seed: int = 1
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A second teacher who errs as much as the first."""
    errors = np.random.default_rng(seed).normal(0, noise, len(graded.essay_ids))
    return np.clip(np.rint(graded.scores + errors), 0, 8)


@pytest.fixture(scope="module")
def graded() -> Graded:
    """Essays with honest grades."""
    return noisy_grades(N, seed=4)


@pytest.fixture(scope="module")
def standards(graded: Graded) -> Standards:
    """The figures of essays that two teachers graded, by writers of two groups."""
    groups = {"coin": tuple("heads" if row % 2 else "tails" for row in range(N))}
    return measure_standards(
        graded, BANDS, second=second_grades(graded), groups=groups, resampling=Resampling(60)
    )


def test_figures_are_those_of_the_plain_functions(graded: Graded, standards: Standards) -> None:
    """Each estimate equals the function that defines it, on the grades or the scores that it is about."""
    human, given, scores = graded.true_codes, graded.predicted_codes, graded.scores
    figures = gate_figures(standards)
    expected = {
        "qwk": quadratic_weighted_kappa(human, given, n_grades=9),
        "smd": standardized_mean_difference(human, given),
        "sd_ratio": sd_ratio(human, given),
        "pearson": pearson(human, scores),
        "prmse": prmse(scores, np.column_stack([human, second_grades(graded)])),
    }
    assert expected == pytest.approx({name: figures[name].estimate for name in expected})


def test_shared_figures_agree_with_the_headline(graded: Graded, standards: Standards) -> None:
    """What the evaluation reports too has the same estimate and the same interval here."""
    headline = evaluate(graded, BANDS, resampling=Resampling(60)).metrics
    for name in ("qwk", "accuracy", "adjacent_accuracy", "mae", "rmse", "macro_f1"):
        assert headline[name] == standards.agreement[name]


def test_two_teachers_are_compared_on_the_essays_that_both_graded(graded: Graded) -> None:
    """Essays without a second grade count for the model, not for the two teachers."""
    second = second_grades(graded)
    second[100:] = np.nan
    found = measure_standards(graded, BANDS, second=second, resampling=Resampling(20))
    assert found.second is not None
    assert (N, 100, 100) == (found.n, found.n_second, found.second.comparison.n)
    both = quadratic_weighted_kappa(graded.true_codes[:100], second[:100].astype(np.int64), n_grades=9)
    assert both == pytest.approx(found.second.agreement["qwk"].estimate)
    assert both == pytest.approx(found.second.comparison.human_human["qwk"].estimate)
    assert (N, 100) == (found.second.true_scores.n, found.second.true_scores.n_multiple)


def test_a_model_that_knows_the_true_scores_lies_above_teachers_and_below_the_ceiling() -> None:
    """Scores without error agree with one teacher better than a second teacher does."""
    graded = noisy_grades(1500, seed=2)
    found = measure_standards(graded, BANDS, second=second_grades(graded), resampling=Resampling(60))
    assert found.second is not None
    true = found.second.true_scores
    assert found.second.comparison.degradation["qwk"].low > 0
    assert true.human_like.high < found.agreement["qwk"].estimate < true.variance_matched.high
    assert true.prmse.estimate == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("n_second", [0, 1, FEWEST_SECOND_GRADES - 1])
def test_few_second_grades_are_counted_and_not_used(graded: Graded, n_second: int) -> None:
    """Below the least number two teachers are not compared, and gates about them are not measured."""
    second = second_grades(graded)
    second[n_second:] = np.nan
    found = measure_standards(graded, BANDS, second=second, resampling=Resampling(5))
    assert (n_second, None) == (found.n_second, found.second)
    report = judge_gates(PRESETS["williamson2012"], gate_figures(found))
    unmeasured = [row.rule.metric for row in report.rules if row.verdict == "not measured"]
    assert ["qwk_degradation", "pearson_degradation", "group_dsm"] == unmeasured


def test_every_rule_of_every_preset_finds_its_figure(standards: Standards) -> None:
    """With second grades and writer groups nothing is left unmeasured."""
    for preset in (PRESETS[name] for name in PRESETS if name != "classes"):
        assert 0 == judge_gates(preset, gate_figures(standards)).count("not measured")


def test_the_largest_difference_of_shares_is_over_grades() -> None:
    """It is 0 for raters who give each grade as often, whichever essays get it, and at most 1."""
    first, other = np.array([0, 1, 2, 0]), np.array([1, 0, 0, 2])
    assert 0 == share_difference_of_counts(joint_counts(first, other, n_grades=3))
    assert 1 == share_difference_of_counts(joint_counts(first * 0, other * 0 + 2, n_grades=3))


@pytest.mark.parametrize("n", [1, 2])
def test_a_handful_of_essays_is_no_error(n: int) -> None:
    """What cannot be known of one or two essays is nan or without bounds, and no gate passes."""
    groups = {"school": ("a",) * n}
    found = measure_standards(noisy_grades(n), BANDS, groups=groups, min_group=2, resampling=Resampling(5))
    report = judge_gates(PRESETS["seeds"], gate_figures(found))
    assert n == found.n
    assert not (n == 1 and report.count("passed"))


def test_a_model_without_variance_is_no_error() -> None:
    """A model that gives one grade to all has no correlation, and an SD ratio of 0."""
    graded = noisy_grades(60)
    flat = Graded(
        essay_ids=graded.essay_ids,
        true_codes=graded.true_codes,
        predicted_codes=np.full(60, 4),
        scores=np.full(60, 4.0),
        probabilities=graded.probabilities,
    )
    found = measure_standards(
        flat, BANDS, groups={"g": ("a", "b") * 30}, min_group=2, resampling=Resampling(5)
    )
    assert 0 == found.grades.metrics["sd_ratio"].estimate
    assert np.isnan(found.scores.metrics["pearson"].estimate)
    assert "group_dsm" not in gate_figures(found)


def test_essays_that_cannot_be_evaluated_are_refused(graded: Graded) -> None:
    """Another scale than the grades' is told before anything is measured."""
    with pytest.raises(InputError, match="probabilities have shape"):
        measure_standards(graded, Scale("three", ("1", "2", "3")))
