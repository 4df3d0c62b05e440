"""Counts of comparisons, and columns for models."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.judgement.bradley_terry import fit_scores
from gradewise.judgement.comparisons import compare
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.features import COLUMNS, judgement_features, percentiles
from gradewise.judgement.tallies import tally
from judged_pairs import decisions


def test_comparisons_are_counted() -> None:
    """Counts, wins, win rates and variances; an item without a comparison has those of a fair coin."""
    rows = [Comparison("a", "b", first_won=True), Comparison("a", "c", first_won=True)] * 2
    counted = tally(compare([*rows, Comparison("a", "b", first_won=False)], items="abcd"))
    assert [5, 3, 2, 0] == counted.counts.tolist()
    assert [4, 1, 0, 0] == counted.wins.tolist()
    np.testing.assert_allclose(counted.win_rates, [0.8, 1 / 3, 0, 0.5])
    np.testing.assert_allclose(counted.variances, [0.16, 2 / 9, 0, 0.25])


@settings(max_examples=25)
@given(decisions())
def test_counts_add_up(rows: list[Comparison]) -> None:
    """Each comparison counts for two items and is won by one."""
    counted = tally(compare(rows))
    assert 2 * len(rows) == counted.counts.sum()
    assert len(rows) == counted.wins.sum()


@settings(max_examples=25)
@given(decisions())
def test_columns_are_finite_and_in_range(rows: list[Comparison]) -> None:
    """Every essay has every column, and shares lie between 0 and 1."""
    comparisons = compare(rows, items="abcdefg")
    made = judgement_features(comparisons, fit_scores(comparisons))
    assert (7, len(COLUMNS)) == made.values.shape
    assert COLUMNS == made.columns
    assert np.isfinite(made.values).all()
    for column, most in (("win_rate", 1), ("comparison_variance", 0.25), ("rank_percentile", 1)):
        found = made.values[:, COLUMNS.index(column)]
        assert (found >= 0).all()
        assert (found <= most).all()


def test_scores_of_others_are_no_features() -> None:
    """Columns are made of comparisons and the scores fitted to them, of nothing else."""
    with pytest.raises(InputError, match="fit scores to these comparisons"):
        judgement_features(compare([], items="abc"), fit_scores(compare([], items="abd")))


@settings(max_examples=25)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=9))
def test_percentiles_follow_values(values: list[int]) -> None:
    """Places are symmetric around one half, rise with values, and are equal for equals."""
    array = np.array(values, dtype=np.float64)
    places = percentiles(array)
    assert pytest.approx(0.5) == places.mean()
    np.testing.assert_allclose(places, 1 - percentiles(-array))
    assert (np.sign(np.subtract.outer(places, places)) == np.sign(np.subtract.outer(array, array))).all()
