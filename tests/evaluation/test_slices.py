"""Tails and prompts."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graded_essays import BANDS, certain_grades, noisy_grades
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.slices import prompt_rows, select, tail_rows, tails_of_codes

FEW = Resampling(40, 0.95, 0, None)


def test_tails_of_nine_bands() -> None:
    """On bands 1–5 by half, low is ≤ 2.0, middle 2.5–3.5, high ≥ 4.0."""
    tails = tails_of_codes(np.arange(9), n_grades=9)
    by_band = {
        grade: ("low", "middle", "high")[tail] for grade, tail in zip(BANDS.grades, tails, strict=True)
    }
    assert {"1.0", "1.5", "2.0"} == {band for band, tail in by_band.items() if tail == "low"}
    assert {"4.0", "4.5", "5.0"} == {band for band, tail in by_band.items() if tail == "high"}


@given(st.integers(1, 70))
def test_tails_are_equally_long_and_ordered(n_grades: int) -> None:
    """Tails never fall along the scale, and low and high have as many grades."""
    tails = tails_of_codes(np.arange(n_grades), n_grades=n_grades)
    assert (np.diff(tails) >= 0).all()
    assert (tails == 0).sum() == (tails == 2).sum()
    assert (tails == 0).sum() == (n_grades // 3 if n_grades > 2 else n_grades // 2)


def test_tail_rows_partition_the_essays() -> None:
    """Every essay is in one tail, and a shrunken model is generous at the bottom and harsh at the top."""
    graded = noisy_grades(300)
    low, middle, high = tail_rows(graded, FEW)
    assert low.n + middle.n + high.n == 300
    assert low.metrics["mean_residual"].estimate > 0 > high.metrics["mean_residual"].estimate


def test_slice_metrics_are_those_of_the_essays_in_it() -> None:
    """Figures of a tail are computed from its essays alone."""
    graded = certain_grades(np.array([0, 0, 1, 2]), np.array([0, 2, 1, 2]), n_grades=3)
    low, middle, high = tail_rows(graded, FEW)
    assert (low.n, middle.n, high.n) == (2, 1, 1)
    assert low.metrics["mae"].estimate == 1
    assert low.metrics["mean_residual"].estimate == 1
    assert low.metrics["accuracy"].estimate == low.metrics["adjacent_accuracy"].estimate == 0.5
    assert low.metrics["qwk"].estimate == 0
    assert np.isnan(high.metrics["mae"].low)


def test_an_empty_tail_stays() -> None:
    """A tail without essays is a row with 0 essays and no figures."""
    graded = certain_grades(np.array([2, 2]), np.array([2, 1]), n_grades=3)
    low = tail_rows(graded, FEW)[0]
    assert low.n == 0
    assert np.isnan([figure.estimate for figure in low.metrics.values()]).all()


def test_prompts_come_largest_first() -> None:
    """Rows are ordered by size and then by name, and cover all essays."""
    graded = dataclasses.replace(noisy_grades(6), prompts=("c", "b", "c", "a", "c", "b"))
    rows = prompt_rows(graded, FEW)
    assert [(row.name, row.n) for row in rows] == [("c", 3), ("b", 2), ("a", 1)]


def test_a_prompt_is_resampled_by_essay_even_among_clusters() -> None:
    """A prompt keeps an interval when whole prompts are drawn elsewhere."""
    graded = noisy_grades(120, n_prompts=2)
    clustered = dataclasses.replace(FEW, clustered_by="prompt")
    assert prompt_rows(graded, FEW) == prompt_rows(graded, clustered)
    interval = prompt_rows(graded, clustered)[0].metrics["mae"]
    assert interval.low < interval.high


def test_unknown_prompts_give_no_rows() -> None:
    """Without prompts there is nothing to slice by."""
    assert prompt_rows(dataclasses.replace(noisy_grades(5), prompts=None), FEW) == ()


def test_selection_keeps_rows_together() -> None:
    """Whatever is known of an essay follows it."""
    graded = noisy_grades(5)
    part = select(graded, np.array([3, 1]))
    assert part.essay_ids == ("essay-3", "essay-1")
    assert part.scores.tolist() == [graded.scores[3], graded.scores[1]]
    assert part.prompts == (graded.prompts or ())[3:4] + (graded.prompts or ())[1:2]
    assert part.word_counts is not None
    bare = select(certain_grades(np.array([0, 1]), np.array([0, 1]), n_grades=2), np.array([0]))
    assert bare.prompts is None
    assert bare.word_counts is None
    with pytest.raises(IndexError):
        select(graded, np.array([9]))
