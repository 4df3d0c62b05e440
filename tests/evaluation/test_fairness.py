"""Groups of writers."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.evaluation.continuous import moments
from gradewise.evaluation.fairness import difference_of_standardized_means, evaluate_fairness, holm
from gradewise.evaluation.group_effects import EFFECTS, group_effects, group_fits
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.weights import Floats, unit_weights

Writers = tuple[Floats, Floats, np.ndarray]


def _writers(n: int, *, favour: float = 0.0, seed: int = 0) -> Writers:
    """Human and machine scores of writers in groups a, b and c; the machine favours c."""
    generator = np.random.default_rng(seed)
    groups = generator.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2])
    true = generator.normal(3, 1, n)
    human = np.clip(np.rint(true + generator.normal(0, 0.4, n)), 0, 6)
    return human, true + generator.normal(0, 0.4, n) + favour * (groups == "c"), groups


def test_a_favoured_group_is_found() -> None:
    """A machine generous to one group shows in its DSM, and in the direction of errors, not in their size."""
    human, scores, groups = _writers(600, favour=0.5)
    found = evaluate_fairness(human, scores, groups.tolist(), resampling=Resampling(200))
    rows = {row.group: row for row in found.groups}
    assert rows["c"].dsm.low > 0.1
    assert rows["c"].adjusted_p_value < 0.001
    osa, osd, csd = found.effects
    assert (osa.name, osd.name, csd.name) == EFFECTS
    assert osd.adjusted_p_value < 0.001
    assert csd.adjusted_r2.low > 0


def test_fair_grades_raise_no_alarm() -> None:
    """Without a difference, intervals hold 0 and adjusted p-values are not small."""
    human, scores, groups = _writers(600, seed=1)
    found = evaluate_fairness(human, scores, groups.tolist(), resampling=Resampling(200))
    assert all(row.dsm.low < 0 < row.dsm.high for row in found.groups)
    assert min(row.adjusted_p_value for row in found.groups) > 0.05
    assert min(effect.adjusted_p_value for effect in found.effects) > 0.05
    assert all(row.p_value <= row.adjusted_p_value <= 1 for row in found.groups)


def test_groups_equal_the_plain_functions() -> None:
    """Rows and effects have the estimates of the single functions, largest group first."""
    human, scores, groups = _writers(200)
    found = evaluate_fairness(human, scores, groups.tolist(), min_n=1, resampling=Resampling(20))
    population = moments(human, scores, unit_weights(200))
    sizes = [int((groups == row.group).sum()) for row in found.groups]
    assert sizes == [row.n for row in found.groups] == sorted(sizes, reverse=True)
    for row in found.groups:
        mine = groups == row.group
        expected = difference_of_standardized_means(human[mine], scores[mine], population=population)
        assert expected == pytest.approx(row.dsm.estimate)
    effects = group_effects(human, scores, groups.tolist())
    for effect in found.effects:
        assert effects[effect.name] == pytest.approx((effect.adjusted_r2.estimate, effect.p_value))


def test_small_groups_are_counted_and_not_judged() -> None:
    """A group below the minimum keeps its row, without figures, and leaves the effects alone."""
    human, scores, groups = _writers(200)
    groups = groups.astype("<U4")
    groups[:3] = "rare"
    found = evaluate_fairness(human, scores, groups.tolist(), resampling=Resampling(20))
    rare = found.groups[-1]
    assert (rare.group, rare.n) == ("rare", 3)
    assert np.isnan([rare.dsm.estimate, rare.p_value, rare.adjusted_p_value]).all()
    expected = group_effects(human[3:], scores[3:], groups[3:].tolist())
    assert [expected[name][0] for name in EFFECTS] == pytest.approx(
        [effect.adjusted_r2.estimate for effect in found.effects]
    )


def test_one_group_has_no_effect_to_test() -> None:
    """With fewer than two groups large enough, effects are nan."""
    human, scores, _ = _writers(40)
    for groups in (["a"] * 40, ["a"] * 20 + ["b"] * 20):
        found = evaluate_fairness(human, scores, groups, resampling=Resampling(5))
        assert np.isnan([effect.adjusted_r2.estimate for effect in found.effects]).all()


def test_whole_prompts_may_be_drawn() -> None:
    """Clusters change the intervals and are recorded."""
    human, scores, groups = _writers(120)
    clusters = [str(row % 12) for row in range(120)]
    apart = evaluate_fairness(human, scores, groups.tolist(), min_n=10, resampling=Resampling(20))
    together = evaluate_fairness(
        human, scores, groups.tolist(), min_n=10, resampling=Resampling(20), clusters=clusters
    )
    assert together.resampling.clustered_by == "prompt"
    assert apart.groups[0].dsm != together.groups[0].dsm


def test_a_machine_without_errors_has_nothing_to_explain() -> None:
    """Perfect scores leave effects nan, DSM 0 and no p-value."""
    human, _, groups = _writers(200)
    found = evaluate_fairness(human, human.copy(), groups.tolist(), resampling=Resampling(10))
    assert {0.0} == {row.dsm.estimate for row in found.groups}
    assert np.isnan([row.p_value for row in found.groups]).all()
    assert np.isnan([effect.p_value for effect in found.effects]).all()


def test_effects_of_a_resample_are_those_of_its_repeated_rows() -> None:
    """Group effects with weights equal those of the essays written as often as drawn."""
    human, scores, groups = _writers(60)
    codes = np.unique(groups, return_inverse=True)[1]
    weights = np.random.default_rng(5).integers(0, 3, (3, 60))
    fits = group_fits(human, scores, codes, weights.astype(np.float64))
    for row, times in enumerate(weights):
        expected = group_effects(
            np.repeat(human, times), np.repeat(scores, times), np.repeat(groups, times).tolist()
        )
        for name in EFFECTS:
            assert expected[name][0] == pytest.approx(fits[name].gain[row], abs=1e-9)


def test_groups_that_never_share_a_score_add_nothing_conditionally() -> None:
    """Where the human's score already tells the group, group adds no parameter and no p-value."""
    human = np.repeat([0.0, 1.0], 20)
    scores = human + np.random.default_rng(0).normal(size=40)
    groups = ["a"] * 20 + ["b"] * 20
    gain, p_value = group_effects(human, scores, groups)["csd"]
    assert gain == pytest.approx(0, abs=1e-12)
    assert np.isnan(p_value)


@given(st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), max_size=8))
def test_holm_only_raises_and_keeps_order(p_values: list[float]) -> None:
    """Adjusted values are at least the raw ones, at most 1, in the same order; nan stays nan."""
    adjusted = holm(p_values)
    tested = [(raw, new) for raw, new in zip(p_values, adjusted, strict=True) if not np.isnan(raw)]
    assert all(raw <= new <= 1 for raw, new in tested)
    assert [new for _, new in sorted(tested)] == sorted(new for _, new in tested)
    assert [np.isnan(raw) for raw in p_values] == [np.isnan(new) for new in adjusted]


def test_holm_is_bonferroni_for_the_smallest() -> None:
    """The smallest p-value is multiplied by the number of tests, nan not counted."""
    assert (0.03, np.nan, 0.5, 0.2) == pytest.approx(holm([0.01, np.nan, 0.5, 0.1]), nan_ok=True)


def test_mismatched_groups_are_refused() -> None:
    """No essay, or too few groups, are named."""
    with pytest.raises(InputError, match="2 groups; give one of each"):
        evaluate_fairness(np.zeros(3), np.zeros(3), ["a", "b"])
    with pytest.raises(InputError, match="0 groups"):
        evaluate_fairness(np.zeros(0), np.zeros(0), [])


def test_report_matches_the_golden_group_values() -> None:
    """DSM rows on a whole set equal the stored values of its groups."""
    golden = Path(__file__).parents[1] / "golden" / "agreement_and_fairness.json"
    cases = json.loads(golden.read_text(encoding="utf-8"))["cases"]
    whole = next(case["input"] for case in cases if case["function"] == "fairness")
    found = evaluate_fairness(
        np.array(whole["human"]), np.array(whole["system"]), whole["group"], min_n=2, resampling=Resampling(5)
    )
    expected = {
        case["desc"].split()[1]: case["expected"]
        for case in cases
        if case["function"] == "difference_of_standardized_means" and case["desc"].endswith("n=40")
    }
    assert expected == pytest.approx({row.group: row.dsm.estimate for row in found.groups}, abs=1e-9)
