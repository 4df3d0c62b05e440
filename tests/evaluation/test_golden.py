"""Agreement, true scores and fairness against values of RSMTool 12.0.0."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradewise.evaluation.agreement import accuracy_of_counts, joint_counts
from gradewise.evaluation.continuous import (
    Moments,
    continuous_kappa,
    standardized_mean_difference,
)
from gradewise.evaluation.fairness import difference_of_standardized_means
from gradewise.evaluation.group_effects import EFFECTS, group_effects
from gradewise.evaluation.true_scores import mean_squared_true_error, prmse, rater_error_variance

GOLDEN = Path(__file__).parents[1] / "golden" / "agreement_and_fairness.json"
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]


def _named(function: str) -> pytest.MarkDecorator:
    cases = [case for case in CASES if case["function"] == function]
    return pytest.mark.parametrize("case", cases, ids=[case["desc"] for case in cases])


def _array(values: list[Any]) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_every_golden_function_is_compared() -> None:
    """No oracle value is left out."""
    compared = {
        "quadratic_weighted_kappa", "standardized_mean_difference", "difference_of_standardized_means",
        "variance_of_errors", "prmse_true", "mse_true", "agreement", "fairness",
    }  # fmt: skip
    assert compared == {case["function"] for case in CASES}


@_named("quadratic_weighted_kappa")
def test_continuous_kappa(case: dict[str, Any]) -> None:
    """Kappa on scores equals the oracle's."""
    found = continuous_kappa(_array(case["input"]["human"]), _array(case["input"]["system"]))
    assert case["expected"] == pytest.approx(found, abs=1e-9)


@_named("standardized_mean_difference")
def test_standardized_mean_difference(case: dict[str, Any]) -> None:
    """Each of the four kinds of SMD equals the oracle's."""
    given = case["input"]
    sds = (given.get("population_y_true_observed_sd"), given.get("population_y_pred_sd"))
    found = standardized_mean_difference(
        _array(given["human"]),
        _array(given["system"]),
        method=given["method"],
        population_sds=None if sds[0] is None else sds,
    )
    assert case["expected"] == pytest.approx(found, abs=1e-9)


@_named("difference_of_standardized_means")
def test_difference_of_standardized_means(case: dict[str, Any]) -> None:
    """A group's DSM against the whole set equals the oracle's."""
    given = case["input"]
    n = _array([1000.0])
    found = difference_of_standardized_means(
        _array(given["human"]),
        _array(given["system"]),
        population=Moments(
            n=n,
            human_mean=_array([given["population_human_mean"]]),
            machine_mean=_array([given["population_system_mean"]]),
            human_variance=given["population_human_sd"] ** 2 * (n - 1) / n,
            machine_variance=given["population_system_sd"] ** 2 * (n - 1) / n,
            covariance=_array([0.0]),
        ),
    )
    assert case["expected"] == pytest.approx(found, abs=1e-9)


@_named("variance_of_errors")
def test_rater_error_variance(case: dict[str, Any]) -> None:
    """Pooled rater error equals the oracle's."""
    found = rater_error_variance(_array(case["input"]["human"]))
    assert case["expected"] == pytest.approx(found, abs=1e-9)


@_named("prmse_true")
def test_prmse(case: dict[str, Any]) -> None:
    """PRMSE equals the oracle's for two raters, sparse raters and a known error variance."""
    given = case["input"]
    found = prmse(
        _array(given["system"]), _array(given["human"]), error_variance=given.get("variance_errors_human")
    )
    assert case["expected"] == pytest.approx(found, abs=1e-9)


@_named("mse_true")
def test_mean_squared_true_error(case: dict[str, Any]) -> None:
    """Squared error against true scores equals the oracle's."""
    found = mean_squared_true_error(_array(case["input"]["system"]), _array(case["input"]["human"]))
    assert case["expected"] == pytest.approx(found, abs=1e-9)


@_named("agreement")
def test_percent_agreement(case: dict[str, Any]) -> None:
    """Exact and adjacent agreement equal the oracle's percentages."""
    given = case["input"]
    human, machine = (np.array(given[rater]).astype(np.int64) for rater in ("human", "system"))
    counts = joint_counts(human, machine, n_grades=int(max(human.max(), machine.max())) + 1)
    found = accuracy_of_counts(counts, tolerance=given["tolerance"])
    assert case["expected"] / 100 == pytest.approx(float(found), abs=1e-9)


@_named("fairness")
def test_group_effects(case: dict[str, Any]) -> None:
    """OSA, OSD and CSD, with the p-values of their F tests, equal the oracle's."""
    given = case["input"]
    found = group_effects(_array(given["human"]), _array(given["system"]), given["group"])
    names = ("Overall score accuracy", "Overall score difference", "Conditional score difference")
    for effect, name in zip(EFFECTS, names, strict=True):
        expected = case["expected"][name]
        assert (expected["R2"], expected["sig"]) == pytest.approx(found[effect], abs=1e-9)
