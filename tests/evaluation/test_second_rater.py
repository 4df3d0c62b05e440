"""The machine beside a second human."""

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.continuous import continuous_kappa, pearson, standardized_mean_difference
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.second_rater import compare_with_second_rater, evaluate_scores


def _raters(n: int, *errors: float, seed: int = 0) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    true = generator.normal(2, 1.2, n)
    return [np.clip(np.rint(true + generator.normal(0, error, n)), 0, 4).astype(np.int64) for error in errors]


def test_degradation_is_machine_minus_human() -> None:
    """A machine that agrees less than a second human has degradation below 0, beyond its interval."""
    first, second, machine = _raters(300, 0.3, 0.3, 1.5)
    found = compare_with_second_rater(
        first, second, machine, machine.astype(np.float64), n_grades=5, resampling=Resampling(100)
    )
    human = quadratic_weighted_kappa(first, second, n_grades=5)
    automatic = quadratic_weighted_kappa(first, machine, n_grades=5)
    assert human == found.human_human["qwk"].estimate
    assert automatic == found.human_machine["qwk"].estimate
    assert automatic - human == pytest.approx(found.degradation["qwk"].estimate)
    assert found.degradation["qwk"].high < 0
    assert np.mean(first == second) == pytest.approx(found.human_human["exact_agreement"].estimate)
    assert tuple(found.degradation) == ("qwk", "exact_agreement", "pearson")


def test_a_machine_equal_to_the_second_human_loses_nothing() -> None:
    """The second human in the machine's place has degradation 0 in every resample."""
    first, second = _raters(50, 0.5, 0.5)
    clusters = [str(row % 5) for row in range(50)]
    found = compare_with_second_rater(
        first,
        second,
        second,
        second.astype(np.float64),
        n_grades=5,
        resampling=Resampling(20),
        clusters=clusters,
    )
    assert {(0.0, 0.0, 0.0)} == {(d.estimate, d.low, d.high) for d in found.degradation.values()}
    assert (found.n, found.resampling.clustered_by) == (50, "prompt")


def test_scores_are_held_against_one_human() -> None:
    """Figures on continuous scores equal the plain functions and lie in their intervals."""
    (human,) = _raters(80, 0.4)
    scores = human * 0.8 + 0.1 * np.random.default_rng(0).normal(size=80)
    found = evaluate_scores(human, scores, resampling=Resampling(100))
    assert found.n == 80
    expected = {
        "qwk_continuous": continuous_kappa(human, scores),
        "pearson": pearson(human, scores),
        "smd": standardized_mean_difference(human, scores),
        "sd_ratio": np.std(scores) / np.std(human),
        "rmse": np.sqrt(np.mean((human - scores) ** 2)),
    }
    assert expected == pytest.approx({name: figure.estimate for name, figure in found.metrics.items()})
    assert all(figure.low < figure.estimate < figure.high for figure in found.metrics.values())


def test_absent_pairs_are_refused() -> None:
    """No essay, or scores of other essays, are named."""
    none = np.zeros(0, dtype=np.int64)
    with pytest.raises(InputError, match="no essay has two human ratings"):
        compare_with_second_rater(none, none, none, none.astype(np.float64), n_grades=3)
    with pytest.raises(InputError, match="give pairs"):
        evaluate_scores(np.zeros(2), np.zeros(3))
