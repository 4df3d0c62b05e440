"""Agreement on grades."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score, f1_score, mean_absolute_error, precision_recall_fscore_support

from graded_essays import rater_pairs
from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation import agreement

Pair = tuple[Codes, Codes, int]


@given(rater_pairs())
def test_kappa_is_that_of_scikit_learn(pair: Pair) -> None:
    """Kappa over the full scale equals scikit-learn's wherever that is defined."""
    human, machine, n_grades = pair
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = cohen_kappa_score(human, machine, weights="quadratic", labels=list(range(n_grades)))
    found = agreement.quadratic_weighted_kappa(human, machine, n_grades=n_grades)
    assert expected == pytest.approx(found, abs=1e-12, nan_ok=True)


@given(rater_pairs())
def test_kappa_is_the_same_on_the_scale_turned_over(pair: Pair) -> None:
    """Kappa does not change when the scale is reversed, nor when the raters change places."""
    human, machine, n_grades = pair
    kappa = agreement.quadratic_weighted_kappa(human, machine, n_grades=n_grades)
    turned = agreement.quadratic_weighted_kappa(
        n_grades - 1 - human, n_grades - 1 - machine, n_grades=n_grades
    )
    swapped = agreement.quadratic_weighted_kappa(machine, human, n_grades=n_grades)
    assert kappa == pytest.approx(turned, abs=1e-12, nan_ok=True)
    assert kappa == pytest.approx(swapped, abs=1e-12, nan_ok=True)


@given(rater_pairs())
def test_perfect_agreement_is_perfect_in_every_metric(pair: Pair) -> None:
    """A rater agrees with itself: kappa 1 unless constant, accuracy and F1 1, errors 0."""
    codes, _, n_grades = pair
    kappa = agreement.quadratic_weighted_kappa(codes, codes, n_grades=n_grades)
    assert np.isnan(kappa) if np.unique(codes).size == 1 else kappa == 1
    assert agreement.accuracy(codes, codes, n_grades=n_grades) == 1
    assert agreement.macro_f1(codes, codes, n_grades=n_grades) == 1
    assert agreement.mean_absolute_error(codes, codes, n_grades=n_grades) == 0


@given(rater_pairs())
def test_errors_and_accuracies_are_ordered(pair: Pair) -> None:
    """Adjacent accuracy is at least exact accuracy, and RMSE at least MAE, both as NumPy computes them."""
    human, machine, n_grades = pair
    exact = agreement.accuracy(human, machine, n_grades=n_grades)
    assert np.mean(human == machine) == pytest.approx(exact)
    assert exact <= agreement.adjacent_accuracy(human, machine, n_grades=n_grades)
    mae = agreement.mean_absolute_error(human, machine, n_grades=n_grades)
    rmse = agreement.root_mean_squared_error(human, machine, n_grades=n_grades)
    assert mean_absolute_error(human, machine) == pytest.approx(mae)
    assert np.sqrt(np.mean((human - machine) ** 2)) == pytest.approx(rmse)
    assert mae <= rmse + 1e-12


@given(rater_pairs())
def test_f1_precision_and_recall_are_those_of_scikit_learn(pair: Pair) -> None:
    """Per-grade figures equal scikit-learn's, with nan where it would have to invent a value."""
    human, machine, n_grades = pair
    counts = agreement.joint_counts(human, machine, n_grades=n_grades)
    expected = precision_recall_fscore_support(
        human, machine, labels=list(range(n_grades)), zero_division=np.nan
    )
    np.testing.assert_allclose(agreement.precision_of_counts(counts), expected[0])
    np.testing.assert_allclose(agreement.recall_of_counts(counts), expected[1])
    np.testing.assert_allclose(agreement.f1_of_counts(counts), expected[2])
    macro = agreement.macro_f1(human, machine, n_grades=n_grades)
    assert f1_score(human, machine, average="macro", zero_division=0) == pytest.approx(macro)


@given(rater_pairs(min_size=2))
def test_spearman_is_that_of_scipy(pair: Pair) -> None:
    """Rank correlation with ties equals SciPy's, and is nan for a constant rater."""
    human, machine, _ = pair
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = spearmanr(human, machine).statistic
    assert expected == pytest.approx(agreement.spearman(human, machine), abs=1e-12, nan_ok=True)


def test_spearman_of_a_resample_is_that_of_its_repeated_rows() -> None:
    """Weights say the same as writing each essay as often as it was drawn."""
    generator = np.random.default_rng(3)
    human, scores = generator.integers(0, 5, 40), generator.normal(size=40)
    weights = generator.integers(0, 3, (4, 40))
    expected = [spearmanr(np.repeat(human, times), np.repeat(scores, times)).statistic for times in weights]
    np.testing.assert_allclose(
        expected, agreement.weighted_spearman(human, scores, weights.astype(np.float64)), atol=1e-12
    )


def test_weighted_counts_are_counts_of_repeated_rows() -> None:
    """Joint counts of a resample equal those of the essays written out."""
    generator = np.random.default_rng(4)
    human, machine = generator.integers(0, 4, (2, 25))
    weights = generator.integers(0, 3, (3, 25))
    expected = [
        agreement.joint_counts(np.repeat(human, times), np.repeat(machine, times), n_grades=4)
        for times in weights
    ]
    found = agreement.weighted_joint_counts(human, machine, weights.astype(np.float64), n_grades=4)
    np.testing.assert_array_equal(expected, found)


def test_two_constant_raters_have_no_kappa_unless_they_differ() -> None:
    """Kappa is nan when both always give one grade, and 0 when each always gives another."""
    low, high = np.zeros(5, dtype=np.int64), np.full(5, 2)
    assert np.isnan(agreement.quadratic_weighted_kappa(low, low, n_grades=3))
    assert agreement.quadratic_weighted_kappa(low, high, n_grades=3) == 0


def test_mean_residual_is_positive_for_a_generous_machine() -> None:
    """The residual is prediction minus truth."""
    counts = agreement.joint_counts(np.array([0, 1]), np.array([2, 1]), n_grades=3)
    assert agreement.mean_residual_of_counts(counts) == 1


@pytest.mark.parametrize(
    ("human", "machine", "message"),
    [
        ([0, 1], [0], r"\(2,\) and \(1,\)"),
        ([0, 3], [0, 1], "code 3 is not on a scale of 3 grades"),
        ([0, 1], [-1, 1], "code -1"),
    ],
)
def test_codes_that_cannot_be_compared_are_refused(
    human: list[int], machine: list[int], message: str
) -> None:
    """Unequal lengths and codes off the scale are named."""
    with pytest.raises(InputError, match=message):
        agreement.joint_counts(np.array(human), np.array(machine), n_grades=3)
