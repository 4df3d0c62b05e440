"""Agreement on continuous scores."""

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import pearsonr

from graded_essays import rater_pairs
from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation import continuous
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.weights import unit_weights


@given(rater_pairs())
def test_continuous_kappa_of_codes_is_kappa(pair: tuple[Codes, Codes, int]) -> None:
    """Without grades in between, the two kappas are one."""
    human, machine, n_grades = pair
    expected = quadratic_weighted_kappa(human, machine, n_grades=n_grades)
    found = continuous.continuous_kappa(human, machine.astype(np.float64))
    assert expected == pytest.approx(found, abs=1e-9, nan_ok=True)


def test_pearson_is_that_of_scipy() -> None:
    """Correlation equals SciPy's on scores far from zero."""
    generator = np.random.default_rng(0)
    human = generator.normal(1000, 1, 50)
    machine = human + generator.normal(size=50)
    assert pearsonr(human, machine).statistic == pytest.approx(continuous.pearson(human, machine))


def test_constant_scores_have_no_correlation() -> None:
    """A constant that binary fractions cannot hold still has variance 0 exactly."""
    human, machine = np.array([1.0, 2.0, 3.0]), np.full(3, 0.1)
    assert np.isnan(continuous.pearson(human, machine))
    assert continuous.sd_ratio(human, machine) == 0
    assert np.isnan(continuous.standardized_mean_difference(machine, human))


def test_one_essay_has_no_spread() -> None:
    """With one essay, sample SDs are not defined."""
    assert np.isnan(continuous.sd_ratio(np.array([1]), np.array([2.0])))


def test_shrunken_scores_have_an_sd_ratio_below_one() -> None:
    """The machine's SD is divided by the human's."""
    human = np.array([0.0, 2.0, 4.0])
    assert continuous.sd_ratio(human, human / 2) == pytest.approx(0.5)


def test_root_mean_squared_error_is_that_of_the_rows() -> None:
    """The error from moments equals the error from rows."""
    generator = np.random.default_rng(1)
    human, machine = generator.normal(3, 1, (2, 30))
    of = continuous.moments(human, machine, unit_weights(30))
    expected = np.sqrt(np.mean((human - machine) ** 2))
    assert expected == pytest.approx(continuous.root_mean_squared_error_of_moments(of)[0])


def test_population_methods_need_population_sds() -> None:
    """An SMD by the SDs of a population is refused without them."""
    human = np.array([0.0, 1.0])
    with pytest.raises(InputError, match="'johnson' needs population_sds"):
        continuous.standardized_mean_difference(human, human, method="johnson")


@pytest.mark.parametrize(("human", "machine"), [([], []), ([1.0], [1.0, 2.0])])
def test_scores_that_are_no_pairs_are_refused(human: list[float], machine: list[float]) -> None:
    """No essay, or one score too few, is an input error."""
    with pytest.raises(InputError, match="give one score each"):
        continuous.pearson(np.array(human), np.array(machine))
