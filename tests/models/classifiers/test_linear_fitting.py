"""Fitting linear classifiers: the same models as scikit-learn's, in whatever units columns come."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from gradewise.errors import TrainingError
from gradewise.models.classifiers import linear_fitting, svm_fitting
from gradewise.models.classifiers.linear import LinearClassifier
from gradewise.models.classifiers.linear_fitting import fit_linear
from gradewise.models.classifiers.params import ClassifierParams, Penalty
from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.classifiers.svm_fitting import FAR, fit_machine
from gradewise.models.piecewise import Floats


def small_rows(n: int = 240, *, n_classes: int = 3, spread: float = 0.3, seed: int = 0) -> ClassRows:
    """Rows of classes that overlap, in columns of such a spread."""
    generator = np.random.default_rng(seed)
    codes = np.arange(n) % n_classes
    centres = generator.normal(size=(n_classes, 5))
    values = spread * (centres[codes] / 2 + generator.normal(size=(n, 5))) / 1.2
    return ClassRows(values.astype(np.float32), codes, n_classes)


@pytest.fixture(autouse=True)
def _to_the_bottom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Descend as far as single precision goes, so that models can be compared."""
    monkeypatch.setattr(linear_fitting, "SLOPE", 1e-5)
    monkeypatch.setattr(linear_fitting, "CHANGE", 1e-5)
    monkeypatch.setattr(svm_fitting, "VIOLATION", 1e-5)


def learn(rows: ClassRows, params: ClassifierParams | None = None) -> LinearClassifier:
    """A logistic regression."""
    return fit_linear(rows, params=params or ClassifierParams(), seed=0)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("penalty", ["l2", "l1", "elastic_net", "none"])
def test_logistic_regression_is_that_of_scikit_learn(penalty: Penalty, n_classes: int) -> None:
    """Every penalty leads to scikit-learn's probabilities, for rows as they are; also of two classes."""
    rows = small_rows(n_classes=n_classes)
    ratio = {"l2": 0.0, "l1": 1.0, "elastic_net": 0.5, "none": 0.0}[penalty]
    c = np.inf if penalty == "none" else 0.5
    solver = "saga" if ratio else "lbfgs"
    theirs = LogisticRegression(
        C=c, l1_ratio=ratio, solver=solver, tol=1e-6, max_iter=20_000, random_state=0
    ).fit(rows.values.astype(np.float64), rows.codes)
    found = learn(rows, ClassifierParams(penalty=penalty, c=0.5, most_steps=2000))
    assert found.converged
    assert_allclose(found.probabilities(rows.values), theirs.predict_proba(rows.values), atol=2e-3)
    if ratio and n_classes > 2:
        assert_allclose(found.weights.T, theirs.coef_, atol=0.02)
        assert (theirs.coef_ == 0).any()
        assert (found.weights.T[theirs.coef_ == 0] == 0).all()


@pytest.mark.parametrize("n_classes", [2, 3])
def test_machines_are_those_of_liblinear(n_classes: int) -> None:
    """Squared hinge loss leads to scikit-learn's distances; of two classes one is the other turned."""
    rows = small_rows(n_classes=n_classes)
    rows = ClassRows(rows.values - rows.values.mean(axis=0), rows.codes, n_classes)
    theirs = LinearSVC(C=0.7, dual=False, tol=1e-8, max_iter=20_000)
    theirs.fit(rows.values.astype(np.float64), rows.codes)
    found = fit_machine(rows, params=ClassifierParams(learner="linear_svm", c=0.7, most_steps=9999), seed=0)
    expected = theirs.decision_function(rows.values)
    sums = found.sums(rows.values)
    assert_allclose(sums[:, 1] if n_classes == 2 else sums, expected, atol=3e-3)
    assert n_classes > 2 or (sums[:, 0] == -sums[:, 1]).all()


def test_machines_can_be_held_back_by_sizes() -> None:
    """With l1, few coefficients are left."""
    params = ClassifierParams(learner="linear_svm", penalty="l1", c=0.02, most_steps=9999)
    found = fit_machine(small_rows(), params=params, seed=0)
    assert found.converged
    assert (found.weights == 0).any()


@pytest.mark.parametrize("known", [[2], [0, 2]], ids=["one", "two"])
def test_classes_without_rows_are_far_from_everywhere(known: list[int]) -> None:
    """Where a part of the rows lacks a class, the machine says that nothing is of it."""
    rows = small_rows()
    part = rows.part(np.flatnonzero(np.isin(rows.codes, known)))
    sums = fit_machine(part, params=ClassifierParams(learner="linear_svm"), seed=0).sums(rows.values)
    assert (sums[:, np.setdiff1d(range(3), known)] == FAR).all()
    assert set(known) == set(sums.argmax(axis=1))


def test_weights_count_as_copies() -> None:
    """A row of twice the weight does what two such rows do."""
    rows = small_rows(60)
    twice = np.append(np.arange(60), np.arange(20))
    copies = ClassRows(rows.values[twice], rows.codes[twice], 3)
    weights = np.where(np.arange(60) < 20, 2.0, 1.0)
    weighted = ClassRows(rows.values, rows.codes, 3, weights / weights.mean())
    # Weights sum to 60 where copies are 80.
    expected = learn(copies, ClassifierParams(c=1.0)).probabilities(rows.values)
    found = learn(weighted, ClassifierParams(c=80 / 60)).probabilities(rows.values)
    assert_allclose(found, expected, atol=2e-3)


def probabilities_of(values: NDArray[Any], rows: ClassRows) -> Floats:
    """What a classifier says of the very rows, in these units, that it learnt from."""
    taught = ClassRows(values.astype(np.float32), rows.codes, rows.n_classes)
    return learn(taught).probabilities(taught.values)


def test_large_units_do_not_matter_and_small_spreads_do() -> None:
    """A column in thousands says what it says in hundreds; one that varies little stays held back."""
    rows = small_rows(spread=40.0)
    shifted = rows.values.astype(np.float64) * 10 + 2000
    assert_allclose(probabilities_of(shifted, rows), probabilities_of(rows.values, rows), atol=2e-3)
    fine = small_rows(spread=0.01)
    finer = probabilities_of(fine.values.astype(np.float64) / 10, fine)
    assert np.abs(finer - probabilities_of(fine.values, fine)).max() > 0.05


def test_columns_that_never_vary_say_nothing() -> None:
    """With features that are all alike, classes are as probable as they are frequent."""
    rows = ClassRows(np.ones((30, 2), dtype=np.float32), np.array([0] * 20 + [1] * 10), 2)
    found = learn(rows)
    assert_allclose(found.probabilities(rows.values[:1]), [[2 / 3, 1 / 3]], atol=1e-3)


def test_columns_beyond_all_bounds_are_left_out() -> None:
    """A column whose squares are no numbers any more changes nothing of what the others say."""
    rows = small_rows()
    odd = rows.values.astype(np.float32).copy()
    odd[:, 0] = np.where(np.arange(len(odd)) % 2, 1e30, -1e30)
    without = odd * np.array([0, 1, 1, 1, 1], dtype=np.float32)
    assert_allclose(probabilities_of(odd, rows), probabilities_of(without, rows), atol=2e-3)


def test_too_few_steps_are_told() -> None:
    """A descent that is cut off says so; nothing is printed, nothing raised."""
    assert not learn(small_rows(), ClassifierParams(most_steps=1)).converged
    machine = ClassifierParams(learner="linear_svm", most_steps=1)
    assert not fit_machine(small_rows(), params=machine, seed=0).converged


@pytest.mark.parametrize("weights", [np.ones((2, 3)), np.full((2, 2), np.nan)], ids=["shape", "nan"])
def test_arrays_that_make_no_classifier_are_refused(weights: Floats) -> None:
    """Weights of other classes than the intercepts, or without bounds, make none."""
    with pytest.raises(TrainingError):
        LinearClassifier(weights, np.zeros(2))
