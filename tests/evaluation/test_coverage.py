"""Coverage of grade sets: counted, divided, judged."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.evaluation.coverage import FEWEST_JUDGED, coverage_to_json, evaluate_coverage
from gradewise.evaluation.probability import wilson_interval
from gradewise.evaluation.results import Resampling

SIX = Scale("six", ("F", "E", "D", "C", "B", "A"))


def test_whole_and_parts_are_counted() -> None:
    """Four essays, three of which the sets hold: by grade, third of the scale, prompt and size."""
    codes, low, high = np.array([[0, 1, 5, 5], [0, 2, 4, 3], [1, 3, 5, 4]])
    found = evaluate_coverage(codes, low, high, SIX, promised=0.9, prompts=["x", "y", "y", "z"])
    assert (0.5, 4, 2.0) == (found.whole.coverage.estimate, found.whole.n, found.whole.mean_size)
    assert [1, 1, 0, 0, 0, 2] == [row.n for row in found.grades]
    assert wilson_interval(1, 2) == found.grades[5].coverage
    assert [("low", 2, 0.5), ("high", 2, 0.5)] == [
        (row.name, row.n, row.coverage.estimate) for row in found.tails if row.n
    ]
    assert [("y", 2), ("x", 1), ("z", 1)] == [(row.name, row.n) for row in found.prompts]
    assert [("2", 4, 0.5)] == [(row.name, row.n, row.coverage.estimate) for row in found.sizes]


@settings(max_examples=40)
@given(st.data())
def test_parts_make_up_the_whole(data: st.DataObject) -> None:
    """Essays, and essays that sets hold, add up over grades, thirds, prompts and sizes alike."""
    codes, *ends = data.draw(
        hnp.arrays(np.int64, (3, data.draw(st.integers(1, 40))), elements=st.integers(0, 5))
    )
    low, high = np.sort(ends, axis=0)
    n = codes.size
    prompts = ["a" if code % 2 else "b" for code in high.tolist()]
    found = evaluate_coverage(codes, low, high, SIX, promised=0.9, prompts=prompts, resampling=Resampling(3))
    held = int(((low <= codes) & (codes <= high)).sum())
    for rows in (found.grades, found.tails, found.prompts, found.sizes):
        assert n == sum(row.n for row in rows)
        assert held == sum(round(row.n * row.coverage.estimate) for row in rows if row.n)
    assert found.mean_size.estimate == found.whole.mean_size == pytest.approx((high - low + 1).mean())


def test_mean_size_has_an_interval_as_wide_as_chance() -> None:
    """Sets of two and of four grades, half each: mean 3, with an interval of two standard errors."""
    low, high = np.zeros(400, dtype=np.int64), np.repeat([1, 3], 200)
    found = evaluate_coverage(low, low, high, SIX, promised=0.9)
    assert 3 == found.mean_size.estimate
    assert 2 * 1.96 / np.sqrt(400) == pytest.approx(found.mean_size.high - found.mean_size.low, rel=0.15)


def test_worst_grade_has_enough_essays() -> None:
    """Of the grades that can be judged the one with the lowest coverage is the worst; rarer ones are not."""
    codes = np.repeat([0, 1, 2], [FEWEST_JUDGED, FEWEST_JUDGED, 5])
    low = np.where(np.arange(codes.size) % 10 == 0, 3, codes)
    low[codes == 2] = 3
    low[FEWEST_JUDGED] = low[FEWEST_JUDGED + 1] = 3
    found = evaluate_coverage(codes, low, np.maximum(low, 3), SIX, promised=0.9)
    assert found.worst_grade is not None
    assert ("E", 0.88) == (found.worst_grade.name, found.worst_grade.coverage.estimate)


def test_too_few_essays_have_no_worst_grade() -> None:
    """With a handful of essays no grade is judged alone, and prompts may be unknown."""
    codes = np.array([0, 1])
    found = evaluate_coverage(codes, codes, codes, SIX, promised=0.9)
    assert found.worst_grade is None
    assert () == found.prompts


def test_record_is_plain_json() -> None:
    """Everything goes through JSON; what a grade without essays lacks is null."""
    codes = np.array([0, 1, 1])
    record = coverage_to_json(evaluate_coverage(codes, codes, codes, SIX, promised=0.9, prompts=["p"] * 3))
    assert record == json.loads(json.dumps(record, allow_nan=False))
    assert (0.9, 6, 3) == (record["promised"], record["n_grades"], record["whole"]["n"])
    assert {"name": "A", "n": 0, "mean_size": None} == {
        name: record["grades"][5][name] for name in ("name", "n", "mean_size")
    }
    assert {"estimate": None, "low": None, "high": None} == record["grades"][5]["coverage"]


@pytest.mark.parametrize(
    ("codes", "low", "high", "match"),
    [
        ([], [], [], "0 grades, 0 lowest"),
        ([1, 2], [1], [1, 2], "2 grades, 1 lowest and 2 highest"),
        ([1], [2], [1], "are not runs"),
        ([1], [-1], [1], "are not runs"),
        ([1], [1], [6], "sets from 1 to 6"),
    ],
)
def test_refuses_what_are_no_sets(codes: list[int], low: list[int], high: list[int], match: str) -> None:
    """Sets are runs of grades of the scale, one for each essay."""
    teacher, lowest, highest = (np.array(values, dtype=np.int64) for values in (codes, low, high))
    with pytest.raises(InputError, match=match):
        evaluate_coverage(teacher, lowest, highest, SIX, promised=0.9)
