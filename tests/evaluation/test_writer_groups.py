"""Writer groups under several attributes at once."""

import numpy as np
import pytest

from graded_essays import certain_grades
from gradewise.errors import InputError
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.continuous import standardized_mean_difference
from gradewise.evaluation.fairness import GroupRow, evaluate_fairness, holm
from gradewise.evaluation.results import Graded, Interval, Resampling
from gradewise.evaluation.writer_groups import (
    AttributeFairness,
    WriterGroup,
    evaluate_writer_groups,
    largest_difference,
)

N = 600


def favouring(favour: float, *, seed: int = 0) -> tuple[Graded, dict[str, tuple[str, ...]]]:
    """Grades that favour group c of one attribute by some steps; another attribute does not matter."""
    generator = np.random.default_rng(seed)
    groups = generator.choice(["a", "b", "c"], N, p=[0.5, 0.3, 0.2])
    quality = generator.normal(4, 1.6, N)
    human, machine = (
        np.clip(np.rint(quality + generator.normal(0, 0.6, N) + bonus), 0, 8).astype(np.int64)
        for bonus in (0.0, favour * (groups == "c"))
    )
    coins = generator.choice(["heads", "tails"], N)
    return certain_grades(human, machine, n_grades=9), {
        "school": tuple(groups.tolist()),
        "coin": tuple(coins.tolist()),
    }


def test_a_favoured_group_stands_out_among_all() -> None:
    """The group is found under its attribute, and the other attribute stays quiet."""
    school, coin = evaluate_writer_groups(*favouring(0.8), resampling=Resampling(200))
    assert ("school", "coin") == (school.attribute, coin.attribute)
    by_name = {group.row.group: group.row for group in school.groups}
    assert by_name["c"].dsm.low > 0.1
    assert by_name["c"].adjusted_p_value < 0.001
    assert all(group.row.adjusted_p_value > 0.05 for group in coin.groups)


def test_p_values_are_adjusted_over_all_attributes() -> None:
    """Five groups and six effects are corrected together, attribute by attribute they are not."""
    graded, attributes = favouring(0.15)
    together = evaluate_writer_groups(graded, attributes, resampling=Resampling(100))
    rows = [group.row for one in together for group in one.groups]
    effects = [effect for one in together for effect in one.effects]
    assert (5, 6) == (len(rows), len(effects))
    assert holm([row.p_value for row in rows]) == tuple(row.adjusted_p_value for row in rows)
    assert holm([effect.p_value for effect in effects]) == tuple(e.adjusted_p_value for e in effects)
    alone = evaluate_fairness(
        graded.true_codes,
        graded.predicted_codes.astype(float),
        attributes["school"],
        resampling=Resampling(100),
    )
    assert [row.dsm for row in alone.groups] == [row.dsm for row in rows[:3]]
    assert all(
        one.adjusted_p_value <= row.adjusted_p_value for one, row in zip(alone.groups, rows, strict=False)
    )


def test_figures_of_a_group_are_those_of_its_essays() -> None:
    """QWK is that of the group alone; SMD has the SD of everybody's grades by the teacher."""
    graded, attributes = favouring(0.5)
    (school, _) = evaluate_writer_groups(graded, attributes, resampling=Resampling(20))
    sds = (float(graded.true_codes.std(ddof=1)), float(graded.predicted_codes.std(ddof=1)))
    for group in school.groups:
        own = np.array(attributes["school"]) == group.row.group
        human, machine = graded.true_codes[own], graded.predicted_codes[own]
        assert quadratic_weighted_kappa(human, machine, n_grades=9) == pytest.approx(group.qwk.estimate)
        smd = standardized_mean_difference(human, machine, method="johnson", population_sds=sds)
        assert smd == pytest.approx(group.smd.estimate)
        assert group.smd.low <= group.smd.estimate <= group.smd.high


def test_small_groups_are_listed_without_figures() -> None:
    """Below the minimum a group has its size, and no judgement can come of it."""
    graded, attributes = favouring(0.5)
    few = ("few",) * 5 + attributes["school"][5:]
    (one,) = evaluate_writer_groups(graded, {"school": few}, min_n=30, resampling=Resampling(20))
    small = one.groups[-1]
    assert ("few", 5) == (small.row.group, small.row.n)
    assert np.isnan([small.qwk.estimate, small.smd.estimate, small.row.dsm.estimate]).all()
    assert largest_difference([one]) == largest_difference([_without(one, "few")])


def _without(one: AttributeFairness, name: str) -> AttributeFairness:
    kept = tuple(group for group in one.groups if group.row.group != name)
    return AttributeFairness(
        attribute=one.attribute, groups=kept, effects=one.effects, min_n=one.min_n, resampling=one.resampling
    )


def _with_rows(template: AttributeFairness, *rows: GroupRow) -> AttributeFairness:
    nothing = Interval(np.nan, np.nan, np.nan)
    return AttributeFairness(
        attribute=template.attribute,
        groups=tuple(WriterGroup(row, nothing, nothing) for row in rows),
        effects=(),
        min_n=template.min_n,
        resampling=template.resampling,
    )


def test_the_largest_difference_spans_the_farthest_and_the_surest_group() -> None:
    """The upper bound is how far any group may lie; the lower, how far one surely does."""
    template = evaluate_writer_groups(*favouring(0.0), resampling=Resampling(20))[0]
    odd = GroupRow("odd", 40, Interval(0.2, 0.12, 0.28), 0.001, 0.004)
    unsure = GroupRow("unsure", 40, Interval(-0.25, -0.45, -0.05), 0.02, 0.2)
    near = GroupRow("near", 40, Interval(0.01, -0.03, 0.05), 0.6, 0.6)
    assert Interval(0.25, 0.12, 0.45) == largest_difference([_with_rows(template, odd, unsure, near)])
    assert Interval(0.25, 0.0, 0.45) == largest_difference([_with_rows(template, unsure, near)])
    sure = GroupRow("sure", 40, Interval(0.02, -0.01, 0.05), 0.001, 0.001)
    assert Interval(0.02, 0.0, 0.05) == largest_difference([_with_rows(template, sure)])
    below = GroupRow("below", 40, Interval(-0.2, -0.28, -0.12), 0.001, 0.001)
    assert Interval(0.2, 0.12, 0.28) == largest_difference([_with_rows(template, below)])


def test_without_groups_there_is_no_difference_to_speak_of() -> None:
    """No attribute, or only small groups: nothing was measured."""
    graded, attributes = favouring(0.0)
    assert () == evaluate_writer_groups(graded, {})
    assert largest_difference(()) is None
    small = evaluate_writer_groups(graded, attributes, min_n=N + 1, resampling=Resampling(5))
    assert largest_difference(small) is None


def test_groups_of_other_essays_are_refused() -> None:
    """An attribute must say something of each essay."""
    graded, _ = favouring(0.0)
    with pytest.raises(InputError, match="give one of each"):
        evaluate_writer_groups(graded, {"school": ("a", "b")})
