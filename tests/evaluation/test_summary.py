"""The whole evaluation, and its record."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graded_essays import BANDS, certain_grades, noisy_grades
from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.evaluation import agreement, probability
from gradewise.evaluation.results import METRICS, Evaluation, Graded, Resampling
from gradewise.evaluation.summary import evaluate, evaluation_to_json

THREE = Scale("three", ("low", "middle", "high"))


def test_headline_figures_are_those_of_the_plain_functions() -> None:
    """Each headline metric equals the function of its name, in the order of METRICS."""
    graded = noisy_grades(150)
    found = evaluate(graded, BANDS, resampling=Resampling(20)).metrics
    truth, given_codes, chances = graded.true_codes, graded.predicted_codes, graded.probabilities
    confidence = probability.confidences(chances, given_codes)
    expected = {
        "qwk": agreement.quadratic_weighted_kappa(truth, given_codes, n_grades=9),
        "accuracy": agreement.accuracy(truth, given_codes, n_grades=9),
        "adjacent_accuracy": agreement.adjacent_accuracy(truth, given_codes, n_grades=9),
        "mae": agreement.mean_absolute_error(truth, given_codes, n_grades=9),
        "rmse": agreement.root_mean_squared_error(truth, given_codes, n_grades=9),
        "macro_f1": agreement.macro_f1(truth, given_codes, n_grades=9),
        "spearman": agreement.spearman(truth, graded.scores),
        "brier": probability.brier(chances, truth),
        "ece": probability.expected_calibration_error(confidence, truth == given_codes),
        "rps": probability.ranked_probability_score(chances, truth),
    }
    assert tuple(found) == tuple(expected) == METRICS
    assert expected == pytest.approx({name: figure.estimate for name, figure in found.items()})


def test_tables_cover_all_essays() -> None:
    """Confusion, grade rows, tails, prompts and bins all count every essay once."""
    found = evaluate(noisy_grades(150), BANDS, resampling=Resampling(20))
    assert found.n == 150
    assert found.confusion.sum() == 150
    assert sum(row.n_true for row in found.grades) == sum(row.n_predicted for row in found.grades) == 150
    assert sum(row.n for row in found.tails) == sum(row.n for row in found.prompts) == 150
    assert sum(held.n for held in found.reliability) == 150
    assert tuple(row.grade for row in found.grades) == BANDS.grades


def test_intervals_by_prompt_differ_from_intervals_by_essay() -> None:
    """Whole prompts are drawn when asked for, and the evaluation says so."""
    graded = noisy_grades(150, n_prompts=10)
    essays = evaluate(graded, BANDS, resampling=Resampling(30))
    prompts = evaluate(graded, BANDS, resampling=Resampling(30, clustered_by="prompt"))
    assert (essays.resampling.clustered_by, prompts.resampling.clustered_by) == (None, "prompt")
    assert essays.metrics["mae"].estimate == prompts.metrics["mae"].estimate
    assert essays.metrics["mae"] != prompts.metrics["mae"]


def test_one_essay_can_be_evaluated() -> None:
    """Estimates of one essay stand without bounds; what needs two is nan."""
    found = evaluate(
        certain_grades(np.array([1]), np.array([2]), n_grades=3), THREE, resampling=Resampling(5)
    )
    assert found.metrics["mae"].estimate == 1
    assert np.isnan(found.metrics["mae"].low)
    assert np.isnan(found.metrics["spearman"].estimate)
    assert found.metrics["qwk"].estimate == 0


def test_a_constant_grader_can_be_evaluated() -> None:
    """A grader with one grade has kappa 0, no rank correlation, and no precision for other grades."""
    truth = np.array([0, 1, 2, 1])
    found = evaluate(
        certain_grades(truth, np.ones(4, dtype=np.int64), n_grades=3), THREE, resampling=Resampling(20)
    )
    assert found.metrics["qwk"].estimate == 0
    assert np.isnan(found.metrics["spearman"].estimate)
    assert [row.precision.estimate for row in found.grades] == pytest.approx(
        [np.nan, 0.5, np.nan], nan_ok=True
    )


@settings(max_examples=25)
@given(st.data())
def test_records_keep_everything(data: st.DataObject) -> None:
    """An evaluation is strict JSON with every count, grade, part and figure."""
    n = data.draw(st.integers(1, 12))
    codes = st.lists(st.integers(0, 2), min_size=n, max_size=n)
    graded = certain_grades(np.array(data.draw(codes)), np.array(data.draw(codes)), n_grades=3)
    evaluation = evaluate(graded, THREE, resampling=Resampling(5))
    record = json.loads(json.dumps(evaluation_to_json(evaluation), allow_nan=False))
    assert {"name": THREE.name, "grades": list(THREE.grades)} == record["scale"]
    assert (n, evaluation.confusion.tolist()) == (record["n"], record["confusion"])
    assert dataclasses.asdict(evaluation.resampling) == record["resampling"]
    assert list(evaluation.metrics) == list(record["metrics"])
    for part in ("grades", "tails", "prompts", "reliability"):
        assert len(getattr(evaluation, part)) == len(record[part])


def test_undefined_figures_are_null_in_a_record() -> None:
    """What is nan becomes null."""
    record = evaluation_to_json(_small())
    assert record["grades"][2]["precision"] == {"estimate": None, "low": None, "high": None}


def _small() -> Evaluation:
    return evaluate(
        certain_grades(np.array([0, 1]), np.array([0, 0]), n_grades=3), THREE, resampling=Resampling(5)
    )


def _damaged(**changes: Any) -> Graded:
    damaged: Graded = dataclasses.replace(noisy_grades(3), **changes)
    return damaged


@pytest.mark.parametrize(
    ("graded", "message"),
    [
        (_damaged(essay_ids=()), "no graded essay"),
        (_damaged(scores=np.zeros(2)), r"scores has shape \(2,\) for 3 essays"),
        (_damaged(true_codes=np.zeros(4, dtype=np.int64)), r"true_codes has shape \(4,\)"),
        (_damaged(prompts=("a",)), r"prompts has shape \(1,\)"),
        (_damaged(probabilities=np.ones((3, 4)) / 4), r"expected \(3, 9\)"),
        (_damaged(predicted_codes=np.array([0, 1, 9])), "code 9 is not on a scale of 9"),
        (_damaged(scores=np.array([0.0, np.nan, 1.0])), "score of essay 'essay-1' is nan"),
        (_damaged(probabilities=np.full((3, 9), 0.2)), "essay 'essay-0' sum to 1.8"),
        (_damaged(probabilities=np.full((3, 9), np.nan)), "essay 'essay-0' sum to nan"),
    ],
)
def test_essays_that_cannot_be_evaluated_are_refused(graded: Graded, message: str) -> None:
    """The message names what is wrong and with which essay."""
    with pytest.raises(InputError, match=message):
        evaluate(graded, BANDS, resampling=Resampling(2))
