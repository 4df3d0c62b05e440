"""Folds one by one and on average, and where residuals lead."""

import json
import math

import numpy as np
import pytest
from scipy.stats import spearmanr

from graded_essays import BANDS, certain_grades, noisy_grades
from gradewise.evaluation.fold_figures import (
    FoldFigures,
    agreement_of_codes,
    fold_to_json,
    over_folds,
    spread_of,
    spread_to_json,
    spreads_to_json,
)
from gradewise.evaluation.residual_diagnostics import (
    diagnose_residuals,
    diagnostics_to_json,
    residuals_of,
    worst_misses,
)
from gradewise.evaluation.results import Resampling

SURE = Resampling(100, 0.95, 0, None)


def fold(number: int, qwk: float) -> FoldFigures:
    """A fold that reaches so much."""
    figures = {"qwk": qwk, "mae": 1.0, "adjacent_accuracy": 0.8, "accuracy": 0.4}
    return FoldFigures(
        fold=number, n_train=20, n_validate=10, rounds=7, train={**figures, "qwk": 0.9}, validate=figures
    )


def test_mean_and_sd_are_over_folds() -> None:
    """The standard deviation is that of a whole population, as the older system had it."""
    spreads = over_folds([fold(0, 0.5), fold(1, 0.7)])
    assert pytest.approx((0.6, 0.1)) == (spreads["val_qwk"].mean, spreads["val_qwk"].sd)
    assert pytest.approx((0.9, 0.0)) == (spreads["train_qwk"].mean, spreads["train_qwk"].sd)


def test_a_fold_without_a_figure_takes_no_part_in_the_mean() -> None:
    """Mean and deviation are of those that have it, and null where none has."""
    assert {"mean": 0.625, "std": 0.125} == spread_to_json(spread_of([0.5, math.nan, 0.75]))
    assert {"mean": None, "std": None} == spread_to_json(spread_of([math.nan]))
    assert {"qwk_mean": 0.5, "qwk_sd": 0.0} == spreads_to_json({"qwk": spread_of([0.5])})


def test_an_undefined_figure_is_null_in_the_record() -> None:
    """A fold with one grade only has no kappa, and JSON cannot say nan."""
    codes = np.zeros(3, dtype=np.int64)
    figures = agreement_of_codes(codes, codes, n_grades=4)
    assert math.isnan(figures["qwk"])
    record = fold_to_json(
        FoldFigures(fold=0, n_train=1, n_validate=3, rounds=2, train=figures, validate=figures)
    )
    assert record["val"]["qwk"] is None
    assert 1.0 == record["val"]["accuracy"]
    assert {"train": 1, "val": 3} == record["sizes"]


def test_residuals_are_held_against_what_was_measured() -> None:
    """Rank correlations equal SciPy's, of the residual and of its size, and lie in their intervals."""
    graded = noisy_grades(120, seed=2)
    assert graded.word_counts is not None
    lengths = graded.word_counts.astype(np.float64)
    (found,) = diagnose_residuals(graded, BANDS, {"word_count": lengths}, SURE).covariates
    residuals = residuals_of(graded)
    assert pytest.approx(spearmanr(lengths, residuals).statistic) == found.residual.estimate
    assert pytest.approx(spearmanr(lengths, np.abs(residuals)).statistic) == found.size.estimate
    assert found.residual.low <= found.residual.estimate <= found.residual.high


def test_grades_without_essays_have_no_row() -> None:
    """Grades come lowest first, each with its essays; together they are all essays."""
    graded = noisy_grades(90, seed=3)
    rows = diagnose_residuals(graded, BANDS, {}, SURE).grades
    present = [grade for code, grade in enumerate(BANDS.grades) if (graded.true_codes == code).any()]
    assert present == [row.name for row in rows]
    assert 90 == sum(row.n for row in rows)


def test_the_worst_essays_come_first_and_ties_by_id() -> None:
    """The largest distance between score and grade leads, whichever way it goes."""
    graded = certain_grades(np.array([0, 4, 2, 2]), np.array([4, 0, 3, 1]), n_grades=9)
    worst = worst_misses(graded, most=3)
    assert [("essay-0", 4.0), ("essay-1", -4.0), ("essay-2", 1.0)] == [
        (miss.essay_id, miss.residual) for miss in worst
    ]
    assert ("", None) == (worst[0].prompt, worst[0].word_count)


def test_diagnostics_are_json() -> None:
    """Grades are spelled as the scale spells them."""
    graded = noisy_grades(50, seed=4)
    found = diagnose_residuals(graded, BANDS, {"noise": graded.scores}, SURE)
    record = diagnostics_to_json(found, BANDS, tails=found.grades[:1])
    assert record == json.loads(json.dumps(record, allow_nan=False))
    assert {miss["y_true"] for miss in record["worst"]} <= set(BANDS.grades)
