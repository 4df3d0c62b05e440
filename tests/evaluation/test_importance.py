"""What columns add, and whether that is more than luck."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from scipy.stats import t as student

from graded_essays import noisy_grades
from gradewise.evaluation.importance import Importance, adjusted, weigh_columns
from gradewise.evaluation.results import Graded, Resampling

FOLDS = tuple(np.split(np.arange(300), 5))
GOOD = noisy_grades(300, seed=1)


def spoilt(share: float, *, seed: int) -> Graded:
    """The grades with a share of them one step off."""
    generator = np.random.default_rng(seed)
    step = (generator.random(300) < share) * generator.choice([-1, 1], 300)
    return replace(GOOD, predicted_codes=np.clip(GOOD.predicted_codes + step, 0, 8))


def weighed(
    without: dict[str, float],
    noise: Sequence[float] = (0.02,) * 6,
    *,
    stable_share: float = 0.8,
    judged_by: str = "qwk",
) -> Importance:
    """Two seeds; each column's absence, and each random column, spoils a share of the grades."""
    base = tuple(spoilt(0.2, seed=seed) for seed in (0, 1))
    return weigh_columns(
        base,
        {name: tuple(spoilt(0.2 + share, seed=seed) for seed in (0, 1)) for name, share in without.items()},
        [tuple(spoilt(0.2 + share, seed=seed) for seed in (0, 1)) for share in noise],
        FOLDS,
        judged_by=judged_by,
        stable_share=stable_share,
        resampling=Resampling(200, 0.95, 0, None),
    )


def test_columns_are_kept_dropped_or_inside_the_noise() -> None:
    """One that the model needs, one that does harm, and one that changes as little as random numbers do."""
    found = weighed({"useless": 0.01, "needed": 0.7, "harmful": -0.2})
    assert [("needed", "keep"), ("useless", "inside the noise"), ("harmful", "drop")] == [
        (column.name, column.advice) for column in found.columns
    ]
    needed, _, harmful = found.columns
    assert needed.gains["qwk"].low > 0
    assert all(needed.gains[name].estimate > 0 for name in ("mae", "adjacent_accuracy"))
    assert needed.positive("qwk") >= 0.8 > needed.negative("qwk")
    assert harmful.negative("qwk") >= 0.8 > harmful.positive("qwk")
    assert [needed] == list(found.advised("keep"))
    assert (300, 2, 5) == (found.n, found.n_seeds, found.n_folds)
    assert 0.05 == pytest.approx(found.level)


def test_a_gain_no_larger_than_those_of_random_columns_is_inside_the_noise() -> None:
    """However sure it is over essays: learning without a column is a matter of luck too."""
    quiet = weighed({"some": 0.4})
    loud = weighed({"some": 0.4}, noise=(0.4, 0.35, 0.45, 0.4, 0.3, 0.4))
    assert ["keep"] == [column.advice for column in quiet.columns]
    assert ["inside the noise"] == [column.advice for column in loud.columns]
    assert quiet.noise.spread < loud.noise.spread
    assert loud.noise.reach == pytest.approx(student.ppf(0.975, 6) * loud.noise.spread)
    assert loud.noise.highest <= max(column.gain("qwk") for column in loud.noise.columns)


def test_a_column_that_helps_in_too_few_folds_is_not_kept() -> None:
    """What is asked of stability is asked of every column that is kept or dropped."""
    found = weighed({"needed": 0.7, "harmful": -0.2}, stable_share=1.1)
    assert {"inside the noise"} == {column.advice for column in found.columns}


def test_without_random_columns_essays_alone_decide() -> None:
    """No floor was measured, and none is made up."""
    found = weighed({"needed": 0.7, "useless": 0.0}, noise=())
    assert ["keep", "inside the noise"] == [column.advice for column in found.columns]
    assert np.isnan(found.noise.spread)
    assert np.isnan(found.noise.reach)
    assert () == found.noise.columns


def test_random_columns_that_change_nothing_forbid_nothing() -> None:
    """Then any change at all stands out from learning, and essays decide."""
    found = weighed({"needed": 0.7, "useless": 0.0}, noise=(0.0, 0.0))
    assert ["keep", "inside the noise"] == [column.advice for column in found.columns]


def test_random_columns_that_would_pass_the_rule_of_thumb_are_counted() -> None:
    """A random column that seems to help in every fold is what the rule of thumb falls for."""
    assert 2 == weighed({"needed": 0.7}, noise=(-0.2, -0.2, 0.3)).noise.passing


def test_a_figure_that_is_not_defined_is_no_reason_to_act() -> None:
    """Where every essay has one grade and gets it, agreement is not defined."""
    one = replace(GOOD, true_codes=GOOD.true_codes * 0, predicted_codes=GOOD.true_codes * 0)
    found = weigh_columns(
        (one,),
        {"a": (one,)},
        [(GOOD_ZERO,)],
        FOLDS,
        judged_by="qwk",
        stable_share=0.8,
        resampling=Resampling(100, 0.95, 0, None),
    )
    (column,) = found.columns
    assert ("inside the noise", 1.0) == (column.advice, column.p_useful)
    assert np.isnan(column.positive("qwk"))


GOOD_ZERO = replace(GOOD, true_codes=GOOD.true_codes * 0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_values_are_benjamini_and_hochbergs(p_values: list[float]) -> None:
    """As SciPy has them, never below the raw values, in the same order."""
    raw = np.array(p_values)
    found = adjusted(raw)
    np.testing.assert_allclose(false_discovery_control(raw), found, atol=1e-12)
    assert (found >= raw - 1e-12).all()
    assert (np.diff(found[np.argsort(raw)]) >= 0).all()


def test_advice_goes_by_the_figure_that_is_asked_for() -> None:
    """These columns change grades and not probabilities: judged by those, nothing stands out."""
    by_grades, by_odds = (weighed({"needed": 0.7}, judged_by=name) for name in ("mae", "rps"))
    assert (["keep"], "mae") == ([column.advice for column in by_grades.columns], by_grades.judged_by)
    assert ["inside the noise"] == [column.advice for column in by_odds.columns]
